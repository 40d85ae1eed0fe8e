//! What becomes of each thing that an installation holds: the accounting.

use std::fmt;

use super::limit::Limit;
use crate::place::Place;

/// One thing of an installation, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is, e.g. `spec.interval: 5m0s of GitRepository flux-system`.
    pub subject: String,
    /// Where it is written.
    pub place: Place,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// A failure: a row that a person has to decide first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held(Box<Row>);

impl Held {
    /// A thing at `place` that cannot be taken over, and why.
    pub fn new(subject: impl Into<String>, place: Place, limit: Limit, why: impl Into<String>) -> Self {
        Self(Box::new(Row::new(subject, place, Outcome::Human(limit, why.into()))))
    }

    /// Its row.
    pub fn into_row(self) -> Row {
        *self.0
    }
}

/// What becomes of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A field of the FluxInstance says it.
    Field(String),
    /// A patch of the FluxInstance brings it about; the reason why a field cannot, or what was changed in the patch.
    Patch(String),
    /// It goes to another file as it is.
    Moved(String),
    /// It is not needed any more, for this reason.
    Dropped(String),
    /// A person has to decide: the FluxInstance cannot say it.
    Human(Limit, String),
}

impl Row {
    /// A row.
    pub fn new(subject: impl Into<String>, place: Place, outcome: Outcome) -> Self {
        Self { subject: subject.into(), place, outcome }
    }

    /// Why a person has to decide first, if so.
    pub const fn limit(&self) -> Option<Limit> {
        match self.outcome {
            Outcome::Human(limit, _) => Some(limit),
            _ => None,
        }
    }

    /// Whether a person has to decide first.
    pub const fn blocks(&self) -> bool {
        matches!(self.outcome, Outcome::Human(..))
    }
}

impl Outcome {
    /// The word for it in every report.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Field(_) => "field",
            Self::Patch(_) => "patch",
            Self::Moved(_) => "moved",
            Self::Dropped(_) => "dropped",
            Self::Human(..) => "decide",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(text) | Self::Patch(text) | Self::Dropped(text) => f.write_str(text),
            Self::Moved(path) => write!(f, "to `{path}`"),
            Self::Human(limit, text) => write!(f, "{text} ({})", limit.id()),
        }
    }
}
