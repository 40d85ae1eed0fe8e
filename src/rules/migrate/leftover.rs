//! What the new version of an object does not accept and no transition mends, field by field.

use super::object::Object;
use super::step::{Effect, Step, Steps};
use super::{missing_field, refused_value, unknown_field};
use crate::flux::schema::{self, Facts, Violation, ViolationKind};
use crate::rules;
use crate::yaml::{Operation, Route};

/// One value that is not accepted.
pub(super) struct Leftover<'a> {
    /// What is wrong with it.
    pub(super) violation: &'a Violation,
    /// The facts that say so.
    pub(super) facts: &'static Facts,
    /// The version that the object is at does not accept it either.
    pub(super) is_old: bool,
}

/// The steps for what `before` leaves open, and whether the new version takes the object as it is.
pub(super) fn steps(object: &Object<'_>, before: &[Step]) -> (Vec<Step>, bool) {
    let Some(facts) = schema::facts(&object.to.group, &object.to.version, &object.to.kind) else {
        return (Vec::new(), true);
    };
    let violations = schema::validate(facts, object.node, object.whole);
    if violations.is_empty() {
        return (Vec::new(), true);
    }
    let own = own_violations(object);
    let mut missing = Steps::of(missing_field::RULE.meta.id);
    let mut refused = Steps::of(refused_value::RULE.meta.id);
    let mut unknown = Steps::of(unknown_field::RULE.meta.id);
    // Of a field that a person has to write anew, more may stand elsewhere than where the step says so.
    let is_open = before.iter().any(|step| step.effect.holds());
    for violation in violations.iter().filter(|violation| !is_settled(object, violation, before)) {
        let same = |other: &Violation| other.route == violation.route && other.kind == violation.kind;
        let leftover = Leftover { violation, facts, is_old: object.moves() && own.iter().any(same) };
        match &violation.kind {
            ViolationKind::Undeclared { .. } if is_open => {}
            ViolationKind::Undeclared { .. } => unknown_field::judge(&leftover, &mut unknown),
            ViolationKind::Missing { .. } => missing_field::judge(object, &leftover, &mut missing),
            _ => refused_value::judge(object, &leftover, &mut refused),
        }
    }
    ([missing, refused, unknown].into_iter().flat_map(Steps::into_found).collect(), false)
}

impl Leftover<'_> {
    /// Its path without indices, e.g. `spec.eventSources[].kind`.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for step in self.violation.route.steps() {
            match step {
                crate::yaml::Step::Key(key) if path.is_empty() => path.push_str(key),
                crate::yaml::Step::Key(key) => path.extend([".", key]),
                crate::yaml::Step::Index(_) => path.push_str("[]"),
            }
        }
        path
    }

    /// What a message about it ends with.
    pub(super) const fn since(&self) -> &'static str {
        match (self.is_old, &self.violation.kind) {
            (false, _) => "",
            (true, ViolationKind::Missing { .. }) => "; its own version requires it too",
            (true, _) => "; its own version does not take it either",
        }
    }
}

fn own_violations(object: &Object<'_>) -> Vec<Violation> {
    schema::facts(&object.id.group, object.from, &object.id.kind)
        .map(|facts| schema::validate(facts, object.node, object.whole))
        .unwrap_or_default()
}

/// Whether one of the steps `before` changes the place of the violation or has said that a person has to.
fn is_settled(object: &Object<'_>, violation: &Violation, before: &[Step]) -> bool {
    let mut route = object.route.steps().to_vec();
    route.extend_from_slice(violation.route.steps());
    let route = Route::from(route);
    let is_missing = matches!(violation.kind, ViolationKind::Missing { .. });
    before.iter().any(|step| match &step.effect {
        // What a dead field becomes may be what is missing.
        Effect::Human if is_missing && step.rule == rules::DEAD_FIELD => true,
        Effect::Change(operations) => operations.iter().any(|operation| touches(operation, &route)),
        Effect::Human | Effect::Broken => {
            let (one, other) = (&step.range, &violation.range);
            !is_missing && one.start < other.end && other.start < one.end
        }
        Effect::Note => false,
    })
}

fn touches(operation: &Operation, route: &Route) -> bool {
    let above = |other: &Route| route.steps().starts_with(other.steps());
    let along = |other: &Route| above(other) || other.steps().starts_with(route.steps());
    match operation {
        Operation::Replace { at, .. }
        | Operation::Recast { at, .. }
        | Operation::Edit { at, .. }
        | Operation::Wrap { at, .. }
        | Operation::Take { at }
        | Operation::TakeWithLead { at }
        | Operation::Remove { at } => above(at),
        Operation::Rename { at, key } => {
            above(at) || at.split_last().is_some_and(|(parent, _)| along(&parent.key(key)))
        }
        Operation::Insert { into, key, .. } => along(&into.key(key)),
        Operation::Move { from, into, key, .. } => above(from) || along(&into.key(key)),
        Operation::Join { from, .. } => above(from),
        Operation::Append { .. } | Operation::Prepend { .. } | Operation::ReplaceInComment { .. } => false,
    }
}
