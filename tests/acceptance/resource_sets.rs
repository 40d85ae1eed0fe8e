use std::collections::BTreeMap;

use serde_json::Value;

use super::Check;
use super::cluster::{OPERATOR, id};
use super::proved;
use super::subject::Subject;
use super::value::{annotation, is_true, list, text};

/// Every object is applied once.
pub(super) const UNIQUE: Check = Check { name: "unique objects", find: unique };
/// Names of input providers are written with underscores where inputs are permuted.
pub(super) const PERMUTE: Check = Check { name: "Permute", find: permute };
/// A provider of tags gives one.
pub(super) const LIMIT: Check = Check { name: "limit", find: limit };
/// What depends on a `ResourceSet` asks whether it is ready, not whether it is there.
pub(super) const READY: Check = Check { name: "readyExpr", find: ready };

fn unique(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for object in &cluster.objects {
            let kind = text(&object.value, "apiVersion").rsplit_once('/').map_or("", |(group, _)| group);
            owners.entry(format!("{kind} {}", id(&object.value))).or_default().push(&object.by);
        }
        let several = owners.into_iter().filter(|(_, owners)| owners.len() > 1);
        several.map(|(object, owners)| format!("{object} is applied by {}", owners.join(" and "))).collect()
    })
}

/// Every `ResourceSet` and input provider in the tree, applied or not.
fn of_kind<'s>(subject: &'s Subject, kind: &'static str) -> impl Iterator<Item = (&'s str, &'s Value)> {
    subject.tree.documents().filter(move |(_, value)| super::value::is(value, OPERATOR, kind))
}

fn permute(subject: &Subject) -> Vec<String> {
    let sets = of_kind(subject, "ResourceSet");
    let permuting = sets.filter(|(_, set)| text(set, "spec.inputStrategy.name") == "Permute");
    let names: Vec<&str> =
        of_kind(subject, "ResourceSetInputProvider").map(|(_, value)| text(value, "metadata.name")).collect();
    let hyphened = permuting.flat_map(|(path, set)| {
        let written = set.to_string();
        let names = names.iter().filter(move |name| written.contains(&format!("inputs.{name}")));
        names
            .filter(|name| name.contains('-'))
            .map(move |name| format!("{path}: inputs.{name}"))
            .collect::<Vec<_>>()
    });
    hyphened.collect()
}

fn limit(subject: &Subject) -> Vec<String> {
    let providers = of_kind(subject, "ResourceSetInputProvider");
    let tags = providers.filter(|(_, value)| text(value, "spec.type").ends_with("ArtifactTag"));
    let many = tags.filter(|(_, value)| value.pointer("/spec/filter/limit") != Some(&Value::from(1)));
    many.map(|(path, value)| format!("{path}: {}", text(value, "metadata.name"))).collect()
}

fn ready(subject: &Subject) -> Vec<String> {
    let means_ready = |on: &Value| {
        let expression = text(on, "readyExpr");
        is_true(on, "ready")
            && ["'Ready'", "'True'", "observedGeneration == metadata.generation"]
                .iter()
                .all(|word| expression.contains(word))
    };
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in cluster.all(OPERATOR, "ResourceSet") {
            let value = &object.value;
            let sets = list(value, "spec.dependsOn").iter().filter(|on| text(on, "kind") == "ResourceSet");
            let blind = sets.filter(|on| !means_ready(on));
            complaints.extend(
                blind.map(|on| format!("{} does not ask whether {} is ready", id(value), text(on, "name"))),
            );

            if text(value, "spec.serviceAccountName").is_empty() {
                complaints.push(format!("{} acts as nobody", id(value)));
            }
            let timed = annotation(value, "fluxcd.controlplane.io/reconcileTimeout");
            if text(value, "metadata.name") != "flux-operator" && timed.is_empty() {
                complaints.push(format!("{} has no limit", id(value)));
            }
        }
        complaints
    })
}

#[test]
fn no_object_is_applied_twice() {
    let infra = "platform-fleet/tenants/infra.yaml";
    proved(
        &UNIQUE,
        &[
            ("gitless/default", infra, "name: << inputs.component >>-manifests\n", "name: manifests\n"),
            ("gitless/default", infra, "name: flux-<< inputs.namespace >>", "name: flux"),
            (
                "monorepo/two-clusters",
                "clusters/staging/infrastructure.yaml",
                "name: infra-configs\n  namespace",
                "name: infra-controllers\n  namespace",
            ),
        ],
    );
}

#[test]
fn what_depends_on_a_resource_set_asks_whether_it_is_ready() {
    let apps = "platform-fleet/tenants/apps.yaml";
    proved(
        &READY,
        &[
            ("gitless/default", apps, "      readyExpr: >-", "      readiness: >-"),
            ("gitless/default", apps, "c.type == 'Ready'", "c.type == 'Stalled'"),
            ("gitless/default", apps, "serviceAccountName: flux-operator", "serviceAccountName: \"\""),
            (
                "monorepo/two-clusters",
                "clusters/staging/flux-system/flux-operator.yaml",
                "  serviceAccountName: flux-operator\n  wait",
                "  wait",
            ),
        ],
    );
}

/// A set and a provider, put behind another file of a tree.
const PROVIDED: &str = "---
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: app-tags, namespace: flux-system}
spec: {type: OCIArtifactTag, url: oci://ghcr.io/acme/app, filter: {limit: 1}}
---
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: tags, namespace: flux-system}
spec:
  inputStrategy: {name: Permute}
  resourcesTemplate: << inputs.app_tags.tag >>
";

#[test]
fn hyphens_become_underscores_under_permute() {
    let hyphened = format!("---\n{}", PROVIDED.replace("inputs.app_tags", "inputs.app-tags"));
    let path = "platform-fleet/tenants/policies.yaml";
    super::proved(
        &PERMUTE,
        &[(
            "gitless/default",
            path,
            "# Where sources",
            &format!("{}\n---\n# Where sources", hyphened.trim()),
        )],
    );
}

#[test]
fn providers_of_tags_give_one() {
    let many = PROVIDED.replace(", filter: {limit: 1}", "");
    let path = "platform-fleet/tenants/policies.yaml";
    super::proved(
        &LIMIT,
        &[("gitless/default", path, "# Where sources", &format!("{}\n---\n# Where sources", many.trim()))],
    );
}
