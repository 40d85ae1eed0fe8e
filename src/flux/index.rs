//! Every document of a repository, looked up by file, by object and by kustomization.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::embed;
use super::file::{SourceFile, TextFile, Unreadable};
use super::kustomize::{self, Kustomization};
use super::patch::{Patch, PatchText};
use super::resource::{self, Resource, Role};
use super::scan;
use super::tree::Tree;
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml::{self, Node, decode, parse};

/// Everything that the rules read. Built once per (preview of a) repository.
#[derive(Debug)]
pub struct Index<'r> {
    /// The files that are text, by path, and behind them the patches and templates that are written in their strings.
    pub files: Vec<SourceFile<'r>>,
    /// Texts in which manifests are only written down, by path.
    pub texts: Vec<TextFile<'r>>,
    /// All objects, by file and place.
    pub resources: Vec<Resource>,
    /// All kustomizations, kustomize's and Flux's.
    pub kustomizations: Vec<Kustomization>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The kustomizations by folder.
    pub tree: Tree,
    by_path: BTreeMap<&'r str, usize>,
    resources_by_file: Vec<Range<usize>>,
    folders: BTreeSet<&'r str>,
    skipped: BTreeSet<&'r str>,
}

/// A file with its objects, which do not know yet which file of the index it is.
struct Read<'r> {
    file: SourceFile<'r>,
    resources: Vec<Resource>,
}

impl<'r> Read<'r> {
    fn new(file: SourceFile<'r>) -> Self {
        let documents = file.stream.documents.iter();
        let resources =
            documents.flat_map(|document| resource::of_document(0, document, file.sealed)).collect();
        Self { file, resources }
    }
}

impl<'r> Index<'r> {
    /// Parses every file whose content `repo` holds.
    pub fn new(repo: &'r Repo) -> Self {
        let read: Vec<_> = repo
            .files
            .par_iter()
            .filter(|(path, _)| scan::file_name(path) != scan::COMPONENTS)
            .map(|(path, file)| SourceFile::read(path, &file.bytes).map(Read::new))
            .collect();
        let texts = repo.texts.iter();
        let mut index = Self {
            files: Vec::new(),
            texts: texts
                .filter_map(|(path, file)| Some(TextFile { path, text: decode(&file.bytes).ok()? }))
                .collect(),
            resources: Vec::new(),
            kustomizations: Vec::new(),
            unreadable: Vec::new(),
            tree: Tree::default(),
            by_path: BTreeMap::new(),
            resources_by_file: Vec::new(),
            folders: repo.files.keys().map(|path| scan::folder(path)).collect(),
            skipped: repo.coverage.skipped.iter().map(|skipped| skipped.path.as_str()).collect(),
        };
        for file in read {
            match file {
                Ok(file) => index.add(file),
                Err(unreadable) => index.unreadable.push(unreadable),
            }
        }
        let failed = repo.coverage.skipped.iter().filter(|skipped| skipped.failed);
        let manifests = failed.filter(|skipped| is_manifest(&skipped.path));
        index.unreadable.extend(manifests.map(|skipped| Unreadable::failed(&skipped.path, &skipped.reason)));
        embed::read(&mut index);
        index.tree = Tree::new(&index.kustomizations);
        index.mark_patches();
        index
    }

