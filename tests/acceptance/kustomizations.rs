use std::collections::BTreeMap;
use std::path::Path;

use super::Check;
use super::cluster::{KUSTOMIZE, OPERATOR, id, target};
use super::proved;
use super::subject::Subject;
use super::value::{is_true, list, seconds, text};

/// Every Kustomization prunes and has the durations that it needs.
pub(super) const PRUNE: Check = Check { name: "Kustomizations", find: prune };
/// A Kustomization that applies a `ResourceSet` knows when one is ready.
pub(super) const HEALTH: Check = Check { name: "healthCheckExprs", find: health };
/// No path of a source lies within another one.
pub(super) const PATHS: Check = Check { name: "paths", find: paths };

fn prune(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        let mut count = 0;
        for object in cluster.all(KUSTOMIZE, "Kustomization") {
            count += 1;
            let value = &object.value;
            if !is_true(value, "spec.prune") {
                complaints.push(format!("{} does not prune", id(value)));
            }
            let durations = ["spec.timeout", "spec.retryInterval", "spec.interval"];
            let missing = durations.into_iter().filter(|field| seconds(text(value, field)) == 0);
            complaints.extend(missing.map(|field| format!("{} has no {field}", id(value))));
        }
        if count == 0 {
            complaints.push("no Kustomization".into());
        }
        complaints
    })
}

fn health(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for set in cluster.all(OPERATOR, "ResourceSet") {
            // The Kustomization of the cluster itself is the operator's.
            let Some(parent) =
                cluster.find(&set.by).filter(|_| set.by != "Kustomization/flux-system/flux-system")
            else {
                continue;
            };
            let knows = list(&parent.value, "spec.healthCheckExprs").iter().any(|check| {
                let current = text(check, "current");
                text(check, "kind") == "ResourceSet"
                    && ["Ready", "'True'", "observedGeneration"].iter().all(|word| current.contains(word))
            });
            if !knows || !is_true(&parent.value, "spec.wait") {
                complaints.push(format!("{} cannot tell when {} is ready", set.by, id(&set.value)));
            }
        }
        complaints
    })
}

fn paths(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut by_source: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let own = vec![(format!("clusters/{}", cluster.name), "the cluster".to_owned())];
        let sync = ["GitRepository", "OCIRepository"].map(|kind| format!("{kind}/flux-system/flux-system"));
        for source in sync.iter().filter(|source| cluster.find(source).is_some()) {
            by_source.insert(source.clone(), own.clone());
        }
        for object in cluster.all(KUSTOMIZE, "Kustomization") {
            let path = text(&object.value, "spec.path").trim_start_matches("./").to_owned();
            let source = target(&object.value, &object.value["spec"]["sourceRef"], "");
            by_source.entry(source).or_default().push((path, id(&object.value)));
        }
        let mut complaints = Vec::new();
        for (source, all) in by_source {
            for (index, (path, owner)) in all.iter().enumerate() {
                let others =
                    all.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
                let hit = others.into_iter().find(|(other, _)| Path::new(path).starts_with(other));
                complaints.extend(
                    hit.map(|(other, by)| format!("{source}: {path} of {owner} lies in {other} of {by}")),
                );
            }
        }
        complaints
    })
}

#[test]
fn kustomizations_prune_with_timeout_and_retry_interval() {
    let (mono, tenants) = ("clusters/staging/infrastructure.yaml", "platform-fleet/tenants/infra.yaml");
    proved(
        &PRUNE,
        &[
            ("monorepo/two-clusters", mono, "  prune: true\n", ""),
            ("monorepo/two-clusters", mono, "  timeout: 10m\n", ""),
            ("monorepo/two-clusters", mono, "  retryInterval: 5m\n", ""),
            (
                "multi-repo/default",
                "platform-fleet/tenants/infra/cert-manager.yaml",
                "prune: true",
                "prune: false",
            ),
            ("gitless/default", tenants, "        prune: true\n", ""),
            ("gitless/default", tenants, "        retryInterval: 5m\n", ""),
        ],
    );
}

#[test]
fn kustomizations_that_apply_resource_sets_have_health_check_exprs() {
    let file = "platform-fleet/clusters/staging/tenants.yaml";
    proved(
        &HEALTH,
        &[
            ("gitless/default", file, "kind: ResourceSet", "kind: Deployment"),
            ("gitless/default", file, "healthCheckExprs", "healthChecks"),
            ("gitless/default", file, "  wait: true\n", ""),
            (
                "gitless/default",
                file,
                "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True' &&",
                "has(status) &&",
            ),
        ],
    );
}

#[test]
fn paths_of_one_source_do_not_overlap() {
    let file = "platform-fleet/tenants/infra.yaml";
    proved(
        &PATHS,
        &[
            (
                "gitless/default",
                file,
                "path: ./configs/${ENVIRONMENT}",
                "path: ./controllers/${ENVIRONMENT}/more",
            ),
            (
                "gitless/default",
                "platform-fleet/clusters/staging/tenants.yaml",
                "path: ./tenants",
                "path: ./clusters/staging/tenants",
            ),
            (
                "multi-repo/default",
                "platform-fleet/tenants/infra/cert-manager.yaml",
                "/controllers/${ENVIRONMENT}",
                "",
            ),
        ],
    );
}
