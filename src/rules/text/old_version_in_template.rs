#![doc = include_str!("old_version_in_template.md")]

use std::ops::Range;
use std::sync::Arc;

use super::token::{Token, tokens};
use crate::change::{Action, Change, Edit};
use crate::finding::{Confidence, Finding, Fix, Safety, Severity};
use crate::flux::resource::group_version;
use crate::phrase::{Count, Literal};
use crate::place::Place;
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "old-version-in-template",
        group: Group::Text,
        summary: "A template writes a Flux object at an old API version (replaced by `--templates`)",
        severity: Severity::Warning,
        confidence: Confidence::Low,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("old_version_in_template.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let texts = context.index.texts.iter();
    for file in texts.filter(|file| !is_markdown(file.path) && (context.may_change)(file.path)) {
        let whole = 0..file.text.len();
        findings.extend(about(context, file.path, file.text, &[whole]));
    }
    // A broken document of a manifest is an error of its own; it is only a template when one asks for these.
    for file in context.index.files.iter().filter(|_| context.options.templates) {
        let parts = templates(&file.stream, &file.text);
        if file.host.is_none() && !file.sealed && !parts.is_empty() && (context.may_change)(file.path) {
            findings.extend(about(context, file.path, &file.text, &parts));
        }
    }
    findings
}

/// Whether the file at `path` is documentation.
pub(super) fn is_markdown(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    end.eq_ignore_ascii_case("md") || end.eq_ignore_ascii_case("markdown")
}

/// The documents that no YAML reader reads since they are templates.
fn templates(stream: &crate::yaml::Stream<'_>, text: &str) -> Vec<Range<usize>> {
    let documents = stream.documents.iter().enumerate().filter(|(_, document)| document.root.is_err());
    let parts = documents.map(|(at, document)| {
        let next = stream.documents.get(at + 1).map_or(text.len(), |next| next.range.start);
        document.range.start.min(next)..next
    });
    parts.filter(|part| text[part.clone()].contains("{{") || text[part.clone()].contains("{%")).collect()
}

/// The findings about `parts` of the text at `path`.
fn about(context: &Context<'_>, path: &str, text: &str, parts: &[Range<usize>]) -> Vec<Finding> {
    let found = parts.iter().flat_map(|part| tokens(text, part.clone()));
    let found: Vec<Token> = found.filter(|token| !token.commented && token.is_old(context)).collect();
    let Some(first) = found.first() else { return Vec::new() };
    if !context.options.templates {
        let count = Count(found.len(), "old API version");
        let message = format!(
            "a template writes {count} of Flux objects, which stay as they are; `--templates` replaces versions"
        );
        return vec![Finding { severity: Severity::Hint, ..finding(path, text, first, message, None) }];
    }
    let edits: Vec<Edit> = found
        .iter()
        .filter_map(|token| {
            let row = token.successor(context)?;
            Some(Edit::replace(token.range.clone(), group_version(&row.group, &row.version)))
        })
        .collect();
    let reason = "Flux objects in a template move to current API versions".to_owned();
    let change = Change { path: path.to_owned(), action: Action::Modify(edits), reason };
    let title = "Replace the version in the template".to_owned();
    let fix = Arc::new(Fix { title, safety: Safety::Safe, changes: vec![change] });
    found
        .iter()
        .map(|token| {
            let written = group_version(&token.group, &token.version);
            let (message, fix) = match &token.kind {
                Some(kind) => {
                    let kind = Literal(kind);
                    let message = format!(
                        "a template writes it for a {kind}; only the version is replaced, check the fields"
                    );
                    (message, Some(Arc::clone(&fix)))
                }
                None => (
                    format!("`{written}` in a template stays as it is: the kind beside it cannot be told"),
                    None,
                ),
            };
            finding(path, text, token, message, fix)
        })
        .collect()
}

fn finding(path: &str, text: &str, token: &Token, message: String, fix: Option<Arc<Fix>>) -> Finding {
    Finding { fix, ..RULE.meta.finding(message, Place::new(path, text, token.range.clone())) }
}
