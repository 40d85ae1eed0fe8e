//! Patches of kustomizations, kustomize's and Flux's: what they select, and where their text stands.

use std::ops::Range;

use regex::Regex;

use super::resource::{Id, identity};
use crate::yaml::{Node, Route, parse};

/// What a patch is put onto, as written in `target`.
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
    /// Bytes of the version in the file.
    pub version_range: Option<Range<usize>>,
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
    /// What it selects; without one, a merge patch finds its object by kind, version and name.
    pub target: Option<Target>,
    /// Its text.
    pub text: PatchText,
    /// Bytes of the patch in the file of its kustomization.
    pub range: Range<usize>,
    /// Where in the document it stands.
    pub route: Route,
}

impl Target {
    /// Reads a `target` mapping.
    pub(super) fn read(node: &Node) -> Self {
        let text = |key: &str| {
            node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
        };
        Self {
            group: text("group"),
            version: text("version"),
            kind: text("kind"),
            name: text("name"),
            version_range: node.get("version").map(|version| version.range.clone()),
        }
    }

    /// Whether it selects the object `id` at `version`, labels and annotations left out: they can only narrow it.
    ///
    /// Source: kubernetes-sigs/kustomize `api/types/selector.go`, every part is a regular expression anchored at
    /// both ends.
    pub fn selects(&self, id: &Id, version: &str) -> bool {
        let holds = |pattern: &Option<String>, text: &str| {
            pattern.as_deref().is_none_or(|pattern| matches(pattern, text))
        };
        holds(&self.group, &id.group)
            && holds(&self.version, version)
            && holds(&self.kind, &id.kind)
            && holds(&self.name, &id.name)
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    pattern == text || Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
}

/// The parts of objects in the text of an inline patch; none where it is a list of JSON patch operations.
pub(super) fn partials(text: &str) -> Vec<Partial> {
    let stream = parse(text);
    stream.documents.iter().filter_map(|document| partial(document.node()?)).collect()
}

/// The part of an object that `node` is.
pub(super) fn partial(node: &Node) -> Option<Partial> {
    let (id, version) = identity(node, node)?;
    Some(Partial { id, version })
}
