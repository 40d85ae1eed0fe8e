use std::collections::BTreeMap;

use flux_forge::blueprint::Rendered;
use serde_json::Value;

use super::Check;
use super::cluster::Cluster;
use super::tree::{Tree, join};
use super::value::{list, text};

/// What came of a set of answers.
pub(super) struct Subject {
    pub(super) tree: Tree,
    pub(super) clusters: Vec<Cluster>,
    pub(super) answers: Value,
}

/// Every file that is applied can be followed from a `FluxInstance`.
pub(super) const FOLLOWED: Check = Check { name: "followed", find: followed };

impl Subject {
    pub(super) fn of(rendered: Rendered) -> Result<Self, String> {
        let repositories = rendered.repositories.iter().map(|repository| repository.folder.clone()).collect();
        let text = |content: Vec<u8>| String::from_utf8(content).map_err(|error| error.to_string());
        let files = rendered.files.into_iter().map(|(path, file)| Ok((path, text(file.content)?)));
        let tree = Tree::new(files.collect::<Result<BTreeMap<_, _>, String>>()?, repositories)?;
        let answers = tree.document(&join(tree.fleet(), ".flux-forge/answers.yaml")).clone();
        let clusters =
            list(&answers, "clusters").iter().map(|answer| Cluster::follow(&tree, answer)).collect();
        Ok(Self { tree, clusters, answers })
    }

    pub(super) fn pattern(&self) -> &str {
        text(&self.answers, "pattern")
    }

    /// The team of each of their namespaces.
    pub(super) fn tenants(&self) -> BTreeMap<String, String> {
        let mut tenants = BTreeMap::new();
        for team in list(&self.answers, "teams") {
            let name = text(team, "name");
            let names: Vec<&str> = list(team, "namespaces").iter().filter_map(Value::as_str).collect();
            for namespace in if names.is_empty() { vec![name] } else { names } {
                tenants.insert(namespace.to_owned(), name.to_owned());
            }
        }
        tenants
    }

    /// Whether controllers act with the rights of each namespace only.
    pub(super) fn is_multitenant(&self) -> bool {
        self.pattern() != "monorepo" || !self.tenants().is_empty()
    }

    /// Complaints about each cluster, with its name.
    pub(super) fn each_cluster(&self, find: impl Fn(&Cluster) -> Vec<String>) -> Vec<String> {
        let of = |cluster: &Cluster| {
            let found = find(cluster).into_iter();
            found.map(|complaint| format!("{}: {complaint}", cluster.name)).collect::<Vec<_>>()
        };
        self.clusters.iter().flat_map(of).collect()
    }
}

fn followed(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| cluster.problems.clone())
}

#[test]
fn every_reference_is_followed() {
    super::proved(
        &FOLLOWED,
        &[
            (
                "monorepo/two-clusters",
                "clusters/staging/apps.yaml",
                "path: ./apps/staging",
                "path: ./apps/stage",
            ),
            ("monorepo/two-clusters", "clusters/staging/artifacts.yaml", "name: apps", "name: app"),
            (
                "multi-repo/default",
                "platform-fleet/tenants/infra/source.yaml",
                "name: infra",
                "name: platform",
            ),
            (
                "multi-repo/default",
                "platform-infra/components/cert-manager/controllers/base/kustomization.yaml",
                "  - source.yaml\n",
                "",
            ),
            (
                "gitless/default",
                "platform-fleet/tenants/infra.yaml",
                "name: << inputs.component >>-manifests\n        namespace",
                "name: << inputs.component >>-x\n        namespace",
            ),
            (
                "gitless/default",
                "platform-fleet/tenants/infra.yaml",
                "<< inputs.component >>",
                "<< inputs.components >>",
            ),
        ],
    );
}
