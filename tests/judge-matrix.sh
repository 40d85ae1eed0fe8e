#!/usr/bin/env bash
# Judges generated repositories with check-repo, one line for each:
#
#   tests/judge-matrix.sh DIR...
#
# Each DIR holds what one set of answers gives: a repository, or several side by side. CHECK_REPO names the judge. What
# it found stands below the line. Exit code 1 where it found an error or a warning, or could not follow something.
set -euo pipefail

: "${CHECK_REPO:?names the program check-repo}"

main() {
  local folder failed=0
  for folder in "$@"; do
    judge "$folder" || failed=1
  done
  return "$failed"
}

judge() {
  local folder=${1%/} fleet options=() said status=0
  fleet=$(dirname "$(dirname "$(find "$folder" -maxdepth 3 -path '*/.flux-forge/answers.yaml')")")
  if [ "$fleet" != "$folder" ]; then
    siblings "$folder" "$fleet"
  fi
  said=$("$CHECK_REPO" "$fleet" "${options[@]}" 2>&1) || status=$?
  if [ "$status" -eq 0 ] && grep -q '^summary: [1-9].* 0 errors, 0 warnings$' <<<"$said" &&
    ! grep -q 'not followed' <<<"$said"; then
    printf 'clean   %s: %s\n' "$(basename "$folder")" "$(grep '^summary' <<<"$said")"
    return
  fi
  printf 'FAILED  %s: check-repo %s %s\n%s\n' "$(basename "$folder")" "$fleet" "${options[*]}" "$said"
  return 1
}

# Adds an option for each repository beside the fleet, by the URL that the fleet has for it.
siblings() {
  local sibling name url
  for sibling in "$1"/*/; do
    sibling=${sibling%/}
    name=$(basename "$sibling")
    [ "$sibling" != "$2" ] || continue
    url=$(grep -rhE '^ *url: ' "$2/tenants" | grep -oE "[a-z]+://[^ \"]*/${name//./\\.}(\\.git)?\\b" | head -1)
    case $url in
      # A platform without components has no such folder.
      oci:*) if [ -d "$sibling/components" ]; then options+=(--repo "$url=$sibling/components"); fi ;;
      ?*) options+=(--repo "$url=$sibling") ;;
      *) : "the fleet does not read it" ;;
    esac
  done
}

main "$@"
