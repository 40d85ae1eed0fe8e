#![doc = include_str!("wrong_api_group.md")]

use std::sync::Arc;

use crate::change::{Action, Change};
use crate::finding::{Confidence, Finding, Fix, Safety, Severity};
use crate::flux::Resource;
use crate::flux::resource::group_version;
use crate::rules::data::{self, Row};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};
use crate::yaml::{self, Operation};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "wrong-api-group",
        group: Group::Migrate,
        summary: "A Flux object is in a group that never had its kind",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("wrong_api_group.md"),
    },
    check: Check::Resource(check),
};

fn check(context: &Context<'_>, resource: &Resource) -> Vec<Finding> {
    let Some(row) = right(context, resource) else { return Vec::new() };
    if !(context.may_change)(context.index.file(resource).path) {
        return Vec::new();
    }
    let right = group_version(&row.group, &row.version);
    let fix =
        if context.options.modernize && !resource.sealed { fix(context, resource, &right) } else { None };
    let remedy = if fix.is_some() { "" } else { "; with --modernize it goes there" };
    let id = &resource.id;
    let message = format!("`{}` has no kind {}, which is in `{right}`{remedy}", id.group, id.kind);
    vec![Finding {
        subject: id.to_string(),
        fix: fix.map(Arc::new),
        ..RULE.meta.finding(message, context.index.place(resource.file, resource.api_version.clone()))
    }]
}

/// The version that is meant: of the only Flux group that has the kind, the same or else the newest.
fn right(context: &Context<'_>, resource: &Resource) -> Option<&'static Row> {
    let id = &resource.id;
    if !data::is_flux_group(&id.group)
        || data::rows().iter().any(|row| row.group == id.group && row.kind == id.kind)
    {
        return None;
    }
    let of_kind = |row: &&Row| row.kind == id.kind && row.renamed.is_none() && row.held.is_none();
    let mut groups: Vec<&str> = data::rows().iter().filter(of_kind).map(|row| &*row.group).collect();
    groups.dedup();
    let [group] = groups.as_slice() else { return None };
    data::row(group, &resource.version, &id.kind)
        .or_else(|| data::newest(group, &id.kind, context.options.target.flux()))
}

fn fix(context: &Context<'_>, resource: &Resource, right: &str) -> Option<Fix> {
    let file = context.index.file(resource);
    let operation = Operation::Replace { at: resource.route.key("apiVersion"), value: right.into() };
    let edits = yaml::edits(&file.text, &file.stream, &[(resource.document, operation)]).ok()?;
    let change = Change {
        path: file.path.to_owned(),
        action: Action::Modify(edits),
        reason: "Flux objects move to the group of their kind".to_owned(),
    };
    Some(Fix {
        title: "Move to the group of the kind".to_owned(),
        safety: Safety::Safe,
        changes: vec![change],
    })
}
