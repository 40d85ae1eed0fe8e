//! Why operations are not carried out.

use std::fmt;

use crate::change::Clash;

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
