#![doc = include_str!("idle_field.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::data::groups::{KUSTOMIZE, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::Operation;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "idle-field",
        group: Group::Migrate,
        summary: "A Flux object has a field that has had no effect for years and is gone from its newest version",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("idle_field.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: KUSTOMIZE, kinds: &["Kustomization"], steps: validation },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["GitRepository"], steps: git_implementation },
    Transition {
        rule: RULE.meta.id,
        group: SOURCE,
        kinds: &["GitRepository", "HelmChart", "Bucket"],
        steps: access_from,
    },
];

fn validation(object: &Object<'_>, steps: &mut Steps) {
    let none = match object.text_at("spec.validation") {
        Some("none") => ", which cannot be switched off",
        _ => "",
    };
    let why =
        format!("has had no effect since Flux 0.18, where the API server checks each object first{none}");
    drop_field(object, steps, "spec.validation", &why);
}

fn git_implementation(object: &Object<'_>, steps: &mut Steps) {
    let why = match object.text_at("spec.gitImplementation") {
        Some("libgit2") => "has had no effect since Flux 0.38, which has no libgit2 any more",
        _ => "has had no effect since Flux 0.38, whose only one is go-git",
    };
    drop_field(object, steps, "spec.gitImplementation", why);
}

fn access_from(object: &Object<'_>, steps: &mut Steps) {
    let why = format!("never had an effect on a {}", object.id.kind);
    drop_field(object, steps, "spec.accessFrom", &why);
}

fn drop_field(object: &Object<'_>, steps: &mut Steps, path: &str, why: &str) {
    if let Some(range) = object.key_range(path).filter(|_| !object.keeps(&path.split('.').collect())) {
        let operation = Operation::Remove { at: object.at(path) };
        steps.change(range, format!("`{path}` {why}; it is removed"), vec![operation]);
    }
}
