//! Patches of kustomizations, kustomize's and Flux's: what they select, and where their text stands.

use std::ops::Range;

use regex::Regex;

use super::resource::{self, Id};
use crate::yaml::{Document, Node, NodeKind, Route, Stream, parse};

/// What selects objects, as written in the `target` of a patch, in a replacement or in a field specification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// API group.
    pub group: Option<String>,
    /// API version.
    pub version: Option<String>,
    /// Kind, an anchored regular expression as all of these are.
    pub kind: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Bytes of the version in its file.
    pub version_range: Option<Range<usize>>,
    /// The text that it leads to is the `apiVersion` itself, so any change of version shows.
    pub reads_version: bool,
}

/// Where the text of a patch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchText {
    /// In the file at this path below the root.
    File(String),
    /// In the kustomization itself: a string, or (`patchesStrategicMerge` of Flux) an object.
    Inline(Vec<Partial>),
    /// Outside of the repository, or not readable.
    Unknown,
}

/// A part of an object inside a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The object it is put onto, where no target says otherwise.
    pub id: Id,
    /// The version it names.
    pub version: String,
}

/// One patch of a kustomization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// What it selects; without one, a merge patch finds its object by group, version, kind and name.
    pub target: Option<Target>,
    /// Its text.
    pub text: PatchText,
    /// What its text selects in turn, where it is a patch that brings patches.
    pub inner: Vec<Target>,
    /// Its text looks at or sets more than the content of an object.
    pub touches: Touches,
    /// Bytes of the patch in the file of its kustomization.
    pub range: Range<usize>,
    /// Where in the document it stands.
    pub route: Route,
}

/// What the text of a patch looks at or sets that others rely on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touches {
    /// `apiVersion`, by a JSON patch operation.
    pub version: bool,
    /// `spec.path` of a Flux Kustomization.
    pub path: bool,
}

impl Target {
    /// Reads a `target` mapping. What an alias or merge key brings is not followed, and a pattern that only Go can read
    /// is none here: then it counts as one that any change of version shows to.
    pub(super) fn read(node: &Node) -> Self {
        let text = |key: &str| match node.get(key).map(|value| &value.kind) {
            Some(NodeKind::Scalar { text, .. }) => Some(text.to_string()).filter(|text| !text.is_empty()),
            _ => None,
        };
        let is_readable = |key: &str| match node.get(key).map(|value| &value.kind) {
            Some(NodeKind::Scalar { text, .. }) => pattern(text).is_some(),
            Some(_) => false,
            None => true,
        };
        let is_clear = node.get("<<").is_none() && ["group", "version", "kind"].into_iter().all(is_readable);
        let only_if_clear = |text: Option<String>| text.filter(|_| is_clear);
        Self {
            group: only_if_clear(text("group")),
            version: only_if_clear(text("version")),
            kind: only_if_clear(text("kind")),
            name: text("name"),
            version_range: node.get("version").map(|version| version.range.clone()),
            reads_version: !is_clear,
        }
    }

    /// Whether it selects the object `id` at `version`, labels and annotations left out: they can only narrow it.
    /// `by_name` is false where the name may be another than in the file.
    ///
    /// Source: kubernetes-sigs/kustomize `api/types/selector.go`, every part is a regular expression anchored at
    /// both ends.
    pub fn selects(&self, group: &str, version: &str, id: &Id, by_name: bool) -> bool {
        let holds = |pattern: &Option<String>, text: &str| {
            pattern.as_deref().is_none_or(|pattern| matches(pattern, text))
        };
        holds(&self.group, group)
            && holds(&self.version, version)
            && holds(&self.kind, &id.kind)
            && (!by_name || holds(&self.name, &id.name))
    }
}

fn matches(wanted: &str, text: &str) -> bool {
    wanted == text || pattern(wanted).is_none_or(|pattern| pattern.is_match(text))
}

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{text})$")).ok()
}

/// What the text of a patch says.
#[derive(Default)]
pub(super) struct Content {
    pub(super) parts: Vec<Partial>,
    pub(super) inner: Vec<Target>,
    pub(super) touches: Touches,
    /// It holds a mapping that is no object: what a merge key brings is not followed.
    pub(super) is_unclear: bool,
}

impl Content {
    /// Reads a patch inside a string.
    pub(super) fn of_text(text: &str) -> Self {
        Self::of_stream(&parse(text))
    }

    /// Reads a patch in a file of its own.
    pub(super) fn of_stream(stream: &Stream) -> Self {
        let mut content = Self::default();
        for node in stream.documents.iter().filter_map(Document::node) {
            content.read(node);
        }
        content.is_unclear |= stream.documents.iter().any(|document| document.root.is_err());
        content
    }

    /// Reads a patch that is written as a node.
    pub(super) fn of_node(node: &Node) -> Self {
        let mut content = Self::default();
        content.read(node);
        content
    }

    fn read(&mut self, node: &Node) {
        resource::each_object(node, &mut |object| {
            let path = object.get("spec").and_then(|spec| spec.get("path"));
            self.touches.path |= path.is_some();
            match resource::identity(node, object) {
                Some((id, version)) => self.parts.push(Partial { id, version }),
                None => self.is_unclear |= object.is_mapping(),
            }
        });
        for pointer in node.items().iter().filter_map(|operation| operation.get("path")?.as_str()) {
            self.touches.version |= pointer == "/apiVersion";
            self.touches.path |= pointer == "/spec/path" || pointer == "/spec";
        }
        selectors_within(node, None, &mut self.inner);
    }
}

/// Every mapping below `node` that selects by version: one with `version` beside `kind` or `group`, or one behind a
/// key that kustomize reads a selector from. Text of several lines is read as YAML too.
pub(super) fn selectors_within(node: &Node, key: Option<&str>, found: &mut Vec<Target>) {
    match &node.kind {
        NodeKind::Mapping { entries, .. } => {
            let is_selector = matches!(key, Some("target" | "select" | "source" | "reject"));
            let has = |key: &str| node.get(key).is_some();
            if (has("version") || has("<<") && is_selector) && (is_selector || has("kind") || has("group")) {
                found.push(Target::read(node));
            }
            let field_path = node.get("fieldPath").and_then(Node::as_str);
            if is_selector && field_path.is_some_and(|path| path.starts_with("apiVersion")) {
                found.push(Target { reads_version: true, ..Target::read(node) });
            }
            if key == Some("objref") {
                found.extend(object_reference(node));
            }
            for entry in entries {
                selectors_within(&entry.value, entry.key_text(), found);
            }
        }
        NodeKind::Sequence { items, .. } => {
            for item in items {
                selectors_within(item, key, found);
            }
        }
        NodeKind::Scalar { text, .. } if text.contains('\n') && text.contains("version") => {
            for document in &parse(text).documents {
                if let Some(root) = document.node() {
                    // A range inside a string is none in the file.
                    let mut inner = Vec::new();
                    selectors_within(root, None, &mut inner);
                    found.extend(inner.into_iter().map(|target| Target { version_range: None, ..target }));
                }
            }
        }
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
    }
}

/// The reference of a variable, which has its group and version in one text.
fn object_reference(node: &Node) -> Option<Target> {
    let written = node.get("apiVersion")?;
    let (group, version) = written.as_str()?.rsplit_once('/')?;
    Some(Target {
        group: Some(group.to_owned()),
        version: Some(version.to_owned()),
        version_range: Some(written.range.clone()),
        ..Target::read(node)
    })
}
