//! What a cluster applies: what its root folder builds, and what the Flux Kustomizations in that build.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::start::{Start, is_flux, repository_of, source_url};
use crate::flux::kustomize::Owner;
use crate::flux::{Index, PatchText, Role, Site};

/// Builds folders once for all clusters.
pub(super) struct Applied<'a, 'r> {
    index: &'a Index<'r>,
    /// The Flux Kustomization that each resource is.
    flux: BTreeMap<usize, usize>,
    /// The texts that are written in strings of a document, as indices in [`Index::files`].
    within: BTreeMap<Site, Vec<usize>>,
    /// The address of the source of each, where it is known.
    urls: BTreeMap<usize, Option<String>>,
    built: BTreeMap<String, Rc<Built>>,
}

/// What a folder gives.
struct Built {
    resources: BTreeSet<usize>,
    /// The Flux Kustomizations among them, as indices in [`Index::kustomizations`].
    flux: Vec<usize>,
}

impl<'a, 'r> Applied<'a, 'r> {
    pub(super) fn new(index: &'a Index<'r>) -> Self {
        let owners = index.kustomizations.iter().enumerate();
        let flux = owners.filter_map(|(at, kustomization)| match kustomization.owner {
            Owner::Flux(resource) => Some((resource, at)),
            Owner::Kustomize { .. } | Owner::Patch => None,
        });
        let mut within: BTreeMap<Site, Vec<usize>> = BTreeMap::new();
        for (at, file) in index.files.iter().enumerate() {
            if let Some(host) = &file.host {
                within.entry(host.site).or_default().push(at);
            }
        }
        Self { index, flux: flux.collect(), within, urls: BTreeMap::new(), built: BTreeMap::new() }
    }

    /// The resources that the cluster applies.
    pub(super) fn by(&mut self, start: &Start) -> BTreeSet<usize> {
        let mut is_applied = vec![false; self.index.resources.len()];
        let mut seen = BTreeSet::new();
        let mut waiting = vec![start.folder.clone()];
        waiting.extend(start.own.iter().cloned());
        while let Some(folder) = waiting.pop() {
            if !seen.insert(folder.clone()) {
                continue;
            }
            let built = self.build(&folder);
            for &resource in &built.resources {
                is_applied[resource] = true;
            }
            for &kustomization in &built.flux {
                waiting.extend(self.folders(start, kustomization));
            }
        }
        is_applied.iter().enumerate().filter(|(_, is)| **is).map(|(at, _)| at).collect()
    }

    /// The folders of this repository that a Flux Kustomization of the cluster builds. Of another repository that is
    /// known by its address, only what lies here in a folder of its name.
    fn folders(&mut self, start: &Start, kustomization: usize) -> Vec<String> {
        let url = self.url_of(kustomization);
        let kustomization = &self.index.kustomizations[kustomization];
        let prefix = match (&url, &start.url) {
            (Some(url), _) if is_flux(url) => return Vec::new(),
            (Some(url), Some(own)) if !is_same(url, own) => match self.folder_named(repository_of(url)) {
                Some(prefix) => prefix,
                None => return Vec::new(),
            },
            _ => start.prefix.clone(),
        };
        let paths = kustomization.resources.iter().chain(&kustomization.components);
        paths.map(|path| self.below(&prefix, path)).collect()
    }

    fn url_of(&mut self, kustomization: usize) -> Option<String> {
        let index = self.index;
        let Owner::Flux(resource) = index.kustomizations[kustomization].owner else { return None };
        self.urls
            .entry(kustomization)
            .or_insert_with(|| source_url(index, &index.resources[resource]))
            .clone()
    }

    /// The folder for another repository of this name.
    fn folder_named(&self, name: &str) -> Option<String> {
        let inner = format!("/{name}/");
        let found = self.index.files.iter().find_map(|file| {
            let at = file.path.find(&inner)?;
            Some(file.path[..at + inner.len() - 1].to_owned())
        });
        found.or_else(|| self.has_files(name).then(|| name.to_owned()))
    }

