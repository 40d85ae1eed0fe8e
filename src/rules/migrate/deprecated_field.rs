#![doc = include_str!("deprecated_field.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::flux::schema::holds_substitution;
use crate::rules::data::groups::{HELM, NOTIFICATION, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Node, Operation, Position, Scalar, Value};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "deprecated-field",
        group: Group::Migrate,
        summary: "A Flux object has a field or a value that is valid but on its way out",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("deprecated_field.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: skip_crds },
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: recreate },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["GitRepository"], steps: mode },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Alert"], steps: summary },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: interval },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: proxy },
];

/// Characters that `spec.summary` may have since v1beta2.
const LONGEST_SUMMARY: usize = 255;

/// The policy wins where both are set; what `skipCRDs: false` says is the default.
fn skip_crds(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.install.skipCRDs";
    let Some(range) = object.key_range(path) else { return };
    let Some(Scalar::Bool(skips)) = object.get(path).and_then(Node::scalar) else { return };
    let at = object.at(path);
    if object.has("spec.install.crds") {
        let message = format!("`{path}` does nothing beside `spec.install.crds` and is removed");
        steps.offer(object, range, message, vec![Operation::Remove { at }]);
    } else if skips {
        let operations = vec![
            Operation::Rename { at: at.clone(), key: "crds".to_owned() },
            Operation::Replace { at, value: "Skip".into() },
        ];
        steps.offer(object, range, format!("`{path}` is deprecated: `crds: Skip` says the same"), operations);
    } else if object.is_whole() {
        let message = format!("`{path}` is deprecated; `false` is the default, so it is removed");
        steps.offer(object, range, message, vec![Operation::Remove { at }]);
    }
}

/// Source: fluxcd/helm-controller `docs/spec/v2/helmreleases.md`.
fn recreate(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.rollback.recreate";
    let Some(range) = object.key_range(path).filter(|_| object.reaches(FluxVersion::new(2, 8))) else {
        return;
    };
    let is_alone = object.get("spec.rollback").is_some_and(|rollback| rollback.entries().len() == 1);
    let at = object.at(if is_alone { "spec.rollback" } else { path });
    let message = format!("`{path}` has had no effect since Flux 2.8 and is removed");
    steps.offer(object, range, message, vec![Operation::Remove { at }]);
}

fn mode(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.verify.mode";
    let is_old = object.text_at(path) == Some("head");
    if let Some(node) = object.get(path).filter(|_| is_old && object.reaches(FluxVersion::new(2, 1))) {
        let operation = Operation::Replace { at: object.at(path), value: "HEAD".into() };
        let message = format!("`{path}` has been written `HEAD` since Flux 2.1");
        steps.offer(object, node.range.clone(), message, vec![operation]);
    }
}

/// Source: fluxcd/notification-controller `api/v1beta3/alert_types.go`, `internal/server/event_handlers.go`: of both
/// texts `spec.summary` wins.
fn summary(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.summary";
    let (Some(range), Some(text)) = (object.key_range(path), object.text_at(path)) else { return };
    let is_gone = object.to.version == "v1";
    let is_long = text.chars().count() > LONGEST_SUMMARY;
    let metadata = object.get("spec.eventMetadata");
    if holds_substitution(text) && metadata.is_none_or(|metadata| metadata.get("summary").is_some()) {
        if is_gone || is_long {
            steps.human(range, "move `spec.summary` to `spec.eventMetadata.summary`: it holds a variable");
        }
        return;
    }
    let why = match (is_gone, is_long) {
        (true, _) => "is gone from this version",
        (false, true) => "may have 255 characters at most",
        (false, false) => "is deprecated",
    };
    let message = format!("`{path}` {why}; it moves to `spec.eventMetadata.summary`");
    let operations = moved_summary(object, text);
    if is_gone || is_long {
        steps.change(range, message, operations);
    } else {
        steps.offer(object, range, message, operations);
    }
}

fn moved_summary(object: &Object<'_>, text: &str) -> Vec<Operation> {
    let from = object.at("spec.summary");
    let into = object.at("spec.eventMetadata");
    match object.get("spec.eventMetadata") {
        None => {
            let value = Value::Mapping(vec![("summary".to_owned(), text.into())]);
            vec![
                Operation::Rename { at: from.clone(), key: "eventMetadata".to_owned() },
                Operation::Replace { at: from, value },
            ]
        }
        Some(metadata) if metadata.get("summary").is_some() => vec![
            Operation::Replace { at: into.key("summary"), value: text.into() },
            Operation::Remove { at: from },
        ],
        Some(_) => {
            vec![Operation::Move { from, into, position: Position::Last, key: "summary".to_owned() }]
        }
    }
}

fn interval(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.interval";
    let Some(range) = object.key_range(path) else { return };
    let operations = vec![Operation::Remove { at: object.at(path) }];
    let message = format!("`{path}` of a Provider has had no effect since Flux 2.2 and is removed");
    if object.to.version == "v1" {
        steps.change(range, message, operations);
    } else {
        steps.offer(object, range, message, operations);
    }
}

/// Its successor is a Secret, which a person has to make.
fn proxy(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.proxy";
    let Some(range) = object.key_range(path) else { return };
    let remedy =
        "put the address into a Secret under the key `address` and name that in `spec.proxySecretRef`";
    if object.to.version == "v1" {
        steps.human(range, format!("`{path}` is gone from this version: {remedy}"));
    } else if object.reaches(FluxVersion::new(2, 7)) {
        steps.note(range, format!("`{path}` has been deprecated since Flux 2.7: {remedy}"));
    }
}
