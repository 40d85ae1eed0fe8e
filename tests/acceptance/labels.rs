use std::collections::BTreeMap;

use flux_forge::blueprint::{embedded, patterns};

use super::Check;
use super::cluster::{HELM, KUSTOMIZE, id, target};
use super::proved;
use super::subject::Subject;
use super::value::{at, label, list, text};
use crate::blueprints::answers_of;

/// What Flux reads values from is watched, so that a change counts at once.
pub(super) const WATCHED: Check = Check { name: "watch label", find: watched };
/// Names and labels fit where Kubernetes puts them.
pub(super) const NAMES: Check = Check { name: "names", find: names };

fn watched(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        let readers = cluster.all(KUSTOMIZE, "Kustomization").chain(cluster.all(HELM, "HelmRelease"));
        for object in readers {
            let fields = ["spec.postBuild.substituteFrom", "spec.valuesFrom"];
            for reference in fields.into_iter().flat_map(|field| list(&object.value, field)) {
                let wanted = target(&object.value, reference, "");
                let found = cluster.find(&wanted);
                if !found.is_some_and(|found| label(&found.value, "reconcile.fluxcd.io/watch") == "Enabled") {
                    complaints.push(format!("{} reads {wanted}, which is not watched", id(&object.value)));
                }
            }
        }
        complaints
    })
}

fn names(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in &cluster.objects {
            let value = &object.value;
            let Some(name) = at(value, "metadata.name").and_then(serde_json::Value::as_str) else {
                complaints.push(format!("{}: {} is no name", object.file, value["metadata"]["name"]));
                continue;
            };
            let plain = name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:".contains(&byte));
            if name.len() > 63 || !plain {
                complaints.push(format!("{} has no good name", id(value)));
            }
            let labels = at(value, "metadata.labels").and_then(serde_json::Value::as_object);
            for (key, label) in labels.into_iter().flatten() {
                let good = label.as_str().is_some_and(|label| label.len() <= 63);
                if !good {
                    complaints.push(format!("{}: label {key} is {label}", id(value)));
                }
            }
            if text(value, "kind") == "HelmRelease" {
                // Helm's own limit (fluxcd/helm-controller, spec.releaseName).
                let release =
                    at(value, "spec.releaseName").and_then(serde_json::Value::as_str).unwrap_or(name);
                if release.len() > 53 {
                    complaints.push(format!("{}: the release's name is too long", id(value)));
                }
            }
        }
        complaints
    })
}

#[test]
fn objects_that_flux_reads_values_from_carry_the_watch_label() {
    let system = "clusters/staging/flux-system";
    let watch = "reconcile.fluxcd.io/watch: Enabled";
    proved(
        &WATCHED,
        &[
            ("monorepo/two-clusters", &format!("{system}/runtime-info.yaml"), watch, "x: y"),
            ("monorepo/two-clusters", &format!("{system}/kustomization.yaml"), watch, "x: y"),
            (
                "monorepo/two-clusters",
                "clusters/staging/apps.yaml",
                "name: flux-runtime-info",
                "name: runtime-info",
            ),
            ("multi-repo/default", "platform-fleet/tenants/apps/demo/sync.yaml", watch, "x: y"),
            ("gitless/default", "platform-fleet/tenants/infra.yaml", watch, "x: y"),
        ],
    );
}

#[test]
fn names_and_labels_stay_within_63_characters() {
    proved(
        &NAMES,
        &[
            (
                "monorepo/two-clusters",
                "clusters/staging/alerts.yaml",
                "name: alerts\n  namespace",
                "name: alerts_1\n  namespace",
            ),
            (
                "multi-repo/default",
                "platform-fleet/tenants/apps/demo/namespace.yaml",
                "toolkit.fluxcd.io/tenant: demo",
                "toolkit.fluxcd.io/tenant: 1",
            ),
            (
                "gitless/default",
                "platform-fleet/tenants/apps.yaml",
                "name: << inputs.namespace | quote >>",
                "name: 404",
            ),
            (
                "gitless/default",
                "platform-fleet/tenants/infra.yaml",
                "<< inputs.component >>-configs",
                "<< inputs.component >>-configs-of-a-component-that-is-not-small-at-all",
            ),
        ],
    );
    for pattern in patterns() {
        let found = longest(pattern);
        assert!(found.values().all(Vec::is_empty), "{pattern}: {found:#?}");
    }
}

/// The complaints about the longest names that are taken.
fn longest(pattern: &str) -> BTreeMap<&'static str, Vec<String>> {
    let (short, long) = ("x".repeat(40), "y".repeat(58));
    let repository = format!("https://github.com/{}/{}", "o".repeat(39), "r".repeat(40));
    let text = format!(
        "version: 1\npattern: {pattern}\nrepository: {repository}\nplatform: kubernetes\ndomain: {}.io\ncomponents: \
         [envoy-gateway, cert-manager, metrics-server, kube-prometheus-stack, external-secrets, kyverno]\nclusters: \
         [{{name: {short}, environment: e{}}}, {{name: z{}, environment: p{}, production: true}}]\nteams: [{{name: \
         {short}, namespaces: [{long}]}}]\n",
        "d".repeat(60),
        &short[1..],
        &short[1..],
        &short[1..]
    );
    let blueprint = embedded(pattern).unwrap().unwrap();
    let rendered = blueprint.render(&answers_of(&blueprint, &text)).unwrap();
    super::judge("the longest names", rendered).into_iter().collect()
}
