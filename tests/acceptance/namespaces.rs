use std::collections::BTreeSet;

use super::Check;
use super::cluster::id;
use super::order::reached;
use super::proved;
use super::subject::Subject;
use super::value::{label, text};

/// A namespace is there, and guarded, before anything is applied to it.
pub(super) const MADE_BEFORE: Check = Check { name: "namespaces", find };

fn find(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        let made: Vec<_> = cluster.all("", "Namespace").collect();
        for object in &made {
            let level = label(&object.value, "pod-security.kubernetes.io/enforce");
            if !matches!(level, "restricted" | "baseline" | "privileged") {
                complaints.push(format!("{}: pod security `{level}`", id(&object.value)));
            }
        }
        // The operator is installed before everything else, with its namespace.
        let mut checked = BTreeSet::new();
        for object in &cluster.objects {
            let namespace = text(&object.value, "metadata.namespace");
            if matches!(namespace, "" | "flux-system") || !checked.insert((namespace, &object.by)) {
                continue;
            }
            let before = reached(cluster, &object.by);
            let is_there = |maker: &str| maker == object.by || before.contains(maker);
            if !made
                .iter()
                .any(|found| text(&found.value, "metadata.name") == namespace && is_there(&found.by))
            {
                complaints.push(format!(
                    "{}: nothing made {namespace} before {}",
                    id(&object.value),
                    object.by
                ));
            }
        }
        complaints
    })
}

#[test]
fn the_parent_of_a_release_makes_its_namespace() {
    let tenants = "platform-fleet/tenants/infra.yaml";
    proved(
        &MADE_BEFORE,
        &[
            ("monorepo/two-clusters", "apps/base/namespaces.yaml", "kind: Namespace", "kind: Name"),
            ("monorepo/two-clusters", "apps/base/namespaces.yaml", "pod-security.kubernetes.io/enforce", "x"),
            (
                "monorepo/two-clusters",
                "infrastructure/controllers/base/namespaces.yaml",
                "name: monitoring",
                "name: other",
            ),
            (
                "multi-repo/default",
                "platform-fleet/tenants/infra/namespaces.yaml",
                "name: cert-manager\n",
                "name: other\n",
            ),
            ("gitless/default", tenants, "      kind: Namespace\n", "      kind: Name\n"),
            (
                "gitless/default",
                tenants,
                "name: infra-namespaces\n      namespace",
                "name: policies\n      namespace",
            ),
        ],
    );
}
