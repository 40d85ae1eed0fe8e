//! What each Kustomization of Flux applies, before and after a change of files: the guard against taking away what runs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::hazard::flux_id;
use super::port::{Key, key};
use super::read::is_within;
use super::sync::folder_of;
use crate::flux::scan::folder;
use crate::flux::{Index, Resource, Role};
use crate::kustomize::{self, Id};
use crate::place::Place;
use crate::repo::Repo;

/// A Kustomization of Flux, as a repository has it.
#[derive(Clone, Debug)]
pub struct Applier {
    /// The Kustomization and its file.
    pub name: String,
    /// The folder that it applies.
    folder: String,
    spec: Value,
    place: Place,
}

/// How what one Kustomization applies changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The Kustomization.
    pub kustomization: String,
    /// What it applies no more.
    pub gone: Vec<Id>,
    /// What it applies besides.
    pub new: Vec<Id>,
    /// Why it cannot be built any more.
    pub broken: Option<String>,
}

/// All Kustomizations in `index` that look at one of the files at `paths`.
pub fn appliers(index: &Index<'_>, paths: &[&str]) -> Vec<Applier> {
    let is_one = |resource: &&Resource| {
        resource.id.kind == "Kustomization"
            && resource.id.group.starts_with("kustomize.toolkit.")
            && resource.role == Role::Object
    };
    let read = |resource: &Resource| {
        let node = index.node(resource);
        let spec = node.to_json().ok()?.get("spec")?.clone();
        let place = index.place(resource.file, node.range.clone());
        let folder = folder_of(spec.get("path").and_then(Value::as_str).unwrap_or_default());
        Some(Applier { name: format!("{} in `{}`", resource.id, place.path), folder, spec, place })
    };
    let concerns = |applier: &Applier| {
        let looks = |path: &&str| {
            is_within(folder(path), &applier.folder) || is_within(&applier.folder, folder(path))
        };
        paths.iter().any(looks)
    };
    index.resources.iter().filter(is_one).filter_map(read).filter(concerns).collect()
}

impl Applier {
    /// What it applies from `repo`.
    ///
    /// Fails, with the reason, where kustomize would not build it.
    pub fn applied(&self, repo: &Repo) -> Result<BTreeMap<Key, Id>, String> {
        let build = kustomize::build_with(repo, &self.folder, &self.spec, &self.place);
        let build = build.map_err(|failure| failure.message)?;
        Ok(build.objects.iter().map(|object| (key(&object.id()), object.id())).collect())
    }

    /// How what it applies differs between two states of a repository; `None` where it does not, or could not be built in
    /// the first place. It is itself taken as it was: a Kustomization that leaves Git still runs in the cluster.
    pub fn shift(&self, before: &Repo, after: &Repo) -> Option<Shift> {
        let before = self.applied(before).ok()?;
        let (gone, new, broken) = match self.applied(after) {
            Err(why) => (Vec::new(), Vec::new(), Some(why)),
            Ok(after) => (missing(&before, &after), missing(&after, &before), None),
        };
        let is_same = gone.is_empty() && new.is_empty() && broken.is_none();
        (!is_same).then(|| Shift { kustomization: self.name.clone(), gone, new, broken })
    }
}

fn missing(there: &BTreeMap<Key, Id>, here: &BTreeMap<Key, Id>) -> Vec<Id> {
    there.iter().filter(|(key, _)| !here.contains_key(*key)).map(|(_, id)| id.clone()).collect()
}

impl Shift {
    /// Whether nothing goes but what is in `gone`, and nothing comes but objects of these kinds of the operator.
    pub fn is_expected(&self, gone: &BTreeSet<Key>, new: &[&str]) -> bool {
        self.broken.is_none()
            && self.gone.iter().all(|id| gone.contains(&key(id)))
            && self
                .new
                .iter()
                .all(|id| id.group == "fluxcd.controlplane.io" && new.contains(&id.kind.as_str()))
    }

    /// What it means, as a sentence without a final period.
    pub fn meaning(&self) -> String {
        let Self { kustomization, gone, new, broken } = self;
        match (broken, gone.is_empty()) {
            (Some(why), _) => format!("{kustomization} could not be built any more: {why}"),
            (None, false) => format!("{kustomization} would stop applying {}", list(gone)),
            (None, true) => format!("{kustomization} would begin to apply {}", list(new)),
        }
    }
}

/// How many objects a sentence names.
const SHOWN: usize = 5;

fn list(ids: &[Id]) -> String {
    let some: Vec<String> = ids.iter().take(SHOWN).map(|id| flux_id(id).to_string()).collect();
    let more = ids.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", some.join(", "))
}
