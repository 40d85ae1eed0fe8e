//! Reports for people.

use std::fmt::Write;

use super::summary::{by_rule, table};
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
    text + &summary(report, ui)
}

/// What every report ends with: the rules that found something, and two lines of counts.
pub fn summary(report: &Migration<'_>, ui: &Ui) -> String {
    let Counts { changes, held_back, errors, files } = report.counts();
    let mut text = table(&by_rule(report.findings), ui);
    let _ = writeln!(
        text,
        "Flux {}: {} in {}, {held_back} held back, {}",
        report.target,
        Count(changes, "change"),
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
    let moved = report.replacement(finding).map(|(old, new)| {
        let (old, new) = (ui.out_label(Label::Removed, &old), ui.out_label(Label::Added, &new));
        format!("{old} → {new}, ")
    });
    let subject = if finding.subject.is_empty() { String::new() } else { format!("{}: ", finding.subject) };
    let moved = moved.unwrap_or_default();
    let _ = writeln!(text, "{}: {subject}{moved}{} {}", at(finding), finding.message, tail(finding, ui));
}

fn stays(text: &mut String, finding: &Finding, ui: &Ui) {
    let label = match finding.severity {
        Severity::Error => Label::Error,
        Severity::Warning => Label::Warning,
        Severity::Hint => Label::Hint,
    };
    let word = ui.out_label(label, finding.severity.as_str());
    // The message is what the subject does, or a sentence of its own.
    let is_verb = ["stays ", "goes ", "keeps "].iter().any(|verb| finding.message.starts_with(verb));
    let subject = match (finding.subject.is_empty(), is_verb) {
        (true, _) => String::new(),
        (false, true) => format!("{} ", finding.subject),
        (false, false) => format!("{}: ", finding.subject),
    };
    let _ = writeln!(text, "{}: {word}: {subject}{} {}", at(finding), finding.message, tail(finding, ui));
}

fn at(finding: &Finding) -> String {
    format!("{}:{}", finding.place.path, finding.place.range())
}

/// Which rule says so, and how sure it is.
fn tail(finding: &Finding, ui: &Ui) -> String {
    let tail = format!("[{}, {} confidence]", finding.rule, finding.confidence.as_str());
    ui.out_label(Label::Faint, &tail)
}
