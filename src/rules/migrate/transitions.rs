//! What becomes of the fields of each kind: the list of all transitions.
//!
//! A transition looks at one object and adds steps. It belongs to the rule whose page explains it; a rule may have
//! several. Transitions are independent of each other: two of them never touch the same bytes of an object. What the new
//! version does not accept and none of them mends comes last (`leftover`).

use super::object::Object;
use super::step::{Step, Steps};
use super::{
    changed_default, contradicting_fields, dead_field, deprecated_field, early, empty_patch_target,
    idle_field, leftover, missing_field, old_annotation, pre_release_field, provider_host_mismatch,
    removed_template_data, secret_to_check, stale_reference, stale_schema_comment, status_in_git,
    unsupported_verification,
};

/// A look at objects of some kinds.
pub(super) struct Transition {
    /// Id of the rule that it belongs to.
    pub(super) rule: &'static str,
    /// API group of the kinds, as it is called today; empty for every Flux group.
    pub(super) group: &'static str,
    /// The kinds; none for every kind of the group.
    pub(super) kinds: &'static [&'static str],
    /// The look.
    pub(super) steps: fn(&Object<'_>, &mut Steps),
}

/// Every list of transitions, one for each rule that has any.
const ALL: &[&[Transition]] = &[
    changed_default::TRANSITIONS,
    contradicting_fields::TRANSITIONS,
    dead_field::TRANSITIONS,
    deprecated_field::TRANSITIONS,
    early::TRANSITIONS,
    empty_patch_target::TRANSITIONS,
    idle_field::TRANSITIONS,
    missing_field::TRANSITIONS,
    old_annotation::TRANSITIONS,
    pre_release_field::TRANSITIONS,
    provider_host_mismatch::TRANSITIONS,
    removed_template_data::TRANSITIONS,
    secret_to_check::TRANSITIONS,
    stale_reference::TRANSITIONS,
    stale_schema_comment::TRANSITIONS,
    status_in_git::TRANSITIONS,
    unsupported_verification::TRANSITIONS,
];

/// All steps for `object`, in the order in which they stand in it, and whether its new version takes it as it is.
pub(super) fn steps(object: &Object<'_>) -> (Vec<Step>, bool) {
    let mut found = Vec::new();
    for transition in ALL.iter().copied().flatten().filter(|transition| transition.looks_at(object)) {
        let mut steps = Steps::of(transition.rule);
        (transition.steps)(object, &mut steps);
        found.extend(steps.into_found());
    }
    let (left, fits) = leftover::steps(object, &found);
    found.extend(left);
    found.sort_by_key(|step| step.range.start);
    (found, fits)
}

impl Transition {
    fn looks_at(&self, object: &Object<'_>) -> bool {
        (self.group.is_empty() || self.group == object.to.group)
            && (self.kinds.is_empty() || self.kinds.contains(&&*object.id.kind))
    }
}
