#![doc = include_str!("pre_release_field.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::data::groups::{IMAGE, NOTIFICATION};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::Operation;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "pre-release-field",
        group: Group::Migrate,
        summary: "A Flux object has a field or a value that only the first releases of its kind had",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("pre_release_field.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: IMAGE, kinds: &["ImageRepository"], steps: scan_interval },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Alert"], steps: provider },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: webhook },
];

/// Fields of an object reference that a reference by name does not have.
const REFERENCE: [&str; 6] = ["apiVersion", "fieldPath", "kind", "namespace", "resourceVersion", "uid"];

/// Source: fluxcd/image-reflector-controller v0.1.0 `api/v1alpha1/imagerepository_types.go`.
fn scan_interval(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.scanInterval";
    let Some(range) = object.key_range(path).filter(|_| object.from == "v1alpha1") else { return };
    let at = object.at(path);
    if object.has("spec.interval") {
        let message = format!("`{path}` stands beside `spec.interval`, which took its place, and is removed");
        steps.change(range, message, vec![Operation::Remove { at }]);
    } else {
        let rename = Operation::Rename { at, key: "interval".to_owned() };
        steps.change(range, format!("`{path}` is called `spec.interval`"), vec![rename]);
    }
}

/// Source: fluxcd/notification-controller v0.0.1-alpha.2 `api/v1alpha1/alert_types.go`.
fn provider(object: &Object<'_>, steps: &mut Steps) {
    for field in REFERENCE {
        let path = format!("spec.providerRef.{field}");
        if let Some(range) = object.key_range(&path).filter(|_| object.from == "v1alpha1") {
            let message = format!("`{path}` was never read and is removed; a Provider is found by its name");
            steps.change(range, message, vec![Operation::Remove { at: object.at(&path) }]);
        }
    }
}

/// Source: fluxcd/notification-controller v0.0.1 `api/v1alpha1/provider_types.go`.
fn webhook(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.type";
    let is_old = object.from == "v1alpha1" && object.text_at(path) == Some("webhook");
    if let Some(node) = object.get(path).filter(|_| is_old) {
        let operation = Operation::Replace { at: object.at(path), value: "generic".into() };
        steps.change(node.range.clone(), "the type `webhook` is called `generic`", vec![operation]);
    }
}
