//! Where the Flux of each cluster starts, and which Flux it is.

use std::collections::{BTreeMap, BTreeSet};

use super::{names, release};
use crate::flux::kustomize::Owner;
use crate::flux::scan::{self, file_name, folder, resolve};
use crate::flux::{FluxVersion, Index, Resource, Role};
use crate::yaml::{Node, NodeKind};

/// Name of the file that `flux bootstrap` writes the source and the Kustomization of the cluster into.
const SYNC: &str = "gotk-sync.yaml";
/// Namespace of Flux where nobody chose another, and so the folder that `flux bootstrap` writes into.
const NAMESPACE: &str = "flux-system";
/// Last part of the address of the artifact or repository that Flux itself is installed from.
const MANIFESTS: [&str; 2] = ["flux-manifests", "flux2"];

/// Where a cluster starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// The folder that its first Kustomization builds.
    pub(super) folder: String,
    /// Folders of the files that this was read in, which it applies as well.
    pub(super) own: BTreeSet<String>,
    /// The Flux that runs.
    pub(super) flux: Option<FluxVersion>,
    /// What was read where.
    pub(super) evidence: String,
    /// The folder of this repository that is the root of the cluster's source; the root but where several
    /// repositories lie in one.
    pub(super) prefix: String,
    /// Address of its source.
    pub(super) url: Option<String>,
}

/// All of them, by folder; what starts in one folder is one cluster.
pub(super) fn find(index: &Index<'_>, bootstrapped: &[(String, Option<FluxVersion>)]) -> Vec<Start> {
    let mut found: Vec<Start> =
        bootstrapped.iter().map(|(path, flux)| of_bootstrap(index, path, *flux)).collect();
    let components: BTreeSet<&str> = bootstrapped.iter().map(|(path, _)| folder(path)).collect();
    for file in &index.files {
        if file_name(file.path) == SYNC && !components.contains(folder(file.path)) {
            found.push(of_bootstrap(index, file.path, None));
        }
    }
    for resource in &index.resources {
        found.extend(of_resource(index, resource));
    }
    let mut by_folder: BTreeMap<String, Start> = BTreeMap::new();
    for start in found {
        match by_folder.get_mut(&start.folder) {
            Some(known) => known.join(start),
            None => drop(by_folder.insert(start.folder.clone(), start)),
        }
    }
    by_folder.into_values().collect()
}

impl Start {
    /// Two that start in one folder: an installation that is being replaced by another. Either may run.
    fn join(&mut self, other: Self) {
        self.own.extend(other.own);
        self.flux = self.flux.into_iter().chain(other.flux).min();
        self.evidence = format!("{}; {}", self.evidence, other.evidence);
        self.url = self.url.take().or(other.url);
    }
}

/// The cluster whose Flux was written to `path`.
fn of_bootstrap(index: &Index<'_>, path: &str, flux: Option<FluxVersion>) -> Start {
    let own = folder(path);
    let evidence = match flux {
        Some(flux) => format!("`{path}` has Flux {flux}"),
        None => format!("`{path}` names no version"),
    };
    let start = Start { own: BTreeSet::from([own.to_owned()]), flux, evidence, ..Start::default() };
    if let Some(((root, prefix), url)) = sync(index, own) {
        return Start { folder: root, prefix, url, ..start };
    }
    let root = if file_name(own) == NAMESPACE { folder(own) } else { own };
    Start { folder: root.to_owned(), ..start }
}

/// A folder, and the one that is the root of its source.
type Root = (String, String);

/// The Kustomization beside the components that builds a folder around them: its folder and the address of its source.
fn sync(index: &Index<'_>, own: &str) -> Option<(Root, Option<String>)> {
    let prefix = if own.is_empty() { String::new() } else { format!("{own}/") };
    let beside = index.files_below(&prefix).filter(|(path, _)| folder(path) == own);
    let files: BTreeSet<usize> = beside.map(|(_, file)| *file).collect();
    let candidates = index.kustomizations.iter().filter_map(|kustomization| {
        let Owner::Flux(at) = kustomization.owner else { return None };
        if !files.contains(&kustomization.file) {
            return None;
        }
        let root = around(own, kustomization.resources.first()?)?;
        let source = source_url(index, &index.resources[at]);
        if source.as_deref().is_some_and(is_flux) {
            return None;
        }
        let is_named = index.resources[at].id.name == file_name(own);
        Some((is_named, root.0.len(), root, source))
    });
    let (_, _, root, source) = candidates.max()?;
    Some((root, source))
}

/// The folder around (or at) `own` that `path` means, and the root of the source that `path` starts from.
fn around(own: &str, path: &str) -> Option<Root> {
    if path.is_empty() {
        return Some((String::new(), String::new()));
    }
    let folders = std::iter::once(own).chain(own.rmatch_indices('/').map(|(at, _)| &own[..at]));
    for folder in folders {
        if folder == path {
            return Some((folder.to_owned(), String::new()));
        }
        if let Some(prefix) = folder.strip_suffix(path).and_then(|prefix| prefix.strip_suffix('/')) {
            return Some((folder.to_owned(), prefix.to_owned()));
        }
    }
    None
}

