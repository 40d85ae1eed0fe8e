#![doc = include_str!("stale_reference.md")]

use memchr::memmem;

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::resource::group_version;
use crate::rules::data;
use crate::rules::data::groups::{HELM, IMAGE, KUSTOMIZE, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Node, Operation, Position, Route};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "stale-reference",
        group: Group::Migrate,
        summary: "A Flux object refers to others by an old API version",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("stale_reference.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] =
    &[Transition { rule: RULE.meta.id, group: "", kinds: &[], steps: references }];

/// Kinds and the mappings in them that refer to an object by `apiVersion` and `kind`. A star stands for the items of a
/// list.
const REFERENCES: [(&str, &[&str]); 8] = [
    ("Kustomization", &["sourceRef", "healthChecks.*", "healthCheckExprs.*"]),
    ("HelmRelease", &["chartRef", "chart.spec.sourceRef", "healthCheckExprs.*"]),
    ("HelmChart", &["sourceRef"]),
    ("ImageUpdateAutomation", &["sourceRef"]),
    ("Receiver", &["resources.*"]),
    ("Alert", &["eventSources.*"]),
    ("ResourceSet", &["dependsOn.*"]),
    ("ArtifactGenerator", &["sources.*"]),
];

/// Patches that no kustomization of this repository applies, by the kind that brings them.
const TARGETS: [(&str, &str); 2] = [
    ("HelmRelease", "postRenderers.*.kustomize.patches.*.target"),
    ("FluxInstance", "kustomize.patches.*.target"),
];

/// Kinds that notification-controller does not know the version of, so a Receiver has to name it.
///
/// Source: fluxcd/notification-controller `internal/server/receiver_handlers.go`.
const NAMED_WITH_VERSION: [(&str, &str); 5] = [
    ("Kustomization", KUSTOMIZE),
    ("HelmRelease", HELM),
    ("ImagePolicy", IMAGE),
    ("ImageUpdateAutomation", IMAGE),
    ("ExternalArtifact", SOURCE),
];

fn references(object: &Object<'_>, steps: &mut Steps) {
    let Some(spec) = object.get("spec") else { return };
    let route = object.at("spec");
    let of_kind = REFERENCES.iter().filter(|(kind, _)| *kind == object.id.kind).flat_map(|(_, paths)| *paths);
    for path in of_kind {
        each(spec, &route, path, &mut |node, route| reference(object, node, &route, steps));
    }
    for (_, path) in TARGETS.iter().filter(|(kind, _)| *kind == object.id.kind) {
        each(spec, &route, path, &mut |node, route| target(object, node, &route, steps));
    }
    let has_lists =
        |values: &&Node| memmem::find(object.text[values.range.clone()].as_bytes(), LISTS).is_some();
    let values = spec.get("values").filter(|_| object.id.kind == "HelmRelease");
    if let Some(values) = values.filter(has_lists) {
        lists(object, values, &route.key("values"), steps);
    }
}

/// Calls `found` with each node at `path` below `node`, which stands at `route`.
fn each<'n>(node: &'n Node<'n>, route: &Route, path: &str, found: &mut impl FnMut(&'n Node<'n>, Route)) {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let below: Vec<(&Node, Route)> = match step {
        "*" => node.items().iter().enumerate().map(|(at, item)| (item, route.index(at))).collect(),
        key => node.get(key).map(|value| (value, route.key(key))).into_iter().collect(),
    };
    for (node, route) in below {
        match rest {
            Some(rest) => each(node, &route, rest, found),
            None => found(node, route),
        }
    }
}

/// A mapping with `apiVersion` and `kind`.
fn reference(object: &Object<'_>, node: &Node, route: &Route, steps: &mut Steps) {
    let Some(kind) = node.get("kind").and_then(Node::as_str) else { return };
    let Some(written) = node.get("apiVersion") else {
        if object.id.kind == "Receiver" {
            without_version(object, node, kind, route, steps);
        }
        return;
    };
    let Some((group, version)) = written.as_str().and_then(|text| text.rsplit_once('/')) else { return };
    if let Some(row) = object.successor(group, version, kind) {
        let new = group_version(&row.group, &row.version);
        let operation = Operation::Replace { at: route.key("apiVersion"), value: new.into() };
        let message = format!("its reference to {kind} names `{version}`, {row} is what Flux stores");
        steps.change(written.range.clone(), message, vec![operation]);
    }
}

fn without_version(object: &Object<'_>, node: &Node, kind: &str, route: &Route, steps: &mut Steps) {
    let Some((_, group)) = NAMED_WITH_VERSION.iter().find(|(known, _)| *known == kind) else { return };
    let Some(row) = data::newest(group, kind, object.flux()) else { return };
    let operation = Operation::Insert {
        into: route.clone(),
        position: Position::Before("kind".to_owned()),
        key: "apiVersion".to_owned(),
        value: group_version(&row.group, &row.version).into(),
    };
    let message = format!("its reference to {kind} must name an API version, or the webhook finds nothing");
    steps.change(node.range.clone(), message, vec![operation]);
}

/// The target of a patch for what a chart or the operator renders: at a version that the target does not serve, nothing
/// is rendered that it could find.
fn target(object: &Object<'_>, node: &Node, route: &Route, steps: &mut Steps) {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let (Some(version), Some(kind)) = (text("version"), text("kind")) else { return };
    let rows = data::rows().iter().filter(|row| row.kind == kind && row.version == version);
    let of_group = rows.filter(|row| text("group").is_none_or(|group| group == row.group));
    let [row] = of_group.collect::<Vec<_>>()[..] else { return };
    let is_gone = row.removed.is_some_and(|removed| removed <= object.flux());
    if let (Some(to), Some(pin), true) =
        (object.successor(&row.group, version, kind), node.get("version"), is_gone)
    {
        let operation = Operation::Replace { at: route.key("version"), value: to.version.clone().into() };
        let message = format!(
            "a patch for what is rendered here finds {kind} at `{version}`, which Flux {} does not serve; make sure \
             that {to} is what is rendered",
            object.flux()
        );
        steps.change(pin.range.clone(), message, vec![operation]);
    }
}

/// The key of a kind in such a list.
const LISTS: &[u8] = b"groupVersionKind";

/// Lists of kinds in the values of a chart, as kube-state-metrics takes them (`groupVersionKind`).
///
/// Source: kubernetes/kube-state-metrics `docs/metrics/extend/customresourcestate-metrics.md`.
fn lists(object: &Object<'_>, node: &Node, route: &Route, steps: &mut Steps) {
    for (at, item) in node.items().iter().enumerate() {
        lists(object, item, &route.index(at), steps);
    }
    for entry in node.entries() {
        let Some(key) = entry.key_text() else { continue };
        let route = route.key(key);
        if key.as_bytes() != LISTS {
            lists(object, &entry.value, &route, steps);
            continue;
        }
        let text = |key: &str| entry.value.get(key).and_then(Node::as_str);
        let (Some(group), Some(version), Some(kind)) = (text("group"), text("version"), text("kind")) else {
            continue;
        };
        let row = object.successor(group, version, kind).filter(|row| row.group == group);
        if let (Some(row), Some(written)) = (row, entry.value.get("version")) {
            let operation =
                Operation::Replace { at: route.key("version"), value: row.version.clone().into() };
            let message = format!("its values list {kind} at `{version}`, {row} is what Flux stores");
            steps.change(written.range.clone(), message, vec![operation]);
        }
    }
}
