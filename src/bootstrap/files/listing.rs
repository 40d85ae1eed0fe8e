//! The kustomization that lists the files of Flux.

use std::collections::BTreeSet;

use super::{Files, relative};
use crate::bootstrap::account::Held;
use crate::change::{self, Action, Change};
use crate::flux::kustomize::Owner;
use crate::flux::scan::{self, folder, resolve};
use crate::flux::{Index, SourceFile};
use crate::kustomize::Step;
use crate::yaml::{self, Node, Operation, Route, Step as Key, Value};

/// Fields of a kustomization that list files and folders.
pub(super) const LISTS: [&str; 2] = ["resources", "bases"];

/// Fields with patches, and one that fails like a patch where what it names is not there.
const PATCHES: [&str; 4] = ["patches", "patchesStrategicMerge", "patchesJson6902", "replicas"];

/// A kustomization that lists files.
pub(super) struct Listing<'a> {
    pub(super) file: &'a SourceFile<'a>,
    root: &'a Node<'a>,
}

/// An entry of a list in it.
pub(super) struct Entry<'a> {
    pub(super) route: Route,
    /// As it is written.
    pub(super) text: &'a str,
    /// Below the root of the repository; `None` where it leads elsewhere.
    pub(super) path: Option<String>,
    pub(super) node: &'a Node<'a>,
}

impl<'a> Listing<'a> {
    /// The one in `folder`.
    pub(super) fn at(index: &'a Index<'a>, folder: &str) -> Option<Self> {
        let is_it = |path: &str| scan::is_kustomization(path) && scan::folder(path) == folder;
        index
            .files
            .iter()
            .filter(|file| file.host.is_none())
            .find(|file| is_it(file.path))
            .and_then(Self::new)
    }

    /// The one in the file at `path`.
    pub(super) fn in_file(index: &'a Index<'a>, path: &str) -> Option<Self> {
        let file = index.file_index(path).filter(|_| scan::is_kustomization(path))?;
        Self::new(&index.files[file])
    }

    fn new(file: &'a SourceFile<'a>) -> Option<Self> {
        Some(Self { file, root: file.stream.documents.first()?.node()? })
    }

    /// The one that lists the file or folder at `path`.
    pub(super) fn of(index: &'a Index<'a>, path: &str) -> Option<Self> {
        Self::all(index, path).next()
    }

