#!/usr/bin/env bash
# Makes stock trees of releases, migrates them, and lets an outside judge compare what renders before and after.
#
#   tests/prove-releases.sh BINARY DATA JUDGE [VERSION…]
#
# BINARY is the program, DATA the manifests of Flux releases as tests/stock.sh takes them, JUDGE the program that is run as
# `JUDGE BEFORE AFTER --no-profiles` and says by 0 that both render the same Flux. Each release is proven with the four
# default components and with all that it has. Needs `kustomize`, and what the judge needs.
set -euo pipefail

fail() { echo "prove-releases.sh: $*" >&2; exit 2; }
[ $# -ge 3 ] || fail "usage: prove-releases.sh BINARY DATA JUDGE [VERSION…]"
binary=$(realpath "$1") data=$2 judge=$3
shift 3
[ $# -gt 0 ] || set -- 2.3.0 2.6.4 2.7.1 2.9.4
stock=$(dirname "${BASH_SOURCE[0]}")/stock.sh
four=source-controller,kustomize-controller,helm-controller,notification-controller
six=$four,image-reflector-controller,image-automation-controller
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# prove VERSION COMPONENTS: prints a line; the whole report where the two sides differ.
prove() {
  local tree=$scratch/$1-${2//,/+}
  local count=$(($(tr -cd , <<<"$2" | wc -c) + 1))
  mkdir -p "$tree/before"
  "$stock" "$data" "$1" "$tree/before/clusters/lab/flux-system" --path clusters/lab --components "$2"
  cp -r "$tree/before" "$tree/after"
  git -C "$tree/after" init -q
  git -C "$tree/after" add -A
  git -C "$tree/after" -c user.name=Ada -c user.email=ada@example.com commit -qm start
  local status=0
  (cd "$tree/after" && "$binary" migrate bootstrap --yes) >"$tree/said" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    echo "$1 with $count components: not migrated, exit code $status" && cat "$tree/said"
    return 1
  fi
  "$judge" "$tree/before" "$tree/after" --no-profiles >"$tree/proof" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    echo "$1 with $count components: DIFFERS" && cat "$tree/proof"
    return 1
  fi
  echo "$1 with $count components: equal, $(grep -c 'expected:' "$tree/proof") known differences"
}

wrong=0
for version in "$@"; do
  all=$six
  [ -f "$data/v${version#v}/source-watcher.yaml" ] && all=$six,source-watcher
  for components in "$four" "$all"; do
    prove "$version" "$components" || wrong=$((wrong + 1))
  done
done
[ "$wrong" -eq 0 ] || { echo "$wrong not equal" >&2; exit 1; }
