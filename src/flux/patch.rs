//! Patches of kustomizations, kustomize's and Flux's: what they select, and where their text stands.

use std::ops::Range;

use regex::Regex;

use super::resource::{self, Id};
use crate::yaml::{Document, Node, NodeKind, Route, Stream};

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
    /// Where the version is written.
    pub pin: Option<Pin>,
    /// The text that it leads to is the `apiVersion` itself, so any change of version shows.
    pub reads_version: bool,
}

/// Where a version is written that objects are selected by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The document.
    pub site: Site,
    /// The node in it.
    pub route: Route,
    /// Bytes of the node.
    pub range: Range<usize>,
    /// It is an `apiVersion`, so the group is written with it.
    pub with_group: bool,
}

/// A document of an [`super::Index`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// Index of the file in [`super::Index::files`].
    pub file: usize,
    /// Index of the document in the stream.
    pub document: usize,
}

/// Where the text of a patch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchText {
    /// In the file at this path below the root.
    File(String),
    /// In a string at this route of the kustomization.
    Written(Route),
    /// In such a string, read as a file with this index in [`super::Index::files`].
    Inline(usize),
    /// In the kustomization, not as a string but as objects (`patchesStrategicMerge` of Flux).
    Nodes(Vec<Partial>),
    /// Outside of the repository, or not readable.
    Unknown,
}

/// A part of an object inside a kustomization.
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
    pub(super) fn read(node: &Node, site: Site, route: &Route) -> Self {
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
            pin: node.get("version").map(|version| Pin {
                site,
                route: route.key("version"),
                range: version.range.clone(),
                with_group: false,
            }),
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
    pub(super) touches: Touches,
    /// It holds a mapping that is no object: what a merge key brings is not followed.
    pub(super) is_unclear: bool,
}

impl Content {
    /// Reads a patch in a file of its own, or in a string.
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
    }
}

/// Every mapping below `node` that selects by version: one with `version` beside `kind` or `group`, or one behind a
/// key that kustomize reads a selector from.
pub(super) fn selectors_within(
    node: &Node,
    site: Site,
    route: &Route,
    key: Option<&str>,
    found: &mut Vec<Target>,
) {
    match &node.kind {
        NodeKind::Mapping { entries, .. } => {
            let is_selector = matches!(key, Some("target" | "select" | "source" | "reject"));
            let has = |key: &str| node.get(key).is_some();
            if (has("version") || has("<<") && is_selector) && (is_selector || has("kind") || has("group")) {
                found.push(Target::read(node, site, route));
            }
            let field_path = node.get("fieldPath").and_then(Node::as_str);
            if is_selector && field_path.is_some_and(|path| path.starts_with("apiVersion")) {
                found.push(Target { reads_version: true, ..Target::read(node, site, route) });
            }
            if key == Some("objref") {
                found.extend(object_reference(node, site, route));
            }
            for entry in entries {
                let name = entry.key_text();
                selectors_within(&entry.value, site, &route.key(name.unwrap_or_default()), name, found);
            }
        }
        NodeKind::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                selectors_within(item, site, &route.index(index), key, found);
            }
        }
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
    }
}

/// The reference of a variable, which has its group and version in one text.
fn object_reference(node: &Node, site: Site, route: &Route) -> Option<Target> {
    let written = node.get("apiVersion")?;
    let (group, version) = written.as_str()?.rsplit_once('/')?;
    Some(Target {
        group: Some(group.to_owned()),
        version: Some(version.to_owned()),
        pin: Some(Pin {
            site,
            route: route.key("apiVersion"),
            range: written.range.clone(),
            with_group: true,
        }),
        ..Target::read(node, site, route)
    })
}
