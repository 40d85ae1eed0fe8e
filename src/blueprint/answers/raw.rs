//! A given value before it is checked: what it is, and where it was given.

use std::fmt;

use crate::place::Place;
use crate::yaml::{Node, NodeKind, Scalar};

/// The place of what was typed at a prompt.
pub(super) const TYPED: &str = "";
/// The place of what nobody answered.
pub(super) const DEFAULT: &str = "by default";

/// The text that says that there is nothing, where nothing is an answer.
const NONE: &str = "none";
/// A key without a value.
const EMPTY: &str = "empty";

/// A value with the place it comes from.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) value: RawValue,
    /// `answers.yaml:3:9`, `--set`, [`TYPED`] or [`DEFAULT`].
    pub(super) place: String,
}

/// What was given.
#[derive(Clone, Debug)]
pub(super) enum RawValue {
    Text(String),
    /// A truth value and how it is written.
    Bool(bool, String),
    /// A number as written.
    Number(String),
    List(Vec<Raw>),
    Map(Vec<Field>),
    /// What no question takes, in words.
    Other(&'static str),
}

/// An entry of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) key_place: String,
    pub(super) value: Raw,
}

/// Why a given value is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Question and the way into its answer, e.g. `clusters[0].name`.
    pub(super) key: String,
    pub(super) place: String,
    /// Goes on after the key: `is `local`, which is reserved`.
    pub(super) message: String,
    /// What would be taken.
    pub(super) accepted: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "`{}` {}; accepted: {}", self.key, self.message, self.accepted)
    }
}

impl Raw {
    /// A text typed at a prompt or given as an argument.
    pub(super) fn text(text: &str, place: &str) -> Self {
        Self { value: RawValue::Text(text.trim().to_owned()), place: place.to_owned() }
    }

    /// The value of `node`, which stands in the file `name` with the content `text`.
    pub(super) fn read(node: &Node, name: &str, text: &str) -> Self {
        let value = match &node.kind {
            NodeKind::Mapping { entries, .. } => RawValue::Map(
                entries
                    .iter()
                    .map(|entry| Field {
                        key: entry.key_text().unwrap_or_default().to_owned(),
                        key_place: place(&entry.key, name, text),
                        value: Self::read(&entry.value, name, text),
                    })
                    .collect(),
            ),
            NodeKind::Sequence { items, .. } => {
                RawValue::List(items.iter().map(|item| Self::read(item, name, text)).collect())
            }
            NodeKind::Alias { .. } => RawValue::Other("an alias"),
            NodeKind::Scalar { text, .. } => match node.scalar() {
                Some(Scalar::String(text)) => RawValue::Text(text.into_owned()),
                Some(Scalar::Bool(value)) => RawValue::Bool(value, text.to_string()),
                Some(Scalar::Int(_) | Scalar::Float(_)) => RawValue::Number(text.to_string()),
                _ => RawValue::Other(EMPTY),
            },
        };
        Self { value, place: place(node, name, text) }
    }

    /// What it is, for messages.
    pub(super) fn kind(&self) -> String {
        match &self.value {
            RawValue::Text(text) => format!("the text `{text}`"),
            RawValue::Bool(_, written) => format!("the truth value `{written}`; as a text it needs quotes"),
            RawValue::Number(number) => format!("the number `{number}`; as a text it needs quotes"),
            RawValue::List(_) => "a list".into(),
            RawValue::Map(_) => "a mapping".into(),
            RawValue::Other(what) => (*what).into(),
        }
    }

    /// The same with a text alone, unless that may hold a credential.
    pub(super) fn shown(&self) -> String {
        match &self.value {
            RawValue::Text(text) if text.contains(['@', '?']) => "given".to_owned(),
            RawValue::Text(text) => format!("`{text}`"),
            _ => self.kind(),
        }
    }

    /// The text, or the problem that there is none.
    pub(super) fn expect_text(&self, key: &str, accepted: &str) -> Result<&str, Problem> {
        match &self.value {
            RawValue::Text(text) if text.is_empty() => Err(self.problem(key, "is empty", accepted)),
            RawValue::Text(text) => Ok(text),
            _ => Err(self.problem(key, format!("is {}", self.kind()), accepted)),
        }
    }

    /// The text, which may be empty, or the problem that it is something else; nothing at all is an empty text.
    pub(super) fn expect_any_text(&self, key: &str, accepted: &str) -> Result<&str, Problem> {
        match &self.value {
            RawValue::Text(text) => Ok(text),
            RawValue::Other(EMPTY) => Ok(""),
            _ => Err(self.problem(key, format!("is {}", self.kind()), accepted)),
        }
    }

    /// The same where `none` stands for nothing too.
    pub(super) fn expect_text_or_none(&self, key: &str, accepted: &str) -> Result<&str, Problem> {
        if self.is_nothing() { Ok("") } else { self.expect_any_text(key, accepted) }
    }

    /// Whether it says that there is nothing.
    pub(super) fn is_nothing(&self) -> bool {
        match &self.value {
            RawValue::Text(text) => text.is_empty() || text == NONE,
            RawValue::List(items) => items.is_empty(),
            RawValue::Other(what) => *what == EMPTY,
            _ => false,
        }
    }

    /// A problem with this value.
    pub(super) fn problem(&self, key: &str, message: impl Into<String>, accepted: &str) -> Problem {
        Problem {
            key: key.into(),
            place: self.place.clone(),
            message: message.into(),
            accepted: accepted.into(),
        }
    }
}

fn place(node: &Node, name: &str, text: &str) -> String {
    let place = Place::new(name, text, node.range.clone());
    format!("{}:{}:{}", place.path, place.line, place.column)
}

impl Problem {
    /// The key of the question that it belongs to.
    pub(super) fn question(&self) -> &str {
        self.key.split('[').next().unwrap_or_default()
    }
}

/// ` (did you mean …?)` where `corrected` is good, else nothing.
pub(super) fn proposal(corrected: &str, good: bool) -> String {
    if good { format!(" (did you mean `{corrected}`?)") } else { String::new() }
}

/// ` (did you mean …?)` where one of `known` is near to `given`, else nothing.
pub(super) fn nearest(given: &str, known: &[&str]) -> String {
    let near = known.iter().map(|name| (strsim::jaro_winkler(given, name), *name));
    match near.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((likeness, name)) if likeness > 0.8 => format!(" (did you mean `{name}`?)"),
        _ => String::new(),
    }
}
