//! What the migration rules say: a finding for each version and each field, one fix for all that moves together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::held::Held;
use super::item::Item;
use super::moves::Moves;
use super::step::{Effect, Step};
use super::{old_api_version, patch_at_old_version};
use crate::change::{Action, Change, Edit};
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::flux::{Index, Resource};
use crate::phrase::Count;
use crate::rules::data::{self, Row};
use crate::rules::{self, Context, Meta};

/// All findings of the rules that take part in a migration, unsorted.
pub(in crate::rules) fn find(context: &Context<'_>) -> Vec<Finding> {
    let moves = Moves::new(context);
    let groups: Vec<Vec<usize>> = moves.groups().into_values().collect();
    let mut findings: Vec<Finding> =
        groups.par_iter().flat_map_iter(|members| about_group(context, &moves, members)).collect();
    findings.extend(later(context, &moves));
    findings.extend(patch_at_old_version::left(context, &moves));
    findings
}

/// The findings about items that move together.
fn about_group(context: &Context<'_>, moves: &Moves, members: &[usize]) -> Vec<Finding> {
    let members: Vec<&Item> = members.iter().map(|&item| &moves.items[item]).collect();
    let fix = fix(context.index, &members);
    // What lies outside of the given paths is none of this run's business; what it holds back inside them is.
    let shown = members.iter().filter(|item| !is_silent(item) && !outside(context, item));
    shown.flat_map(|item| about(context, item, fix.as_ref())).collect()
}

fn is_silent(item: &Item) -> bool {
    matches!(item.held, Some(Held::OutOfScope | Held::Ignored))
}

fn outside(context: &Context<'_>, item: &Item) -> bool {
    !(context.may_change)(context.index.files[item.site.file].path)
}

/// The edits of a group that moves together; `None` where it stays.
fn fix(index: &Index<'_>, members: &[&Item]) -> Option<Arc<Fix>> {
    if members.iter().any(|item| item.held.is_some()) {
        return None;
    }
    let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    for item in members {
        let path = index.files[item.site.file].path;
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

/// The findings about one item.
fn about(context: &Context<'_>, item: &Item, fix: Option<&Arc<Fix>>) -> Vec<Finding> {
    let Some(resource) = item.resource().map(|resource| &context.index.resources[resource]) else {
        return vec![patch_at_old_version::moving(context, item, fix)];
    };
    let version = &old_api_version::RULE.meta;
    let undecided = item.held == Some(Held::Undecided);
    let mut findings = Vec::new();
    if let Some(message) = version_message(resource, item).filter(|_| !undecided) {
        let range = match &item.held {
            Some(Held::Invalid { range, .. }) => range.clone(),
            _ => item.range.clone(),
        };
        findings.push(finding(context, resource, version, version.severity, (range, message), fix.cloned()));
    }
    let steps = item.steps.iter().filter_map(|step| about_step(context, resource, item, step, fix));
    findings.extend(steps);
    findings
}

/// What is left for the time after the upgrade of Flux: a finding for each version that a cluster does not serve.
fn later(context: &Context<'_>, moves: &Moves) -> Vec<Finding> {
    let mut behind: BTreeMap<(&str, String), Vec<&Item>> = BTreeMap::new();
    for item in moves.items.iter().filter(|item| !is_silent(item) && !outside(context, item)) {
        let cluster = item.resource().and_then(|resource| moves.behind.get(&resource));
        if let (Some(cluster), Some(beyond)) = (cluster, item.beyond) {
            behind.entry((cluster, beyond.to_string())).or_default().push(item);
        }
    }
    let meta = &old_api_version::RULE.meta;
    let mut findings = Vec::new();
    for ((cluster, _), items) in behind {
        let (Some(first), Some(row)) = (items.first(), items.first().and_then(|item| item.beyond)) else {
            continue;
        };
        let message = format!(
            "{cluster} does not serve {row}, which {} here would become; run this again when Flux {} runs there",
            Count(items.len(), "object"),
            row.introduced.map(|flux| flux.to_string()).unwrap_or_default()
        );
        let place = |item: &Item| context.index.place(item.site.file, item.range.clone());
        findings.push(Finding {
            severity: Severity::Hint,
            related: items[1..].iter().map(|item| (place(item), "the same".to_owned())).collect(),
            ..meta.finding(message, place(first))
        });
    }
    findings
}

fn about_step(
    context: &Context<'_>,
    resource: &Resource,
    item: &Item,
    step: &Step,
    fix: Option<&Arc<Fix>>,
) -> Option<Finding> {
    let meta = &rules::find(step.rule)?.meta;
    let range = step.range.clone();
    let (severity, message, fix) = match (&step.effect, &item.held) {
        (Effect::Human | Effect::Broken, Some(Held::Undecided)) => {
            let stays = item.to.map(|_| format!("stays at `{}`: ", resource.group_version()));
            (Severity::Warning, format!("{}{}", stays.unwrap_or_default(), step.message), None)
        }
        (Effect::Change(_), None) => (meta.severity, step.message.clone(), fix.cloned()),
        // The version says why the object stays; one whose version stays anyway has only its fields to say it.
        (Effect::Change(_), Some(held)) if item.to.is_none() => {
            (meta.severity, format!("{}, but the object stays as it is: {held}", step.message), None)
        }
        (Effect::Note, None) => (Severity::Hint, step.message.clone(), None),
        _ => return None,
    };
    Some(finding(context, resource, meta, severity, (range, message), fix))
}

fn finding(
    context: &Context<'_>,
    resource: &Resource,
    meta: &Meta,
    severity: Severity,
    (range, message): (Range<usize>, String),
    fix: Option<Arc<Fix>>,
) -> Finding {
    let place = context.index.place(resource.file, range);
    Finding { severity, subject: resource.id.to_string(), fix, ..meta.finding(message, place) }
}

/// What there is to say about the version; `None` where it stays as it shall.
fn version_message(resource: &Resource, item: &Item) -> Option<String> {
    let from = resource.group_version();
    let row = data::row(&resource.id.group, &resource.version, &resource.id.kind);
    match &item.held {
        None => item.to.map(|_| format!("its API version {}", fate(row))),
        Some(held) => (item.to.is_some() || item.steps.is_empty() && item.beyond.is_none())
            .then(|| format!("stays at `{from}`: {held}")),
    }
}

/// What becomes of an old version.
fn fate(row: Option<&Row>) -> String {
    match row.map(|row| (&row.renamed, row.removed, row.deprecated)) {
        Some((Some(group), ..)) => format!("is of a group that has been called `{group}` since 2020"),
        Some((None, Some(removed), _)) => format!("is gone from Flux {removed} on"),
        Some((None, None, Some(deprecated))) => format!("is deprecated from Flux {deprecated} on"),
        _ => "is not the newest".to_owned(),
    }
}
