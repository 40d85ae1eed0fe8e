//! What selects Flux's pods by labels that bootstrap puts on them from Flux 2.7 on, and the operator does not.
//!
//! Source: fluxcd/flux2 v2.7.0 `manifests/install`, pod template labels `app.kubernetes.io/instance` (the namespace) and
//! `app.kubernetes.io/version`; controlplaneio-fluxcd/flux-operator `internal/builder/templates.go` sets them on objects
//! only.

use std::ops::Range;

use super::scope::{Object, Scope, at, list};
use crate::place::Place;
use crate::yaml::Node;

/// The labels. Objects keep them, pods lose them.
pub(super) const LABELS: [&str; 2] = ["app.kubernetes.io/instance", "app.kubernetes.io/version"];

/// The same as Prometheus spells them.
const SPELLED: [&str; 2] = ["pod_label_app_kubernetes_io_instance", "pod_label_app_kubernetes_io_version"];

/// A selector, or something else that reads a label of Flux's pods. It matters where Flux 2.7 or later runs: before,
/// their pods had no such label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// Where the label is named.
    pub place: Place,
    /// What becomes of it.
    pub message: String,
    /// Index of that in [`crate::flux::Index::resources`].
    pub resource: usize,
    /// What it is in, as `Kind name`.
    pub object: String,
    /// The label.
    pub label: &'static str,
    /// The namespace of Flux that it selects in; `None` where the repository does not tell.
    pub namespace: Option<String>,
}

pub(super) fn read(scope: &Scope<'_>) -> Vec<Selector> {
    let mut found = Vec::new();
    for object in scope.objects() {
        // Services are found by their own labels, which stay; only what is copied from pods goes.
        let by_service = object.resource.id.kind.contains("ServiceMonitor") || object.is("", "Service");
        let mut reader = Reader { scope, object, found: Vec::new() };
        if !by_service || object.is("", "Service") {
            reader.selectors(object.node, false);
        }
        if let Some(spec) = object.at(&["spec"]) {
            reader.copies(spec);
        }
        found.append(&mut reader.found);
    }
    found
}

struct Reader<'s, 'a> {
    scope: &'s Scope<'a>,
    object: Object<'a>,
    found: Vec<Selector>,
}

impl<'a> Reader<'_, 'a> {
    /// Labels below a key that is a selector's, with a value that only Flux's pods have.
    fn selectors(&mut self, node: &'a Node<'a>, in_selector: bool) {
        for entry in node.entries() {
            let key = entry.key_text().unwrap_or_default();
            let plain = key.rsplit(':').next().unwrap_or(key);
            if in_selector
                && let Some(label) = LABELS.into_iter().find(|label| *label == plain)
                && entry.value.as_str().is_some_and(|value| self.is_of_flux(label, value))
            {
                self.add(label, entry.start..entry.value.range.end);
            }
            self.selectors(
                &entry.value,
                in_selector || key.to_ascii_lowercase().ends_with("selector") || key == "matchLabels",
            );
        }
        for item in node.items() {
            if in_selector {
                self.expression(item);
            }
            self.selectors(item, in_selector);
        }
    }

    /// An item of `matchExpressions`.
    fn expression(&mut self, item: &'a Node<'a>) {
        let key = item.get("key").and_then(Node::as_str);
        let Some(label) = key.and_then(|key| LABELS.into_iter().find(|label| *label == key)) else { return };
        let operator = item.get("operator").and_then(Node::as_str);
        let values = list(item.get("values"));
        let names_flux =
            values.iter().any(|value| value.as_str().is_some_and(|value| self.is_of_flux(label, value)));
        let is_any = operator == Some("Exists") && self.selected_namespace().is_some();
        if operator == Some("In") && names_flux || is_any {
            self.add(label, item.range.clone());
        }
    }

    /// Whether the value of a label is that of Flux's pods. The version alone is any program's.
    fn is_of_flux(&self, label: &str, value: &str) -> bool {
        if label == LABELS[0] {
            return self.scope.runs_in(value);
        }
        let is_version = value
            .strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        is_version && self.selected_namespace().is_some()
    }

    /// Labels of pods that a monitor copies into what it measures.
    fn copies(&mut self, spec: &'a Node<'a>) {
        let kind = &self.object.resource.id.kind;
        let is_monitor =
            kind.contains("Monitor") || kind.contains("PodScrape") || kind.contains("ServiceScrape");
        if !is_monitor || self.selected_namespace().is_none() {
            return;
        }
        for node in list(spec.get("podTargetLabels")) {
            let label = node.as_str().and_then(|text| LABELS.into_iter().find(|label| *label == text));
            if let Some(label) = label {
                self.add(label, node.range.clone());
            }
        }
        self.relabelings(spec);
    }

    fn relabelings(&mut self, node: &'a Node<'a>) {
        for entry in node.entries() {
            if matches!(entry.key_text(), Some("sourceLabels" | "source_labels")) {
                for source in list(Some(&entry.value)) {
                    let text = source.as_str().unwrap_or_default();
                    if let Some(at) = SPELLED.iter().position(|spelled| text.ends_with(spelled)) {
                        self.add(LABELS[at], source.range.clone());
                    }
                }
            }
            self.relabelings(&entry.value);
        }
        for item in node.items() {
            self.relabelings(item);
        }
    }

    /// The namespace of Flux that the object looks into.
    fn selected_namespace(&self) -> Option<&'a str> {
        let selector = self.object.at(&["spec", "namespaceSelector"]);
        let names = selector.and_then(|selector| selector.get("matchNames"));
        if let Some(names) = names {
            let mut names = names.items().iter().filter_map(Node::as_str);
            return names.find(|name| self.scope.runs_in(name));
        }
        let own = self.object.namespace().filter(|namespace| self.scope.runs_in(namespace));
        let any = selector.and_then(|selector| at(selector, &["any"])).is_some();
        own.or_else(|| self.scope.namespaces.first().copied().filter(|_| any))
    }

    fn add(&mut self, label: &'static str, range: Range<usize>) {
        let object = self.object.title();
        let message = format!(
            "{object} goes by label `{label}` of pods, which Flux's pods lose: take `app` or \
             `app.kubernetes.io/component` instead"
        );
        let namespace = self.selected_namespace().map(str::to_owned);
        let place = self.scope.at(self.object, range);
        self.found.push(Selector { place, message, resource: self.object.index, object, label, namespace });
    }
}
