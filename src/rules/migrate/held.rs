//! Why an object stays where it is.

use std::fmt;
use std::ops::Range;

use crate::place::Place;

/// Why an object stays where it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    /// Nothing succeeds it; the words come from the table.
    NoSuccessor(String),
    /// A person has to decide about something in it first; its own findings say what.
    Undecided,
    /// Encrypted by SOPS.
    Sealed,
    /// It would not be valid: the range of the violation, the sentence, how many more there are, and whether it is
    /// valid now.
    Invalid { range: Range<usize>, what: String, more: usize, valid_now: bool },
    /// Something selects it by its version, or would do so after the move.
    Selected(&'static str, Place),
    /// Something that may select it cannot be read.
    Unread(String, Place),
    /// A merge patch whose object is not in this repository.
    NoBase,
    /// Another version of the same object is in one build with it.
    Twin(Place),
    /// Something that has to move with it stays: its name, its place, and what it does there.
    Together(String, Place, &'static str),
    /// It lies outside of the paths that may change.
    OutOfScope,
    /// Findings about it are ignored.
    Ignored,
    /// The text cannot be edited safely.
    Refused(String),
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |place: &Place| match place.end {
            0 => place.path.clone(),
            _ => format!("{}:{}", place.path, place.line),
        };
        match self {
            Self::NoSuccessor(why) => write!(f, "it is {why}"),
            Self::Undecided => f.write_str("something in it is for a person to decide"),
            Self::Sealed => f.write_str("it is encrypted by SOPS, an edit would break its checksum"),
            Self::Invalid { what, more, valid_now, .. } => {
                f.write_str(what)?;
                match more {
                    0 => {}
                    1 => f.write_str(", and one field more")?,
                    more => write!(f, ", and {more} fields more")?,
                }
                if *valid_now { Ok(()) } else { f.write_str("; it is not valid at its own version either") }
            }
            Self::Selected(what, place) => write!(f, "{what}, at {}", at(place)),
            Self::Unread(what, place) => write!(f, "{what}, at {}", at(place)),
            Self::NoBase => f.write_str("the object that it patches is not in this repository"),
            Self::Twin(place) => {
                write!(f, "the same object is at another version in one build with it, at {}", at(place))
            }
            Self::Together(with, place, what) => {
                write!(f, "it moves only together with {with} at {}, which {what}", at(place))
            }
            Self::OutOfScope => f.write_str("it lies outside of the paths that may change"),
            Self::Ignored => f.write_str("it is ignored"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}
