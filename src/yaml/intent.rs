//! What a batch of operations intends, computed on the tree without any text.

use super::document::{Node, NodeKind};
use super::operation::{Operation, Position};
use super::refusal::Refusal;
use super::route::Route;
use super::value::Value;
use super::within;
use crate::change;

/// What a node shall mean. How it is written is left out, its anchor and tag are not: an alias may rely on them.
pub(super) enum Meaning<'a> {
    /// The same as this node of the original.
    Kept(&'a Node<'a>),
    /// A new value; where it replaces a node, with the anchor and tag of that.
    New(&'a Value, Option<&'a Node<'a>>),
    /// The text of a scalar of the original after edits in it.
    Edited(&'a Node<'a>, String),
    /// A node of the original in a mapping of its own, below this key.
    Wrapped(&'a Node<'a>, &'a str),
    /// A key by its text; where it replaces a key, with the anchor and tag of that.
    Key(&'a str, Option<&'a Node<'a>>),
    /// A mapping of the original with other entries.
    Mapping(&'a Node<'a>, Vec<(Meaning<'a>, Meaning<'a>)>),
    /// A sequence of the original with other items.
    Sequence(&'a Node<'a>, Vec<Meaning<'a>>),
}

impl Meaning<'_> {
    fn is_key(&self, wanted: &str) -> bool {
        match self {
            Self::Key(text, _) => *text == wanted,
            Self::Kept(Node { kind: NodeKind::Scalar { text, .. }, .. }) => text == wanted,
            _ => false,
        }
    }
}

/// The meaning of a tree after a batch of operations, computed without any text.
pub(super) struct Intent<'a> {
    pub(super) batch: &'a [&'a Operation],
    pub(super) root: &'a Node<'a>,
}

impl<'a> Intent<'a> {
    pub(super) fn node(&self, node: &'a Node<'a>, route: &Route) -> Result<Meaning<'a>, Refusal> {
        if !self.batch.iter().any(|operation| operation.concerns(route)) {
            return Ok(Meaning::Kept(node));
        }
        let replaced = self.batch.iter().find_map(|operation| match operation {
            Operation::Replace { at, value } | Operation::Recast { at, value } if at == route => Some(value),
            _ => None,
        });
        if let Some(value) = replaced {
            return Ok(Meaning::New(value, Some(node)));
        }
        let wrapped = self.batch.iter().find_map(|operation| match operation {
            Operation::Wrap { at, key } if at == route => Some(key),
            _ => None,
        });
        if let Some(key) = wrapped {
            return Ok(Meaning::Wrapped(node, key));
        }
        match &node.kind {
            NodeKind::Mapping { .. } => self.mapping(node, route),
            NodeKind::Scalar { text, .. } => {
                let edits = within::together(route, self.batch)?;
                Ok(Meaning::Edited(node, change::apply(text, &edits)?))
            }
            NodeKind::Sequence { items, .. } => {
                let mut result = self.joined(route, true)?;
                result.extend(self.items(|operation| match operation {
                    Operation::Prepend { to, value } if to == route => Some(value),
                    _ => None,
                }));
                for (index, item) in items.iter().enumerate() {
                    let here = route.index(index);
                    if !self.leaves(&here) {
                        result.push(self.node(item, &here)?);
                    }
                }
                result.extend(self.items(|operation| match operation {
                    Operation::Append { to, value } if to == route => Some(value),
                    _ => None,
                }));
                result.extend(self.joined(route, false)?);
                Ok(Meaning::Sequence(node, result))
            }
            NodeKind::Alias { .. } => Ok(Meaning::Kept(node)),
        }
    }

    /// The items that join the sequence at `route`.
    fn joined(&self, route: &Route, at_front: bool) -> Result<Vec<Meaning<'a>>, Refusal> {
        let mut items = Vec::new();
        for operation in self.batch {
            if let Operation::Join { from, into, front } = operation
                && into == route
                && *front == at_front
            {
                let source = self.root.find(from).ok_or_else(|| Refusal::NotFound(format!("`{from}`")))?;
                items.extend(source.items().iter().map(Meaning::Kept));
            }
        }
        Ok(items)
    }

    /// The new items that `pick` finds in the batch.
    fn items(&self, pick: impl Fn(&'a Operation) -> Option<&'a Value>) -> Vec<Meaning<'a>> {
        self.batch
            .iter()
            .filter_map(|operation| pick(operation))
            .map(|value| Meaning::New(value, None))
            .collect()
    }

    fn mapping(&self, node: &'a Node<'a>, route: &Route) -> Result<Meaning<'a>, Refusal> {
        let mut result = Vec::new();
        for entry in node.entries() {
            let here = route.key(entry.key_text().unwrap_or_default());
            if self.leaves(&here) {
                continue;
            }
            let renamed = self.batch.iter().find_map(|operation| match operation {
                Operation::Rename { at, key } if *at == here => Some(Meaning::Key(key, Some(&entry.key))),
                _ => None,
            });
            result.push((renamed.unwrap_or(Meaning::Kept(&entry.key)), self.node(&entry.value, &here)?));
        }
        self.arrivals(node, route, &mut result)?;
        Ok(Meaning::Mapping(node, result))
    }

    fn leaves(&self, route: &Route) -> bool {
        self.batch.iter().any(|operation| match operation {
            Operation::Remove { at } | Operation::Take { at } | Operation::TakeWithLead { at } => at == route,
            Operation::Move { from, .. } | Operation::Join { from, .. } => from == route,
            _ => false,
        })
    }

    fn arrivals(
        &self,
        node: &Node,
        route: &Route,
        entries: &mut Vec<(Meaning<'a>, Meaning<'a>)>,
    ) -> Result<(), Refusal> {
        for operation in self.batch {
            let (position, key, value) = match operation {
                Operation::Insert { into, position, key, value } if into == route => {
                    (position, key, Meaning::New(value, None))
                }
                Operation::Move { from, into, position, key } if into == route => {
                    let source =
                        self.root.find(from).ok_or_else(|| Refusal::NotFound(format!("`{from}`")))?;
                    (position, key, Meaning::Kept(source))
                }
                _ => continue,
            };
            let at = self.index(node, position, entries);
            entries.insert(at.min(entries.len()), (Meaning::Key(key, None), value));
        }
        Ok(())
    }

    /// Where an arrival goes among the entries that are there by now; several at one place keep their order.
    fn index(&self, node: &Node, position: &Position, entries: &[(Meaning<'a>, Meaning<'a>)]) -> usize {
        let place = |wanted: &str| entries.iter().position(|(key, _)| key.is_key(wanted));
        let first = node.entries().iter().find_map(|entry| place(entry.key_text()?));
        let earlier = |target: &Position| {
            let is_there = |operation: &&&Operation| {
                let (Operation::Insert { position, key, .. } | Operation::Move { position, key, .. }) =
                    operation
                else {
                    return false;
                };
                position == target && place(key).is_some()
            };
            self.batch.iter().filter(is_there).count()
        };
        match position {
            Position::Last => entries.len(),
            Position::First => first.unwrap_or(0),
            Position::Before(key) => place(key).unwrap_or(entries.len()),
            Position::After(key) => place(key).map_or(entries.len(), |at| at + 1 + earlier(position)),
        }
    }
}
