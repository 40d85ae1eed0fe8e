//! The proof behind every batch: apply, read again, compare with what was intended.

use std::collections::BTreeMap;

use super::document::{Document, Node, NodeKind, Stream};
use super::ops::{Operation, Position, Refusal};
use super::route::Route;
use super::scalar::Scalar;
use super::value::Value;
use crate::change::{self, Edit};

/// What a node means, and what an alias elsewhere may rely on; how it is written is left out.
#[derive(Clone, Debug, PartialEq)]
struct Meaning {
    anchor: Option<String>,
    tag: Option<String>,
    data: Data,
}

#[derive(Clone, Debug, PartialEq)]
enum Data {
    Scalar(String, Kind),
    Mapping(Vec<(Meaning, Meaning)>),
    Sequence(Vec<Meaning>),
    Alias(String),
}

/// What a reader takes the text of a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    Number,
    String,
}

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
        let intended =
            old_root.as_ref().map(|root| Intent { batch, root }.node(root, &Route::root())).transpose()?;
        if intended != new_root.as_ref().map(meaning) {
            return refuse("the result would not read as intended");
        }
        comments_before.extend(comments(text, old, batch));
        comments_after.extend(comments(&result, new, &[]));
    }
    comments_before.sort();
    comments_after.sort();
    if comments_before != comments_after {
        return refuse("a comment would be lost or changed");
    }
    Ok(())
}

/// The comments of a document as they shall be after `batch`.
fn comments(text: &str, document: &Document, batch: &[&Operation]) -> Vec<String> {
    let mut comments: Vec<_> =
        document.comments.iter().map(|comment| text[comment.range.clone()].to_owned()).collect();
    for operation in batch {
        if let Operation::ReplaceInComment { comment, old, new } = operation
            && let Some(text) = comments.get_mut(*comment)
        {
            *text = text.replacen(old, new, 1);
        }
    }
    comments
}

fn meaning(node: &Node) -> Meaning {
    let data = match &node.kind {
        NodeKind::Scalar { text, .. } => Data::Scalar(text.clone(), kind(node)),
        NodeKind::Mapping { entries, .. } => {
            Data::Mapping(entries.iter().map(|entry| (meaning(&entry.key), meaning(&entry.value))).collect())
        }
        NodeKind::Sequence { items, .. } => Data::Sequence(items.iter().map(meaning).collect()),
        NodeKind::Alias { name } => Data::Alias(name.clone()),
    };
    Meaning { anchor: node.anchor.clone(), tag: node.tag.clone(), data }
}

fn kind(node: &Node) -> Kind {
    match node.scalar() {
        Some(Scalar::Null) => Kind::Null,
        Some(Scalar::Bool(_)) => Kind::Bool,
        Some(Scalar::Int(_) | Scalar::Float(_)) => Kind::Number,
        Some(Scalar::String(_)) | None => Kind::String,
    }
}

fn of_value(value: &Value) -> Meaning {
    let scalar = |text: String, kind| Data::Scalar(text, kind);
    let data = match value {
        Value::Null => scalar("null".into(), Kind::Null),
        Value::Bool(value) => scalar(value.to_string(), Kind::Bool),
        Value::Int(value) => scalar(value.to_string(), Kind::Number),
        Value::String(text) => scalar(text.clone(), Kind::String),
        Value::Mapping(entries) => Data::Mapping(
            entries
                .iter()
                .map(|(key, value)| (of_value(&Value::from(key.as_str())), of_value(value)))
                .collect(),
        ),
        Value::Sequence(items) => Data::Sequence(items.iter().map(of_value).collect()),
    };
    Meaning { anchor: None, tag: None, data }
}

/// The meaning of a tree after a batch of operations, computed without any text.
struct Intent<'a> {
    batch: &'a [&'a Operation],
    root: &'a Node,
}

impl Intent<'_> {
    fn node(&self, node: &Node, route: &Route) -> Result<Meaning, Refusal> {
        for operation in self.batch {
            if let Operation::Replace { at, value } = operation
                && at == route
            {
                let kept = Meaning { anchor: node.anchor.clone(), tag: node.tag.clone(), ..of_value(value) };
                return Ok(kept);
            }
        }
        let data = match &node.kind {
            NodeKind::Mapping { entries, .. } => {
                let mut result = Vec::new();
                for entry in entries {
                    let key = entry.key_text().unwrap_or_default();
                    let here = route.key(key);
                    if self.leaves(&here) {
                        continue;
                    }
                    let renamed = self.batch.iter().find_map(|operation| match operation {
                        Operation::Rename { at, key } if *at == here => Some(key),
                        _ => None,
                    });
                    let key = match renamed {
                        Some(new) => Meaning {
                            anchor: entry.key.anchor.clone(),
                            tag: entry.key.tag.clone(),
                            ..of_value(&Value::from(new.as_str()))
                        },
                        None => meaning(&entry.key),
                    };
                    result.push((key, self.node(&entry.value, &here)?));
                }
                self.arrivals(node, route, &mut result)?;
                Data::Mapping(result)
            }
            NodeKind::Sequence { items, .. } => {
                let mut result = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let here = route.index(index);
                    if !self.leaves(&here) {
                        result.push(self.node(item, &here)?);
                    }
                }
                result.extend(self.batch.iter().filter_map(|operation| match operation {
                    Operation::Append { to, value } if to == route => Some(of_value(value)),
                    _ => None,
                }));
                Data::Sequence(result)
            }
            _ => return Ok(meaning(node)),
        };
        Ok(Meaning { anchor: node.anchor.clone(), tag: node.tag.clone(), data })
    }

    fn leaves(&self, route: &Route) -> bool {
        self.batch.iter().any(|operation| match operation {
            Operation::Remove { at } => at == route,
            Operation::Move { from, .. } => from == route,
            _ => false,
        })
    }

    fn arrivals(
        &self,
        node: &Node,
        route: &Route,
        entries: &mut Vec<(Meaning, Meaning)>,
    ) -> Result<(), Refusal> {
        for operation in self.batch {
            let (position, key, value) = match operation {
                Operation::Insert { into, position, key, value } if into == route => {
                    (position, key, of_value(value))
                }
                Operation::Move { from, into, position, key } if into == route => {
                    let source =
                        self.root.find(from).ok_or_else(|| Refusal::NotFound(format!("`{from}`")))?;
                    (position, key, meaning(source))
                }
                _ => continue,
            };
            let entry = (of_value(&Value::from(key.as_str())), value);
            let at = self.index(node, position, entries);
            entries.insert(at.min(entries.len()), entry);
        }
        Ok(())
    }

    /// Where an arrival goes among the entries that are there by now; several at one place keep their order.
    fn index(&self, node: &Node, position: &Position, entries: &[(Meaning, Meaning)]) -> usize {
        let place = |wanted: &str| {
            entries.iter().position(|(key, _)| matches!(&key.data, Data::Scalar(text, _) if text == wanted))
        };
        let first = node.entries().iter().find_map(|entry| place(entry.key_text()?));
        let earlier = |target: &Position| {
            self.batch
                .iter()
                .filter(|operation| {
                    let (Operation::Insert { position, key, .. } | Operation::Move { position, key, .. }) =
                        operation
                    else {
                        return false;
                    };
                    position == target && place(key).is_some()
                })
                .count()
        };
        match position {
            Position::Last => entries.len(),
            Position::First => first.unwrap_or(0),
            Position::Before(key) => place(key).unwrap_or(entries.len()),
            Position::After(key) => place(key).map_or(entries.len(), |at| at + 1 + earlier(position)),
        }
    }
}
