#![doc = include_str!("patch_at_old_version.md")]

use std::ops::Range;

use crate::finding::{Confidence, Finding, Severity};
use crate::flux::kustomize::Owner;
use crate::flux::{Kustomization, Patch, PatchText, Target};
use crate::place::Place;
use crate::rules::data::{self, Row};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "patch-at-old-version",
        group: Group::Migrate,
        summary: "A patch selects Flux objects by an API version that the target does not store",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("patch_at_old_version.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kustomization in &context.index.kustomizations {
        if !(context.may_change)(context.index.files[kustomization.file].path) {
            continue;
        }
        for patch in &kustomization.patches {
            findings.extend(in_patch(context, kustomization, patch));
        }
        for selector in &kustomization.selectors {
            findings.extend(in_target(context, kustomization, selector, "a replacement or variable"));
        }
    }
    findings
}

fn in_patch(context: &Context<'_>, kustomization: &Kustomization, patch: &Patch) -> Option<Finding> {
    match (&patch.target, &patch.text) {
        // The target of a Flux patch moves with the objects that it selects.
        (Some(_), _) if matches!(kustomization.owner, Owner::Flux(_)) => None,
        (Some(target), _) => in_target(context, kustomization, target, "the target of a patch"),
        (None, PatchText::Inline(parts)) => parts.iter().find_map(|part| {
            let row = successor(context, &part.id.group, &part.version, &part.id.kind)?;
            let message = format!(
                "an inline patch is for {} at `{}`, {row} is what Flux stores",
                part.id.kind, part.version
            );
            Some(finding(context, kustomization, patch.range.clone(), &message))
        }),
        _ => None,
    }
}

fn in_target(
    context: &Context<'_>,
    kustomization: &Kustomization,
    target: &Target,
    what: &str,
) -> Option<Finding> {
    let version = target.version.as_deref()?;
    let row = data::rows().iter().find(|row| {
        row.version == version
            && row.introduced.is_some()
            && target.group.is_some() | target.kind.is_some()
            && {
                let id = crate::flux::Id {
                    group: row.group.clone(),
                    kind: row.kind.clone(),
                    namespace: None,
                    name: String::new(),
                };
                target.selects(&row.group, version, &id, false)
            }
    })?;
    let to = successor(context, &row.group, version, &row.kind)?;
    let message = format!("{what} pins {} to `{version}`, {to} is what Flux stores", row.kind);
    Some(finding(context, kustomization, target.version_range.clone()?, &message))
}

fn successor(context: &Context<'_>, group: &str, version: &str, kind: &str) -> Option<&'static Row> {
    data::successor(group, version, kind, context.options.target)
}

fn finding(
    context: &Context<'_>,
    kustomization: &Kustomization,
    range: Range<usize>,
    message: &str,
) -> Finding {
    let file = &context.index.files[kustomization.file];
    Finding {
        rule: RULE.meta.id,
        severity: RULE.meta.severity,
        confidence: RULE.meta.confidence,
        subject: String::new(),
        message: format!("{message}; it stays, with the objects that it selects"),
        place: Place::new(file.path, file.text, range),
        related: Vec::new(),
        fix: None,
    }
}
