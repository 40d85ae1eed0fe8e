//! Reports in SARIF 2.1.0, which code scanning of GitHub and others reads.
//!
//! Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::Migration;
use crate::change::{Action, Change, Edit};
use crate::finding::{Finding, Fix, Severity};
use crate::place::Place;
use crate::repo::Repo;
use crate::rules::{self, Meta};

/// Where the schema of the format is.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The folder that every path starts from: the root of the work tree.
const ROOT: &str = "%SRCROOT%";
/// A fix with more edits than this is told with the first of the findings that share it; the log would grow with the
/// square of their number.
const MOST_EDITS: usize = 50;

/// The report as one SARIF log with a line break at its end.
///
/// # Panics
/// Never: the log holds only strings and numbers.
pub fn log(report: &Migration<'_>) -> String {
    let used: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    let rules: Vec<&Meta> = used.iter().filter_map(|id| rules::find(id)).map(|rule| &rule.meta).collect();
    let mut fixes = Fixes { repo: report.repo, sources: BTreeMap::new(), told: BTreeSet::new() };
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(report, finding, &rules, &mut fixes)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|meta| descriptor(meta)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the work tree"}}},
            "results": results,
            "properties": {"target": report.target},
        }],
    });
    serde_json::to_string_pretty(&log).expect("strings and numbers have a JSON form") + "\n"
}

fn descriptor(meta: &Meta) -> Value {
    json!({
        "id": meta.id,
        "shortDescription": {"text": meta.summary},
        "help": {"text": meta.explanation, "markdown": meta.explanation},
        "defaultConfiguration": {"level": level(meta.severity)},
    })
}

fn result(report: &Migration<'_>, finding: &Finding, rules: &[&Meta], fixes: &mut Fixes<'_>) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": report.sentence(finding)},
        "locations": [location(&finding.place)],
    });
    if let Some(index) = rules.iter().position(|meta| meta.id == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|(place, why)| {
            let mut location = location(place);
            location["message"] = json!({"text": why});
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = finding.fix.as_ref().and_then(|fix| fixes.of(fix)) {
        result["fixes"] = json!([fix]);
    }
    result["properties"] = json!({"confidence": finding.confidence.as_str()});
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn location(place: &Place) -> Value {
    json!({"physicalLocation": {"artifactLocation": artifact(&place.path), "region": region(place)}})
}

fn artifact(path: &str) -> Value {
    json!({"uri": encoded(path), "uriBaseId": ROOT})
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A path as a relative reference: RFC 3986, section 2.3 lists what stands for itself.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Fixes as SARIF tells them.
struct Fixes<'a> {
    repo: &'a Repo,
    /// The files met so far: reading one as text, and counting its lines, is for once.
    sources: BTreeMap<String, Option<Source<'a>>>,
    /// Large fixes that were told.
    told: BTreeSet<*const Fix>,
}

struct Source<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> Fixes<'a> {
    /// `None` where SARIF has no words for it, or a finding before has it.
    fn of(&mut self, fix: &Arc<Fix>) -> Option<Value> {
        let edits = |change: &Change| match &change.action {
            Action::Modify(edits) => edits.len(),
            Action::Create { .. } | Action::Delete => 1,
        };
        if fix.changes.iter().map(edits).sum::<usize>() > MOST_EDITS && !self.told.insert(Arc::as_ptr(fix)) {
            return None;
        }
        let changes: Option<Vec<Value>> = fix.changes.iter().map(|change| self.change(change)).collect();
        Some(json!({"description": {"text": fix.title}, "artifactChanges": changes?}))
    }

    fn change(&mut self, change: &Change) -> Option<Value> {
        let replacements = match &change.action {
            Action::Delete => return None,
            Action::Create { content, .. } => {
                let content = std::str::from_utf8(content).ok()?;
                vec![
                    json!({"deletedRegion": region(&Place::file(&change.path)), "insertedContent": {"text": content}}),
                ]
            }
            Action::Modify(edits) => {
                let source = self.source(&change.path)?;
                edits.iter().map(|edit| source.replacement(&change.path, edit)).collect()
            }
        };
        Some(json!({"artifactLocation": artifact(&change.path), "replacements": replacements}))
    }

    fn source(&mut self, path: &str) -> Option<&Source<'a>> {
        if !self.sources.contains_key(path) {
            let file = self.repo.files.get(path);
            let text = file.and_then(|file| std::str::from_utf8(&file.bytes).ok());
            let source = text.map(|text| {
                let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
                Source { text, line_starts: std::iter::once(0).chain(breaks).collect() }
            });
            self.sources.insert(path.to_owned(), source);
        }
        self.sources[path].as_ref()
    }
}

impl Source<'_> {
    fn replacement(&self, path: &str, edit: &Edit) -> Value {
        let place = Place::in_lines(path, self.text, &self.line_starts, edit.range());
        json!({"deletedRegion": region(&place), "insertedContent": {"text": edit.text}})
    }
}
