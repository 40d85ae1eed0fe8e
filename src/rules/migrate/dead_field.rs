#![doc = include_str!("dead_field.md")]

use super::object::Object;
use super::step::{Conversion, DeadField, Steps};
use super::transitions::Transition;
use super::{dead_automation, dead_patches};
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::rules::data::groups::{HELM, IMAGE, KUSTOMIZE, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Node, NodeKind, Operation, Value};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "dead-field",
        group: Group::Migrate,
        summary: "A Flux object has a field that newer Flux does not read, so that converting it may change a cluster",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("dead_field.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition {
        rule: RULE.meta.id,
        group: KUSTOMIZE,
        kinds: &["Kustomization"],
        steps: dead_patches::of_kustomization,
    },
    Transition {
        rule: RULE.meta.id,
        group: HELM,
        kinds: &["HelmRelease"],
        steps: dead_patches::of_post_renderers,
    },
    Transition {
        rule: RULE.meta.id,
        group: HELM,
        kinds: &["HelmRelease"],
        steps: |object, steps| {
            values_file(object, steps, "spec.chart.spec.valuesFile");
        },
    },
    Transition {
        rule: RULE.meta.id,
        group: SOURCE,
        kinds: &["HelmChart"],
        steps: |object, steps| {
            values_file(object, steps, "spec.valuesFile");
        },
    },
    Transition {
        rule: RULE.meta.id,
        group: IMAGE,
        kinds: &["ImageUpdateAutomation"],
        steps: dead_automation::steps,
    },
];

/// The one values file of old, which was merged before the list.
/// Source: fluxcd/source-controller v1.2.5 `api/v1beta2/helmchart_types.go`, `GetValuesFiles`.
fn values_file(object: &Object<'_>, steps: &mut Steps, path: &'static str) {
    let (Some(range), Some(node)) = (object.key_range(path), object.get(path)) else { return };
    if object.keeps(&path.split('.').collect()) {
        return;
    }
    let remove = vec![Operation::Remove { at: object.at(path) }];
    if object.is_whole() && node.as_str() == Some("") {
        steps.change(range, format!("`{path}` is empty and is removed"), remove);
        return;
    }
    let field = DeadField {
        path,
        since: FluxVersion::new(2, 3),
        convert: values_files(object, path, node),
        drop: remove,
    };
    steps.dead(object, range, field);
}

fn values_files(object: &Object<'_>, path: &str, node: &Node) -> Conversion {
    let list = format!("{path}s");
    if !object.is_whole() {
        return Conversion::Human(format!(
            "`{path}` in a patch cannot become an entry of `{list}`, since a patch replaces the whole list: write the \
             list that is meant"
        ));
    }
    let Some(file) = node.as_str().filter(|_| node.anchor().is_none() && node.tag().is_none()) else {
        return Conversion::Human(format!(
            "`{path}` is no plain text: write it as the first entry of `{list}`"
        ));
    };
    let at = object.at(path);
    let one = || Value::Sequence(vec![file.into()]);
    Conversion::Exact(match object.get(&list).map(|list| &list.kind) {
        None => vec![
            Operation::Rename { at: at.clone(), key: "valuesFiles".to_owned() },
            Operation::Replace { at, value: one() },
        ],
        Some(NodeKind::Sequence { .. }) => {
            vec![Operation::Prepend { to: object.at(&list), value: file.into() }, Operation::Remove { at }]
        }
        Some(NodeKind::Scalar { text, .. }) if matches!(&**text, "" | "null" | "~") => {
            vec![Operation::Replace { at: object.at(&list), value: one() }, Operation::Remove { at }]
        }
        Some(_) => {
            return Conversion::Human(format!(
                "`{list}` is no list: write it with `{path}` as its first entry"
            ));
        }
    })
}
