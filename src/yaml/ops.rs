//! Operations at routes, expressed as edits that leave every other byte alone.
//!
//! All operations of a batch address the tree as it was parsed. [`edits`] turns them into edits, applies these to a
//! copy, reads the copy again and compares it with what was intended (`verify`); on any difference it
//! refuses with the reason.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::document::{Node, NodeKind, ScalarStyle, Stream};
use super::route::Route;
use super::site::Site;
use super::value::Value;
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
        /// The comment, counted in [`super::Document::comments`].
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

impl Operation {
    /// Whether it changes something at `route` or below.
    pub(super) fn concerns(&self, route: &Route) -> bool {
        let below = |other: &Route| other.steps().starts_with(route.steps());
        match self {
            Self::Replace { at, .. }
            | Self::Rename { at, .. }
            | Self::Remove { at }
            | Self::Insert { into: at, .. }
            | Self::Append { to: at, .. } => below(at),
            Self::Move { from, into, .. } => below(from) || below(into),
            Self::ReplaceInComment { .. } => false,
        }
    }
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
    let batches = batches(operations);
    let edits = unproven(text, stream, &batches)?;
    verify::verify(text, stream, &batches, &edits)?;
    Ok(edits)
}

/// The edits that carry out `operations`, not verified: for a caller that collects them from several batches and has
/// all of them proven together.
pub fn draft(text: &str, stream: &Stream, operations: &[(usize, Operation)]) -> Result<Vec<Edit>, Refusal> {
    unproven(text, stream, &batches(operations))
}

/// The same edits for an answer that writes nothing.
///
/// The proof is left out where it cannot fail: every operation replaces a scalar on one line, without anchor and tag,
/// by a text on one line. Everything else is proven here too, so both functions refuse the same.
pub fn foresee(text: &str, stream: &Stream, operations: &[(usize, Operation)]) -> Result<Vec<Edit>, Refusal> {
    let batches = batches(operations);
    let edits = unproven(text, stream, &batches)?;
    let is_swap = |(index, operation): &(usize, Operation)| {
        stream.documents[*index].node().is_some_and(|root| is_swap(text, root, operation))
    };
    if !operations.iter().all(is_swap) {
        verify::verify(text, stream, &batches, &edits)?;
    }
    Ok(edits)
}

fn is_swap(text: &str, root: &Node, operation: &Operation) -> bool {
    let Operation::Replace { at, value: Value::String(new) } = operation else { return false };
    root.find(at).is_some_and(|node| {
        let is_quoted_or_plain = match &node.kind {
            NodeKind::Scalar { style, .. } => !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
            _ => false,
        };
        let on_one_line = |text: &str| !text.is_empty() && !text.contains(['\n', '\r']);
        is_quoted_or_plain
            && node.anchor.is_none()
            && node.tag.is_none()
            && on_one_line(&text[node.range.clone()])
            && on_one_line(new)
    })
}

type Batches<'a> = BTreeMap<usize, Vec<&'a Operation>>;

fn batches(operations: &[(usize, Operation)]) -> Batches<'_> {
    let mut batches = Batches::new();
    for (index, operation) in operations {
        batches.entry(*index).or_default().push(operation);
    }
    batches
}

fn unproven(text: &str, stream: &Stream, batches: &Batches<'_>) -> Result<Vec<Edit>, Refusal> {
    let mut edits = Vec::new();
    for (&index, batch) in batches {
        let document = stream.documents.get(index).ok_or(Refusal::Unreadable(index))?;
        let root = document.node().ok_or(Refusal::Unreadable(index))?;
        let site = Site { text, document, root, line_break: text::line_break(text) };
        edits.extend(site.batch(batch)?);
    }
    Ok(change::ordered(&joined(edits))?)
}

/// Inserts at one place become one insert, in the order in which they were wanted.
fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut result: Vec<Edit> = Vec::with_capacity(edits.len());
    let mut inserts: HashMap<usize, usize> = HashMap::new();
    for edit in edits {
        let is_insert = edit.range().is_empty();
        if let Some(&twin) = inserts.get(&edit.start).filter(|_| is_insert) {
            result[twin].text.push_str(&edit.text);
            continue;
        }
        if is_insert {
            inserts.insert(edit.start, result.len());
        }
        result.push(edit);
    }
    result
}

impl Site<'_> {
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
}
