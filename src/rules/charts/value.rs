//! Nodes as plain values, to be written elsewhere.

use crate::yaml::{Node, NodeKind, Scalar, Value};

/// What `node` says; `None` where it has an alias, an anchor, a tag, or a number that is not whole.
pub(super) fn value(node: &Node<'_>) -> Option<Value> {
    if node.anchor().is_some() || node.tag().is_some() {
        return None;
    }
    match &node.kind {
        NodeKind::Scalar { text, .. } => match node.scalar()? {
            Scalar::String(_) => Some(Value::String(text.to_string())),
            Scalar::Bool(value) => Some(Value::Bool(value)),
            Scalar::Null => Some(Value::Null),
            _ => text.parse().ok().map(Value::Int),
        },
        NodeKind::Mapping { entries, .. } => {
            let entries =
                entries.iter().map(|entry| Some((entry.key_text()?.to_owned(), value(&entry.value)?)));
            entries.collect::<Option<_>>().map(Value::Mapping)
        }
        NodeKind::Sequence { items, .. } => {
            items.iter().map(value).collect::<Option<_>>().map(Value::Sequence)
        }
        NodeKind::Alias { .. } => None,
    }
}
