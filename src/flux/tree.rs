//! Which objects a kustomization sees.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Index;
use super::kustomize::{Kustomization, Owner};
use super::scan;

/// The kustomizations of a repository by folder, and what each of them reaches.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    by_folder: BTreeMap<String, usize>,
    /// For each component folder the kustomizations that include it.
    included_by: BTreeMap<String, Vec<usize>>,
}

/// What a kustomization sees.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Indices of resources in [`Index::resources`].
    pub resources: BTreeSet<usize>,
    /// Some of it is not in this repository.
    pub has_unknown: bool,
    /// It rests on a path that may start from another root than this repository's.
    pub is_guess: bool,
    /// Something on the way changes names.
    pub renames: bool,
    /// Something on the way puts objects into another namespace.
    pub gathers: bool,
    /// The kustomizations on the way, as indices in [`Index::kustomizations`].
    pub kustomizations: BTreeSet<usize>,
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
        let mut walk = Walk { tree: self, index, reach: Reach::default() };
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

    /// What Flux builds from `folder`.
    pub fn build(&self, index: &Index<'_>, folder: &str) -> Reach {
        let mut walk = Walk { tree: self, index, reach: Reach::default() };
        walk.path(folder, true);
        walk.reach
    }
}

struct Walk<'t, 'r> {
    tree: &'t Tree,
    index: &'t Index<'r>,
    reach: Reach,
}

impl Walk<'_, '_> {
    fn kustomization(&mut self, at: usize) {
        if !self.reach.kustomizations.insert(at) {
            return;
        }
        let kustomization = &self.index.kustomizations[at];
        self.reach.has_unknown |= kustomization.has_unknown;
        self.reach.renames |= kustomization.renames;
        self.reach.gathers |= kustomization.gathers;
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
            self.flux_path(path);
        } else if !self.index.is_known(path) {
            self.reach.has_unknown = true;
        }
    }

    /// `spec.path` starts from the root of the source, which may be a folder of this repository (an OCI artifact, or
    /// several repositories in one): then every folder that ends like it may be meant.
    fn flux_path(&mut self, path: &str) {
        let below = format!("{path}/");
        self.reach.is_guess |= path.is_empty();
        if path.is_empty() || self.index.files_below(&below).next().is_some() {
            return self.folder(path);
        }
        let inner = format!("/{path}/");
        let folders: BTreeSet<&str> = self
            .index
            .files_below("")
            .filter_map(|(file, _)| file.find(&inner).map(|at| &file[..at + inner.len() - 1]))
            .collect();
        self.reach.has_unknown |= folders.is_empty();
        self.reach.is_guess = true;
        for folder in folders {
            match self.tree.by_folder.get(folder) {
                Some(&kustomization) => self.kustomization(kustomization),
                None => self.folder(folder),
            }
        }
    }

    /// Flux builds every manifest below a folder without a kustomization, and of a folder below it that has one only
    /// what that builds.
    ///
    /// Source: fluxcd/pkg `kustomize/kustomize_generator.go`, `scanManifests`.
    fn folder(&mut self, folder: &str) {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut own: BTreeSet<&str> = BTreeSet::new();
        let mut found = false;
        for (path, _) in self.index.files_below(&prefix) {
            found = true;
            if scan::is_kustomization(path) && !is_below(path, &own, &prefix) {
                own.insert(scan::folder(path));
            }
        }
        self.reach.has_unknown |= !found;
        for (path, &file) in self.index.files_below(&prefix) {
            if !is_below(path, &own, &prefix) {
                self.reach.resources.extend(self.index.resources_of(file));
            }
        }
        for kustomization in own.into_iter().filter_map(|folder| self.tree.by_folder.get(folder)) {
            self.kustomization(*kustomization);
        }
    }
}

/// Whether the file at `path` lies in one of `folders`, all of which lie below `prefix`.
fn is_below(path: &str, folders: &BTreeSet<&str>, prefix: &str) -> bool {
    let above = path.match_indices('/').map(|(at, _)| &path[..at]);
    above.filter(|folder| folder.len() >= prefix.len()).any(|folder| folders.contains(folder))
}
