//! An entry of the catalogue.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::phrase::{List, literals};

/// One component.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Name of its folder.
    #[serde(skip)]
    pub id: String,
    /// One line on what it does.
    pub summary: String,
    /// What it provides: `gateway`, `certificates`, …
    pub capability: String,
    /// The namespace it is installed into.
    pub namespace: String,
    /// The pod security level that its namespace enforces.
    pub pod_security: PodSecurity,
    /// Where its chart comes from.
    pub chart: Chart,
    /// Whether the chart has a `crds/` folder, which Helm alone would never upgrade.
    #[serde(default)]
    pub crds: bool,
    /// How long an installation may take, as a Go duration.
    pub timeout: String,
    /// Ids or capabilities that are added with it.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Ids that come before it where they are selected too.
    #[serde(default)]
    pub after: Vec<String>,
    /// Ids that cannot be beside it.
    #[serde(default)]
    pub conflicts: Vec<String>,
    /// Platforms that have no place for it, with the reason.
    #[serde(default)]
    pub platforms_without: BTreeMap<String, String>,
    /// What drift detection leaves alone.
    #[serde(default)]
    pub drift_ignore: Vec<Drift>,
    /// Rights on its custom resources that tenants get.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Secrets that must exist before it is installed.
    #[serde(default)]
    pub secrets: Vec<SecretNeed>,
    /// Whatever else its templates read.
    #[serde(default)]
    pub facts: Value,
}

/// How much a pod may do (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>), strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum PodSecurity {
    Restricted,
    Baseline,
    Privileged,
}

impl PodSecurity {
    /// The value of the label `pod-security.kubernetes.io/enforce`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

/// Where a chart comes from and who signed it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// `OCIRepository` or `HelmRepository`.
    pub kind: String,
    /// Address of the chart, or of the index of a `HelmRepository`.
    pub url: String,
    /// Name of the chart.
    pub name: String,
    /// The exact version, as it is tagged.
    pub version: String,
    /// Versions that may follow by themselves.
    pub range: String,
    /// Regular expression over the issuer of the signing certificate; empty where the chart is not signed.
    #[serde(default)]
    pub issuer: String,
    /// Regular expression over the subject of the signing certificate.
    #[serde(default)]
    pub subject: String,
    /// Why there is nothing to verify.
    #[serde(default)]
    pub unsigned: String,
}

/// What drift detection leaves alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// `target.kind` of `spec.driftDetection.ignore[]` of a `HelmRelease`.
    pub kind: String,
    /// `paths` beside it.
    pub paths: Vec<String>,
}

/// API groups and resources that tenants may change.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// `apiGroups` of a rule in a `ClusterRole`.
    pub groups: Vec<String>,
    /// `resources` of that rule.
    pub resources: Vec<String>,
}

/// A Secret that a person creates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretNeed {
    /// Its name, in the namespace of the component.
    pub name: String,
    /// Its keys.
    pub keys: Vec<String>,
    /// What it is for.
    pub purpose: String,
    /// What it must be, in words.
    pub scope: String,
    /// The commands that create it; they ask for or make up values, and hold none.
    pub commands: Vec<String>,
}

/// A component that is offered no more.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::blueprint) struct Retired {
    pub(in crate::blueprint) id: String,
    pub(in crate::blueprint) since: String,
    pub(in crate::blueprint) instead: String,
    pub(in crate::blueprint) reason: String,
}

impl Component {
    /// Whether `other` must be ready before this one is installed.
    pub(in crate::blueprint) fn comes_after(&self, other: &Self) -> bool {
        let named = |names: &[String]| names.contains(&other.id) || names.contains(&other.capability);
        named(&self.after) || named(&self.needs)
    }

    /// Its id and what it does, for messages.
    pub(in crate::blueprint) fn ids<'c>(components: impl IntoIterator<Item = &'c Self>) -> String {
        let ids: Vec<&str> = components.into_iter().map(|component| component.id.as_str()).collect();
        List(&literals(&ids), "and").to_string()
    }
}
