//! Kustomizations and what is written inside of strings: patches, patches within patches, templates.

use std::collections::{BTreeSet, VecDeque};

use super::access::{Access, accesses};
use super::file::SourceFile;
use super::index::Index;
use super::kustomize::{self, Kustomization};
use super::patch::{Content, PatchText, Site, Target, selectors_within};
use super::resource::Role;
use super::scan;
use crate::yaml::{Node, Route};

/// Reads all kustomizations of `index`, and every text that they and Flux objects hold in a string.
pub(super) fn read(index: &mut Index<'_>) {
    let mut waiting: VecDeque<Kustomization> = of_files(index).into();
    waiting.extend(of_resources(index, 0));
    let mut read_patches = BTreeSet::new();
    while let Some(mut kustomization) = waiting.pop_front() {
        follow_settings(index, &mut kustomization);
        for at in 0..kustomization.patches.len() {
            let first = index.resources.len();
            let file = follow_patch(index, &mut kustomization, at);
            waiting.extend(of_resources(index, first).into_iter().map(|one| Kustomization {
                is_part: true,
                has_unknown: true,
                ..one
            }));
            if let Some(file) = file.filter(|&file| read_patches.insert(file)) {
                waiting.extend(brought_by(index, file));
            }
        }
        index.kustomizations.push(kustomization);
    }
    templates(index);
}

fn of_files(index: &Index<'_>) -> Vec<Kustomization> {
    let mut found = Vec::new();
    for (at, file) in index.files.iter().enumerate().filter(|(_, file)| scan::is_kustomization(file.path)) {
        let document = file.stream.documents.first();
        found.extend(document.and_then(|document| kustomize::of_file(at, file.path, document)));
    }
    found
}

/// The Flux Kustomizations among the resources from the one with index `first` on.
fn of_resources(index: &Index<'_>, first: usize) -> Vec<Kustomization> {
    let resources = index.resources.iter().enumerate().skip(first);
    resources
        .filter_map(|(at, resource)| kustomize::of_resource(at, resource, index.node(resource)))
        .collect()
}

/// What the JSON patches in a file bring along.
fn brought_by(index: &Index<'_>, file: usize) -> Vec<Kustomization> {
    let documents = index.files[file].stream.documents.iter();
    let lists = documents.filter(|document| document.node().is_some_and(Node::is_sequence));
    lists.filter_map(|document| kustomize::of_patch(file, document)).collect()
}

/// Reads what the files select that a kustomization names as settings.
fn follow_settings(index: &Index<'_>, kustomization: &mut Kustomization) {
    for path in std::mem::take(&mut kustomization.settings) {
        match selectors_in(index, &path) {
            Some((selectors, accesses)) => {
                kustomization.selectors.extend(selectors);
                kustomization.accesses.extend(accesses);
            }
            None => kustomization.opaque = Some(format!("`{path}`, which it names, is not understood")),
        }
    }
}

/// What the content of the file at `path` selects by version, and the fields that it accesses; `None` where it is not
/// held, cannot be read, or is a transformer, which may do anything.
fn selectors_in(index: &Index<'_>, path: &str) -> Option<(Vec<Target>, Vec<Access>)> {
    let mut found = Vec::new();
    let mut fields = Vec::new();
    let file = index.file_index(path)?;
    for document in &index.files[file].stream.documents {
        let Some(root) = document.root.as_ref().ok()? else { continue };
        if root.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("Transformer")) {
            return None;
        }
        let site = Site { file, document: document.index };
        fields.extend(accesses(root, site));
        selectors_within(root, site, &Route::root(), None, &mut found);
    }
    Some((found, fields))
}

/// Reads the text of a patch; returns the index of the file that it is.
fn follow_patch(index: &mut Index<'_>, kustomization: &mut Kustomization, number: usize) -> Option<usize> {
    let site = Site { file: kustomization.file, document: kustomization.document };
    let patch = &mut kustomization.patches[number];
    let file = match &patch.text {
        PatchText::File(named) => index.file_index(named),
        PatchText::Written(route) => embed(index, site, route, Role::Patch),
        PatchText::Inline(_) | PatchText::Nodes(_) | PatchText::Unknown => return None,
    };
    let read = file.map(|file| (file, Content::of_stream(&index.files[file].stream)));
    match read.filter(|(_, content)| !content.is_unclear) {
        Some((file, content)) => {
            patch.touches = content.touches;
            if matches!(patch.text, PatchText::Written(_)) {
                patch.text = PatchText::Inline(file);
            }
        }
        None => patch.text = PatchText::Unknown,
    }
    file
}

/// Reads the string at `route` as a file.
fn embed(index: &mut Index<'_>, site: Site, route: &Route, role: Role) -> Option<usize> {
    let around = &index.files[site.file];
    let node = around.stream.documents[site.document].node()?.find(route)?;
    let file = SourceFile::within(around, site, route.clone(), node)?;
    Some(index.add_within(file, role))
}

/// Texts of objects that no kustomization of this repository applies: post-renderers, patches of the operator, and the
/// template of a `ResourceSet`.
fn templates(index: &mut Index<'_>) {
    let mut texts: Vec<(Site, Route, Role)> = Vec::new();
    for resource in &index.resources {
        let site = Site { file: resource.file, document: resource.document };
        let node = index.node(resource);
        let Some(spec) = node.get("spec") else { continue };
        let route = resource.route.key("spec");
        match &*resource.id.kind {
            "HelmRelease" => {
                let renderers = spec.get("postRenderers").map(Node::items).unwrap_or_default();
                for (at, renderer) in renderers.iter().enumerate() {
                    let route = route.key("postRenderers").index(at).key("kustomize");
                    texts.extend(patches(renderer.get("kustomize"), site, &route));
                }
            }
            "FluxInstance" => texts.extend(patches(spec.get("kustomize"), site, &route.key("kustomize"))),
            "ResourceSet" if spec.get("resourcesTemplate").is_some() => {
                texts.push((site, route.key("resourcesTemplate"), Role::Template));
            }
            _ => {}
        }
    }
    for (site, route, role) in texts {
        embed(index, site, &route, role);
    }
}

fn patches(kustomize: Option<&Node>, site: Site, route: &Route) -> Vec<(Site, Route, Role)> {
    let items = kustomize.and_then(|kustomize| kustomize.get("patches")).map(Node::items).unwrap_or_default();
    let written = items.iter().enumerate().filter(|(_, item)| item.get("patch").is_some());
    written.map(|(at, _)| (site, route.key("patches").index(at).key("patch"), Role::Patch)).collect()
}
