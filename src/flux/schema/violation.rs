//! What a check can find, and the sentence for it.

use std::fmt;
use std::ops::Range;

use super::Pattern;
use crate::phrase::{Count, List, Literal};
use crate::yaml::Route;

/// A value that the schema of its object does not accept. Displayed as a sentence without a final period.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The object's kind and version as messages name it.
    pub subject: String,
    /// Where: the field itself, also where it is missing.
    pub route: Route,
    /// Bytes of the key of an undeclared field, of the mapping that lacks a field, else of the value.
    pub range: Range<usize>,
    /// What is wrong.
    pub kind: ViolationKind,
}

/// What is wrong with a value. No variant but [`ViolationKind::Forbidden`] repeats the value, since it may be a
/// secret; enumerated fields never hold one.
#[derive(Clone, Debug, PartialEq)]
pub enum ViolationKind {
    /// The schema has no such field: server-side apply refuses the object.
    Undeclared {
        /// The key.
        name: String,
        /// The declared field with the most similar name.
        suggestion: Option<String>,
    },
    /// A value of another type.
    WrongType {
        /// What the schema asks for.
        expected: Type,
        /// What stands there.
        found: Type,
    },
    /// None of the enumerated texts.
    Forbidden {
        /// What stands there.
        value: String,
        /// What is accepted, in the order of the schema.
        accepted: Vec<String>,
    },
    /// A text that the pattern does not match.
    Pattern {
        /// The pattern.
        pattern: Pattern,
    },
    /// A required field that is not there or null.
    Missing {
        /// The field.
        name: String,
    },
    /// Too few characters or items.
    TooShort {
        /// How many there are.
        found: usize,
        /// How many there must be at least.
        least: usize,
        /// Of what.
        unit: Unit,
    },
    /// Too many characters or items.
    TooLong {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
        /// Of what.
        unit: Unit,
    },
    /// A number below its least value.
    TooSmall {
        /// The least value.
        least: i64,
    },
    /// A number above its greatest value.
    TooLarge {
        /// The greatest value.
        most: i64,
    },
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Characters of a string.
    Characters,
    /// Items of a list.
    Items,
}

/// The type of a value, in the words of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Null.
    Null,
    /// A boolean.
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A string.
    String,
    /// A whole number or a string; only expected, never found.
    IntegerOrString,
    /// A list.
    Array,
    /// A mapping.
    Object,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, route, kind, .. } = self;
        if route.steps().is_empty() {
            f.write_str("the document")?;
        } else {
            write!(f, "`{route}`")?;
        }
        match kind {
            ViolationKind::Undeclared { suggestion, .. } => {
                write!(f, " is not a field of {subject}")?;
                suggestion.iter().try_for_each(|name| write!(f, "; the most similar field is `{name}`"))
            }
            ViolationKind::WrongType { expected, found } => {
                write!(f, " of {subject} must be {expected}, but is {found}")
            }
            ViolationKind::Forbidden { value, accepted } => {
                let accepted: Vec<_> = accepted.iter().map(Literal).collect();
                write!(f, " of {subject} is `{value}`; accepted: {}", List(&accepted, "or"))
            }
            ViolationKind::Pattern { pattern } => {
                write!(f, " of {subject} does not match `{}`", pattern.as_str())
            }
            ViolationKind::Missing { .. } => write!(f, " is required by {subject}"),
            ViolationKind::TooShort { found, least, unit } => {
                write!(f, " of {subject} has {}, but needs at least {least}", counted(*found, *unit))
            }
            ViolationKind::TooLong { found, most, unit } => {
                write!(f, " of {subject} has {}, but may have {most} at most", counted(*found, *unit))
            }
            ViolationKind::TooSmall { least } => write!(f, " of {subject} must be {least} or more"),
            ViolationKind::TooLarge { most } => write!(f, " of {subject} must be {most} or less"),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::IntegerOrString => "an integer or a string",
            Self::Array => "a list",
            Self::Object => "an object",
        })
    }
}

fn counted(number: usize, unit: Unit) -> Count {
    Count(
        number,
        match unit {
            Unit::Characters => "character",
            Unit::Items => "item",
        },
    )
}
