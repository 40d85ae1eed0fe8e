//! Checked answers: what a blueprint is rendered from.

use super::clusters::Cluster;
use super::draft::Draft;
use super::repository::Repository;
use super::state::document;
use crate::yaml::Value;

/// Version of the answers file.
pub(super) const VERSION: i64 = 1;

/// The answers to all questions, checked one by one and against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Id of the blueprint.
    pub pattern: String,
    /// Where the repository lives.
    pub repository: Repository,
    /// Where the clusters run.
    pub platform: Platform,
    /// The clusters in the order of promotion; at least one, the first is not production.
    pub clusters: Vec<Cluster>,
}

/// Where the clusters run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Platform {
    Kubernetes,
    Aws,
    Azure,
    Gcp,
    Openshift,
    KindOnly,
}

impl Platform {
    pub(super) const ALL: [Self; 6] =
        [Self::Kubernetes, Self::Aws, Self::Azure, Self::Gcp, Self::Openshift, Self::KindOnly];

    /// The word in answers.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::Openshift => "openshift",
            Self::KindOnly => "kind-only",
        }
    }

    /// `spec.cluster.type` of the `FluxInstance` (CRD enum `kubernetes`, `openshift`, `aws`, `azure`, `gcp`).
    pub const fn cluster_type(self) -> &'static str {
        match self {
            Self::KindOnly => "kubernetes",
            other => other.id(),
        }
    }

    /// `spec.cluster.size` of the `FluxInstance`: how much the controllers may use.
    pub const fn cluster_size(self) -> &'static str {
        if matches!(self, Self::KindOnly) { "small" } else { "medium" }
    }
}

impl Answers {
    /// The text of an answers file that gives these answers again.
    pub fn to_yaml(&self) -> String {
        let clusters = self.clusters.iter().map(|cluster| {
            let mut fields = vec![
                ("name".to_owned(), Value::from(cluster.name.as_str())),
                ("environment".to_owned(), Value::from(cluster.environment.as_str())),
            ];
            if cluster.production {
                fields.push(("production".to_owned(), Value::Bool(true)));
            }
            Value::Mapping(fields)
        });
        let fields = [
            ("version", Value::Int(VERSION)),
            ("pattern", Value::from(self.pattern.as_str())),
            ("repository", Value::from(self.repository.url())),
            ("platform", Value::from(self.platform.id())),
            ("clusters", Value::Sequence(clusters.collect())),
        ];
        document(
            "# What this repository was made from: `flux-forge new --answers` takes this file.\n",
            &fields,
        )
    }

    /// The default answers: valid, with no empty list, so that templates can be checked against them.
    pub(super) fn sample() -> Self {
        let mut draft = Draft::default();
        draft.fill_defaults();
        draft.finish().expect("the defaults of all questions are valid together").0
    }
}
