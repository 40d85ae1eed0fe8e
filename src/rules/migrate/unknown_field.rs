#![doc = include_str!("unknown_field.md")]

use super::leftover::Leftover;
use super::step::Steps;
use crate::finding::{Confidence, Severity};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "unknown-field",
        group: Group::Migrate,
        summary: "A Flux object has a field that its API version does not have",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("unknown_field.md"),
    },
    check: Check::Migration,
};

/// A person has to say what is meant: nothing is known of such a field.
pub(super) fn judge(leftover: &Leftover<'_>, steps: &mut Steps) {
    let Leftover { violation, .. } = leftover;
    let message = format!("{violation}: correct or remove it{}", leftover.since());
    steps.human(violation.range.clone(), message);
}
