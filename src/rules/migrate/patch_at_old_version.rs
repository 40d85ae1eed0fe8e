#![doc = include_str!("patch_at_old_version.md")]

use std::ops::Range;
use std::sync::Arc;

use super::item::Item;
use super::moves::Moves;
use super::rewritten::rewritten;
use crate::finding::{Confidence, Finding, Fix, Severity};
use crate::flux::{Id, Kustomization, Patch, PatchText, Target};
use crate::rules::data::{self, Row};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "patch-at-old-version",
        group: Group::Migrate,
        summary: "A patch selects Flux objects by an API version that the target does not store",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("patch_at_old_version.md"),
    },
    check: Check::Migration,
};

/// The finding about a version that objects are selected by and that moves with them, or stays with them.
pub(super) fn moving(context: &Context<'_>, item: &Item, fix: Option<&Arc<Fix>>) -> Finding {
    let message = match &item.held {
        None => "the target of the patch moves with the objects that it selects".to_owned(),
        Some(held) => format!("the target of the patch keeps its version: {held}"),
    };
    finding(context, item.site.file, item.range.clone(), message, fix.cloned())
}

/// What selects by an old version and moves with nothing.
pub(super) fn left(context: &Context<'_>, moves: &Moves) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kustomization in &context.index.kustomizations {
        if !(context.may_change)(context.index.files[kustomization.file].path) {
            continue;
        }
        for patch in &kustomization.patches {
            findings.extend(in_patch(context, moves, kustomization, patch));
        }
        for selector in &kustomization.selectors {
            findings.extend(in_target(context, moves, selector, "a replacement or variable"));
        }
    }
    findings
}

fn in_patch(
    context: &Context<'_>,
    moves: &Moves,
    kustomization: &Kustomization,
    patch: &Patch,
) -> Option<Finding> {
    match (&patch.target, &patch.text) {
        _ if rewritten(moves, kustomization, patch).is_some() => None,
        (Some(target), _) => in_target(context, moves, target, "the target of a patch"),
        (None, PatchText::Nodes(parts)) => parts.iter().find_map(|part| {
            let row = successor(context, &part.id.group, &part.version, &part.id.kind)?;
            let message = format!(
                "an inline patch is for {} at `{}`, {row} is what Flux stores; it stays, with the objects that it \
                 is put onto",
                part.id.kind, part.version
            );
            Some(finding(context, kustomization.file, patch.range.clone(), message, None))
        }),
        _ => None,
    }
}

fn in_target(context: &Context<'_>, moves: &Moves, target: &Target, what: &str) -> Option<Finding> {
    let pin = target.pin.as_ref()?;
    let version = target.version.as_deref()?;
    let row = data::rows().iter().find(|row| {
        let id =
            || Id { group: row.group.clone(), kind: row.kind.clone(), namespace: None, name: String::new() };
        row.version == version
            && row.introduced.is_some()
            && target.group.is_some() | target.kind.is_some()
            && target.selects(&row.group, version, &id(), false)
    })?;
    let to = successor(context, &row.group, version, &row.kind)?;
    let moves_along = |item: &Item| item.site == pin.site && item.range == pin.range;
    if moves.items.iter().any(|item| moves_along(item) || waits(context, item, target, version)) {
        return None;
    }
    let message = format!(
        "{what} pins {} to `{version}`, {to} is what Flux stores; nothing here moves that it selects, so it stays",
        row.kind
    );
    Some(finding(context, pin.site.file, pin.range.clone(), message, None))
}

/// Whether the target selects the object of `item`, whose version is right until Flux is upgraded: that is said there.
fn waits(context: &Context<'_>, item: &Item, target: &Target, version: &str) -> bool {
    let waiting = item.resource().filter(|_| item.beyond.is_some() && item.to.is_none());
    waiting.map(|resource| &context.index.resources[resource]).is_some_and(|resource| {
        resource.version == version && target.selects(&resource.id.group, version, &resource.id, false)
    })
}

fn successor(context: &Context<'_>, group: &str, version: &str, kind: &str) -> Option<&'static Row> {
    data::successor(group, version, kind, context.options.target)
}

fn finding(
    context: &Context<'_>,
    file: usize,
    range: Range<usize>,
    message: String,
    fix: Option<Arc<Fix>>,
) -> Finding {
    Finding { fix, ..RULE.meta.finding(message, context.index.place(file, range)) }
}
