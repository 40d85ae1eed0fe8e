//! Which objects a kustomization sees.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Index;
use super::kustomize::{Kustomization, Owner};

/// The kustomizations of a repository by folder, and what each of them reaches.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    by_folder: BTreeMap<String, usize>,
    /// For each component folder the kustomizations that include it.
    included_by: BTreeMap<String, Vec<usize>>,
}

/// What a kustomization sees.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Indices of resources in [`Index::resources`].
    pub resources: BTreeSet<usize>,
    /// Some of it is not in this repository.
    pub has_unknown: bool,
    /// Something on the way changes names.
    pub renames: bool,
}

impl Tree {
    pub(super) fn new(kustomizations: &[Kustomization]) -> Self {
        let mut tree = Self::default();
        for (index, kustomization) in kustomizations.iter().enumerate() {
            if matches!(kustomization.owner, Owner::Kustomize { .. }) {
                tree.by_folder.entry(kustomization.folder.clone()).or_insert(index);
            }
            for component in &kustomization.components {
                tree.included_by.entry(component.clone()).or_default().push(index);
            }
        }
        tree
    }

    /// What `kustomization` sees when its patches are applied: all that it builds from, and for a component all that
    /// those build from that include it.
    pub fn reach(&self, index: &Index<'_>, kustomization: usize) -> Reach {
        let mut walk = Walk { tree: self, index, reach: Reach::default(), done: BTreeSet::new() };
        walk.kustomization(kustomization);
        let start = &index.kustomizations[kustomization];
        if matches!(start.owner, Owner::Kustomize { component: true }) {
            let mut waiting = vec![start.folder.clone()];
            let mut seen = BTreeSet::new();
            while let Some(folder) = waiting.pop() {
                for &parent in self.included_by.get(&folder).into_iter().flatten() {
                    if seen.insert(parent) {
                        walk.kustomization(parent);
                        let parent = &index.kustomizations[parent];
                        if matches!(parent.owner, Owner::Kustomize { component: true }) {
                            waiting.push(parent.folder.clone());
                        }
                    }
                }
            }
        }
        walk.reach
    }
}

struct Walk<'t, 'r> {
    tree: &'t Tree,
    index: &'t Index<'r>,
    reach: Reach,
    done: BTreeSet<usize>,
}

impl Walk<'_, '_> {
    fn kustomization(&mut self, at: usize) {
        if !self.done.insert(at) {
            return;
        }
        let kustomization = &self.index.kustomizations[at];
        self.reach.has_unknown |= kustomization.has_unknown;
        self.reach.renames |= kustomization.renames;
        let from_flux = matches!(kustomization.owner, Owner::Flux(_));
        for path in kustomization.resources.iter().chain(&kustomization.components) {
            self.path(path, from_flux);
        }
    }

    /// A file, a folder with a kustomization, or (Flux generates one) any folder.
    fn path(&mut self, path: &str, from_flux: bool) {
        if let Some(&kustomization) = self.tree.by_folder.get(path) {
            self.kustomization(kustomization);
        } else if let Some(file) = self.index.file_index(path) {
            self.reach.resources.extend(self.index.resources_of(file));
        } else if from_flux {
            self.folder(path);
        } else if !self.index.is_known(path) {
            self.reach.has_unknown = true;
        }
    }

    /// Flux builds every manifest below a folder without a kustomization, and the kustomizations below it.
    fn folder(&mut self, folder: &str) {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        for (path, &file) in self.index.files_below(&prefix) {
            if super::scan::is_kustomization(path) {
                if let Some(&kustomization) = self.tree.by_folder.get(super::scan::folder(path)) {
                    self.kustomization(kustomization);
                }
            } else {
                self.reach.resources.extend(self.index.resources_of(file));
            }
        }
    }
}
