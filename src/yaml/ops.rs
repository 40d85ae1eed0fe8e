//! Operations at routes, expressed as edits that leave every other byte alone.
//!
//! All operations of a batch address the tree as it was parsed. [`edits`] turns them into edits, applies these to a
//! copy, reads the copy again and compares it with what was intended (`verify`); on any difference it
//! refuses with the reason.

use std::collections::BTreeMap;

use super::document::{Node, NodeKind, ScalarStyle, Stream};
use super::operation::Operation;
use super::refusal::Refusal;
use super::remove::Comments;
use super::site::Site;
use super::value::Value;
use super::{carry, insert, remove, replace, text, verify, within};
use crate::change::{self, Edit};

/// The edits that carry out `operations`, each on the document with its index, in `text`, which `stream` was parsed
/// from. The edits were verified: applied and read again they give what was intended, no comment is lost.
pub fn edits(text: &str, stream: &Stream, operations: &[(usize, Operation)]) -> Result<Vec<Edit>, Refusal> {
    let edits = draft(text, stream, operations)?;
    prove(text, stream, operations, &edits)?;
    Ok(edits)
}

/// The edits of [`edits`] before they are proven: for a caller that collects them and has all of them proven at once.
pub fn draft(text: &str, stream: &Stream, operations: &[(usize, Operation)]) -> Result<Vec<Edit>, Refusal> {
    unproven(text, stream, &batches(operations))
}

/// Checks that `edits` do what `operations` say, and nothing else: they are applied to a copy, which is read again.
pub fn prove(
    text: &str,
    stream: &Stream,
    operations: &[(usize, Operation)],
    edits: &[Edit],
) -> Result<(), Refusal> {
    verify::verify(text, stream, &batches(operations), edits)
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
            && node.anchor().is_none()
            && node.tag().is_none()
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
    Ok(change::ordered(&change::joined(edits))?)
}

impl Site<'_> {
    fn batch(&self, batch: &[&Operation]) -> Result<Vec<Edit>, Refusal> {
        let mut edits = Vec::new();
        let mut leaving = Vec::new();
        for (place, operation) in batch.iter().enumerate() {
            let is_first =
                |wish: &dyn Fn(&Operation) -> bool| !batch[..place].iter().any(|other| wish(other));
            match operation {
                Operation::Replace { at, value } => edits.extend(replace::value(self, at, value)?),
                Operation::Recast { at, value } => edits.push(replace::carried(self, at, value)?),
                Operation::Rename { at, key } => edits.push(replace::key(self, at, key)?),
                Operation::Insert { into, position, key, value } => {
                    edits.extend(insert::value(self, into, position, key, value)?);
                }
                Operation::Edit { at, .. } => {
                    if is_first(&|other| matches!(other, Operation::Edit { at: other, .. } if other == at)) {
                        edits.extend(within::edits(self, at, batch)?);
                    }
                }
                Operation::Prepend { to, .. } | Operation::Append { to, .. } => {
                    if is_first(&|other| other.is_arrival_in(to)) {
                        edits.extend(insert::items(self, to, batch)?);
                    }
                }
                Operation::Remove { at } => leaving.push((at, Comments::Stay)),
                Operation::Take { at } => leaving.push((at, Comments::GoInside)),
                Operation::TakeWithLead { at } => leaving.push((at, Comments::Go)),
                Operation::Move { from, into, position, key } => {
                    edits.extend(insert::moved(self, from, into, position, key)?);
                    leaving.push((from, Comments::Go));
                }
                Operation::Join { from, into, front } => {
                    edits.extend(carry::joined(self, from, into, *front)?);
                }
                Operation::Wrap { at, key } => edits.extend(carry::wrapped(self, at, key)?),
                Operation::ReplaceInComment { comment, old, new } => {
                    edits.push(replace::in_comment(self, *comment, old, new)?);
                }
            }
        }
        edits.extend(remove::all(self, &leaving)?);
        Ok(edits)
    }
}
