//! Kustomizations: kustomize's own files and Flux's objects, read into what they build and what they patch.

use super::patch::{Patch, PatchText, Target, partial, partials};
use super::resource::Resource;
use super::scan::{folder, resolve};
use crate::yaml::{Document, Node, NodeKind, Route};

/// A kustomization of kustomize, or the build that a Flux Kustomization describes.
#[derive(Clone, Debug)]
pub struct Kustomization {
    /// Index of its file in [`super::Index::files`].
    pub file: usize,
    /// Index of its document in the stream.
    pub document: usize,
    /// The folder that it builds, below the root.
    pub folder: String,
    /// Whose it is.
    pub owner: Owner,
    /// Files and folders that it builds from, below the root.
    pub resources: Vec<String>,
    /// Folders of components, which see what the kustomization that includes them has built.
    pub components: Vec<String>,
    /// Its patches in the order written.
    pub patches: Vec<Patch>,
    /// Parts of `replacements` and `vars` that select objects by version.
    pub selectors: Vec<Target>,
    /// It builds from something outside of the repository, or from a generator or transformer.
    pub has_unknown: bool,
    /// It changes names, so a patch above it may call an object by another name than its file.
    pub renames: bool,
}

/// Whose a kustomization is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A `kustomization.yaml`.
    Kustomize {
        /// It is a component.
        component: bool,
    },
    /// A Flux Kustomization; the index of its object in [`super::Index::resources`].
    Flux(usize),
}

/// Fields of a kustomization that list what it builds from.
const RESOURCES: [&str; 3] = ["resources", "bases", "crds"];
/// Fields that bring objects from where this program does not look.
const UNKNOWN: [&str; 5] =
    ["helmCharts", "helmChartInflationGenerator", "generators", "transformers", "openapi"];

/// Reads the kustomization in `document`, the first of the file at `path`.
pub(super) fn of_file(file: usize, path: &str, document: &Document) -> Option<Kustomization> {
    let root = document.node()?;
    let base = folder(path);
    let mut kustomization = Kustomization {
        file,
        document: document.index,
        folder: base.to_owned(),
        owner: Owner::Kustomize { component: root.get("kind").and_then(Node::as_str) == Some("Component") },
        resources: Vec::new(),
        components: Vec::new(),
        patches: patches(root, &Route::root(), base),
        selectors: selectors(root),
        has_unknown: UNKNOWN.iter().any(|field| root.get(field).is_some()),
        renames: ["namePrefix", "nameSuffix"].iter().any(|field| root.get(field).is_some()),
    };
    for field in RESOURCES {
        kustomization.take(base, root.get(field), false);
    }
    kustomization.take(base, root.get("components"), true);
    Some(kustomization)
}

/// Reads the build that the Flux Kustomization `resource` (the one at `index`) describes; `None` for other kinds.
pub(super) fn of_resource(index: usize, resource: &Resource, node: &Node) -> Option<Kustomization> {
    if resource.id.kind != "Kustomization" || !resource.id.group.ends_with("fluxcd.io") {
        return None;
    }
    let spec = node.get("spec")?;
    let path = spec.get("path").and_then(Node::as_str).unwrap_or("./");
    let folder = resolve("", path.trim_start_matches('/'));
    let mut kustomization = Kustomization {
        file: resource.file,
        document: resource.document,
        has_unknown: folder.is_none(),
        folder: folder.clone().unwrap_or_default(),
        owner: Owner::Flux(index),
        resources: folder.into_iter().collect(),
        components: Vec::new(),
        patches: patches(spec, &resource.route.key("spec"), ""),
        selectors: Vec::new(),
        renames: ["namePrefix", "nameSuffix"].iter().any(|field| spec.get(field).is_some()),
    };
    let base = kustomization.folder.clone();
    kustomization.take(&base, spec.get("components"), true);
    Some(kustomization)
}

impl Kustomization {
    fn take(&mut self, base: &str, list: Option<&Node>, components: bool) {
        for item in list.map(Node::items).unwrap_or_default() {
            match item.as_str().and_then(|path| resolve(base, path)) {
                Some(path) if components => self.components.push(path),
                Some(path) => self.resources.push(path),
                None => self.has_unknown = true,
            }
        }
    }
}

/// All patches below `node`, the mapping at `route`; paths are relative to `base`.
fn patches(node: &Node, route: &Route, base: &str) -> Vec<Patch> {
    let mut result = Vec::new();
    for (field, plain) in [("patches", false), ("patchesStrategicMerge", true), ("patchesJson6902", false)] {
        for (index, item) in node.get(field).map(Node::items).unwrap_or_default().iter().enumerate() {
            let route = route.key(field).index(index);
            result.push(if plain { merge_patch(item, route, base) } else { patch(item, route, base) });
        }
    }
    result
}

fn patch(item: &Node, route: Route, base: &str) -> Patch {
    let text = match (item.get("path").and_then(Node::as_str), item.get("patch")) {
        (Some(path), _) => resolve(base, path).map_or(PatchText::Unknown, PatchText::File),
        (None, Some(node)) => {
            node.as_str().map_or(PatchText::Inline(Vec::new()), |text| PatchText::Inline(partials(text)))
        }
        (None, None) => PatchText::Unknown,
    };
    Patch { target: item.get("target").map(Target::read), text, range: item.range.clone(), route }
}

/// An entry of `patchesStrategicMerge`: a path, the text of a patch, or (Flux) the patch itself.
fn merge_patch(item: &Node, route: Route, base: &str) -> Patch {
    let text = match (&item.kind, item.as_str()) {
        (NodeKind::Mapping { .. }, _) => PatchText::Inline(partial(item).into_iter().collect()),
        (_, Some(text)) if text.contains('\n') || text.contains(": ") => PatchText::Inline(partials(text)),
        (_, Some(path)) => resolve(base, path).map_or(PatchText::Unknown, PatchText::File),
        _ => PatchText::Unknown,
    };
    Patch { target: None, text, range: item.range.clone(), route }
}

/// What `replacements` and `vars` select.
fn selectors(root: &Node) -> Vec<Target> {
    let mut result = Vec::new();
    for replacement in root.get("replacements").map(Node::items).unwrap_or_default() {
        result.extend(replacement.get("source").map(Target::read));
        for target in replacement.get("targets").map(Node::items).unwrap_or_default() {
            result.extend(target.get("select").map(Target::read));
        }
    }
    for var in root.get("vars").map(Node::items).unwrap_or_default() {
        let Some(reference) = var.get("objref") else { continue };
        let mut target = Target::read(reference);
        if let Some(node) = reference.get("apiVersion")
            && let Some((group, version)) = node.as_str().and_then(|written| written.rsplit_once('/'))
        {
            target.group = Some(group.to_owned());
            target.version = Some(version.to_owned());
            target.version_range = Some(node.range.clone());
        }
        result.push(target);
    }
    result
}
