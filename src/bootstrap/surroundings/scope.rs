//! What all readers here look at, and how they walk through it.

use std::ops::Range;

use crate::flux::{Index, Resource, Role, SourceFile};
use crate::place::Place;
use crate::yaml::{Node, NodeKind};

/// The index, and the namespaces that Flux runs in.
pub(super) struct Scope<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) namespaces: &'a [&'a str],
}

/// A resource with its node.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    /// Its index in [`Index::resources`].
    pub(super) index: usize,
    pub(super) resource: &'a Resource,
    pub(super) node: &'a Node<'a>,
}

impl<'a> Scope<'a> {
    pub(super) const fn new(index: &'a Index<'a>, namespaces: &'a [&'a str]) -> Self {
        Self { index, namespaces }
    }

    /// Every object that is applied as it is, or that another brings into being.
    pub(super) fn objects(&self) -> impl Iterator<Item = Object<'a>> {
        let index = self.index;
        let whole = index.resources.iter().enumerate().filter(|(_, resource)| resource.role != Role::Patch);
        whole.map(|(at, resource)| Object { index: at, resource, node: index.node(resource) })
    }

    /// The objects of one group and kind.
    pub(super) fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = Object<'a>> {
        self.objects().filter(move |object| object.is(group, kind))
    }

    /// The files of the repository, without the texts in their strings.
    pub(super) fn files(&self) -> impl Iterator<Item = (usize, &'a SourceFile<'a>)> {
        self.index.files.iter().enumerate().filter(|(_, file)| file.host.is_none())
    }

    /// The place of an object: its name, where it has one.
    pub(super) fn place(&self, object: Object<'_>) -> Place {
        let name = object.at(&["metadata", "name"]);
        let range = name.map_or_else(|| object.resource.api_version.clone(), |name| name.range.clone());
        self.index.place(object.resource.file, range)
    }

    /// The place of a node of an object.
    pub(super) fn at(&self, object: Object<'_>, range: Range<usize>) -> Place {
        self.index.place(object.resource.file, range)
    }

    /// Whether Flux runs in this namespace.
    pub(super) fn runs_in(&self, namespace: &str) -> bool {
        self.namespaces.contains(&namespace)
    }
}

impl<'a> Object<'a> {
    pub(super) fn is(self, group: &str, kind: &str) -> bool {
        self.resource.id.group == group && self.resource.id.kind == kind
    }

    pub(super) fn at(self, keys: &[&str]) -> Option<&'a Node<'a>> {
        at(self.node, keys)
    }

    pub(super) fn text(self, keys: &[&str]) -> Option<&'a str> {
        self.at(keys)?.as_str().filter(|text| !text.is_empty())
    }

    pub(super) fn namespace(self) -> Option<&'a str> {
        self.resource.id.namespace.as_deref()
    }

    /// `Kind name`.
    pub(super) fn title(self) -> String {
        format!("{} `{}`", self.resource.id.kind, self.resource.id.name)
    }
}

/// The node below `node` at these keys.
pub(super) fn at<'n>(node: &'n Node<'n>, keys: &[&str]) -> Option<&'n Node<'n>> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}

/// Calls `found` with every text in `node`, keys too, and the keys that lead to it.
pub(super) fn texts<'n>(
    node: &'n Node<'n>,
    keys: &mut Vec<&'n str>,
    found: &mut impl FnMut(&[&'n str], &'n str, Range<usize>),
) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => found(keys, text, node.range.clone()),
        NodeKind::Alias { .. } => {}
        NodeKind::Sequence { items, .. } => {
            for item in items {
                texts(item, keys, found);
            }
        }
        NodeKind::Mapping { entries, .. } => {
            for entry in entries {
                let key = entry.key_text().unwrap_or_default();
                found(keys, key, entry.key.range.clone());
                keys.push(key);
                texts(&entry.value, keys, found);
                keys.pop();
            }
        }
    }
}

/// The texts of a list, or the one text that stands for it.
pub(super) fn list<'n>(node: Option<&'n Node<'n>>) -> Vec<&'n Node<'n>> {
    let Some(node) = node else { return Vec::new() };
    if node.is_sequence() { node.items().iter().collect() } else { vec![node] }
}

/// Whether `pattern`, in which `*` stands for anything and `?` for one character, is like all of `text`.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut in_text, mut star) = (0, 0, None);
    while in_text < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(&character) if character == '?' || character == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                (at, in_text) = (back + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|&character| character == '*')
}
