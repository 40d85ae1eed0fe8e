use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Check;
use super::cluster::{Cluster, HELM, KUSTOMIZE, OPERATOR, id, target};
use super::proved;
use super::subject::Subject;
use super::tree::Object;
use super::value::{annotation, is, is_true, list, seconds, text};

/// What others depend on waits for what it applies.
pub(super) const WAITS: Check = Check { name: "wait", find: waits };
/// Nothing waits for itself in the end.
pub(super) const ACYCLIC: Check = Check { name: "acyclic", find: acyclic };
/// A release gives up before the Kustomization that waits for it, and that before its parent.
pub(super) const TIMEOUTS: Check = Check { name: "timeouts", find: timeouts };

/// Objects that wait for others.
fn ordered(cluster: &Cluster) -> impl Iterator<Item = &Object> {
    let kinds = [(KUSTOMIZE, "Kustomization"), (HELM, "HelmRelease"), (OPERATOR, "ResourceSet")];
    cluster
        .objects
        .iter()
        .filter(move |object| kinds.iter().any(|(group, kind)| is(&object.value, group, kind)))
}

/// Ids that an object depends on; CRDs come with Flux itself.
pub(super) fn dependencies(value: &Value) -> Vec<String> {
    let kind = text(value, "kind");
    let wanted =
        list(value, "spec.dependsOn").iter().filter(|on| text(on, "kind") != "CustomResourceDefinition");
    wanted.map(|on| target(value, on, kind)).collect()
}

fn waits(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in ordered(cluster) {
            for on in dependencies(&object.value) {
                let waits = |found: &Object| {
                    is_true(&found.value, "spec.wait") || is(&found.value, HELM, "HelmRelease")
                };
                if !cluster.find(&on).is_some_and(waits) {
                    complaints.push(format!("{} depends on {on}, which does not wait", id(&object.value)));
                }
            }
        }
        complaints.extend(layers(subject, cluster));
        complaints
    })
}

/// The layers come one after the other.
fn layers(subject: &Subject, cluster: &Cluster) -> Vec<String> {
    let reached = |from: &str| reached(cluster, from);
    let chains: &[(&str, &str)] = match subject.pattern() {
        "monorepo" => &[
            ("Kustomization/flux-system/infra-configs", "Kustomization/flux-system/infra-controllers"),
            ("Kustomization/flux-system/apps", "Kustomization/flux-system/infra-controllers"),
            ("Kustomization/flux-system/tenants", "Kustomization/flux-system/infra-controllers"),
        ],
        "multi-repo" => &[("Kustomization/flux-system/apps", "Kustomization/flux-system/infra")],
        _ => &[
            ("ResourceSet/flux-system/infra", "ResourceSet/flux-system/policies"),
            ("ResourceSet/flux-system/apps", "ResourceSet/flux-system/infra"),
            ("ResourceSet/flux-system/apps", "ResourceSet/flux-system/policies"),
        ],
    };
    let exist = chains
        .iter()
        .filter(|(after, before)| cluster.find(after).is_some() && cluster.find(before).is_some());
    let broken = exist.filter(|(after, before)| !reached(after).contains(*before));
    let mut complaints: Vec<_> =
        broken.map(|(after, before)| format!("{after} does not come after {before}")).collect();
    for object in cluster.all(KUSTOMIZE, "Kustomization") {
        let own = id(&object.value);
        if let Some(controllers) = own.strip_suffix("-configs").map(|start| format!("{start}-controllers"))
            && !reached(&own).contains(&controllers)
        {
            complaints.push(format!("{own} does not come after {controllers}"));
        }
    }
    complaints
}

/// Everything that is ready before `from` is carried out: what it depends on, and what its parents depend on.
pub(super) fn reached(cluster: &Cluster, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(next) = open.pop() {
        let Some(object) = cluster.find(&next) else { continue };
        for other in dependencies(&object.value).into_iter().chain([object.by.clone()]) {
            if found.insert(other.clone()) {
                open.push(other);
            }
        }
    }
    found
}

fn acyclic(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut open: BTreeMap<String, Vec<String>> =
            ordered(cluster).map(|object| (id(&object.value), dependencies(&object.value))).collect();
        // What depends on nothing open is ready; what is left when nothing more becomes ready is a cycle.
        loop {
            let waiting: BTreeSet<String> = open.keys().cloned().collect();
            open.retain(|_, on| on.iter().any(|on| waiting.contains(on)));
            if open.len() == waiting.len() {
                return open.into_iter().map(|(name, on)| format!("{name} → {}", on.join(", "))).collect();
            }
        }
    })
}

/// How long an object takes at most.
fn limit(value: &Value) -> u64 {
    if is(value, OPERATOR, "ResourceSet") {
        return seconds(annotation(value, "fluxcd.controlplane.io/reconcileTimeout"));
    }
    seconds(text(value, "spec.timeout"))
}

