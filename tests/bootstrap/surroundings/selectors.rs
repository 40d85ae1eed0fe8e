//! Selectors on labels that Flux's pods lose.

use super::{at, seen};

fn told(text: &str) -> Vec<String> {
    let found = seen(&[("monitoring/one.yaml", text)]);
    found.selectors.iter().map(|selector| format!("{} {}", at(&selector.place), selector.label)).collect()
}

/// An object with this spec.
fn object(kind: &str, namespace: &str, spec: &str) -> String {
    let spec = spec.replace('\n', "\n  ");
    format!(
        "apiVersion: x/v1\nkind: {kind}\nmetadata:\n  name: one\n  namespace: {namespace}\n  labels:\n    \
             app.kubernetes.io/instance: flux-system\nspec:\n  {spec}\n"
    )
}

#[test]
fn selectors_of_flux_are_found() {
    let labels = "selector:\n  matchLabels:\n    app.kubernetes.io/instance: flux-system";
    assert_eq!(
        told(&object("PodMonitor", "monitoring", labels)),
        ["monitoring/one.yaml:11 app.kubernetes.io/instance"]
    );
    let policy = "podSelector:\n  matchLabels:\n    app.kubernetes.io/version: v2.7.2";
    assert_eq!(
        told(&object("NetworkPolicy", "flux-system", policy)),
        ["monitoring/one.yaml:11 app.kubernetes.io/version"]
    );
    let expressions = "selector:\n  matchExpressions:\n    - key: app.kubernetes.io/instance\n      operator: In\n      values: \
                       [grafana, flux-system]";
    assert_eq!(
        told(&object("PodDisruptionBudget", "flux-system", expressions)),
        ["monitoring/one.yaml:11 app.kubernetes.io/instance"]
    );
    let cilium = "endpointSelector:\n  matchLabels:\n    k8s:app.kubernetes.io/instance: flux-system";
    assert_eq!(told(&object("CiliumNetworkPolicy", "flux-system", cilium)).len(), 1);
    let values = "values:\n  prometheus:\n    additionalPodMonitors:\n      - selector:\n          matchLabels: \
                  {app.kubernetes.io/instance: flux-system}";
    assert_eq!(told(&object("HelmRelease", "monitoring", values)).len(), 1);
}

#[test]
fn copies_of_labels_are_found() {
    let copies = "namespaceSelector:\n  matchNames: [flux-system]\npodTargetLabels:\n  - app.kubernetes.io/version\n  - \
                  app\npodMetricsEndpoints:\n  - relabelings:\n      - sourceLabels: \
                  [__meta_kubernetes_pod_label_app_kubernetes_io_instance]";
    let both = [
        "monitoring/one.yaml:12 app.kubernetes.io/version",
        "monitoring/one.yaml:16 app.kubernetes.io/instance",
    ];
    assert_eq!(told(&object("PodMonitor", "monitoring", copies)), both);
    assert_eq!(
        told(&object("PodMonitor", "flux-system", &copies.replace("[flux-system]", "[web]"))),
        [""; 0]
    );
}

#[test]
fn selectors_of_others_are_not() {
    let grafana = "selector:\n  matchLabels:\n    app.kubernetes.io/instance: grafana";
    assert_eq!(told(&object("PodMonitor", "flux-system", grafana)), [""; 0]);
    let version = "podSelector:\n  matchLabels:\n    app.kubernetes.io/version: v2.7.2";
    assert_eq!(told(&object("NetworkPolicy", "web", version)), [""; 0]);
    // Services keep their labels.
    let service = "selector:\n  matchLabels:\n    app.kubernetes.io/instance: flux-system";
    assert_eq!(told(&object("ServiceMonitor", "flux-system", service)), [""; 0]);
    // What Flux's own example for monitoring selects by.
    let app = "namespaceSelector:\n  matchNames:\n    - flux-system\nselector:\n  matchExpressions:\n    - key: app\n      \
               operator: In\n      values: [helm-controller]\npodMetricsEndpoints:\n  - relabelings:\n      - sourceLabels: \
               [__meta_kubernetes_pod_phase]";
    assert_eq!(told(&object("PodMonitor", "flux-system", app)), [""; 0]);
    let template = "template:\n  metadata:\n    labels:\n      app.kubernetes.io/instance: flux-system";
    assert_eq!(told(&object("Deployment", "flux-system", template)), [""; 0]);
}
