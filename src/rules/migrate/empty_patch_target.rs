#![doc = include_str!("empty_patch_target.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::data::groups::KUSTOMIZE;
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Node, Operation, parse};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "empty-patch-target",
        group: Group::Migrate,
        summary: "A patch of a Flux Kustomization has an empty target, which means every object",
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("empty_patch_target.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] =
    &[Transition { rule: RULE.meta.id, group: KUSTOMIZE, kinds: &["Kustomization"], steps: targets }];

fn targets(object: &Object<'_>, steps: &mut Steps) {
    let patches = object.get("spec.patches").map(Node::items).unwrap_or_default();
    for (index, patch) in patches.iter().enumerate() {
        let Some(target) = patch.entry("target").filter(|target| is_empty(&target.value)) else { continue };
        let (range, path) = (target.key.range.clone(), format!("spec.patches[{index}].target"));
        let operation = Operation::Remove { at: object.at("spec.patches").index(index).key("target") };
        if !patch.get("patch").and_then(Node::as_str).is_some_and(names_one) {
            steps.note(range, format!("`{path}` is empty, so that the patch changes every object"));
        } else if object.moves() {
            let message = format!(
                "`{path}` is empty, which means every object; it is removed, and the patch changes the one that it names"
            );
            steps.change(range, message, vec![operation]);
        } else {
            let message = format!(
                "`{path}` is empty, which means every object though the patch names one; it is removed"
            );
            steps.offer(object, range, message, vec![operation]);
        }
    }
}

fn is_empty(node: &Node) -> bool {
    node.is_mapping() && node.entries().is_empty()
}

/// Whether `text` is a merge patch that names its object.
fn names_one(text: &str) -> bool {
    let stream = parse(text);
    let root = match stream.documents.as_slice() {
        [only] => only.node(),
        _ => None,
    };
    root.is_some_and(|root| {
        let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
        root.get("kind").is_some() && name.and_then(Node::as_str).is_some_and(|name| !name.is_empty())
    })
}
