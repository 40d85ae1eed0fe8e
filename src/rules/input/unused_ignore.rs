#![doc = include_str!("unused_ignore.md")]

use crate::finding::{Confidence, Finding, Severity};
use crate::phrase::Literal;
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule, ignore};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: ignore::UNUSED,
        group: Group::Input,
        summary: "A finding is ignored that does not occur",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("unused_ignore.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let unused = context.ignores.unused();
    unused.filter(|unused| (context.may_change)(&unused.place.path)).map(finding).collect()
}

fn finding(unused: ignore::Unused<'_>) -> Finding {
    let rule = Literal(unused.rule);
    let message = if unused.is_comment {
        format!(
            "{rule} is ignored here and does not occur; remove the comment, or move it above what it is for"
        )
    } else {
        format!(
            "{rule} is ignored and does not occur in these files; remove the entry, or correct its `paths`"
        )
    };
    RULE.meta.finding(message, unused.place.clone())
}
