//! Reports as workflow commands of GitHub Actions, which shows each beside the line it is about.
//!
//! Source: "Workflow commands for GitHub Actions" in GitHub's documentation for the commands, actions/toolkit
//! `packages/core/src/command.ts` for what is escaped.

use std::fmt::Write;

use super::Migration;
use crate::finding::{Finding, Severity};

/// One command for each finding. What the plan cures is a notice, whatever its severity.
pub fn annotations(report: &Migration<'_>) -> String {
    report.findings.iter().map(|finding| annotation(report, finding)).collect()
}

fn annotation(report: &Migration<'_>, finding: &Finding) -> String {
    let command = match finding.severity {
        _ if finding.fix.is_some() => "notice",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let place = &finding.place;
    let mut text =
        format!("::{command} file={},line={},endLine={}", property(&place.path), place.line, place.end_line);
    let mut sure = format!("{} confidence", finding.confidence.as_str());
    if place.line == place.end_line {
        let _ = write!(text, ",col={},endColumn={}", place.column, place.end_column);
    } else {
        // GitHub takes columns only where the range ends on the line that it begins on.
        sure = format!("{}, {sure}", place.range());
    }
    let message = data(&format!("{} ({sure})", report.sentence(finding)));
    let _ = writeln!(text, ",title={}::{message}", property(finding.rule));
    text
}

/// Text after the `::` that ends the properties.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