    /// `path` below `prefix`, where that is a folder of this repository.
    fn below(&self, prefix: &str, path: &str) -> String {
        match (prefix, path) {
            ("", path) => path.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, path) => {
                let inner = format!("{prefix}/{path}");
                if self.has_files(&inner) { inner } else { path.to_owned() }
            }
        }
    }

    fn has_files(&self, folder: &str) -> bool {
        self.index.files_below(&format!("{folder}/")).next().is_some()
    }

    fn build(&mut self, folder: &str) -> Rc<Built> {
        if let Some(built) = self.built.get(folder) {
            return built.clone();
        }
        let reach = self.index.tree.build(self.index, folder);
        let mut resources = reach.resources;
        let mut sites = Vec::new();
        for &at in &reach.kustomizations {
            let kustomization = &self.index.kustomizations[at];
            sites.push(Site { file: kustomization.file, document: kustomization.document });
            resources.extend(self.index.resources_of(kustomization.file));
            resources.extend(self.patches(at));
        }
        self.add_within(&mut resources, sites);
        let flux = self.flux_among(&resources);
        let patches: Vec<usize> = flux.iter().flat_map(|&at| self.patches(at)).collect();
        resources.extend(patches);
        let built = Rc::new(Built { resources, flux });
        self.built.insert(folder.to_owned(), built.clone());
        built
    }
}

impl Applied<'_, '_> {
    /// The resources in the files that a kustomization names as patches.
    fn patches(&self, kustomization: usize) -> impl Iterator<Item = usize> {
        let patches = self.index.kustomizations[kustomization].patches.iter();
        let files = patches.filter_map(|patch| match &patch.text {
            PatchText::File(path) => self.index.file_index(path),
            _ => None,
        });
        files.flat_map(|file| self.index.resources_of(file))
    }

    /// Adds what is written in strings of the documents that `resources` stand in, and of those at `sites`.
    fn add_within(&self, resources: &mut BTreeSet<usize>, sites: Vec<Site>) {
        let site_of = |at: &usize| {
            let resource = &self.index.resources[*at];
            Site { file: resource.file, document: resource.document }
        };
        let mut waiting: BTreeSet<Site> = resources.iter().map(site_of).chain(sites).collect();
        while let Some(site) = waiting.pop_first() {
            for &file in self.within.get(&site).into_iter().flatten() {
                let written: Vec<usize> = self.index.resources_of(file).collect();
                waiting.extend(written.iter().map(site_of));
                resources.extend(written);
            }
        }
    }

    /// The Flux Kustomizations in `resources` whose path counts: a patch without one says nothing about it, and one
    /// with a path takes the place of what it is put onto.
    fn flux_among(&self, resources: &BTreeSet<usize>) -> Vec<usize> {
        let all = resources.iter().filter_map(|resource| Some((*resource, *self.flux.get(resource)?)));
        let has_path = |at: usize| {
            let spec = self.index.node(&self.index.resources[at]).get("spec");
            spec.is_some_and(|spec| spec.get("path").is_some())
        };
        let is_patch = |at: usize| self.index.resources[at].role == Role::Patch;
        let (patches, objects): (Vec<_>, Vec<_>) = all.partition(|(at, _)| is_patch(*at));
        let patches: Vec<_> = patches.into_iter().filter(|(at, _)| has_path(*at)).collect();
        let name = |at: usize| &self.index.resources[at].id.name;
        let replaced: BTreeSet<&String> = patches.iter().map(|(at, _)| name(*at)).collect();
        let objects = objects.into_iter().filter(|(at, _)| !replaced.contains(name(*at)));
        objects.chain(patches.iter().copied()).map(|(_, kustomization)| kustomization).collect()
    }
}

/// Whether two addresses mean one repository, whatever the protocol; one with a variable in it may be any.
fn is_same(one: &str, other: &str) -> bool {
    let plain = |url: &str| {
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        let url = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
        url.trim_end_matches('/').trim_end_matches(".git").replace(':', "/").to_ascii_lowercase()
    };
    one.contains("${") || other.contains("${") || plain(one) == plain(other)
}
