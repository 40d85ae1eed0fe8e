//! Patches of kustomizations, kustomize's and Flux's: what they select, and where their text stands.

use std::ops::Range;

use regex::Regex;

use super::resource::{self, Id};
use crate::yaml::{Node, NodeKind, Route, parse};

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
    /// Bytes of the patch in the file of its kustomization.
    pub range: Range<usize>,
    /// Where in the document it stands.
    pub route: Route,
}

impl Target {
    /// Reads a `target` mapping. What an alias or merge key brings is not followed: it counts as "anything".
    pub(super) fn read(node: &Node) -> Self {
        let anything = || Some(".*".to_owned());
        let text = |key: &str| match node.get(key).map(|value| &value.kind) {
            Some(NodeKind::Scalar { text, .. }) => Some(text.to_string()).filter(|text| !text.is_empty()),
            Some(_) => anything(),
            None => None,
        };
        let version = if node.get("<<").is_some() { anything() } else { text("version") };
        Self {
            group: text("group"),
            version,
            kind: text("kind"),
            name: text("name"),
            version_range: node.get("version").map(|version| version.range.clone()),
            reads_version: false,
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

/// A pattern that only Go can read counts as one that matches.
fn matches(pattern: &str, text: &str) -> bool {
    pattern == text || Regex::new(&format!("^(?:{pattern})$")).map_or(true, |pattern| pattern.is_match(text))
}

/// The parts of objects in the text of an inline patch, and what its text selects in turn.
pub(super) fn read_text(text: &str) -> (Vec<Partial>, Vec<Target>) {
    let stream = parse(text);
    let mut parts = Vec::new();
    let mut inner = Vec::new();
    for node in stream.documents.iter().filter_map(crate::yaml::Document::node) {
        let (more_parts, more_inner) = read_node(node);
        parts.extend(more_parts);
        inner.extend(more_inner);
    }
    (parts, inner)
}

/// The same of a patch that is written as a node.
pub(super) fn read_node(node: &Node) -> (Vec<Partial>, Vec<Target>) {
    let mut parts = Vec::new();
    resource::each_object(node, &mut |object| {
        if let Some((id, version)) = resource::identity(node, object) {
            parts.push(Partial { id, version });
        } else if object.get("<<").is_some() {
            // Whatever the merge key brings: a part of any object.
            let id = Id { group: String::new(), kind: String::new(), namespace: None, name: String::new() };
            parts.push(Partial { id, version: String::new() });
        }
    });
    let mut inner = Vec::new();
    selectors_within(node, None, &mut inner);
    (parts, inner)
}

/// Every mapping below `node` that selects by version: one with `version` beside `kind` or `group`, or one behind a
/// key that kustomize reads a selector from. Text of several lines is read as YAML too.
pub(super) fn selectors_within(node: &Node, key: Option<&str>, found: &mut Vec<Target>) {
    match &node.kind {
        NodeKind::Mapping { entries, .. } => {
            let is_selector = matches!(key, Some("target" | "select" | "source" | "reject"));
            let has = |key: &str| node.get(key).is_some();
            if (has("version") || has("<<")) && (is_selector || has("kind") || has("group")) {
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
