//! Why a folder cannot be built.

use std::fmt;

use crate::place::Place;

/// Why a folder cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where the reason stands, as far as it is known.
    pub place: Option<Place>,
    /// The reason, without a final period.
    pub message: String,
}

impl Failure {
    pub(super) fn at(place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{} ({}:{}:{})", self.message, place.path, place.line, place.column),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Failure {}
