//! What is wrong, where, how surely, and which fix would cure it.
//!
//! Knows no rule, no output format and no configuration.

use std::sync::Arc;

use crate::change::Change;
use crate::place::Place;

/// How bad it is. Hints alone never make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Hint,
    /// Something is left to do.
    Warning,
    /// Something is broken or could not be read.
    Error,
}

impl Severity {
    /// The word that output formats print.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure the rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Depends on something outside the repository.
    Low,
    /// True in all but contrived cases.
    Medium,
    /// Follows from the files alone.
    High,
}

impl Confidence {
    /// The word that output formats print.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How much trust a fix deserves; the order is the enum order, so "is this allowed" is one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// Shown, never applied.
    Hint,
    /// May change what runs in a cluster: applied on request.
    Unsafe,
    /// Keeps the meaning.
    Safe,
}

/// A cure: changes to one or several files, and how safe they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative without a final period.
    pub title: String,
    /// How much trust it deserves.
    pub safety: Safety,
    /// What it changes; all of it or nothing.
    pub changes: Vec<Change>,
}

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule that made it.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// The object it is about, e.g. `HelmRelease apps/podinfo`; empty where it is about a file.
    pub subject: String,
    /// One sentence without a final period.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Other places that explain it, each with a word on why.
    pub related: Vec<(Place, String)>,
    /// The cure, where there is one; findings that only one cure mends together share it.
    pub fix: Option<Arc<Fix>>,
}

/// Brings findings into the order in which everyone sees them: path, offset, rule, message.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.place, a.rule, &a.message).cmp(&(&b.place, b.rule, &b.message)));
}
