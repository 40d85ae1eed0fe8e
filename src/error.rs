//! What a failure is: a kind, a cause and hints.
//!
//! The kind gives the heading and the exit code in one place; a hint tells the remedy and is added where the
//! remedy is known. This module knows no word of Flux, YAML or Git.

use std::fmt;

/// Whose turn it is after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The words of the call are wrong: the user gives others.
    Usage,
    /// Something read is not what it must be: the user mends the input.
    Input,
    /// Going on could lose something, so nothing was done: the user decides.
    Refused,
    /// The system said no: permissions, space, a file that vanished.
    System,
    /// An invariant of this program does not hold: its developers mend it.
    Internal,
}

impl Kind {
    /// The word before the message.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Internal => "internal error",
            Self::Refused => "refused",
            Self::Usage | Self::Input | Self::System => "error",
        }
    }
}

/// A failure that ends the run with exit code 2.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
}

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of `kind`; `message` is a sentence without a final period.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new() }
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Whose turn it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What the user can do, in the order added.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Turns any cause into an [`Error`] of a kind, with a word on what was being done.
pub trait Context<T> {
    /// `what` names the deed and its object, e.g. "cannot read `apps/a.yaml`".
    fn context(self, kind: Kind, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, kind: Kind, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::new(kind, format!("{}: {cause}", what())))
    }
}
