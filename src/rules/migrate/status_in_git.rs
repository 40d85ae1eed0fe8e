#![doc = include_str!("status_in_git.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::Operation;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "status-in-git",
        group: Group::Migrate,
        summary: "A Flux object carries a `status`, which belongs to its controller",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("status_in_git.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] =
    &[Transition { rule: RULE.meta.id, group: "", kinds: &[], steps: status }];

fn status(object: &Object<'_>, steps: &mut Steps) {
    if let Some(range) = object.key_range("status") {
        let operation = Operation::Remove { at: object.at("status") };
        steps.change(range, "`status` is written by the controller and is removed", vec![operation]);
    }
}
