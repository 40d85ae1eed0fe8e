//! Reports for programs: a versioned envelope. Fields may be added under the same version, none is taken away.

use serde::Serialize;

use super::Migration;
use super::summary::{RuleCount, by_rule};
use crate::finding::Finding;
use crate::place::Place;

/// Version of the envelope.
pub(super) const API_VERSION: &str = "flux-forge/v1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    api_version: &'a str,
    kind: &'a str,
    target: &'a str,
    changes: Vec<Change<'a>>,
    findings: Vec<Found<'a>>,
    /// The rules with changes or findings, by id.
    summary: Vec<RuleCount>,
    counts: Counts<'a>,
}

/// A finding that the plan cures.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    rule: &'a str,
    confidence: &'a str,
    #[serde(flatten)]
    place: Location<'a>,
    object: &'a str,
    /// With `to`: the word that is replaced, where the change is that of one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    reason: &'a str,
}

/// A finding that is left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    rule: &'a str,
    severity: &'a str,
    confidence: &'a str,
    #[serde(flatten)]
    place: Location<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    object: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts<'a> {
    changes: usize,
    held_back: usize,
    errors: usize,
    files_seen: usize,
    files_parsed: usize,
    files_changed: usize,
    files_without_flux_unread: usize,
    files_skipped: Vec<Skipped<'a>>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    reason: &'a str,
    count: usize,
}

/// The report as one JSON document with a line break at its end.
///
/// # Panics
/// Never: the envelope holds only strings and numbers.
pub fn migration(report: &Migration<'_>) -> String {
    let counts = report.counts();
    let skipped = report.skipped().into_iter().map(|(reason, count)| Skipped { reason, count }).collect();
    let envelope = Envelope {
        api_version: API_VERSION,
        kind: "ApiMigration",
        target: &report.target,
        changes: report
            .findings
            .iter()
            .filter(|finding| finding.fix.is_some())
            .map(|finding| change(report, finding))
            .collect(),
        findings: report.findings.iter().filter(|finding| finding.fix.is_none()).map(found).collect(),
        summary: by_rule(report.findings),
        counts: Counts {
            changes: counts.changes,
            held_back: counts.held_back,
            errors: counts.errors,
            files_seen: report.coverage.seen,
            files_parsed: report.parsed,
            files_changed: counts.files,
            files_without_flux_unread: report.unread,
            files_skipped: skipped,
        },
    };
    let json = serde_json::to_string_pretty(&envelope).expect("strings and numbers have a JSON form");
    json + "\n"
}

fn change<'a>(report: &Migration<'a>, finding: &'a Finding) -> Change<'a> {
    let (from, to) = report.replacement(finding).unzip();
    Change {
        rule: finding.rule,
        confidence: finding.confidence.as_str(),
        place: location(&finding.place),
        object: &finding.subject,
        from,
        to,
        reason: &finding.message,
    }
}

fn found(finding: &Finding) -> Found<'_> {
    Found {
        rule: finding.rule,
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        place: location(&finding.place),
        object: &finding.subject,
        message: &finding.message,
    }
}

fn location(place: &Place) -> Location<'_> {
    Location {
        path: &place.path,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    }
}
