//! Fields of the first months of Flux 2, which have had another place or shape since.

mod automation;
mod kustomization;
mod release;

use super::object::Object;
use super::pre_release_field::RULE;
use super::step::Steps;
use super::transitions::Transition;
use crate::rules::data::groups::{HELM, IMAGE, KUSTOMIZE, SOURCE};
use crate::yaml::{Node, Operation, Position, Value};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition {
        rule: RULE.meta.id,
        group: KUSTOMIZE,
        kinds: &["Kustomization"],
        steps: kustomization::steps,
    },
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: release::steps },
    Transition { rule: RULE.meta.id, group: KUSTOMIZE, kinds: &["Kustomization"], steps: depends_on },
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: depends_on },
    Transition {
        rule: RULE.meta.id,
        group: IMAGE,
        kinds: &["ImageUpdateAutomation"],
        steps: automation::steps,
    },
    Transition { rule: RULE.meta.id, group: "", kinds: &[], steps: moves },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["HelmChart"], steps: repository_ref },
];

/// A field that was renamed beside itself, or went away.
struct Move {
    kind: &'static str,
    path: &'static str,
    /// The key that it has today.
    to: Option<&'static str>,
    /// What is said of a field that goes away.
    why: &'static str,
}

/// Sources: fluxcd/source-controller `CHANGELOG.md` 0.0.12; the CRDs of fluxcd/kustomize-controller 0.0.1 to 0.0.4 and
/// of fluxcd/image-automation-controller 0.1.0.
const MOVES: [Move; 4] = [
    Move { kind: "HelmChart", path: "spec.name", to: Some("chart"), why: "" },
    Move { kind: "ImageUpdateAutomation", path: "spec.minimumRunInterval", to: Some("interval"), why: "" },
    Move {
        kind: "Kustomization",
        path: "spec.sourceRef.apiGroup",
        to: None,
        why: "names the only group that a source can be of",
    },
    Move {
        kind: "Kustomization",
        path: "spec.generate",
        to: None,
        why: "asks for what Flux always does: it generates a `kustomization.yaml` where there is none",
    },
];

fn moves(object: &Object<'_>, steps: &mut Steps) {
    for Move { path, to, why, .. } in MOVES.iter().filter(|entry| entry.kind == object.id.kind) {
        let Some(range) = object.key_range(path) else { continue };
        let at = object.at(path);
        let Some(to) = to else {
            steps.change(range, format!("`{path}` {why}; it is removed"), vec![Operation::Remove { at }]);
            continue;
        };
        if object.get(&format!("spec.{to}")).is_some() {
            steps.human(range, format!("`{path}` is called `spec.{to}` today, which is there too: keep one"));
        } else {
            let operation = Operation::Rename { at, key: (*to).to_owned() };
            steps.change(range, format!("`{path}` is called `spec.{to}` today"), vec![operation]);
        }
    }
}

/// Entries that are a text, `name` or `namespace/name`.
/// Source: the CRDs of fluxcd/kustomize-controller before 0.0.13 and fluxcd/helm-controller before 0.0.9.
fn depends_on(object: &Object<'_>, steps: &mut Steps) {
    let Some(list) = object.get("spec.dependsOn").filter(|list| list.items().iter().any(is_text)) else {
        return;
    };
    let Some(range) = object.key_range("spec.dependsOn") else { return };
    let at = object.at("spec.dependsOn");
    match list.items().iter().map(dependency).collect::<Option<Vec<_>>>() {
        Some(items) => {
            let texts = list.items().iter().enumerate().filter(|(_, item)| is_text(item));
            let has_namespace = texts.clone().any(|(_, item)| item.as_str().is_some_and(|text| text.contains('/')));
            let operations = if has_namespace {
                vec![Operation::Replace { at, value: Value::Sequence(items) }]
            } else {
                texts.map(|(index, _)| Operation::Wrap { at: at.index(index), key: "name".to_owned() }).collect()
            };
            steps.change(range, "`spec.dependsOn` lists names with their key `name` today", operations);
        }
        None => steps.human(
            list.range.clone(),
            "`spec.dependsOn` has an entry of which it is not clear whether it names a namespace: write each as \
             `name` and `namespace`",
        ),
    }
}

fn is_text(item: &Node) -> bool {
    item.as_str().is_some()
}

fn dependency(item: &Node) -> Option<Value> {
    let Some(text) = item.as_str() else { return Value::of(item) };
    let pair = |key: &str, value: &str| (key.to_owned(), Value::from(value));
    if text.contains("${") || item.anchor().is_some() || item.tag().is_some() {
        return None;
    }
    match *text.split('/').collect::<Vec<_>>() {
        [name] if !name.is_empty() => Some(Value::Mapping(vec![pair("name", name)])),
        [namespace, name] if !name.is_empty() && !namespace.is_empty() => {
            Some(Value::Mapping(vec![pair("name", name), pair("namespace", namespace)]))
        }
        _ => None,
    }
}

/// Source: fluxcd/source-controller `CHANGELOG.md` 0.0.12.
fn repository_ref(object: &Object<'_>, steps: &mut Steps) {
    const OLD: &str = "spec.helmRepositoryRef";
    let Some(range) = object.key_range(OLD) else { return };
    let is_plain = object
        .mapping(OLD)
        .is_some_and(|old| matches!(old.entries(), [only] if only.key_text() == Some("name")));
    if !is_plain || object.get("spec.sourceRef").is_some() {
        steps.human(range, format!("`{OLD}` is `spec.sourceRef` today: write its kind and its name there"));
        return;
    }
    let at = object.at(OLD);
    let kind = Operation::Insert {
        into: at.clone(),
        position: Position::First,
        key: "kind".to_owned(),
        value: "HelmRepository".into(),
    };
    let rename = Operation::Rename { at, key: "sourceRef".to_owned() };
    steps.change(range, format!("`{OLD}` is called `spec.sourceRef` today, with a kind"), vec![rename, kind]);
}
