#![doc = include_str!("invalid_flux_object.md")]

use crate::finding::{Confidence, Finding, Severity};
use crate::flux::schema::{Violation, Whole, facts, validate};
use crate::flux::{Resource, Role};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "invalid-flux-object",
        group: Group::Schema,
        summary: "A Flux object has a field, a type or a value that its version does not accept",
        severity: Severity::Error,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("invalid_flux_object.md"),
    },
    check: Check::Resource(check),
};

fn check(context: &Context<'_>, resource: &Resource) -> Vec<Finding> {
    let Some(facts) = facts(&resource.id.group, &resource.version, &resource.id.kind) else {
        return Vec::new();
    };
    let whole = if resource.role == Role::Patch { Whole::Part } else { Whole::Object };
    let violations = validate(facts, context.index.node(resource), whole);
    let finding = |violation: &Violation| {
        let place = context.index.place(resource.file, violation.range.clone());
        Finding { subject: resource.id.to_string(), ..RULE.meta.finding(violation.to_string(), place) }
    };
    violations.iter().map(finding).collect()
}
