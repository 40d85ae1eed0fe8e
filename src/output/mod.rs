//! Turns findings and plans into bytes.
//!
//! Does not know how they were computed, which exit code they give, or the disk.

pub mod advice;
pub mod bootstrap;
pub mod github;
pub mod json;
pub mod rules;
pub mod sarif;
pub mod summary;
pub mod text;
mod tree;

pub use tree::tree;

use crate::change::{Action, Edit};
use crate::finding::{Finding, Severity};
use crate::plan::Plan;
use crate::repo::{Coverage, Repo};

/// What a migration of API versions found and would do.
pub struct Migration<'a> {
    /// The Flux minor whose versions are written.
    pub target: String,
    /// What it read.
    pub repo: &'a Repo,
    /// What it would change.
    pub plan: &'a Plan,
    /// What it found, sorted.
    pub findings: &'a [Finding],
    /// How many files were parsed.
    pub parsed: usize,
    /// Paths of files without Flux that could not be read.
    pub unread: usize,
    /// The walk's own count, with everything that was left out and why.
    pub coverage: &'a Coverage,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings that the plan cures.
    pub changes: usize,
    /// Findings of warning level that it does not.
    pub held_back: usize,
    /// Findings of error level that it does not.
    pub errors: usize,
    /// Files that it changes.
    pub files: usize,
}

impl Migration<'_> {
    /// Counts what the report tells.
    pub fn counts(&self) -> Counts {
        let without_fix = |severity| {
            self.findings
                .iter()
                .filter(|finding| finding.fix.is_none() && finding.severity == severity)
                .count()
        };
        Counts {
            changes: self.findings.iter().filter(|finding| finding.fix.is_some()).count(),
            held_back: without_fix(Severity::Warning),
            errors: without_fix(Severity::Error),
            files: self.plan.len(),
        }
    }

    /// Files that were left out, counted by reason and sorted by it.
    fn skipped(&self) -> Vec<(&str, usize)> {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for skipped in &self.coverage.skipped {
            match reasons.iter_mut().find(|(reason, _)| *reason == skipped.reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((&skipped.reason, 1)),
            }
        }
        reasons.sort_unstable();
        reasons
    }

    /// What a finding says, with its object and, where one text takes the place of another, with both.
    pub fn sentence(&self, finding: &Finding) -> String {
        let message = match self.replacement(finding) {
            Some((old, new)) => format!("{old} → {new}, {}", finding.message),
            None => finding.message.clone(),
        };
        match (finding.subject.as_str(), &finding.fix) {
            ("", _) => message,
            (subject, Some(_)) => format!("{subject}: {message}"),
            (subject, None) => format!("{subject} {message}"),
        }
    }

    /// The text that `finding` is about and what takes its place; `None` where it has no fix, or one that does more than
    /// put a word in place of another.
    fn replacement(&self, finding: &Finding) -> Option<(String, String)> {
        let fix = finding.fix.as_ref()?;
        let edit =
            fix.changes.iter().filter(|change| change.path == finding.place.path).find_map(|change| {
                let Action::Modify(edits) = &change.action else { return None };
                edits.iter().find(|edit| edit.start == finding.place.start)
            })?;
        let file = self.repo.files.get(&finding.place.path)?;
        let old = old_text(&file.bytes, edit)?;
        let (old, new) = (unquoted(old), unquoted(&edit.text));
        let is_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        (is_word(old) && is_word(new)).then(|| (old.to_owned(), new.to_owned()))
    }
}

fn old_text<'b>(bytes: &'b [u8], edit: &Edit) -> Option<&'b str> {
    std::str::from_utf8(bytes.get(edit.range())?).ok()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}
