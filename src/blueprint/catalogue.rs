//! The components that a platform can have: what each is, where its chart comes from, what it needs.
//!
//! An entry is `components/<id>/component.yaml`; beside it lie the files that the component brings.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Context, Error, Kind, Result};
use crate::phrase::{List, literals};

/// Capability of the application that stands in for the user's own; it is never selected.
pub(super) const SAMPLE: &str = "sample";

/// All components by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    components: BTreeMap<String, Component>,
    retired: Vec<Retired>,
}

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
#[expect(missing_docs, reason = "named like `spec.driftDetection.ignore[]` of a HelmRelease")]
pub struct Drift {
    pub kind: String,
    pub paths: Vec<String>,
}

/// API groups and resources that tenants may change.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named like the fields of a rule in a ClusterRole")]
pub struct Role {
    pub groups: Vec<String>,
    pub resources: Vec<String>,
}

/// A Secret that a person creates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SecretNeed {
    pub name: String,
    pub keys: Vec<String>,
    pub purpose: String,
    pub commands: Vec<String>,
}

/// A component that is offered no more.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retired {
    pub(super) id: String,
    pub(super) since: String,
    pub(super) instead: String,
    pub(super) reason: String,
}

impl Catalogue {
    /// Reads the entries among `files`, by path below the folder of the blueprint.
    ///
    /// # Errors
    /// Names the entry that cannot be read, is neither signed nor excused, refers to an unknown one, or waits for
    /// itself in the end.
    pub(super) fn load(files: &BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let mut catalogue = Self::default();
        for (path, bytes) in files {
            let Some(rest) = path.strip_prefix("components/") else { continue };
            if rest == "retired.yaml" {
                catalogue.retired = entry(path, bytes)?;
            } else if let Some(id) = rest.strip_suffix("/component.yaml") {
                let component = Component { id: id.to_owned(), ..entry(path, bytes)? };
                catalogue.components.insert(id.to_owned(), component);
            }
        }
        catalogue.components.values().try_for_each(|component| catalogue.check(component))?;
        let all: Vec<&Component> = catalogue.components.values().collect();
        ordered(&all).map_err(|cycle| {
            let message = format!("components wait for each other: {}", cycle.join(" → "));
            Error::new(Kind::Input, message).hint("Take one out of `after` or `needs` of its component.yaml")
        })?;
        Ok(catalogue)
    }

    /// Those that may be selected, by id.
    pub fn selectable(&self) -> impl Iterator<Item = &Component> {
        self.components.values().filter(|component| component.capability != SAMPLE)
    }

    /// The application that stands in for the user's own.
    pub(super) fn sample(&self) -> Option<&Component> {
        self.components.values().find(|component| component.capability == SAMPLE)
    }

    /// The component `id`.
    pub fn get(&self, id: &str) -> Option<&Component> {
        self.components.get(id)
    }

    pub(super) fn retired(&self, id: &str) -> Option<&Retired> {
        self.retired.iter().find(|retired| retired.id == id)
    }

    /// Ids of the components that provide `capability`.
    pub(super) fn providers(&self, capability: &str) -> Vec<&str> {
        let provides = |component: &&Component| component.capability == capability;
        self.selectable().filter(provides).map(|component| component.id.as_str()).collect()
    }

    /// The components `ids` with all that they need, in the order of installation.
    pub fn resolve<S: AsRef<str>>(&self, ids: &[S]) -> Vec<&Component> {
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
        while let Some(id) = open.pop() {
            let Some(component) = self.components.get(id) else { continue };
            if wanted.insert(component.id.as_str()) {
                let missing = component.needs.iter().filter_map(|need| {
                    let have = self.needed(need);
                    if have.iter().any(|id| wanted.contains(id)) { None } else { have.first().copied() }
                });
                open.extend(missing);
            }
        }
        let wanted: Vec<_> = wanted.iter().filter_map(|id| self.components.get(*id)).collect();
        ordered(&wanted).expect("the whole catalogue was ordered when it was loaded")
    }

    /// The components that satisfy a need, an id or a capability; the first one is taken.
    fn needed(&self, need: &str) -> Vec<&str> {
        match self.components.get(need) {
            Some(component) => vec![component.id.as_str()],
            None => self.providers(need),
        }
    }

    fn check(&self, component: &Component) -> Result<()> {
        let wrong = |problem: String| {
            Err(Error::new(Kind::Input, format!("component `{}` {problem}", component.id)))
        };
        let chart = &component.chart;
        if !matches!(chart.kind.as_str(), "OCIRepository" | "HelmRepository") {
            return wrong(format!("has a chart of kind `{}`, not OCIRepository or HelmRepository", chart.kind));
        }
        if chart.subject.is_empty() == chart.unsigned.is_empty() {
            return wrong("must say in its chart either who signs it (`issuer`, `subject`) or why not (`unsigned`)".into());
        }
        for id in component.after.iter().chain(&component.conflicts) {
            if !self.components.contains_key(id) {
                return wrong(format!("names `{id}`, which is no component"));
            }
        }
        match component.needs.iter().find(|need| self.needed(need).is_empty()) {
            Some(need) => wrong(format!("needs `{need}`, which no component is or provides")),
            None => Ok(()),
        }
    }
}

fn entry<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T> {
    serde_yaml::from_slice(bytes).context(Kind::Input, || format!("cannot read `{path}`"))
}

/// `components` so that each stands behind those it comes after; the ids of a cycle where there is one.
fn ordered<'c>(components: &[&'c Component]) -> Result<Vec<&'c Component>, Vec<String>> {
    let mut done: Vec<&Component> = Vec::new();
    while done.len() < components.len() {
        let open = |component: &&&Component| done.iter().all(|other| other.id != component.id);
        let waits = |component: &Component| {
            components.iter().filter(open).any(|other| component.comes_after(other))
        };
        match components.iter().filter(open).find(|component| !waits(component)) {
            Some(next) => done.push(next),
            None => return Err(cycle(components.iter().filter(open).copied().collect())),
        }
    }
    Ok(done)
}

/// Walks from one component to another that it waits for until one is met again.
fn cycle(stuck: Vec<&Component>) -> Vec<String> {
    let mut path = vec![stuck[0]];
    loop {
        let last = path[path.len() - 1];
        let next = stuck.iter().find(|other| last.comes_after(other)).expect("each of them waits");
        let met = path.iter().position(|component| component.id == next.id);
        path.push(next);
        if let Some(start) = met {
            return path[start..].iter().map(|component| component.id.clone()).collect();
        }
    }
}

impl Component {
    /// Whether `other` must be ready before this one is installed.
    pub(super) fn comes_after(&self, other: &Self) -> bool {
        let named = |names: &[String]| names.contains(&other.id) || names.contains(&other.capability);
        named(&self.after) || named(&self.needs)
    }

    /// Its id and what it does, for messages.
    pub(super) fn ids<'c>(components: impl IntoIterator<Item = &'c Self>) -> String {
        let ids: Vec<&str> = components.into_iter().map(|component| component.id.as_str()).collect();
        List(&literals(&ids), "and").to_string()
    }
}
