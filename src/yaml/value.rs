//! Plain values: what an operation puts in.

use super::document::{Node, NodeKind};
use super::scalar::Scalar;

/// A value to be written, mappings in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text; quoted where a reader could take it for something else.
    String(String),
    /// Keys and values.
    Mapping(Vec<(String, Value)>),
    /// Items.
    Sequence(Vec<Value>),
}

impl Value {
    /// What `node` means. `None` where this cannot hold that: an anchor, a tag, an alias, a merge key, a number that is
    /// not whole, a key that is no text.
    pub fn of(node: &Node) -> Option<Self> {
        if node.anchor().is_some() || node.tag().is_some() {
            return None;
        }
        match &node.kind {
            NodeKind::Alias { .. } => None,
            NodeKind::Sequence { items, .. } => {
                items.iter().map(Self::of).collect::<Option<_>>().map(Self::Sequence)
            }
            NodeKind::Mapping { entries, .. } => {
                let entries = entries.iter().map(|entry| {
                    let key = entry.key.as_str().filter(|key| *key != "<<")?;
                    Some((key.to_owned(), Self::of(&entry.value)?))
                });
                entries.collect::<Option<_>>().map(Self::Mapping)
            }
            NodeKind::Scalar { .. } => match node.scalar()? {
                Scalar::Null => Some(Self::Null),
                Scalar::Bool(value) => Some(Self::Bool(value)),
                Scalar::Int(value) => i64::try_from(value).ok().map(Self::Int),
                Scalar::Float(_) => None,
                Scalar::String(text) => Some(Self::String(text.to_string())),
            },
        }
    }
}

impl Value {
    /// What `json` says. `None` where this cannot hold that: a number that is not whole or needs more than 64 bits.
    pub fn of_json(json: &serde_json::Value) -> Option<Self> {
        Some(match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Int(number.as_i64()?),
            serde_json::Value::String(text) => Self::String(text.clone()),
            serde_json::Value::Array(items) => {
                Self::Sequence(items.iter().map(Self::of_json).collect::<Option<_>>()?)
            }
            serde_json::Value::Object(map) => {
                let entries = map.iter().map(|(key, value)| Some((key.clone(), Self::of_json(value)?)));
                Self::Mapping(entries.collect::<Option<_>>()?)
            }
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
