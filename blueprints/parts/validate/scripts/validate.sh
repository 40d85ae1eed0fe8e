#!/bin/sh
# Builds every overlay, renders every ResourceSet and checks all of it against the schemas of Kubernetes, Flux and the
# components. Needs kubectl, flux-operator and flux-schema, and the network for the schemas.
set -eu
cd "$(dirname "$0")/.."

for tool in kubectl flux-operator flux-schema; do
  command -v "$tool" >/dev/null || { echo "$0: $tool is not installed" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# What Flux fills in from flux-runtime-info: any value of the right form serves here.
substitute() {
  sed -e 's/[$]{CLUSTER_NAME}/cluster/g' \
    -e 's/[$]{CLUSTER_DOMAIN}/cluster.example.com/g' \
    -e 's/[$]{ENVIRONMENT}/environment/g' \
    -e 's/[$]{GIT_BRANCH}/main/g' \
    -e 's/[$]{ARTIFACT_TAG}/latest/g' \
    -e 's/[$]{ARTIFACT_SUBJECT}/subject/g' "$1"
}

# Both catalogues carry custom resources; the first also knows what the operator adds to those of Flux.
check() {
  flux-schema validate --schema-location default --schema-location ecosystem <"$1" || failed=1
}

# Each ResourceSet in the stream $1 to a file of its own.
split_resourcesets() {
  rm -f "$work"/resourceset-*.yaml
  awk -v prefix="$work/resourceset-" '
    function flush() {
      if (wanted) { name = prefix ++count ".yaml"; printf "%s", text > name; close(name) }
      text = ""; wanted = 0
    }
    /^---/ { flush(); next }
    /^kind: ResourceSet$/ { wanted = 1 }
    { text = text $0 "\n" }
    END { flush() }
  ' "$1"
}

examine() {
  substitute "$work/built.yaml" >"$work/applied.yaml"
  check "$work/applied.yaml"
  split_resourcesets "$work/applied.yaml"
  for resourceset in "$work"/resourceset-*.yaml; do
    [ -e "$resourceset" ] || continue
    if flux-operator build resourceset -f "$resourceset" >"$work/rendered.yaml"; then
      check "$work/rendered.yaml"
    else
      failed=1
    fi
  done
}

# True where the folder $1 or one above it is built by kustomize.
is_built() {
  folder=$1
  while [ "$folder" != . ]; do
    [ ! -e "$folder/kustomization.yaml" ] || return 0
    folder=$(dirname "$folder")
  done
  return 1
}

find . -path './.?*' -prune -o -type f -name '*.yaml' -print | sort >"$work/files"
while read -r file; do
  folder=$(dirname "$file")
  if [ "$(basename "$file")" = kustomization.yaml ]; then
    echo "== $folder"
    if kubectl kustomize --load-restrictor LoadRestrictionsNone "$folder" >"$work/built.yaml"; then
      examine
    else
      failed=1
    fi
  elif ! is_built "$folder"; then
    echo "== $file"
    cp "$file" "$work/built.yaml"
    examine
  fi
done <"$work/files"
exit "$failed"
