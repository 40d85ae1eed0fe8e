//! The selected components.

use super::raw::{Problem, Raw, RawValue, nearest};
use super::{Answers, Note, Platform};
use crate::blueprint::catalogue::{Catalogue, Component};
use crate::phrase::{List, literals};

/// Reads an answer: ids of the catalogue, each once.
pub(super) fn read(raw: &Raw, catalogue: &Catalogue) -> Result<Vec<String>, Vec<Problem>> {
    let accepted = accepted(catalogue);
    let items: Vec<Raw> = match &raw.value {
        RawValue::List(items) => items.clone(),
        RawValue::Text(text) if !raw.is_nothing() => {
            let ids = text.split([',', ' ']).map(str::trim).filter(|id| !id.is_empty());
            ids.map(|id| Raw::text(id, &raw.place)).collect()
        }
        _ if raw.is_nothing() => Vec::new(),
        _ => return Err(vec![raw.problem("components", format!("is {}", raw.kind()), &accepted)]),
    };
    let mut ids: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let key = format!("components[{index}]");
        match id(item, &key, catalogue, &accepted) {
            Ok(id) if ids.contains(&id) => {
                problems.push(item.problem(&key, format!("is `{id}` a second time"), &accepted));
            }
            Ok(id) => ids.push(id),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(ids) } else { Err(problems) }
}

/// What the question takes.
pub(super) fn accepted(catalogue: &Catalogue) -> String {
    let ids: Vec<&str> = catalogue.selectable().map(|component| component.id.as_str()).collect();
    format!("a list of {}, or `none`", List(&literals(&ids), "and"))
}

fn id(item: &Raw, key: &str, catalogue: &Catalogue, accepted: &str) -> Result<String, Problem> {
    let id = item.expect_text(key, accepted)?;
    let known: Vec<&str> = catalogue.selectable().map(|component| component.id.as_str()).collect();
    if known.contains(&id) {
        return Ok(id.to_owned());
    }
    let providers = catalogue.providers(id);
    let why = if let Some(retired) = catalogue.retired(id) {
        format!("which {} since {}: take `{}`", retired.reason, retired.since, retired.instead)
    } else if !providers.is_empty() {
        format!("which is a capability; {} has it", List(&literals(&providers), "or"))
    } else if catalogue.get(id).is_some() {
        "which comes by itself as the sample app".to_owned()
    } else {
        format!("which is no component{}", nearest(id, &known))
    };
    Err(item.problem(key, format!("is `{id}`, {why}"), accepted))
}

/// A remark on what was added to the selected components, since they need it.
pub(super) fn added(answers: &Answers, catalogue: &Catalogue) -> Option<Note> {
    let resolved = answers.resolved(catalogue);
    let added = resolved.into_iter().filter(|component| !answers.components.contains(&component.id));
    let ids = Component::ids(added);
    let text = format!("`components`: {ids} added, since others need what comes with it");
    (!ids.is_empty()).then_some(Note { key: "components", text, warns: false })
}

/// The default for `platform`: what a platform usually wants, less what it brings itself.
pub(super) fn usual(platform: Platform, catalogue: &Catalogue) -> Vec<String> {
    let usual = ["envoy-gateway", "cert-manager", "metrics-server", "kube-prometheus-stack"];
    let has_place = |id: &&&str| {
        catalogue.get(id).is_some_and(|component| !component.platforms_without.contains_key(platform.id()))
    };
    usual.iter().filter(has_place).map(ToString::to_string).collect()
}

/// What stands between the components and the platform.
pub(super) fn together(raw: &Raw, answers: &Answers, components: &[&Component]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, component) in components.iter().enumerate() {
        let key = "components";
        if let Some(reason) = component.platforms_without.get(answers.platform.id()) {
            let message = format!("has `{}` on `{}`: {reason}", component.id, answers.platform.id());
            problems.push(raw.problem(key, message, &format!("components without `{}`", component.id)));
        }
        let clashes = |other: &&&Component| {
            component.conflicts.contains(&other.id)
                || other.conflicts.contains(&component.id)
                || (component.capability == other.capability && component.id != other.id)
        };
        if let Some(other) = components[..index].iter().find(clashes) {
            let message = format!("has both `{}` and `{}`", other.id, component.id);
            problems.push(raw.problem(key, message, "one of the two"));
        }
    }
    problems
}