fn timeouts(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in ordered(cluster) {
            let inner = limit(&object.value);
            // The operator's ResourceSet has no limit of its own but the operator's usual one.
            let is_operator = id(&object.value) == "ResourceSet/flux-system/flux-operator";
            if inner == 0 && !is_operator {
                complaints.push(format!("{} has no timeout", id(&object.value)));
            }
            let Some(parent) = cluster.find(&object.by) else { continue };
            let outer = limit(&parent.value);
            if outer > 0 && inner >= outer {
                complaints.push(format!("{} takes {inner} s, {} {outer} s", id(&object.value), object.by));
            }
        }
        // Where several wait for each other, what they take adds up.
        for parent in ordered(cluster).filter(|parent| is_true(&parent.value, "spec.wait")) {
            let (own, outer) = (id(&parent.value), limit(&parent.value));
            let inner = longest(cluster, &own);
            if outer > 0 && inner >= outer {
                complaints
                    .push(format!("what {own} applies takes {inner} s one after the other, it {outer} s"));
            }
        }
        complaints
    })
}

/// How long the releases below an object take, those after each other that wait for each other.
fn longest(cluster: &Cluster, parent: &str) -> u64 {
    let children: Vec<&Object> = ordered(cluster).filter(|object| object.by == parent).collect();
    children.iter().map(|child| chain(cluster, child, &children, 0)).max().unwrap_or(0)
}

/// How long `object` takes, and before it those of its siblings that it waits for.
fn chain(cluster: &Cluster, object: &Object, siblings: &[&Object], depth: usize) -> u64 {
    let own = match longest(cluster, &id(&object.value)) {
        0 if is(&object.value, HELM, "HelmRelease") => limit(&object.value),
        inner => inner,
    };
    let dependencies = dependencies(&object.value);
    let before = siblings.iter().filter(|other| dependencies.contains(&id(&other.value)));
    // A cycle is told elsewhere.
    let before = before.filter(|_| depth < siblings.len());
    own + before.map(|other| chain(cluster, other, siblings, depth + 1)).max().unwrap_or(0)
}

#[test]
fn what_others_depend_on_waits() {
    let (infrastructure, apps) = ("clusters/staging/infrastructure.yaml", "clusters/staging/apps.yaml");
    let (component, tenants) =
        ("platform-fleet/tenants/infra/cert-manager.yaml", "platform-fleet/tenants/apps.yaml");
    proved(
        &WAITS,
        &[
            ("monorepo/two-clusters", infrastructure, "  wait: true\n", ""),
            ("monorepo/two-clusters", apps, "    - name: infra-configs\n", "    - name: infra\n"),
            ("monorepo/two-clusters", apps, "  dependsOn:\n    - name: infra-configs\n", ""),
            ("multi-repo/default", component, "  dependsOn:\n    - name: cert-manager-controllers\n", ""),
            (
                "multi-repo/default",
                "platform-fleet/clusters/staging/apps.yaml",
                "  dependsOn:\n    - name: infra\n",
                "",
            ),
            ("gitless/default", tenants, "      name: infra\n", "      name: policies\n"),
            ("gitless/default", "platform-fleet/tenants/infra.yaml", "  wait: true\n", ""),
        ],
    );
}

#[test]
fn nothing_waits_for_itself() {
    let infrastructure = "clusters/staging/infrastructure.yaml";
    let policies = "platform-fleet/tenants/infra.yaml";
    proved(
        &ACYCLIC,
        &[
            (
                "monorepo/two-clusters",
                infrastructure,
                "    - name: infra-controllers\n",
                "    - name: infra-configs\n",
            ),
            ("gitless/default", policies, "name: policies\n", "name: apps\n"),
        ],
    );
}

#[test]
fn timeouts_grow_outwards() {
    let release = "apps/base/podinfo/release.yaml";
    proved(
        &TIMEOUTS,
        &[
            ("monorepo/two-clusters", release, "timeout: 5m", "timeout: 15m"),
            ("monorepo/two-clusters", release, "  timeout: 5m\n", ""),
            ("monorepo/two-clusters", "clusters/staging/apps.yaml", "timeout: 10m", "timeout: 5m"),
            (
                "multi-repo/default",
                "platform-fleet/clusters/staging/infra.yaml",
                "timeout: 30m",
                "timeout: 14m",
            ),
            (
                "gitless/default",
                "platform-fleet/clusters/staging/tenants.yaml",
                "timeout: 30m",
                "timeout: 20m",
            ),
            (
                "gitless/default",
                "platform-fleet/tenants/infra.yaml",
                "reconcileTimeout: 20m",
                "reconcileTimeout: 10m",
            ),
        ],
    );
}
