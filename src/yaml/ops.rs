//! Operations at routes, expressed as edits that leave every other byte alone.
//!
//! All operations of a batch address the tree as it was parsed. [`edits`] turns them into edits, applies these to a
//! copy, reads the copy again and compares it with what was intended ([`super::verify`]); on any difference it
//! refuses with the reason.

use std::collections::BTreeMap;
use std::fmt;

use super::document::{Document, Entry, Node, NodeKind, Stream};
use super::route::{Route, Step};
use super::value::Value;
use super::write::Style;
use super::{insert, remove, replace, text, verify};
use crate::change::{self, Clash, Edit};

/// One wish about one document.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Puts `value` in the place of the node at `at`.
    Replace {
        /// The node.
        at: Route,
        /// What comes there. A scalar keeps its quotes where they can hold the new text.
        value: Value,
    },
    /// Gives the entry at `at` another key; quotes of the key stay.
    Rename {
        /// The entry's value.
        at: Route,
        /// The new key.
        key: String,
    },
    /// Adds an entry to a mapping.
    Insert {
        /// The mapping.
        into: Route,
        /// Where in it.
        position: Position,
        /// The key, which must not be there.
        key: String,
        /// The value.
        value: Value,
    },
    /// Adds an item to the end of a sequence.
    Append {
        /// The sequence.
        to: Route,
        /// The item.
        value: Value,
    },
    /// Takes out an entry or an item. Comments in it stay, in lines of their own; an emptied collection is left as
    /// `{}` or `[]`.
    Remove {
        /// The entry's value, or the item.
        at: Route,
    },
    /// Carries an entry over to another mapping of the document, as it is written, with its comments.
    Move {
        /// The entry's value.
        from: Route,
        /// The mapping that it moves to.
        into: Route,
        /// Where in it.
        position: Position,
        /// Its key there.
        key: String,
    },
    /// Replaces the only occurrence of `old` in a comment.
    ReplaceInComment {
        /// The comment, counted in [`Document::comments`].
        comment: usize,
        /// What stands there, on one line.
        old: String,
        /// What comes there, on one line.
        new: String,
    },
}

/// Where an entry goes in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Before the entry with this key, and before the comments that lead it.
    Before(String),
    /// Behind the entry with this key.
    After(String),
}

/// Why a batch is not carried out. The text stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The stream has no such document, or it cannot be read.
    Unreadable(usize),
    /// Nothing, or something of another kind, stands at the route.
    NotFound(String),
    /// An edit here would change every use of this anchor.
    Anchored(String),
    /// The way it is written is one that the operation does not know.
    Unsupported(String),
    /// Two operations of the batch want the same bytes.
    Clash(Clash),
    /// The result does not read as intended.
    Unverified(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(index) => write!(f, "document {} cannot be read", index + 1),
            Self::NotFound(what) => write!(f, "{what} is not there"),
            Self::Anchored(name) => {
                write!(f, "it belongs to the anchor `&{name}`, so every `*{name}` would change with it")
            }
            Self::Unsupported(why) | Self::Unverified(why) => f.write_str(why),
            Self::Clash(clash) => clash.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Clash> for Refusal {
    fn from(clash: Clash) -> Self {
        Self::Clash(clash)
    }
}

/// The edits that carry out `operations`, each on the document with its index, in `text`, which `stream` was parsed
/// from. The edits were verified: applied and read again they give what was intended, no comment is lost.
pub fn edits(text: &str, stream: &Stream, operations: &[(usize, Operation)]) -> Result<Vec<Edit>, Refusal> {
    let mut batches: BTreeMap<usize, Vec<&Operation>> = BTreeMap::new();
    for (index, operation) in operations {
        batches.entry(*index).or_default().push(operation);
    }
    let mut edits = Vec::new();
    for (&index, batch) in &batches {
        let document = stream.documents.get(index).ok_or(Refusal::Unreadable(index))?;
        let root = document.node().ok_or(Refusal::Unreadable(index))?;
        let site = Site { text, document, root, line_break: text::line_break(text) };
        edits.extend(site.batch(batch)?);
    }
    let edits = change::ordered(&joined(edits))?;
    verify::verify(text, stream, &batches, &edits)?;
    Ok(edits)
}

/// Inserts at one place become one insert, in the order in which they were wanted.
fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut result: Vec<Edit> = Vec::new();
    for edit in edits {
        let twin = result.iter_mut().find(|other| other.range() == edit.range() && edit.range().is_empty());
        match twin {
            Some(other) => other.text.push_str(&edit.text),
            None => result.push(edit),
        }
    }
    result
}

/// The document that operations work on.
pub(super) struct Site<'a> {
    pub(super) text: &'a str,
    pub(super) document: &'a Document,
    pub(super) root: &'a Node,
    pub(super) line_break: &'static str,
}

impl<'a> Site<'a> {
    fn batch(&self, batch: &[&Operation]) -> Result<Vec<Edit>, Refusal> {
        let mut edits = Vec::new();
        let mut leaving = Vec::new();
        for operation in batch {
            match operation {
                Operation::Replace { at, value } => edits.extend(replace::value(self, at, value)?),
                Operation::Rename { at, key } => edits.push(replace::key(self, at, key)?),
                Operation::Insert { into, position, key, value } => {
                    edits.extend(insert::value(self, into, position, key, value)?);
                }
                Operation::Append { to, value } => edits.extend(insert::item(self, to, value)?),
                Operation::Remove { at } => leaving.push((at, false)),
                Operation::Move { from, into, position, key } => {
                    edits.extend(insert::moved(self, from, into, position, key)?);
                    leaving.push((from, true));
                }
                Operation::ReplaceInComment { comment, old, new } => {
                    edits.push(replace::in_comment(self, *comment, old, new)?);
                }
            }
        }
        edits.extend(remove::all(self, &leaving)?);
        Ok(edits)
    }

    /// The node at `route`, refused where an alias shares it.
    pub(super) fn node(&self, route: &Route) -> Result<&'a Node, Refusal> {
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
    pub(super) fn entry(&self, route: &Route) -> Result<(&'a Node, usize, &'a Entry), Refusal> {
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
    pub(super) fn mapping_without(&self, route: &Route, key: &str) -> Result<&'a Node, Refusal> {
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
    pub(super) fn comments_in(&self, range: &std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
        let inside = |at: &std::ops::Range<usize>| range.start <= at.start && at.end <= range.end;
        self.document.comments.iter().map(|comment| comment.range.clone()).filter(inside).collect()
    }

    fn unshared(&self, node: &Node) -> Result<(), Refusal> {
        match &node.anchor {
            Some(name) if uses(self.root, name) => Err(Refusal::Anchored(name.clone())),
            _ => Ok(()),
        }
    }
}

fn uses(node: &Node, anchor: &str) -> bool {
    match &node.kind {
        NodeKind::Alias { name } => name == anchor,
        NodeKind::Mapping { entries, .. } => {
            entries.iter().any(|entry| uses(&entry.key, anchor) || uses(&entry.value, anchor))
        }
        NodeKind::Sequence { items, .. } => items.iter().any(|item| uses(item, anchor)),
        NodeKind::Scalar { .. } => false,
    }
}
