#![doc = include_str!("old_api_version.md")]

use crate::finding::{Confidence, Severity};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

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
    check: Check::Migration,
};
