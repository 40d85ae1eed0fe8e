//! Flux, the operator and instances from charts.

use flux_forge::bootstrap::surroundings::{Chart, Means};

use super::{at, seen};

/// Place, chart, means, name and namespace of everything that is installed.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let found = seen(files);
    let told = found.installs.iter().map(|install| {
        let (name, namespace) = (install.name.as_deref(), install.namespace.as_deref());
        let (name, namespace) = (name.unwrap_or("?"), namespace.unwrap_or("?"));
        format!("{} {:?} by {:?} {namespace}/{name}", at(&install.place), install.chart, install.means)
    });
    told.collect()
}

const RELEASE: &str = "apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: flux-operator
  namespace: flux-system
spec:
  releaseName: operator
  chartRef:
    kind: OCIRepository
    name: fo
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: fo
  namespace: flux-system
spec:
  url: oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: flux
spec:
  targetNamespace: gitops
  chart:
    spec:
      chart: flux2
      sourceRef: {kind: HelmRepository, name: fluxcd-community}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: flux2-notifier
spec:
  chart:
    spec:
      chart: flux2-notification
";

#[test]
fn releases_of_flux_are_found() {
    assert_eq!(
        told(&[("apps/flux.yaml", RELEASE)]),
        [
            "apps/flux.yaml:4 Operator by HelmRelease flux-system/operator",
            "apps/flux.yaml:23 Flux by HelmRelease gitops/flux",
        ]
    );
    let found = seen(&[("apps/flux.yaml", RELEASE)]);
    assert_eq!(found.operators().count(), 1);
    assert_eq!(
        found.charts_of_flux().map(|install| install.message.as_str()).collect::<Vec<_>>(),
        [
            "release `gitops/flux` of chart `flux2` installs Flux in namespace `gitops`: the operator takes its objects over, \
          but uninstalling the release later would delete them"
        ]
    );
}

#[test]
fn the_namespace_is_that_of_the_kustomization_above() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: flux-operator\nspec:\n  \
                   chart:\n    spec:\n      chart: flux-operator\n";
    let inner =
        ("infra/operator/kustomization.yaml", "namespace: flux-system\nresources:\n  - release.yaml\n");
    let files = [("infra/operator/release.yaml", release), inner];
    assert_eq!(
        told(&files),
        ["infra/operator/release.yaml:4 Operator by HelmRelease flux-system/flux-operator"]
    );
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: infra\nspec:\n  path: \
                ./infra/operator\n  targetNamespace: operators\n";
    let files = [files[0], files[1], ("clusters/lab/infra.yaml", flux)];
    assert_eq!(
        told(&files),
        ["infra/operator/release.yaml:4 Operator by HelmRelease operators/flux-operator"]
    );
}

#[test]
fn applications_of_argo_are_found() {
    let text = "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: flux
  namespace: argocd
spec:
  source:
    repoURL: https://fluxcd-community.github.io/helm-charts
    chart: flux2
  destination:
    namespace: flux-system
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: fleet
spec:
  source:
    repoURL: https://github.com/acme/flux2.git
    path: apps/web
";
    assert_eq!(told(&[("argo/flux.yaml", text)]), ["argo/flux.yaml:4 Flux by Application flux-system/flux"]);
}

#[test]
fn charts_in_terraform_are_found() {
    let text = r#"resource "helm_release" "this" {
  repository = "https://fluxcd-community.github.io/helm-charts"
  chart      = "flux2"
  name       = "flux2"
  namespace  = "flux-system"
}
resource "helm_release" "flux_operator" {
  name       = "flux-operator"
  namespace  = kubernetes_namespace.flux_system.metadata[0].name
  chart      = "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator"
}
resource "helm_release" "nginx" {
  chart = "ingress-nginx"
}
module "flux_operator_bootstrap" {
  source = "controlplaneio-fluxcd/flux-operator-bootstrap/kubernetes"
}
resource "kubectl_manifest" "instance" {
  yaml_body = <<YAML
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
YAML
}
"#;
    assert_eq!(
        told(&[("main.tf", text)]),
        [
            "main.tf:1 Flux by Terraform flux-system/flux2",
            "main.tf:7 Operator by Terraform ?/flux-operator",
            "main.tf:15 Operator by Terraform ?/flux_operator_bootstrap",
            "main.tf:15 Instance by Terraform ?/flux_operator_bootstrap",
            "main.tf:18 Instance by Terraform ?/flux",
        ]
    );
    assert_eq!(seen(&[("main.tf", text)]).instances.len(), 2);
}

#[test]
fn helmfile_kustomize_scripts_and_manifests_are_found() {
    let helmfile = "releases:\n  - name: cilium\n    chart: cilium/cilium\n  - name: flux-operator\n    namespace: \
                    flux-system\n    chart: oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator\n";
    let kustomization = "resources:\n  - https://github.com/controlplaneio-fluxcd/flux-operator/releases/latest/download/install.yaml\n  \
                         - https://github.com/fluxcd/flagger//kustomize/linkerd\nhelmCharts:\n  - name: flux2\n    repo: \
                         https://fluxcd-community.github.io/helm-charts\n    releaseName: flux\n    namespace: gitops\n";
    let script = "#!/bin/sh\n# helm install flux oci://ghcr.io/x/flux2\nhelm upgrade --install flux-operator \\\n  \
                  oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator \\\n  --namespace flux-system \
                  --create-namespace\nhelm install flux-notes oci://ghcr.io/acme/notes\n";
    let olm = "apiVersion: operators.coreos.com/v1alpha1\nkind: Subscription\nmetadata:\n  name: fo\n  namespace: \
               operators\nspec:\n  name: flux-operator\n";
    assert_eq!(
        told(&[
            ("bootstrap/helmfile.yaml", helmfile),
            ("bootstrap/kustomization.yaml", kustomization),
            ("scripts/operator.sh", script),
            ("olm/subscription.yaml", olm),
            ("other/values.yaml", helmfile),
        ]),
        [
            "bootstrap/helmfile.yaml:6 Operator by Helmfile flux-system/flux-operator",
            "bootstrap/kustomization.yaml:2 Operator by Kustomization flux-system/?",
            "bootstrap/kustomization.yaml:5 Flux by Kustomization gitops/flux",
            "olm/subscription.yaml:4 Operator by Manifest operators/fo",
            "scripts/operator.sh:3 Operator by Command flux-system/flux-operator",
        ]
    );
}

#[test]
fn instances_are_found_wherever_they_are() {
    let instance = "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata:\n  name: flux\n  namespace: \
                    flux-system\nspec:\n  distribution: {version: 2.x, registry: ghcr.io/fluxcd}\n";
    let set = "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata:\n  name: operator\n  namespace: \
               flux-system\nspec:\n  resources:\n    - apiVersion: helm.toolkit.fluxcd.io/v2\n      kind: HelmRelease\n      \
               metadata:\n        name: flux-operator\n        namespace: << inputs.namespace >>\n      spec:\n        \
               chartRef: {kind: OCIRepository, name: flux-operator}\n";
    let found = seen(&[("clusters/lab/flux.yaml", instance), ("clusters/lab/operator.yaml", set)]);
    assert_eq!(found.instances.len(), 1);
    assert_eq!(at(&found.instances[0].place), "clusters/lab/flux.yaml:4");
    assert!(
        found.instances[0]
            .message
            .starts_with("FluxInstance `flux-system/flux` is an installation of Flux `2.x`")
    );
    let operator = &found.installs[0];
    assert_eq!((operator.chart, operator.means), (Chart::Operator, Means::HelmRelease));
    assert_eq!(at(&operator.place), "clusters/lab/operator.yaml:11");
}
