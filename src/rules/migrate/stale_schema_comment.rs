#![doc = include_str!("stale_schema_comment.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::data;
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::Operation;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "stale-schema-comment",
        group: Group::Migrate,
        summary: "A comment tells editors the schema of another API version than the object has",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("stale_schema_comment.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] =
    &[Transition { rule: RULE.meta.id, group: "", kinds: &[], steps: comments }];

/// What precedes the URL of the schema.
///
/// Source: redhat-developer/yaml-language-server `README.md`, "Using inlined schema".
const MARKER: &str = "$schema=";

fn comments(object: &Object<'_>, steps: &mut Steps) {
    if !object.moves() || !object.route.steps().is_empty() {
        return;
    }
    let before = |at: usize| at < object.node.start;
    let comments = object.document.comments.iter().enumerate();
    for (number, comment) in comments.filter(|(_, comment)| before(comment.range.start)) {
        let text = &object.text[comment.range.clone()];
        let Some(at) = text.find(MARKER).filter(|_| text.contains("yaml-language-server:")) else { continue };
        let at = at + MARKER.len();
        let url = text[at..].split_whitespace().next().unwrap_or_default();
        let range = comment.range.start + at..comment.range.start + at + url.len();
        match token(object, url) {
            Some(version) if version == object.to.version => {}
            Some(version) => {
                let replaced = url.replacen(version, &object.to.version, 1);
                let operation =
                    Operation::ReplaceInComment { comment: number, old: url.to_owned(), new: replaced };
                let message = format!("its schema comment names `{version}` and moves along");
                steps.change(range, message, vec![operation]);
            }
            None => steps.note(range, "its schema comment names no version of it that is known here"),
        }
    }
}

/// The one version of the object's kind that stands in `url` as a word of its own, where the kind does too.
fn token<'u>(object: &Object<'_>, url: &'u str) -> Option<&'u str> {
    let kind = object.id.kind.to_lowercase();
    let is_known =
        |word: &str| data::rows().iter().any(|row| row.kind == object.id.kind && row.version == word);
    let names_kind = url
        .to_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .any(|word| word == kind);
    let mut words =
        url.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| is_known(word));
    match (words.next(), words.next()) {
        (Some(version), None) if names_kind => Some(version),
        _ => None,
    }
}