    /// All that list the file or folder at `path`.
    pub(super) fn all<'p>(index: &'a Index<'a>, path: &'p str) -> impl Iterator<Item = Self> + use<'a, 'p> {
        index.kustomizations.iter().filter_map(move |kustomization| {
            let lists = matches!(kustomization.owner, Owner::Kustomize { .. })
                && kustomization.resources.iter().any(|resource| resource == path);
            let file = &index.files[kustomization.file];
            let root = file.stream.documents.get(kustomization.document)?.node()?;
            lists.then_some(Self { file, root })
        })
    }

    pub(super) fn folder(&self) -> &'a str {
        folder(self.file.path)
    }

    /// What it lists.
    pub(super) fn entries(&self) -> Vec<Entry<'a>> {
        let lists = LISTS.into_iter().filter_map(|field| Some((field, self.root.get(field)?)));
        let items = lists.flat_map(|(field, list)| {
            let route = Route::root().key(field);
            list.items().iter().enumerate().map(move |(at, node)| (route.index(at), node))
        });
        items
            .filter_map(|(route, node)| {
                let text = node.as_str()?;
                Some(Entry { route, text, path: resolve(self.folder(), text), node })
            })
            .collect()
    }

    /// The routes of its patches.
    pub(super) fn patches(&self) -> Vec<(String, Route)> {
        let lists = PATCHES.into_iter().filter_map(|field| Some((field, self.root.get(field)?)));
        lists
            .flat_map(|(field, list)| {
                let route = Route::root().key(field);
                (0..list.items().len()).map(move |at| (format!("{field}[{at}]"), route.index(at)))
            })
            .collect()
    }

    /// The file that the patch at `route` is in.
    pub(super) fn patch_file(&self, route: &Route) -> Option<String> {
        let node = self.root.find(route)?;
        let text = node
            .get("path")
            .and_then(Node::as_str)
            .or_else(|| node.as_str().filter(|text| !text.contains('\n')))?;
        resolve(self.folder(), text)
    }

    /// Files that the generator in `field` makes objects of.
    pub(super) fn generator_files(&self, field: &str) -> Vec<String> {
        let generators = self.root.get(field).map(Node::items).unwrap_or_default();
        let lists = generators.iter().flat_map(|one| ["files", "envs"].map(|key| one.get(key)));
        let single = generators.iter().filter_map(|one| one.get("env"));
        let entries = lists.flatten().flat_map(Node::items).chain(single).filter_map(Node::as_str);
        let path =
            |entry: &str| resolve(self.folder(), entry.rsplit_once('=').map_or(entry, |(_, path)| path));
        entries.filter_map(path).collect()
    }

    /// Fields that are there, but for those that list files or patches.
    pub(super) fn has(&self, field: &str) -> Option<Route> {
        self.root.get(field).map(|_| Route::root().key(field))
    }

    /// Its text without what stands at `routes`; lists that are emptied go as a whole.
    pub(super) fn without(&self, routes: &[Route]) -> Vec<Operation> {
        let gone: BTreeSet<&Route> = routes.iter().collect();
        let mut operations = Vec::new();
        let mut emptied: BTreeSet<Route> = BTreeSet::new();
        for field in LISTS.iter().chain(&PATCHES) {
            let list = Route::root().key(*field);
            let count = self.root.get(field).map_or(0, |node| node.items().len());
            if count > 0 && (0..count).all(|at| gone.contains(&list.index(at))) {
                emptied.insert(list);
            }
        }
        for route in gone {
            let above =
                route.split_last().filter(|(_, last)| matches!(last, Key::Index(_))).map(|(above, _)| above);
            if above.is_none_or(|above| !emptied.contains(&above)) {
                operations.push(Operation::TakeWithLead { at: route.clone() });
            }
        }
        operations.extend(emptied.into_iter().map(|at| Operation::TakeWithLead { at }));
        operations
    }

    /// Its text after these operations.
    pub(super) fn edited(&self, operations: Vec<Operation>) -> Result<(Vec<change::Edit>, String), Held> {
        let operations: Vec<(usize, Operation)> = operations.into_iter().map(|one| (0, one)).collect();
        let refused = |refusal: yaml::Refusal| Files::refused(self.file.path, &refusal);
        let edits = yaml::edits(&self.file.text, &self.file.stream, &operations).map_err(refused)?;
        let text = change::apply(&self.file.text, &edits).expect("the edits were just proven");
        Ok((edits, text))
    }

    /// Its patches that change nothing but Flux.
    pub(super) fn patches_for_flux(&self, files: &Files<'_>) -> Vec<Route> {
        let is_gone = |field: &str| {
            let step = files.steps(self.file.path).find(|step: &&Step| step.field == field);
            step.is_some_and(|step| {
                let (is_own, has_others) = files.touches(step);
                is_own && !has_others
            })
        };
        self.patches().into_iter().filter(|(field, _)| is_gone(field)).map(|(_, route)| route).collect()
    }

    /// Itself with `added` in the place of the files of Flux and without the patches for these; and the files of patches
    /// that nothing uses then.
    pub(super) fn finalized(
        &self,
        files: &Files<'_>,
        added: &[String],
    ) -> Result<(Change, Vec<Change>), Held> {
        let installation = files.installation;
        let roots = installation.root.iter().flat_map(|root| [&root.file, &root.source_place.path]);
        let own: BTreeSet<&str> =
            std::iter::once(&installation.file).chain(roots).map(String::as_str).collect();
        let entries = self.entries();
        let own_entries: Vec<&Entry<'_>> = entries
            .iter()
            .filter(|entry| entry.path.as_deref().is_some_and(|path| own.contains(path)))
            .collect();
        let mut operations = Vec::new();
        let mut gone = Vec::new();
        let mut waiting = added.iter().map(|path| relative(self.folder(), path));
        for entry in &own_entries {
            match waiting.next() {
                Some(path) => {
                    operations.push(Operation::Replace { at: entry.route.clone(), value: Value::from(path) });
                }
                None => gone.push(entry.route.clone()),
            }
        }
        let to = Route::root().key("resources");
        operations.extend(waiting.map(|path| Operation::Append { to: to.clone(), value: Value::from(path) }));
        let patches = self.patches_for_flux(files);
        let (gone_files, kept_files): (Vec<_>, Vec<_>) =
            self.patches().into_iter().partition(|(_, route)| patches.contains(route));
        let named = |all: Vec<(String, Route)>| -> BTreeSet<String> {
            all.iter().filter_map(|(_, route)| self.patch_file(route)).collect()
        };
        let (gone_files, kept_files) = (named(gone_files), named(kept_files));
        gone.extend(patches);
        operations.extend(self.without(&gone));
        let (edits, _) = self.edited(operations)?;
        let reason = "the FluxInstance takes the place of the files of `flux bootstrap`".to_owned();
        let edited = Change { path: self.file.path.to_owned(), action: Action::Modify(edits), reason };
        let orphans = gone_files.difference(&kept_files).filter(|path| files.repo.files.contains_key(*path));
        let orphans = orphans.map(|path| Change {
            path: path.clone(),
            action: Action::Delete,
            reason: "the FluxInstance says what this patch said".to_owned(),
        });
        Ok((edited, orphans.collect()))
    }
}
