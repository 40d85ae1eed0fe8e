//! Kustomizations: kustomize's own files and Flux's objects, read into what they build and what they patch.

use super::access::{Access, accesses};
use super::patch::{Content, Patch, PatchText, Site, Target, Touches, selectors_within};
use super::resource::Resource;
use super::scan::{folder, resolve};
use crate::yaml::{Document, Node, NodeKind, Route};

/// A kustomization of kustomize, or the build that a Flux Kustomization describes.
#[allow(clippy::struct_excessive_bools, reason = "each is a trait of its own")]
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
    /// Everything else in it that selects objects by version: replacements, variables, field specifications.
    pub selectors: Vec<Target>,
    /// Fields that its replacements and variables read or write.
    pub accesses: Vec<Access>,
    /// Files that hold more of that: configurations, transformers, replacements.
    pub settings: Vec<String>,
    /// Files whose content it puts into a generated object, as text.
    pub embedded: Vec<String>,
    /// It builds from something outside of the repository, or from a generator.
    pub has_unknown: bool,
    /// It changes names, so a patch above it may call an object by another name than its file.
    pub renames: bool,
    /// It puts all objects into one namespace.
    pub gathers: bool,
    /// What of it cannot be read, so that nobody knows what it selects.
    pub opaque: Option<String>,
    /// What it builds is not known: it is only a part of a kustomization, and may be put onto any of them.
    pub is_part: bool,
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
    /// A patch that brings patches along.
    Patch,
}

/// Fields of a kustomization that list what it builds from.
const RESOURCES: [&str; 3] = ["resources", "bases", "crds"];
/// Fields that list files or text which select objects.
const SETTINGS: [&str; 3] = ["configurations", "transformers", "validators"];
/// Fields that bring objects from where this program does not look.
const UNKNOWN: [&str; 3] = ["helmCharts", "helmChartInflationGenerator", "generators"];
/// Fields with patches.
const PATCHES: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];

/// Reads the kustomization in `document`, the first of the file at `path`.
pub(super) fn of_file(file: usize, path: &str, document: &Document) -> Option<Kustomization> {
    let root = document.node()?;
    let base = folder(path);
    let component = root.get("kind").and_then(Node::as_str) == Some("Component");
    let mut kustomization = Kustomization {
        has_unknown: UNKNOWN.iter().any(|field| root.get(field).is_some()),
        opaque: odd_case(root),
        ..blank(file, document.index, base, Owner::Kustomize { component })
    };
    kustomization.read_fields(root, &Route::root(), base);
    for field in RESOURCES {
        kustomization.take(base, root.get(field), false);
    }
    kustomization.take(base, root.get("components"), true);
    kustomization.read_settings(root, base);
    Some(kustomization)
}

/// Reads the build that the Flux Kustomization `resource` (the one at `index`) describes; `None` for other kinds.
pub(super) fn of_resource(index: usize, resource: &Resource, node: &Node) -> Option<Kustomization> {
    if resource.id.kind != "Kustomization" || !resource.id.group.ends_with("fluxcd.io") {
        return None;
    }
    let spec = node.get("spec")?;
    let path = match spec.get("path").map(|path| &path.kind) {
        Some(NodeKind::Scalar { text, .. }) => Some(text.as_ref()),
        Some(_) => None,
        None => Some("./"),
    };
    let folder =
        path.filter(|path| !path.contains("${")).and_then(|path| resolve("", path.trim_start_matches('/')));
    let mut kustomization = Kustomization {
        has_unknown: folder.is_none(),
        resources: folder.iter().cloned().collect(),
        ..blank(resource.file, resource.document, folder.as_deref().unwrap_or_default(), Owner::Flux(index))
    };
    kustomization.read_fields(spec, &resource.route.key("spec"), "");
    let base = kustomization.folder.clone();
    kustomization.take(&base, spec.get("components"), true);
    Some(kustomization)
}

fn blank(file: usize, document: usize, folder: &str, owner: Owner) -> Kustomization {
    Kustomization {
        file,
        document,
        folder: folder.to_owned(),
        owner,
        resources: Vec::new(),
        components: Vec::new(),
        patches: Vec::new(),
        selectors: Vec::new(),
        accesses: Vec::new(),
        settings: Vec::new(),
        embedded: Vec::new(),
        has_unknown: false,
        renames: false,
        gathers: false,
        opaque: None,
        is_part: false,
    }
}

impl Kustomization {
    /// Reads what kustomize's file and Flux's `spec` have in common.
    fn read_fields(&mut self, node: &Node, route: &Route, base: &str) {
        self.patches = patches(node, self.site(), route, base);
        self.renames = ["namePrefix", "nameSuffix"].iter().any(|field| node.get(field).is_some());
        self.gathers = ["namespace", "targetNamespace"].iter().any(|field| node.get(field).is_some());
    }

    fn read_settings(&mut self, root: &Node, base: &str) {
        for entry in
            root.entries().iter().filter(|entry| !entry.key_text().is_some_and(|key| PATCHES.contains(&key)))
        {
            let (name, site) = (entry.key_text(), self.site());
            let route = Route::root().key(name.unwrap_or_default());
            selectors_within(&entry.value, site, &route, name, &mut self.selectors);
        }
        for field in ["replacements", "vars"] {
            let found = root.get(field).map(|node| accesses(node, self.site()));
            self.accesses.extend(found.unwrap_or_default());
        }
        let lists = SETTINGS.iter().filter_map(|field| root.get(field)).flat_map(Node::items);
        let replacements = root.get("replacements").map(Node::items).unwrap_or_default();
        let named = replacements.iter().filter_map(|replacement| replacement.get("path"));
        let schema = root.get("openapi").and_then(|openapi| openapi.get("path"));
        for item in lists.chain(named).chain(schema) {
            match item.as_str() {
                Some(text) if is_text(text) => {
                    self.opaque = Some("a transformer in it is not understood".to_owned());
                }
                Some(path) => self.settings.extend(resolve(base, path)),
                None => {}
            }
        }
        for generator in ["configMapGenerator", "secretGenerator"].iter().filter_map(|field| root.get(field))
        {
            let files = generator.items().iter().filter_map(|one| one.get("files")).flat_map(Node::items);
            let paths = files
                .filter_map(Node::as_str)
                .map(|file| file.rsplit_once('=').map_or(file, |(_, path)| path));
            self.embedded.extend(paths.filter_map(|path| resolve(base, path)));
        }
    }

