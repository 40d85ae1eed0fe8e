//! A document as the JSON value that Kubernetes makes of it: aliases followed, merge keys applied.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use super::document::{Document, Entry, Node, NodeKind, Problem};
use super::scalar::Scalar;

/// How many values one document may have once its aliases are followed: more than any manifest has, and few enough to
/// stay clear of aliases that multiply each other.
const MOST_VALUES: usize = 1_000_000;

impl Document<'_> {
    /// The document's value; `None` where it has no content.
    ///
    /// Fails where it could not be parsed, where an alias has no anchor before it, where a number has no JSON form, and
    /// where aliases multiply beyond a million values.
    pub fn to_json(&self) -> Result<Option<Value>, Problem> {
        self.to_json_with(&|_| None)
    }

    /// The same for a reader whose scalars are others: `other` says what such a scalar is, be it a value or a key.
    pub fn to_json_with(&self, other: Other<'_>) -> Result<Option<Value>, Problem> {
        let root = self.root.as_ref().map_err(Clone::clone)?;
        root.as_ref().map(|node| Reader::new(other).value(node)).transpose()
    }
}

impl Node<'_> {
    /// The node's value, as [`Document::to_json`] gives it; anchors outside of the node are not known.
    pub fn to_json(&self) -> Result<Value, Problem> {
        Reader::new(&|_| None).value(self)
    }
}

/// What a scalar is, where that is not what Kubernetes takes it for.
type Other<'o> = &'o dyn Fn(&Node<'_>) -> Option<Value>;

struct Reader<'n, 't, 'o> {
    anchors: HashMap<&'n str, &'n Node<'t>>,
    values: usize,
    other: Other<'o>,
}

impl<'n, 't, 'o> Reader<'n, 't, 'o> {
    fn new(other: Other<'o>) -> Self {
        Self { anchors: HashMap::new(), values: 0, other }
    }

    fn value(&mut self, node: &'n Node<'t>) -> Result<Value, Problem> {
        self.values += 1;
        if self.values > MOST_VALUES {
            let message = format!("its aliases make more than {MOST_VALUES} values of it");
            return Err(Problem { message, offset: node.start });
        }
        let value = match &node.kind {
            NodeKind::Scalar { .. } => match (self.other)(node) {
                Some(value) => value,
                None => scalar(node)?,
            },
            NodeKind::Sequence { items, .. } => {
                items.iter().map(|item| self.value(item)).collect::<Result<_, _>>().map(Value::Array)?
            }
            NodeKind::Mapping { entries, .. } => self.mapping(entries).map(Value::Object)?,
            NodeKind::Alias { name } => {
                let anchored = self.anchored(name, node.start)?;
                self.value(anchored)?
            }
        };
        // An anchor can be used behind its node only, so no alias leads into itself.
        if let Some(anchor) = node.anchor() {
            self.anchors.insert(anchor, node);
        }
        Ok(value)
    }

    fn anchored(&self, name: &str, offset: usize) -> Result<&'n Node<'t>, Problem> {
        let unknown = || Problem { message: format!("the alias `*{name}` has no anchor before it"), offset };
        self.anchors.get(name).copied().ok_or_else(unknown)
    }

    /// Keys written in the mapping win over those that it merges in, and the first of several merged ones wins.
    fn mapping(&mut self, entries: &'n [Entry<'t>]) -> Result<Map<String, Value>, Problem> {
        let mut map = Map::new();
        let mut merged = Vec::new();
        for entry in entries {
            if is_merge(entry) {
                merged.push(&entry.value);
            } else {
                let key = match (self.other)(&entry.key) {
                    Some(Value::String(key)) => key,
                    _ => key(entry)?.into_owned(),
                };
                map.insert(key, self.value(&entry.value)?);
            }
        }
        for node in merged {
            let sources = match &node.kind {
                NodeKind::Sequence { items, .. } => items.iter().collect(),
                _ => vec![node],
            };
            for source in sources {
                let Value::Object(source_map) = self.value(source)? else {
                    let message = "a merge key brings something that is no mapping".to_owned();
                    return Err(Problem { message, offset: source.start });
                };
                for (key, value) in source_map {
                    map.entry(key).or_insert(value);
                }
            }
        }
        Ok(map)
    }
}

fn is_merge(entry: &Entry<'_>) -> bool {
    entry.key.as_str() == Some("<<") && entry.key.range.len() == "<<".len()
}

/// Keys of other types become the text that Kubernetes makes of them.
fn key<'n>(entry: &'n Entry<'_>) -> Result<Cow<'n, str>, Problem> {
    let unreadable = || Problem { message: "a key is no text".to_owned(), offset: entry.start };
    match entry.key.scalar().ok_or_else(unreadable)? {
        Scalar::String(text) => Ok(text),
        Scalar::Bool(value) => Ok(Cow::Owned(value.to_string())),
        Scalar::Int(value) => Ok(Cow::Owned(value.to_string())),
        Scalar::Null | Scalar::Float(_) => entry.key_text().map(Cow::Borrowed).ok_or_else(unreadable),
    }
}

fn scalar(node: &Node<'_>) -> Result<Value, Problem> {
    let no_form = || Problem { message: "a number has no JSON form".to_owned(), offset: node.start };
    Ok(match node.scalar().ok_or_else(no_form)? {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Int(value) => Value::Number(Number::from_i128(value).ok_or_else(no_form)?),
        Scalar::Float(value) => Value::Number(Number::from_f64(value).ok_or_else(no_form)?),
        Scalar::String(text) => Value::String(text.into_owned()),
    })
}
