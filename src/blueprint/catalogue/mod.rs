//! The components that a platform can have: what each is, where its chart comes from, what it needs.
//!
//! An entry is `components/<id>/component.yaml`; beside it lie the files that the component brings.

mod component;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use self::order::ordered;
use crate::error::{Context, Error, Kind, Result};

pub(super) use component::Retired;
pub use component::{Chart, Component, Drift, PodSecurity, Role, SecretNeed};

/// Capability of the application that stands in for the user's own; it is never selected.
pub(super) const SAMPLE: &str = "sample";

/// All components by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    components: BTreeMap<String, Component>,
    retired: Vec<Retired>,
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
        let wrong =
            |problem: String| Err(Error::new(Kind::Input, format!("component `{}` {problem}", component.id)));
        let chart = &component.chart;
        if !matches!(chart.kind.as_str(), "OCIRepository" | "HelmRepository") {
            return wrong(format!(
                "has a chart of kind `{}`, not OCIRepository or HelmRepository",
                chart.kind
            ));
        }
        if chart.subject.is_empty() == chart.unsigned.is_empty() {
            return wrong(
                "must say in its chart either who signs it (`issuer`, `subject`) or why not (`unsigned`)"
                    .into(),
            );
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
