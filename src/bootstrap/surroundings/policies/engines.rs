//! Constraints of Gatekeeper, and policies of expressions: Kubernetes' own and Kyverno's newer kinds.

use super::{IMAGES, NAME_LABEL, Notes, OPERATOR, Why};
use crate::bootstrap::surroundings::scope::{at, is_like, list, texts};
use crate::yaml::Node;

/// What in a `match` says about the namespace of Flux.
enum Naming<'n> {
    /// It leaves it out.
    Not,
    /// It names it.
    Here(&'n Node<'n>),
    /// Nothing.
    Nowhere,
}

pub(super) fn of_gatekeeper(notes: &mut Notes<'_, '_>) {
    let matched = notes.object.at(&["spec", "match"]);
    let is_flux = |node: &&Node<'_>| {
        let pattern = node.as_str().unwrap_or_default();
        notes.scope.namespaces.iter().any(|namespace| is_like(pattern, namespace))
    };
    let excluded = list(matched.and_then(|matched| matched.get("excludedNamespaces")));
    if excluded.iter().any(is_flux) {
        return;
    }
    let included = list(matched.and_then(|matched| matched.get("namespaces")));
    match included.iter().find(|node| is_flux(node)) {
        Some(node) if node.as_str() != Some("*") => {
            let range = node.range.clone();
            notes.add(Why::Namespace, range);
        }
        None if !included.is_empty() => return,
        _ => {}
    }
    let kinds = list(matched.and_then(|matched| matched.get("kinds")));
    let mut kinds = kinds.into_iter().flat_map(|kind| list(kind.get("kinds"))).filter_map(Node::as_str);
    let of_workloads = kinds.any(|kind| matches!(kind, "Pod" | "Deployment" | "*"));
    // A constraint of workloads asks for labels of the Deployment too, which stay.
    body(notes, &["parameters", "assign", "location"], of_workloads);
}

pub(super) fn of_expressions(notes: &mut Notes<'_, '_>) {
    let constraints = notes.object.at(&["spec", "matchConstraints"]);
    match constraints.map_or(Naming::Nowhere, |constraints| naming(notes, constraints)) {
        Naming::Not => return,
        Naming::Here(node) => notes.add(Why::Namespace, node.range.clone()),
        Naming::Nowhere => {}
    }
    let rules = list(constraints.and_then(|constraints| constraints.get("resourceRules")));
    let mut resources =
        rules.into_iter().flat_map(|rule| list(rule.get("resources"))).filter_map(Node::as_str);
    let of_workloads = resources.any(|name| matches!(name, "pods" | "deployments" | "replicasets" | "*"));
    let keys = ["validations", "variables", "matchConditions", "mutations", "matchImageReferences", "images"];
    body(notes, &keys, of_workloads);
}

/// Reads what is behind these keys of the spec.
fn body(notes: &mut Notes<'_, '_>, keys: &[&str], of_workloads: bool) {
    let object = notes.object;
    for node in keys.iter().filter_map(|key| object.at(&["spec", key])) {
        notes.words(node, of_workloads);
        let (mut of_flux, mut of_operator) = (None, false);
        texts(node, &mut Vec::new(), &mut |_, text, range| {
            of_operator |= OPERATOR.starts_with(text.trim_end_matches('*')) && text.len() > 3;
            of_operator |= text.contains("ghcr.io/controlplaneio-fluxcd");
            if of_flux.is_none() && text.contains(IMAGES) {
                of_flux = Some(range);
            }
        });
        if let Some(range) = of_flux.filter(|_| !of_operator) {
            notes.add(Why::Images, range);
        }
    }
}

/// Reads a selector of namespaces by the label that has their name.
fn naming<'a>(notes: &Notes<'_, 'a>, constraints: &'a Node<'a>) -> Naming<'a> {
    let Some(selector) = constraints.get("namespaceSelector") else { return Naming::Nowhere };
    let is_flux = |node: &&Node<'_>| node.as_str().is_some_and(|name| notes.scope.runs_in(name));
    if let Some(name) = at(selector, &["matchLabels", NAME_LABEL]) {
        return if is_flux(&name) { Naming::Here(name) } else { Naming::Not };
    }
    for expression in list(selector.get("matchExpressions")) {
        let text = |key: &str| expression.get(key).and_then(Node::as_str);
        if text("key") != Some(NAME_LABEL) {
            continue;
        }
        let found = list(expression.get("values")).into_iter().find(is_flux);
        match (text("operator"), found) {
            (Some("In"), Some(node)) => return Naming::Here(node),
            (Some("In"), None) | (Some("NotIn"), Some(_)) => return Naming::Not,
            _ => {}
        }
    }
    Naming::Nowhere
}
