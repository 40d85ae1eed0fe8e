//! Reports for people.

use std::fmt::Write;

use super::{Counts, Migration};
use crate::finding::{Finding, Severity};
use crate::phrase::Count;
use crate::ui::{Label, Ui};

/// The whole report: what changes, what stays and why, what could not be read, and the summary.
pub fn migration(report: &Migration<'_>, ui: &Ui) -> String {
    let mut text = String::new();
    for finding in report.findings.iter().filter(|finding| finding.fix.is_some()) {
        change(&mut text, report, finding, ui);
    }
    let left = || report.findings.iter().filter(|finding| finding.fix.is_none());
    if left().next().is_some() && !text.is_empty() {
        text.push('\n');
    }
    for finding in left() {
        stays(&mut text, finding, ui);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text + &summary(report)
}

/// The two lines that every report ends with.
pub fn summary(report: &Migration<'_>) -> String {
    let Counts { changes, held_back, errors, files } = report.counts();
    let mut text = format!(
        "Flux {}: {} to move in {}, {held_back} held back, {}\n",
        report.target,
        Count(changes, "API version"),
        Count(files, "file"),
        Count(errors, "error"),
    );
    let _ = write!(
        text,
        "Coverage: {} seen, {} parsed, {files} with changes",
        Count(report.coverage.seen, "file"),
        report.parsed
    );
    for (reason, count) in report.skipped() {
        let _ = write!(text, ", {count} skipped ({reason})");
    }
    if report.unread > 0 {
        let _ = write!(text, ", {} without Flux not readable", report.unread);
    }
    text.push('\n');
    text
}

fn change(text: &mut String, report: &Migration<'_>, finding: &Finding, ui: &Ui) {
    let (old, new) = report.replacement(finding).unwrap_or_default();
    let old = ui.out_label(Label::Removed, &old);
    let new = ui.out_label(Label::Added, &new);
    let _ = writeln!(
        text,
        "{}:{}: {}: {old} → {new}, {}",
        finding.place.path, finding.place.line, finding.subject, finding.message
    );
}

fn stays(text: &mut String, finding: &Finding, ui: &Ui) {
    let label = match finding.severity {
        Severity::Error => Label::Error,
        Severity::Warning => Label::Warning,
        Severity::Hint => Label::Hint,
    };
    let word = ui.out_label(label, finding.severity.as_str());
    let subject = if finding.subject.is_empty() { String::new() } else { format!("{} ", finding.subject) };
    let id = ui.out_label(Label::Faint, &format!("[{}]", finding.rule));
    let _ = writeln!(
        text,
        "{}:{}: {word}: {subject}{} {id}",
        finding.place.path, finding.place.line, finding.message
    );
}
