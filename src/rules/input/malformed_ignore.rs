#![doc = include_str!("malformed_ignore.md")]

use crate::finding::{Confidence, Finding, Severity};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule, ignore};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: ignore::MALFORMED,
        group: Group::Input,
        summary: "A comment that should ignore a finding cannot be understood",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("malformed_ignore.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let malformed = context.ignores.malformed().iter();
    malformed.filter(|malformed| (context.may_change)(&malformed.place.path)).map(finding).collect()
}

fn finding(malformed: &ignore::Malformed) -> Finding {
    RULE.meta.finding(malformed.message.clone(), malformed.place.clone())
}