/// The cluster that an object tells of.
fn of_resource(index: &Index<'_>, resource: &Resource) -> Option<Start> {
    match (&*resource.id.kind, &*resource.id.group) {
        ("FluxInstance", "fluxcd.controlplane.io") => of_instance(index, resource),
        _ if resource.role == Role::Patch => None,
        ("OCIRepository" | "GitRepository", group) if group.ends_with("fluxcd.io") => {
            of_manifests(index, resource)
        }
        ("Deployment", "apps") if resource.id.name == "source-controller" => {
            let file = index.file(resource);
            let flux = release::bootstrapped(file.text.as_bytes())?;
            Some(of_bootstrap(index, file.path, Some(flux)))
        }
        _ => None,
    }
}

/// A FluxInstance; where patches give a shared one its path, each of them stands for a cluster and the shared one for
/// none.
fn of_instance(index: &Index<'_>, resource: &Resource) -> Option<Start> {
    let (node, path) = (index.node(resource), index.file(resource).path);
    let synced = |node| text(node, &["spec", "sync", "path"]);
    let others = index.resources.iter().filter(|one| one.id.kind == "FluxInstance");
    let (patches, objects): (Vec<_>, Vec<_>) = others.partition(|one| one.role == Role::Patch);
    let is_patched = patches.iter().any(|patch| synced(index.node(patch)).is_some());
    if synced(node).is_none() && (resource.role == Role::Patch || is_patched) {
        return None;
    }
    let version = |node| text(node, &["spec", "distribution", "version"]);
    let shared = || {
        let mut versions = objects.iter().filter_map(|one| version(index.node(one)));
        let first = versions.next()?;
        versions.all(|other| other == first).then_some(first)
    };
    let range = version(node).or_else(shared).unwrap_or_default();
    let flux = release::in_range(range);
    let evidence = match flux {
        Some(flux) => format!("the FluxInstance in `{path}` asks for `{range}`, which is Flux {flux}"),
        None => format!("the FluxInstance in `{path}` asks for `{range}`"),
    };
    let own = folder(path);
    let synced = synced(node).filter(|path| !path.contains("${"));
    let synced = synced.and_then(|path| resolve("", path.trim_start_matches('/')));
    let (root, prefix) = match synced {
        Some(path) => around(own, &path).unwrap_or((path, String::new())),
        None => (own.to_owned(), String::new()),
    };
    let url = text(node, &["spec", "sync", "url"]).map(str::to_owned);
    Some(Start { folder: root, own: BTreeSet::from([own.to_owned()]), flux, evidence, prefix, url })
}

/// A source of Flux's own manifests, which installs the release that it refers to.
///
/// Source: fluxcd/flux2 `.github/workflows/release.yaml`, the artifact `ghcr.io/fluxcd/flux-manifests`.
fn of_manifests(index: &Index<'_>, resource: &Resource) -> Option<Start> {
    let (node, path) = (index.node(resource), index.file(resource).path);
    let url = text(node, &["spec", "url"])?;
    if !is_flux(url) {
        return None;
    }
    let reference = node.get("spec")?.get("ref")?;
    let named = text(reference, &["tag"]).or_else(|| text(reference, &["semver"]))?;
    let flux = named.parse().ok().or_else(|| release::in_range(named))?;
    let own = folder(path);
    let ((root, prefix), url) = sync(index, own).unwrap_or_else(|| ((above(own), String::new()), None));
    Some(Start {
        folder: root,
        own: BTreeSet::from([own.to_owned()]),
        flux: Some(flux),
        evidence: format!("{} in `{path}` installs Flux {flux}", resource.id),
        prefix,
        url,
    })
}

/// The folder of the cluster around a folder for its Flux.
fn above(mut own: &str) -> String {
    while own.contains('/') && names::COMMON.contains(&file_name(own)) {
        own = folder(own);
    }
    own.to_owned()
}

/// Whether Flux itself lies at the address.
pub(super) fn is_flux(url: &str) -> bool {
    url.contains("fluxcd/") && MANIFESTS.contains(&repository_of(url))
}

/// Address of the source that the Flux Kustomization `resource` builds from, where that is one object in the index.
pub(super) fn source_url(index: &Index<'_>, resource: &Resource) -> Option<String> {
    let reference = index.node(resource).get("spec")?.get("sourceRef")?;
    let (kind, name) = (text(reference, &["kind"])?, text(reference, &["name"])?);
    let namespace = text(reference, &["namespace"]).or(resource.id.namespace.as_deref());
    let is_it = |other: &&Resource| {
        let id = &other.id;
        id.kind == kind
            && id.name == name
            && other.role == Role::Object
            && (id.namespace.is_none() || namespace.is_none() || id.namespace.as_deref() == namespace)
    };
    let mut urls =
        index.resources.iter().filter(is_it).filter_map(|source| text(index.node(source), &["spec", "url"]));
    let url = urls.next()?;
    urls.all(|other| other == url).then(|| url.to_owned())
}

/// The last part of an address, which is what a repository is called.
pub(super) fn repository_of(url: &str) -> &str {
    scan::file_name(url.trim_end_matches('/')).trim_end_matches(".git")
}

/// The text at `keys` below `node`, whatever YAML reads it as.
fn text<'n>(node: &'n Node<'_>, keys: &[&str]) -> Option<&'n str> {
    let node = keys.iter().try_fold(node, |node, key| node.get(key))?;
    match &node.kind {
        NodeKind::Scalar { text, .. } => Some(text.as_ref()),
        _ => None,
    }
}
