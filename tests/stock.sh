#!/usr/bin/env bash
# Writes what a stock `flux bootstrap` writes into its folder: gotk-components.yaml, gotk-sync.yaml, kustomization.yaml.
#
#   tests/stock.sh DATA VERSION FOLDER [options of flux bootstrap, `--name value` or `--name=value`]
#
# DATA holds the manifests of Flux releases, one folder a release (v2.9.4/source-controller.yaml, …), as in
# `config/data/flux` of the Go module github.com/controlplaneio-fluxcd/flux-operator. FOLDER is `<path>/<namespace>`.
# The steps are those of `pkg/manifestgen` in fluxcd/flux2 at the tag VERSION. Needs `kustomize`.
set -euo pipefail

fail() { echo "stock.sh: $*" >&2; exit 2; }
[ $# -ge 3 ] || fail "usage: stock.sh DATA VERSION FOLDER [options of flux bootstrap]"
data=$1 version=v${2#v} folder=$3
shift 3
command -v kustomize >/dev/null || fail "kustomize is not in PATH"
manifests=$data/$version
[ -d "$manifests" ] || fail "no release $version in $data"

components=source-controller,kustomize-controller,helm-controller,notification-controller
extra='' namespace=flux-system registry=ghcr.io/fluxcd pull_secret='' watch_all=true policy=true log_level=info
domain=cluster.local tolerations='' url=ssh://git@example.com/org/fleet branch=main path='' interval=1m secret=''
while [ $# -gt 0 ]; do
  case $1 in
    --*=*) name=${1%%=*} value=${1#*=}; shift ;;
    --*) [ $# -ge 2 ] || fail "$1 has no value"; name=$1 value=$2; shift 2 ;;
    *) fail "not an option: $1" ;;
  esac
  case $name in
    --components) components=$value ;;
    --components-extra) extra=$value ;;
    --namespace) namespace=$value ;;
    --registry) registry=$value ;;
    --image-pull-secret) pull_secret=$value ;;
    --watch-all-namespaces) watch_all=$value ;;
    --network-policy) policy=$value ;;
    --log-level) log_level=$value ;;
    --cluster-domain) domain=$value ;;
    --toleration-keys) tolerations=$value ;;
    --url) url=$value ;;
    --branch) branch=$value ;;
    --path) path=$value ;;
    --interval) interval=$value ;;
    --secret-name) secret=$value ;;
    *) fail "not an option of flux bootstrap, or not one that shows in these files: $name" ;;
  esac
done
components=$components${extra:+,$extra}
IFS=, read -ra names <<<"$components"
IFS=, read -ra keys <<<"$tolerations"

