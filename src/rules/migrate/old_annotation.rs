#![doc = include_str!("old_annotation.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::Operation;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "old-annotation",
        group: Group::Migrate,
        summary: "A Flux object has an annotation under a name that no controller reads any more",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("old_annotation.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] =
    &[Transition { rule: RULE.meta.id, group: "", kinds: &[], steps: reconcile_at }];

const OLD: &str = "fluxcd.io/reconcileAt";
const NEW: &str = "reconcile.fluxcd.io/requestedAt";

fn reconcile_at(object: &Object<'_>, steps: &mut Steps) {
    let Some(annotations) = object.get("metadata.annotations") else { return };
    let Some(old) = annotations.entry(OLD) else { return };
    let at = object.at("metadata.annotations").key(OLD);
    let (message, operation) = if annotations.entry(NEW).is_some() {
        (
            format!("`{OLD}` stands beside `{NEW}`, which took its place, and is removed"),
            Operation::Remove { at },
        )
    } else {
        let key = NEW.to_owned();
        (format!("`{OLD}` has been called `{NEW}` since Flux 0.2"), Operation::Rename { at, key })
    };
    steps.change(old.key.range.clone(), message, vec![operation]);
}
