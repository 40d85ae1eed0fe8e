//! One object of a document.

use std::fmt;
use std::ops::Range;

use crate::yaml::{Document, Node, NodeKind, Route, Step, Stream};

/// What an object is called, its version left out, so that "the same object" survives a migration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// API group, empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// `metadata.namespace`, where it is written.
    pub namespace: Option<String>,
    /// `metadata.name`, or the `generateName` that stands for it; empty where neither is written.
    pub name: String,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

/// What the object is in its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A whole object, applied as it is.
    Object,
    /// A merge patch: part of an object, put onto it by a kustomization.
    Patch,
    /// An object inside of another, which brings it into being: no kustomization sees it.
    Template,
}

/// An object with its place.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Index of its file in [`super::Index::files`].
    pub file: usize,
    /// Index of its document in the stream.
    pub document: usize,
    /// Where in the document it stands: the root, or an item of a `List`.
    pub route: Route,
    /// Its name without the version.
    pub id: Id,
    /// Version, e.g. `v1beta2`.
    pub version: String,
    /// Bytes of the value of `apiVersion`.
    pub api_version: Range<usize>,
    /// Encrypted by SOPS: an edit would break the checksum.
    pub sealed: bool,
    /// What it is.
    pub role: Role,
}

impl Resource {
    /// `group/version`, as it is written in `apiVersion`.
    pub fn group_version(&self) -> String {
        group_version(&self.id.group, &self.version)
    }
}

/// `group/version`, or the version alone for the core group.
pub fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

/// Whether SOPS has encrypted the file: its metadata stands at the root of a document under `sops` and has a `mac`,
/// which is computed over all documents of the file.
///
/// Source: getsops/sops `stores/stores.go` and `stores/yaml/store.go`.
pub(super) fn is_sealed(stream: &Stream) -> bool {
    let roots = stream.documents.iter().filter_map(Document::node);
    roots.filter_map(|root| root.get("sops")).any(|sops| sops.get("mac").is_some())
}

/// The objects in `document`, the items of a `List` one by one; `file` is the index of its file.
pub(crate) fn of_document(file: usize, document: &Document, sealed: bool) -> Vec<Resource> {
    let Some(root) = document.node() else { return Vec::new() };
    let mut resources = Vec::new();
    collect(root, root, &Route::root(), &mut |route, node| {
        if let (Some((id, version)), Some(written)) = (identity(root, node), node.get("apiVersion")) {
            let api_version = written.range.clone();
            let document = document.index;
            let role = if is_template(&route) { Role::Template } else { Role::Object };
            resources.push(Resource { file, document, route, id, version, api_version, sealed, role });
        }
    });
    resources
}

/// Calls `found` with each object in `node`: itself, or the items of a `List`.
pub(super) fn each_object<'n>(node: &'n Node<'n>, found: &mut impl FnMut(&'n Node<'n>)) {
    let items = node.get("items").map(Node::items).unwrap_or_default();
    if items.is_empty() || !text(node, node, "kind").is_some_and(|kind| kind.ends_with("List")) {
        return found(node);
    }
    for item in items {
        each_object(item, found);
    }
}

fn collect(root: &Node, node: &Node, route: &Route, found: &mut impl FnMut(Route, &Node)) {
    let kind = text(root, node, "kind").unwrap_or_default();
    let items = node.get("items").map(Node::items).unwrap_or_default();
    if kind.ends_with("List") && !items.is_empty() {
        for (index, item) in items.iter().enumerate() {
            collect(root, item, &route.key("items").index(index), found);
        }
    } else {
        found(route.clone(), node);
        if kind == "ResourceSet" {
            let templates = node.get("spec").and_then(|spec| spec.get("resources"));
            for (index, template) in templates.map(Node::items).unwrap_or_default().iter().enumerate() {
                found(route.key("spec").key("resources").index(index), template);
            }
        }
    }
}

/// Whether `route` leads to one of the objects that a `ResourceSet` makes.
fn is_template(route: &Route) -> bool {
    route.steps().iter().any(|step| *step == Step::Key("resources".to_owned()))
}

/// What the object `node` is called, and its version; `None` where it has no `apiVersion` or no `kind`.
pub(super) fn identity(root: &Node, node: &Node) -> Option<(Id, String)> {
    let written = text(root, node, "apiVersion")?;
    let (group, version) = written.rsplit_once('/').unwrap_or(("", written));
    let metadata = node.get("metadata").map(|metadata| follow(root, metadata));
    // kustomize takes a name by its text, whatever YAML reads it as.
    let named = |key| match &follow(root, metadata?.get(key)?).kind {
        NodeKind::Scalar { text, .. } => Some(text.to_string()),
        _ => None,
    };
    let id = Id {
        group: group.to_owned(),
        kind: text(root, node, "kind")?.to_owned(),
        namespace: named("namespace"),
        name: named("name").or_else(|| named("generateName")).unwrap_or_default(),
    };
    Some((id, version.to_owned()))
}

/// The text at `key` of a mapping, through an alias too.
fn text<'n>(root: &'n Node<'n>, node: &'n Node<'n>, key: &str) -> Option<&'n str> {
    follow(root, node.get(key)?).as_str()
}

/// The node that an alias stands for, or the node itself.
fn follow<'n, 't>(root: &'n Node<'t>, node: &'n Node<'t>) -> &'n Node<'t> {
    let NodeKind::Alias { name } = &node.kind else { return node };
    let mut target = None;
    find_anchor(root, name, node.range.start, &mut target);
    target.unwrap_or(node)
}

/// The last node before `before` that has the anchor `name`.
fn find_anchor<'n, 't>(node: &'n Node<'t>, name: &str, before: usize, found: &mut Option<&'n Node<'t>>) {
    if node.start >= before {
        return;
    }
    if node.anchor() == Some(name) {
        *found = Some(node);
    }
    for entry in node.entries() {
        find_anchor(&entry.key, name, before, found);
        find_anchor(&entry.value, name, before, found);
    }
    for item in node.items() {
        find_anchor(item, name, before, found);
    }
}
