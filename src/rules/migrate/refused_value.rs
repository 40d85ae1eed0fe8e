#![doc = include_str!("refused_value.md")]

use super::duration::{Rewritten, rewrite};
use super::leftover::Leftover;
use super::object::Object;
use super::step::Steps;
use crate::finding::{Confidence, Severity};
use crate::flux::schema::{Facts, Schema, Unit, Violation, ViolationKind};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Operation, Route, Step};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "refused-value",
        group: Group::Migrate,
        summary: "A Flux object has a value that the new version does not accept",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("refused_value.md"),
    },
    check: Check::Migration,
};

/// End of the pattern of a length of time, and whether that takes hours.
const DURATIONS: [(&str, bool); 2] = [("(ms|s|m))+$", false), ("(ms|s|m|h))+$", true)];

/// What there is to decide: kind, path, and the words.
const ADVICE: &[(&str, &str, &str)] = &[
    ("GitRepository", "spec.url", "write it as `https://…` or `ssh://user@host/path`"),
    ("HelmRepository", "spec.url", "write it as `https://…`, `http://…`, or `oci://…`"),
    ("ImageRepository", "spec.exclusionList", "join some of the expressions with `|`"),
    (
        "ImageUpdateAutomation",
        "spec.git.push.refspec",
        "force pushes are what the feature gate `GitForcePushBranch` of image-automation-controller is for",
    ),
];

/// Mends what has one meaning only; else a person has to.
pub(super) fn judge(object: &Object<'_>, leftover: &Leftover<'_>, steps: &mut Steps) {
    let violation = leftover.violation;
    match &violation.kind {
        ViolationKind::Pattern { pattern } => {
            let end = DURATIONS.iter().find(|(end, _)| pattern.as_str().ends_with(end));
            match end {
                Some((_, takes_hours)) => duration(object, leftover, *takes_hours, steps),
                None => person(object, leftover, steps),
            }
        }
        ViolationKind::TooShort { found: 0, unit: Unit::Characters, .. }
            if object.is_whole() && is_optional(leftover.facts, &violation.route) =>
        {
            let message = format!("`{}` is empty, which means the same as no such field", violation.route);
            steps.change(
                violation.range.clone(),
                message,
                vec![Operation::Remove { at: at(object, violation) }],
            );
        }
        _ => person(object, leftover, steps),
    }
}

fn duration(object: &Object<'_>, leftover: &Leftover<'_>, takes_hours: bool, steps: &mut Steps) {
    let violation = leftover.violation;
    let Some(written) = object.node.find(&violation.route).and_then(|node| node.as_str()) else { return };
    let Violation { route, subject, range, .. } = violation;
    match rewrite(written, takes_hours) {
        Rewritten::Same(new) => {
            let message = format!("`{route}` takes no hours, so they become minutes");
            let value = new.into();
            steps.change(
                range.clone(),
                message,
                vec![Operation::Replace { at: at(object, violation), value }],
            );
        }
        Rewritten::Human(why) => {
            let since = leftover.since();
            let message = format!("`{route}` is `{written}`, which {subject} does not take: {why}{since}");
            steps.human(range.clone(), message);
        }
    }
}

fn person(object: &Object<'_>, leftover: &Leftover<'_>, steps: &mut Steps) {
    let path = leftover.path();
    let known = |(kind, of, _): &&(&str, &str, &str)| *kind == object.id.kind && *of == path;
    let advice = ADVICE.iter().find(known).map(|(.., advice)| format!(": {advice}")).unwrap_or_default();
    let Leftover { violation, .. } = leftover;
    steps.human(violation.range.clone(), format!("{violation}{advice}{}", leftover.since()));
}

/// Where it stands in the document.
fn at(object: &Object<'_>, violation: &Violation) -> Route {
    let mut steps = object.route.steps().to_vec();
    steps.extend_from_slice(violation.route.steps());
    Route::from(steps)
}

/// Whether the controllers read an empty text at `route` as none: a field that may be left out.
///
/// Source: such fields are strings with `omitempty` in the `api` folders of the controllers.
fn is_optional(facts: &Facts, route: &Route) -> bool {
    let Some((parent, Step::Key(name))) = route.split_last() else { return false };
    match facts.field(&parent) {
        Some(Schema::Object(object)) => !object.required.contains(name),
        _ => false,
    }
}
