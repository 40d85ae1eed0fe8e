//! The document that operations work on, and what every operation asks of it.

use std::ops::Range;

use super::Refusal;
use super::document::{Document, Entry, Node, NodeKind};
use super::route::{Route, Step};
use super::write::Style;

/// The document that operations work on.
pub(super) struct Site<'a> {
    pub(super) text: &'a str,
    pub(super) document: &'a Document<'a>,
    pub(super) root: &'a Node<'a>,
    pub(super) line_break: &'static str,
}

impl<'a> Site<'a> {
    /// The node at `route`, refused where an alias shares it.
    pub(super) fn node(&self, route: &Route) -> Result<&'a Node<'a>, Refusal> {
        let mut node = self.root;
        self.unshared(node)?;
        for step in route.steps() {
            node = match step {
                Step::Key(key) => node.get(key),
                Step::Index(index) => node.items().get(*index),
            }
            .ok_or_else(|| Refusal::NotFound(format!("`{route}`")))?;
            self.unshared(node)?;
        }
        Ok(node)
    }

    /// The mapping above `route` and the entry in it.
    pub(super) fn entry(&self, route: &Route) -> Result<(&'a Node<'a>, usize, &'a Entry<'a>), Refusal> {
        let missing = || Refusal::NotFound(format!("`{route}`"));
        let (above, last) = route.split_last().ok_or_else(missing)?;
        let Step::Key(key) = last else { return Err(missing()) };
        let mapping = self.node(&above)?;
        self.node(route)?;
        let place =
            mapping.entries().iter().position(|entry| entry.key_text() == Some(key)).ok_or_else(missing)?;
        let entry = &mapping.entries()[place];
        if entry.explicit {
            return Err(Refusal::Unsupported(format!("the key of `{route}` is written with `?`")));
        }
        Ok((mapping, place, entry))
    }

    /// The mapping at `route`, which may not hold `key` yet.
    pub(super) fn mapping_without(&self, route: &Route, key: &str) -> Result<&'a Node<'a>, Refusal> {
        let mapping = self.node(route)?;
        if !mapping.is_mapping() {
            return Err(Refusal::NotFound(format!("a mapping at `{route}`")));
        }
        if mapping.get(key).is_some() {
            return Err(Refusal::Unsupported(format!("`{}` is there already", route.key(key))));
        }
        Ok(mapping)
    }

    /// How new text in `collection` is written.
    pub(super) fn style(&self, collection: &Node) -> Style {
        let quoted_keys = |entries: &[Entry]| {
            entries.iter().all(|entry| self.text[entry.key.range.clone()].starts_with('"'))
        };
        let json = match &self.root.kind {
            NodeKind::Mapping { flow: true, entries } => !entries.is_empty() && quoted_keys(entries),
            NodeKind::Sequence { flow: true, items } => {
                !items.is_empty() && items.iter().all(|item| item.is_mapping() && quoted_keys(item.entries()))
            }
            _ => false,
        };
        match collection.kind {
            NodeKind::Mapping { flow: true, .. } | NodeKind::Sequence { flow: true, .. } if json => {
                Style::Json
            }
            NodeKind::Mapping { flow: true, .. } | NodeKind::Sequence { flow: true, .. } => Style::Flow,
            _ => Style::Block,
        }
    }

    /// The ranges of the comments that lie in `range`.
    pub(super) fn comments_in(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let inside = |at: &Range<usize>| range.start <= at.start && at.end <= range.end;
        self.document.comments.iter().map(|comment| comment.range.clone()).filter(inside).collect()
    }

    fn unshared(&self, node: &Node) -> Result<(), Refusal> {
        match node.anchor() {
            Some(name) if uses(self.root, name) => Err(Refusal::Anchored(name.to_string())),
            _ => Ok(()),
        }
    }
}

fn uses(node: &Node, anchor: &str) -> bool {
    match &node.kind {
        NodeKind::Alias { name } => *name == anchor,
        NodeKind::Mapping { entries, .. } => {
            entries.iter().any(|entry| uses(&entry.key, anchor) || uses(&entry.value, anchor))
        }
        NodeKind::Sequence { items, .. } => items.iter().any(|item| uses(item, anchor)),
        NodeKind::Scalar { .. } => false,
    }
}
