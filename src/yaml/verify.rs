//! The proof behind every batch: apply, read again, compare with what was intended.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::{Document, Node, NodeKind, Stream};
use super::intent::{Intent, Meaning};
use super::operation::Operation;
use super::refusal::Refusal;
use super::route::Route;
use super::scalar::Scalar;
use super::site::Site;
use super::text::next_line;
use super::value::Value;
use super::{remove, replace};
use crate::change::{self, Edit};

/// Checks that `edits` turn `text` into what `batches` intend.
///
/// # Errors
/// Says what would be different.
pub(super) fn verify(
    text: &str,
    stream: &Stream,
    batches: &BTreeMap<usize, Vec<&Operation>>,
    edits: &[Edit],
) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::Unverified(why.to_owned()));
    let result = change::apply(text, edits)?;
    let after = super::parse(&result);
    if after.documents.len() != stream.documents.len() {
        return refuse("the number of documents would change");
    }
    let mut comments_before = Vec::new();
    let mut comments_after = Vec::new();
    for (old, new) in stream.documents.iter().zip(&after.documents) {
        let empty = Vec::new();
        let batch = batches.get(&old.index).unwrap_or(&empty);
        let (Ok(old_root), Ok(new_root)) = (&old.root, &new.root) else {
            if old.root.is_err() && new.root.is_err() && batch.is_empty() {
                continue;
            }
            return refuse("a document could not be read afterwards");
        };
        let holds = match (old_root, new_root) {
            (Some(root), Some(new)) => Intent { batch, root }.node(root, &Route::root())?.holds(new),
            (None, None) => true,
            _ => false,
        };
        if !holds {
            return refuse("the result would not read as intended");
        }
        comments_before.extend(comments(text, old, batch)?);
        comments_after.extend(comments(&result, new, &[])?);
    }
    comments_before.sort();
    comments_after.sort();
    if comments_before != comments_after {
        return refuse("a comment would be lost or changed");
    }
    Ok(())
}

/// The comments of a document as they shall be after `batch`.
fn comments(text: &str, document: &Document, batch: &[&Operation]) -> Result<Vec<String>, Refusal> {
    let mut comments: Vec<_> =
        document.comments.iter().map(|comment| text[comment.range.clone()].to_owned()).collect();
    for operation in batch {
        if let Operation::ReplaceInComment { comment, old, new } = operation
            && let Some(text) = comments.get_mut(*comment)
        {
            *text = text.replacen(old, new, 1);
        }
    }
    let mut taken = Vec::new();
    if let Some(root) = document.node() {
        let site = Site { text, document, root, line_break: "" };
        for operation in batch {
            match operation {
                Operation::Take { at } => taken.push(remove::extent(&site, at)?),
                Operation::TakeWithLead { at } => {
                    let inside = remove::extent(&site, at)?;
                    taken.push(remove::leading_comments(&site, inside.start)..next_line(text, inside.end));
                }
                Operation::Recast { at, .. } => taken.push(replace::extent(&site, at)?),
                _ => {}
            }
        }
    }
    let is_taken =
        |range: &Range<usize>| taken.iter().any(|taken| taken.start <= range.start && range.end <= taken.end);
    let kept = comments.into_iter().zip(&document.comments).filter(|(_, place)| !is_taken(&place.range));
    Ok(kept.map(|(text, _)| text).collect())
}

/// What a reader takes the text of a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    Number,
    String,
}

