//! Where Flux was installed from: found by what the files hold, whatever they are called.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;

use crate::flux::scan::{file_name, folder};
use crate::flux::{Index, Resource, Role};
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml::{Node, Route};

/// A place that Flux is installed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The folder of its files.
    pub folder: String,
    /// What is there.
    pub manifests: Manifests,
}

/// Where the objects of Flux come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manifests {
    /// A file that holds them all.
    File(String),
    /// A file in which they are to come; `flux bootstrap` fills it.
    Placeholder(String),
    /// An address that a kustomization builds from, with its place.
    Remote(String, Place),
    /// An OCIRepository of Flux's manifests, with its place and what it refers to.
    Artifact(String, Place),
    /// Only the source and the Kustomization are here.
    Missing(String),
}

/// The name that `flux bootstrap` gives to the file with the objects of Flux.
///
/// Source: fluxcd/flux2 `pkg/manifestgen/install/options.go`.
const COMPONENTS: [&str; 2] = ["gotk-components.yaml", "gotk-components.yml"];

/// The name that `flux bootstrap` gives to the file with source and Kustomization.
///
/// Source: fluxcd/flux2 `pkg/manifestgen/sync/options.go`.
const SYNC: [&str; 2] = ["gotk-sync.yaml", "gotk-sync.yml"];

/// All of them, by folder. A folder that holds the objects in a file hides what else points to Flux there.
pub fn sites(repo: &Repo, index: &Index<'_>) -> Vec<Site> {
    let mut found: BTreeMap<String, Manifests> = BTreeMap::new();
    let mut add = |folder: &str, manifests: Manifests| {
        let known = found.get(folder).is_none_or(|known| rank(&manifests) < rank(known));
        if known {
            found.insert(folder.to_owned(), manifests);
        }
    };
    for (path, file) in &repo.files {
        let is_named = COMPONENTS.contains(&file_name(path));
        if holds_flux(&file.bytes) {
            add(folder(path), Manifests::File(path.clone()));
        } else if is_named {
            add(folder(path), Manifests::Placeholder(path.clone()));
        }
    }
    let with_components: BTreeSet<&str> = repo
        .files
        .keys()
        .filter(|path| COMPONENTS.contains(&file_name(path)))
        .map(|path| folder(path))
        .collect();
    for (path, _) in index.files_below("") {
        if SYNC.contains(&file_name(path)) && !with_components.contains(folder(path)) {
            add(folder(path), Manifests::Missing(path.to_owned()));
        }
    }
    for (folder, manifests) in remote_bases(index).chain(artifacts(index)) {
        add(&folder, manifests);
    }
    found.into_iter().map(|(folder, manifests)| Site { folder, manifests }).collect()
}

const fn rank(manifests: &Manifests) -> u8 {
    match manifests {
        Manifests::File(_) => 0,
        Manifests::Remote(..) => 1,
        Manifests::Artifact(..) => 2,
        Manifests::Placeholder(_) => 3,
        Manifests::Missing(_) => 4,
    }
}

/// Whether a file holds the objects of Flux: the definition of sources beside the controller or the namespace.
fn holds_flux(bytes: &[u8]) -> bool {
    let has = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
    has("name: gitrepositories.source.toolkit.fluxcd.io")
        && has("kind: CustomResourceDefinition")
        && (has("name: source-controller") || has("kind: Namespace"))
        && !has("{{")
}

/// Kustomizations that build from Flux's own repository or release.
///
/// Source: fluxcd/flux2 `manifests/install/kustomization.yaml` and the assets of its releases.
fn remote_bases<'i>(index: &'i Index<'_>) -> impl Iterator<Item = (String, Manifests)> + 'i {
    index.kustomizations.iter().filter(|one| one.has_unknown).filter_map(|kustomization| {
        let file = &index.files[kustomization.file];
        let root = file.stream.documents.get(kustomization.document)?.node()?;
        let entries =
            ["resources", "bases"].into_iter().filter_map(|field| root.get(field)).flat_map(Node::items);
        let (url, node) =
            entries.filter_map(|item| Some((item.as_str()?, item))).find(|(url, _)| is_flux(url))?;
        let place = index.place(kustomization.file, node.range.clone());
        Some((folder(file.path).to_owned(), Manifests::Remote(url.to_owned(), place)))
    })
}

fn is_flux(url: &str) -> bool {
    url.contains("github.com/fluxcd/flux2/")
}

/// The release that an address names: `?ref=v2.3.0`, or `/download/v2.3.0/`.
pub(super) fn release_in(url: &str) -> Option<&str> {
    let word = |text: &'_ str| text.split(['&', '/']).next().map(str::len);
    let after = |mark: &str| {
        let rest = url.split_once(mark)?.1;
        rest.get(..word(rest)?).filter(|release| !release.is_empty())
    };
    after("ref=").or_else(|| after("/download/"))
}

/// Sources of the artifact that each release of Flux publishes.
///
/// Source: fluxcd/flux2 `.github/workflows/release.yaml`, the artifact `ghcr.io/fluxcd/flux-manifests`.
fn artifacts<'i>(index: &'i Index<'_>) -> impl Iterator<Item = (String, Manifests)> + 'i {
    let is_source = |resource: &&Resource| {
        resource.id.kind == "OCIRepository"
            && resource.role == Role::Object
            && resource.id.group.ends_with("fluxcd.io")
    };
    index.resources.iter().filter(is_source).filter_map(|resource| {
        let node = index.node(resource);
        let url = node.find(&["spec", "url"].into_iter().collect::<Route>())?.as_str()?;
        if !url.trim_end_matches('/').ends_with("/flux-manifests") {
            return None;
        }
        let reference = node.find(&["spec", "ref"].into_iter().collect::<Route>());
        let release = ["tag", "semver"].iter().find_map(|key| reference?.get(key)?.as_str());
        let place = index.place(resource.file, node.range.clone());
        let manifests = Manifests::Artifact(release.unwrap_or_default().to_owned(), place);
        Some((folder(index.file(resource).path).to_owned(), manifests))
    })
}