    /// The file of `resource`.
    pub fn file(&self, resource: &Resource) -> &SourceFile<'r> {
        &self.files[resource.file]
    }

    /// The node of `resource`.
    ///
    /// # Panics
    /// Never for a resource of this index: its route was found in this very tree.
    pub fn node(&self, resource: &Resource) -> &Node<'r> {
        let document = &self.files[resource.file].stream.documents[resource.document];
        document
            .node()
            .and_then(|root| root.find(&resource.route))
            .expect("a resource is a node of its document")
    }

    /// Where the reader is blind: folders whose kustomization cannot be read, each with the reason.
    pub fn blind_folders(&self) -> impl Iterator<Item = (&str, &str)> {
        let unreadable = self.unreadable.iter().map(|one| (one.path.as_str(), one.reason.as_str()));
        let skipped = self.skipped.iter().map(|path| (*path, "it is left out"));
        unreadable
            .chain(skipped)
            .filter(|(path, _)| scan::is_kustomization(path))
            .map(|(path, why)| (scan::folder(path), why))
    }

    /// The place of `range` in the file with this index; where that is text inside of a file, the place in there.
    pub fn place(&self, file: usize, range: Range<usize>) -> Place {
        let read = &self.files[file];
        match &read.host {
            None => read.place(range),
            Some(host) => {
                let around = &self.files[host.site.file];
                let node = around.stream.documents[host.site.document].node();
                let image = node
                    .and_then(|root| root.find(&host.route))
                    .and_then(|node| yaml::locate(&around.text, node, &range));
                self.place(host.site.file, image.unwrap_or_else(|| host.range.clone()))
            }
        }
    }

    /// Indices of the resources in the file with this index.
    pub fn resources_of(&self, file: usize) -> Range<usize> {
        self.resources_by_file[file].clone()
    }

    /// The index of the file at `path`, where its content is held.
    pub fn file_index(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The index of the file that the text of a patch is; `None` where it is no text or is not held.
    pub fn text_of(&self, patch: &Patch) -> Option<usize> {
        match &patch.text {
            PatchText::File(named) => self.file_index(named),
            PatchText::Inline(file) => Some(*file),
            PatchText::Written(_) | PatchText::Nodes(_) | PatchText::Unknown => None,
        }
    }

    /// The files whose path starts with `prefix`, by path.
    pub fn files_below<'i>(&'i self, prefix: &'i str) -> impl Iterator<Item = (&'i str, &'i usize)> + 'i {
        self.by_path
            .range(prefix..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, file)| (*path, file))
    }

    /// Whether `path` has the name of a manifest: not held, so without any Flux object, but part of the repository.
    pub(super) fn is_known(&self, path: &str) -> bool {
        (self.folders.contains(path) || is_manifest(path)) && !self.skipped.contains(path)
    }

    fn add(&mut self, Read { file, resources }: Read<'r>) {
        let at = self.files.len();
        let first = self.resources.len();
        for document in &file.stream.documents {
            if let Err(problem) = &document.root
                && file.host.is_none()
            {
                self.unreadable.push(Unreadable {
                    path: file.path.to_owned(),
                    file: Some(at),
                    offset: problem.offset.min(file.text.len()),
                    reason: problem.message.clone(),
                    looks_like_flux: scan::looks_like_flux(file.text.as_bytes()),
                });
            }
        }
        self.resources.extend(resources.into_iter().map(|resource| Resource { file: at, ..resource }));
        self.resources_by_file.push(first..self.resources.len());
        if file.host.is_none() {
            self.by_path.insert(file.path, at);
        }
        self.files.push(file);
    }

    /// Adds text inside of a file, whose objects have this role; returns its index in [`Self::files`].
    pub(super) fn add_within(&mut self, file: SourceFile<'r>, role: Role) -> usize {
        let at = self.files.len();
        self.add(Read::new(file));
        for resource in &mut self.resources[self.resources_by_file[at].clone()] {
            resource.role = role;
        }
        at
    }

    /// A file that is named as a patch and nowhere as a resource holds parts of objects.
    fn mark_patches(&mut self) {
        let mut patches = BTreeSet::new();
        let mut objects = BTreeSet::new();
        for kustomization in &self.kustomizations {
            objects.extend(kustomization.resources.iter().filter_map(|path| self.by_path.get(path.as_str())));
            for patch in &kustomization.patches {
                if let PatchText::File(path) = &patch.text {
                    patches.extend(self.by_path.get(path.as_str()));
                }
            }
        }
        for file in patches.difference(&objects).copied().copied().collect::<Vec<_>>() {
            for resource in &mut self.resources[self.resources_by_file[file].clone()] {
                resource.role = Role::Patch;
            }
        }
    }
}

/// Files that the kustomizations in `repo` name as patches or settings and whose content it does not hold.
pub fn named_files(repo: &Repo) -> Vec<String> {
    let mut named = BTreeSet::new();
    for (path, file) in repo.files.iter().filter(|(path, _)| scan::is_kustomization(path)) {
        let Ok(text) = decode(&file.bytes) else { continue };
        let stream = parse(text);
        let Some(kustomization) =
            stream.documents.first().and_then(|first| kustomize::of_file(0, path, first))
        else {
            continue;
        };
        named.extend(kustomization.settings);
        named.extend(kustomization.patches.into_iter().filter_map(|patch| match patch.text {
            PatchText::File(path) => Some(path),
            _ => None,
        }));
    }
    named.into_iter().filter(|path| !repo.files.contains_key(path)).collect()
}

/// Whether the file at `path` has the name of a manifest.
fn is_manifest(path: &str) -> bool {
    let extension = scan::file_name(path).rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|known| matches!(known, "yaml" | "yml" | "json"))
}