# Whether the release is this one or a later one.
since() { [ "$(printf '%s\n' "$1" "${version#v}" | sort -V | head -1)" = "$1" ]; }
has() { [[ ,$components, == *,"$1",* ]]; }

base=$(mktemp -d)
trap 'rm -rf "$base"' EXIT
cp "$manifests"/*.yaml "$base"
mkdir "$base/roles"
sed "s|flux-system|$namespace|g" "$manifests/rbac.yaml" >"$base/roles/rbac.yaml"
if [ "$version" = v2.2.3 ]; then
  # The release has v1.2.4; the manifests at hand were made anew after v1.2.5.
  sed -i 's|fluxcd/source-controller:v1\.2\.5|fluxcd/source-controller:v1.2.4|' "$base/source-controller.yaml"
fi

runtime_namespace=$namespace
since 2.7.2 && runtime_namespace="\$(RUNTIME_NAMESPACE)"
events_addr=''
has notification-controller && events_addr="http://notification-controller.$runtime_namespace.svc.$domain./"

cat >"$base/namespace.yaml" <<END
apiVersion: v1
kind: Namespace
metadata:
  name: $namespace
  labels:
    pod-security.kubernetes.io/warn: restricted
    pod-security.kubernetes.io/warn-version: latest
END
cat >"$base/roles/kustomization.yaml" <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $namespace
resources: [rbac.yaml]
nameSuffix: -$namespace
END
{
  cat <<END
apiVersion: builtin
kind: LabelTransformer
metadata:
  name: labels
labels:
  app.kubernetes.io/instance: "$namespace"
  app.kubernetes.io/version: "$version"
  app.kubernetes.io/part-of: flux
fieldSpecs:
- path: metadata/labels
  create: true
END
  if since 2.7.0; then
    printf '%s\n' '- kind: Deployment' '  path: spec/template/metadata/labels' '  create: true'
  fi
} >"$base/labels.yaml"
{
  cat <<END
apiVersion: apps/v1
kind: Deployment
metadata:
  name: all
spec:
  template:
    spec:
      nodeSelector:
        kubernetes.io/os: linux
END
  if [ -n "$pull_secret" ]; then
    printf '      imagePullSecrets:\n      - name: "%s"\n' "$pull_secret"
  fi
  if [ ${#keys[@]} -gt 0 ]; then
    echo '      tolerations:'
    printf '      - key: "%s"\n        operator: Exists\n' "${keys[@]}"
  fi
} >"$base/node-selector.yaml"

argument() { printf '    - op: replace\n      path: /spec/template/spec/containers/0/args/%s\n      value: "%s"\n' "$1" "$2"; }
{
  echo 'apiVersion: kustomize.config.k8s.io/v1beta1'
  echo 'kind: Kustomization'
  echo "namespace: $namespace"
  echo 'transformers: [labels.yaml]'
  # The generator does not sort; this program does unless told otherwise.
  echo 'sortOptions: {order: fifo}'
  echo 'resources:'
  echo '- namespace.yaml'
  [ "$policy" != true ] || echo '- policies.yaml'
  echo '- roles'
  printf -- '- %s.yaml\n' "${names[@]}"
  echo 'patches:'
  echo '- path: node-selector.yaml'
  echo '  target: {kind: Deployment}'
  for name in "${names[@]}"; do
    echo "- target: {group: apps, version: v1, kind: Deployment, name: $name}"
    echo '  patch: |-'
    if [ "$name" = notification-controller ]; then
      argument 0 "--watch-all-namespaces=$watch_all"
      argument 1 "--log-level=$log_level"
      continue
    fi
    argument 0 "--events-addr=$events_addr"
    argument 1 "--watch-all-namespaces=$watch_all"
    argument 2 "--log-level=$log_level"
    if [ "$name" = source-controller ] || [ "$name" = source-watcher ]; then
      server=source-controller
      if since 2.7.2; then server=$name; fi
      argument 6 "--storage-adv-addr=$server.\$(RUNTIME_NAMESPACE).svc.$domain."
    fi
  done
  if has source-watcher; then
    echo '- target: {kind: Deployment, name: (kustomize-controller|helm-controller)}'
    echo '  patch: |-'
    echo '    - op: add'
    echo '      path: /spec/template/spec/containers/0/args/-'
    echo '      value: --feature-gates=ExternalArtifact=true'
  fi
  if [ -n "$registry" ]; then
    echo 'images:'
    for name in "${names[@]}"; do
      printf -- '- name: fluxcd/%s\n  newName: %s/%s\n' "$name" "$registry" "$name"
    done
  fi
} >"$base/kustomization.yaml"

# A Go duration of whole hours, minutes and seconds, as Go writes it.
duration() {
  [[ $1 =~ ^(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?$ ]] || fail "not a duration of hours, minutes and seconds: $1"
  local seconds=$((10#0${BASH_REMATCH[2]} * 3600 + 10#0${BASH_REMATCH[4]} * 60 + 10#0${BASH_REMATCH[6]}))
  if [ "$seconds" -ge 3600 ]; then
    echo "$((seconds / 3600))h$((seconds / 60 % 60))m$((seconds % 60))s"
  elif [ "$seconds" -ge 60 ]; then
    echo "$((seconds / 60))m$((seconds % 60))s"
  else
    echo "${seconds}s"
  fi
}

# A text as YAML, quoted where it would be read as something else.
text() {
  case $1 in
    true | false | null | yes | no | on | off | y | n | '') printf '"%s"' "$1" ;;
    *[!0-9.e+-]*) printf '%s' "$1" ;;
    *) printf '"%s"' "$1" ;;
  esac
}

mkdir -p "$folder"
warning='# This manifest was generated by flux. DO NOT EDIT.'
{
  printf -- '---\n%s\n# Flux Version: %s\n# Components: %s\n' "$warning" "$version" "$components"
  kustomize build --load-restrictor LoadRestrictionsNone "$base"
} >"$folder/gotk-components.yaml"

path=${path#./} path=${path%/}
cat >"$folder/gotk-sync.yaml" <<END
$warning
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: $namespace
  namespace: $namespace
spec:
  interval: $(duration "$interval")
  ref:
    branch: $(text "$branch")
  secretRef:
    name: $(text "${secret:-$namespace}")
  url: $url
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: $namespace
  namespace: $namespace
spec:
  interval: 10m0s
  path: ./$path
  prune: true
  sourceRef:
    kind: GitRepository
    name: $namespace
END
cat >"$folder/kustomization.yaml" <<'END'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- gotk-components.yaml
- gotk-sync.yaml
END