impl Meaning<'_> {
    /// Whether `node`, read from the result, means this.
    fn holds(&self, node: &Node) -> bool {
        match self {
            Self::Kept(old) => equal(old, node),
            Self::New(value, old) => properties(*old) == properties(Some(node)) && is_value(value, node),
            Self::Wrapped(old, key) => match node.entries() {
                [only] => {
                    is_scalar(&only.key, key, Kind::String)
                        && properties(Some(&only.key)) == properties(None)
                        && properties(Some(node)) == properties(None)
                        && equal(old, &only.value)
                }
                _ => false,
            },
            Self::Edited(old, text) => is_edited(old, text, node),
            Self::Key(text, old) => {
                properties(*old) == properties(Some(node)) && is_scalar(node, text, Kind::String)
            }
            Self::Mapping(old, entries) => {
                properties(Some(old)) == properties(Some(node))
                    && node.is_mapping()
                    && entries.len() == node.entries().len()
                    && entries
                        .iter()
                        .zip(node.entries())
                        .all(|((key, value), entry)| key.holds(&entry.key) && value.holds(&entry.value))
            }
            Self::Sequence(old, items) => {
                properties(Some(old)) == properties(Some(node))
                    && node.is_sequence()
                    && items.len() == node.items().len()
                    && items.iter().zip(node.items()).all(|(item, node)| item.holds(node))
            }
        }
    }
}

fn properties<'n>(node: Option<&'n Node<'_>>) -> (Option<&'n str>, Option<&'n str>) {
    (node.and_then(|node| node.anchor()), node.and_then(|node| node.tag()))
}

/// Whether `node` is `old` with another text, written in the same style and of the same kind.
fn is_edited(old: &Node, wanted: &str, node: &Node) -> bool {
    let (NodeKind::Scalar { style, .. }, NodeKind::Scalar { text, style: new_style }) =
        (&old.kind, &node.kind)
    else {
        return false;
    };
    properties(Some(old)) == properties(Some(node))
        && text == wanted
        && style == new_style
        && kind(old) == kind(node)
}

/// Whether two nodes mean the same.
pub(super) fn equal(old: &Node, new: &Node) -> bool {
    if properties(Some(old)) != properties(Some(new)) {
        return false;
    }
    match (&old.kind, &new.kind) {
        (NodeKind::Scalar { text, style }, NodeKind::Scalar { text: new_text, style: new_style }) => {
            text == new_text && (style == new_style || kind(old) == kind(new))
        }
        (NodeKind::Mapping { entries, .. }, NodeKind::Mapping { entries: others, .. }) => {
            entries.len() == others.len()
                && entries
                    .iter()
                    .zip(others)
                    .all(|(one, other)| equal(&one.key, &other.key) && equal(&one.value, &other.value))
        }
        (NodeKind::Sequence { items, .. }, NodeKind::Sequence { items: others, .. }) => {
            items.len() == others.len() && items.iter().zip(others).all(|(one, other)| equal(one, other))
        }
        (NodeKind::Alias { name }, NodeKind::Alias { name: other }) => name == other,
        _ => false,
    }
}

fn is_value(value: &Value, node: &Node) -> bool {
    match value {
        Value::Null => matches!(node.scalar(), Some(Scalar::Null)),
        Value::Bool(value) => node.scalar() == Some(Scalar::Bool(*value)),
        Value::Int(value) => node.scalar() == Some(Scalar::Int(i128::from(*value))),
        Value::String(text) => is_scalar(node, text, Kind::String),
        Value::Mapping(entries) => {
            node.is_mapping()
                && entries.len() == node.entries().len()
                && entries.iter().zip(node.entries()).all(|((key, value), entry)| {
                    is_scalar(&entry.key, key, Kind::String) && is_value(value, &entry.value)
                })
        }
        Value::Sequence(items) => {
            node.is_sequence()
                && items.len() == node.items().len()
                && items.iter().zip(node.items()).all(|(value, node)| is_value(value, node))
        }
    }
}

fn is_scalar(node: &Node, wanted: &str, as_kind: Kind) -> bool {
    matches!(&node.kind, NodeKind::Scalar { text, .. } if text == wanted) && kind(node) == as_kind
}

fn kind(node: &Node) -> Kind {
    match node.scalar() {
        Some(Scalar::Null) => Kind::Null,
        Some(Scalar::Bool(_)) => Kind::Bool,
        Some(Scalar::Int(_) | Scalar::Float(_)) => Kind::Number,
        Some(Scalar::String(_)) | None => Kind::String,
    }
}
