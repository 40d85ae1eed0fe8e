#![doc = include_str!("removed_template_data.md")]

use std::ops::Range;

use super::commit_template::{self, Converted};
use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::rules::data::groups::IMAGE;
use crate::rules::{Check, DeadFields, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Node, NodeKind, Operation};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "removed-template-data",
        group: Group::Migrate,
        summary: "The commit message of an ImageUpdateAutomation uses data that Flux no longer has",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("removed_template_data.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] =
    &[Transition { rule: RULE.meta.id, group: IMAGE, kinds: &["ImageUpdateAutomation"], steps: template }];

const TODAY: &str = "spec.git.commit.messageTemplate";
/// Where v1alpha1 has it; its text changes when it moves.
const EARLY: &str = "spec.commit.messageTemplate";

fn template(object: &Object<'_>, steps: &mut Steps) {
    // The new data are there from 2.3 on.
    if object.running.is_some_and(|running| running < FluxVersion::new(2, 3)) {
        return;
    }
    if object.options.dead_fields != Some(DeadFields::Drop) {
        look(object, steps, EARLY);
    }
    look(object, steps, TODAY);
}

fn look(object: &Object<'_>, steps: &mut Steps, path: &str) {
    let (Some(range), Some(node)) = (object.key_range(path), object.get(path)) else { return };
    let Some(text) = node.as_str() else {
        if matches!(node.kind, NodeKind::Alias { .. }) && object.text.contains(".Updated") {
            let why =
                format!("`{path}` is an alias of what may use `.Updated`, which is gone from Flux 2.7 on");
            steps.broken(range, format!("{why}: write it out with `.Changed`"));
        }
        return;
    };
    match commit_template::convert(text) {
        Converted::Same => {}
        Converted::Changed { edits, lists_images } => {
            if path == TODAY {
                let operations = vec![Operation::Edit { at: object.at(path), edits }];
                steps.change(
                    range.clone(),
                    format!("`{path}` uses `.Changed` instead of `.Updated`"),
                    operations,
                );
            }
            if lists_images {
                let message = format!(
                    "`{path}` listed images and lists changed values: those of setters of only a name or a tag appear too"
                );
                steps.note(range, message);
            }
        }
        Converted::Unclear { action, why } => {
            let range = action.and_then(|index| place(object.text, node, text, index)).unwrap_or(range);
            let message = format!(
                "`{path}` uses `.Updated`, with which no Flux from 2.7 on makes a commit, and {why}: write it with \
                 `.Changed`"
            );
            steps.broken(range, message);
        }
    }
}

/// The bytes of the action of `text` with this index, where `node` is written so that it can be found.
fn place(file: &str, node: &Node, text: &str, index: usize) -> Option<Range<usize>> {
    let written = &file[node.range.clone()];
    let starts: Vec<usize> = written.match_indices("{{").map(|(at, _)| node.range.start + at).collect();
    if starts.len() != text.matches("{{").count() {
        return None;
    }
    let start = *starts.get(index)?;
    let end = file[start..node.range.end].find("}}")? + start + 2;
    Some(start..end)
}
