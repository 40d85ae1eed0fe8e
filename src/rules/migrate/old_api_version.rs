#![doc = include_str!("old_api_version.md")]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::held::Held;
use super::moves::{Item, Moves};
use crate::change::{Action, Change, Edit};
use crate::finding::{Confidence, Finding, Fix, Safety, Severity};
use crate::flux::Index;
use crate::rules::data::{self, Row};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "old-api-version",
        group: Group::Migrate,
        summary: "A Flux object is at an older API version than the target serves",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("old_api_version.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let moves = Moves::new(context);
    let mut findings = Vec::new();
    for members in moves.groups().values() {
        let members: Vec<&Item> = members.iter().map(|&item| &moves.items[item]).collect();
        let fix = fix(context.index, &members);
        // What lies outside of the given paths is none of this run's business; what it holds back inside them is.
        let shown =
            members.iter().filter(|item| item.held != Some(Held::OutOfScope) && !outside(context, item));
        findings.extend(shown.map(|item| finding(context, item, fix.as_ref())));
    }
    findings
}

fn outside(context: &Context<'_>, item: &Item) -> bool {
    !(context.may_change)(context.index.file(&context.index.resources[item.resource]).path)
}

/// The edits of a group that moves together; `None` where it stays.
fn fix(index: &Index<'_>, members: &[&Item]) -> Option<Arc<Fix>> {
    if members.iter().any(|item| item.held.is_some()) {
        return None;
    }
    let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    for item in members {
        let path = index.file(&index.resources[item.resource]).path;
        edits.entry(path).or_default().extend(item.edits.iter().cloned());
    }
    let changes = edits.into_iter().map(|(path, edits)| modify(path, edits)).collect();
    let title = "Move to the API version of the target".to_owned();
    Some(Arc::new(Fix { title, safety: Safety::Safe, changes }))
}

fn modify(path: &str, edits: Vec<Edit>) -> Change {
    Change {
        path: path.to_owned(),
        action: Action::Modify(edits),
        reason: "Flux objects move to current API versions".to_owned(),
    }
}

fn finding(context: &Context<'_>, item: &Item, fix: Option<&Arc<Fix>>) -> Finding {
    let resource = &context.index.resources[item.resource];
    let range = match &item.held {
        Some(Held::Invalid { range, .. }) => range.clone(),
        _ => item.range.clone(),
    };
    Finding {
        rule: RULE.meta.id,
        severity: RULE.meta.severity,
        confidence: RULE.meta.confidence,
        subject: resource.id.to_string(),
        message: message(context, item),
        place: context.index.place(resource.file, range),
        related: Vec::new(),
        fix: fix.cloned(),
    }
}

fn message(context: &Context<'_>, item: &Item) -> String {
    let resource = &context.index.resources[item.resource];
    let from = resource.group_version();
    match (&item.held, item.is_pin) {
        (Some(held), false) => format!("stays at `{from}`: {held}"),
        (Some(held), true) => format!("the target of its patch keeps its version: {held}"),
        (None, true) => "the target of its patch moves with the objects that it selects".to_owned(),
        (None, false) => {
            let row = data::row(&resource.id.group, &resource.version, &resource.id.kind);
            format!("its API version {}", fate(row))
        }
    }
}

/// What becomes of an old version.
fn fate(row: Option<&Row>) -> String {
    match row.map(|row| (&row.renamed, row.removed, row.deprecated)) {
        Some((Some(group), ..)) => format!("is of a group that is called `{group}` since 2020"),
        Some((None, Some(removed), _)) => format!("is gone from Flux {removed} on"),
        Some((None, None, Some(deprecated))) => format!("is deprecated from Flux {deprecated} on"),
        _ => "is not the newest".to_owned(),
    }
}