    const fn site(&self) -> Site {
        Site { file: self.file, document: self.document }
    }

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

/// kustomize reads its fields in any case; this program reads them as they are documented.
fn odd_case(root: &Node) -> Option<String> {
    let more =
        ["components", "replacements", "vars", "path", "patch", "target", "group", "version", "kind", "name"];
    let known: Vec<&str> =
        RESOURCES.iter().chain(&SETTINGS).chain(&UNKNOWN).chain(&PATCHES).chain(&more).copied().collect();
    let key = odd_key(root, &known)?;
    Some(format!("the field `{key}` is written in another case than documented"))
}

fn odd_key<'n>(node: &'n Node, known: &[&str]) -> Option<&'n str> {
    let in_items = node.items().iter().find_map(|item| odd_key(item, known));
    in_items.or_else(|| {
        node.entries().iter().find_map(|entry| {
            let odd = |key: &&str| {
                !known.contains(key) && known.iter().any(|known| known.eq_ignore_ascii_case(key))
            };
            entry.key_text().filter(odd).or_else(|| odd_key(&entry.value, known))
        })
    })
}

/// The patches that the patch in `document` brings along, wherever in it; `None` where it brings none.
pub(super) fn of_patch(file: usize, document: &Document) -> Option<Kustomization> {
    let site = Site { file, document: document.index };
    let mut patches = Vec::new();
    brought(document.node()?, site, &Route::root(), &mut patches);
    let blank = blank(file, document.index, "", Owner::Patch);
    (!patches.is_empty()).then_some(Kustomization { patches, has_unknown: true, is_part: true, ..blank })
}

fn brought(node: &Node, site: Site, route: &Route, found: &mut Vec<Patch>) {
    for (index, item) in node.items().iter().enumerate() {
        brought(item, site, &route.index(index), found);
    }
    let has_target = node.get("target").is_some_and(|target| {
        target.is_mapping() && ["group", "version", "kind"].iter().any(|key| target.get(key).is_some())
    });
    if has_target || node.get("patch").and_then(Node::as_str).is_some() {
        found.push(patch(node, site, route.clone(), ""));
    } else {
        found.extend(patches(node, site, route, ""));
        for entry in node.entries() {
            let name = entry.key_text().unwrap_or_default();
            if name != "values" && !PATCHES.contains(&name) {
                brought(&entry.value, site, &route.key(name), found);
            }
        }
    }
}

/// All patches of `node`, the mapping at `route`; paths are relative to `base`.
fn patches(node: &Node, site: Site, route: &Route, base: &str) -> Vec<Patch> {
    let mut result = Vec::new();
    for field in PATCHES {
        for (index, item) in node.get(field).map(Node::items).unwrap_or_default().iter().enumerate() {
            let route = route.key(field).index(index);
            let plain = field == "patchesStrategicMerge";
            result.push(if plain { merge_patch(item, route, base) } else { patch(item, site, route, base) });
        }
    }
    result
}

fn patch(item: &Node, site: Site, route: Route, base: &str) -> Patch {
    let path = item.get("path").and_then(Node::as_str).filter(|path| !path.is_empty());
    let target = item.get("target").filter(|target| target.is_mapping());
    let target = target.map(|target| Target::read(target, site, &route.key("target")));
    match (path, item.get("patch")) {
        (Some(path), _) => in_file(item, route, resolve(base, path), target),
        (None, Some(node)) => {
            let text = route.key("patch");
            inline(item, route, (node, text), target)
        }
        (None, None) => in_file(item, route, None, target),
    }
}

/// An entry of `patchesStrategicMerge`: a path, the text of a patch, or (Flux) the patch itself.
fn merge_patch(item: &Node, route: Route, base: &str) -> Patch {
    match item.as_str() {
        Some(path) if !is_text(path) => in_file(item, route, resolve(base, path), None),
        _ => {
            let text = route.clone();
            inline(item, route, (item, text), None)
        }
    }
}

fn in_file(item: &Node, route: Route, path: Option<String>, target: Option<Target>) -> Patch {
    let text = path.map_or(PatchText::Unknown, PatchText::File);
    Patch { target, text, touches: Touches::default(), range: item.range.clone(), route }
}

fn inline(item: &Node, route: Route, (node, at): (&Node, Route), target: Option<Target>) -> Patch {
    let range = item.range.clone();
    if node.as_str().is_some() {
        let text = PatchText::Written(at);
        return Patch { target, text, touches: Touches::default(), range, route };
    }
    let content = Content::of_node(node);
    let text = if content.is_unclear { PatchText::Unknown } else { PatchText::Nodes(content.parts) };
    Patch { target, text, touches: content.touches, range, route }
}

/// Whether an entry is YAML text and no path.
fn is_text(entry: &str) -> bool {
    entry.contains('\n') || entry.contains(": ") || entry.starts_with(['{', '['])
}
