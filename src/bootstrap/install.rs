//! The operator's own installation: the objects that keep it up to date from Git, and the command for the first time.

use super::release::{Component, Version};
use crate::yaml::write::scalar;

/// The chart of the operator.
///
/// Source: controlplaneio-fluxcd/charts `charts/flux-operator`.
pub const CHART: &str = "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator";

/// The version of the chart that a first installation takes: the newest that was read.
pub const CHART_VERSION: &str = "0.58.1";

/// The versions that it may go on to by itself.
const RANGE: &str = ">=0.58.1 <1.0.0";

/// Who signs the chart.
const ISSUER: &str = r"^https://token\.actions\.githubusercontent\.com$";

/// The workflow that signs the chart, at a release.
const SUBJECT: &str = r"^https://github\.com/controlplaneio-fluxcd/charts/\.github/workflows/release\.yml@refs/tags/v\d+\.\d+\.\d+$";

/// Values of the chart: what a ResourceSet may do is bounded by its service account, and the web page of the operator,
/// which asks for no login, is not opened to every pod.
pub const VALUES: [(&str, &str); 3] = [
    ("multitenancy.enabled", "true"),
    ("multitenancy.defaultServiceAccount", "flux-operator"),
    ("web.networkPolicy.create", "false"),
];

/// The first release whose OCIRepository is at its current version, and can bring a chart.
///
/// Source: fluxcd/flux2 releases v2.6.0.
const WITH_OCI: u16 = 6;

/// The first release whose HelmRelease is at its current version.
///
/// Source: fluxcd/flux2 releases v2.3.0.
const WITH_RELEASE: u16 = 3;

/// The first release whose HelmRelease can retry a failed installation without undoing it.
///
/// Source: the HelmRelease of fluxcd/helm-controller v1.4.0, which Flux 2.7.0 brings.
const WITH_STRATEGY: u16 = 7;

/// The ResourceSet with which the operator keeps itself up to date, where `version` of Flux runs in `namespace`; `None`
/// where that cannot install it.
pub fn resource_set(namespace: &str, components: &[Component], version: Version) -> Option<String> {
    if version.minor < WITH_RELEASE || !components.contains(&Component::HelmController) {
        return None;
    }
    let namespace = scalar(namespace);
    let (source, chart) =
        if version.minor >= WITH_OCI { of_artifact(&namespace) } else { of_registry(&namespace) };
    let retry = if version.minor >= WITH_STRATEGY {
        "strategy:\n            name: RetryOnFailure\n            retryInterval: 3m"
    } else {
        "remediation:\n            retries: -1"
    };
    Some(format!(
        "\
# The operator keeps itself up to date, from a signed chart.
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata:
  name: flux-operator
  namespace: {namespace}
  annotations:
    # Losing this file must not uninstall the operator.
    kustomize.toolkit.fluxcd.io/prune: disabled
spec:
  dependsOn:
    - apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      name: helmreleases.helm.toolkit.fluxcd.io
  serviceAccountName: flux-operator
  wait: true
  resources:
{source}    - apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: flux-operator
        namespace: {namespace}
      spec:
        interval: 30m
        timeout: 5m
        releaseName: flux-operator
        serviceAccountName: flux-operator
{chart}        install:
          {retry}
        upgrade:
          {retry}
        values:
          multitenancy:
            enabled: true
            defaultServiceAccount: flux-operator
          web:
            networkPolicy:
              create: false
"
    ))
}

fn of_artifact(namespace: &str) -> (String, String) {
    let source = format!(
        "    - apiVersion: source.toolkit.fluxcd.io/v1
      kind: OCIRepository
      metadata:
        name: flux-operator
        namespace: {namespace}
      spec:
        interval: 1h
        url: {CHART}
        layerSelector:
          mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip
          operation: copy
        ref:
          semver: {range}
        verify:
          provider: cosign
          matchOIDCIdentity:
            - issuer: {issuer}
              subject: {subject}
",
        range = scalar(RANGE),
        issuer = scalar(ISSUER),
        subject = scalar(SUBJECT),
    );
    let chart =
        "        chartRef:\n          kind: OCIRepository\n          name: flux-operator\n".to_owned();
    (source, chart)
}

fn of_registry(namespace: &str) -> (String, String) {
    let (registry, name) = CHART.rsplit_once('/').expect("the address of a chart has a folder");
    let source = format!(
        "    - apiVersion: source.toolkit.fluxcd.io/v1
      kind: HelmRepository
      metadata:
        name: flux-operator
        namespace: {namespace}
      spec:
        type: oci
        url: {registry}
"
    );
    let chart = format!(
        "        chart:
          spec:
            chart: {name}
            version: {range}
            interval: 1h
            sourceRef:
              kind: HelmRepository
              name: flux-operator
            verify:
              provider: cosign
",
        range = scalar(RANGE),
    );
    (source, chart)
}

/// The command that installs the operator for the first time, as lines.
pub fn command(namespace: &str) -> Vec<String> {
    let mut lines = vec![
        format!("helm install flux-operator {CHART} \\"),
        format!("  --version {CHART_VERSION} --namespace {namespace} \\"),
    ];
    let settings: Vec<String> = VALUES.iter().map(|(key, value)| format!("--set {key}={value}")).collect();
    lines.push(format!("  {}", settings.join(" \\\n  ")));
    lines
}
