//! One of the two objects, as far as it is told: rows, and operations for what has no field.

use serde_json::{Map, Value, json};

use super::Root;
use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::instance::InstancePatch;
use crate::bootstrap::limit::Limit;
use crate::flux::schema::facts;

/// The API version of source and Kustomization that the operator writes.
///
/// Source: controlplaneio-fluxcd/flux-operator `internal/builder/semver.go`; OCIRepositories and Buckets are older before
/// Flux 2.6, with the same fields.
const CURRENT: &str = "v1";

/// Collects rows and patch operations for one object.
pub(super) struct Part<'a> {
    pub(super) root: &'a Root<'a>,
    /// Labels and annotations that `spec.commonMetadata` gives to everything.
    common: &'a [Vec<(String, String)>; 2],
    operations: Vec<Value>,
    rows: Vec<Row>,
}

impl<'a> Part<'a> {
    pub(super) const fn new(root: &'a Root<'a>, common: &'a [Vec<(String, String)>; 2]) -> Self {
        Self { root, common, operations: Vec::new(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, keys: &[&str], outcome: Outcome) {
        let value = keys.iter().try_fold(self.root.value, |value, key| value.get(key));
        let shown = value.map(shown).unwrap_or_default();
        let subject = format!("{} `{}`: {}{shown}", self.root.kind(), self.root.name(), keys.join("."));
        self.rows.push(Row::new(subject, (self.root.place)(keys), outcome));
    }

    pub(super) fn field(&mut self, key: &str, field: &str) {
        self.row(&["spec", key], Outcome::Field(format!("spec.sync.{field}")));
    }

    pub(super) fn operation(&mut self, operation: &str, pointer: &str, value: Option<&Value>) {
        let mut entry = Map::new();
        entry.insert("op".to_owned(), json!(operation));
        entry.insert("path".to_owned(), json!(pointer));
        entry.extend(value.map(|value| ("value".to_owned(), value.clone())));
        self.operations.push(Value::Object(entry));
    }

    /// Fields that `spec.sync` has no word for.
    pub(super) fn rest(&mut self, known: &[&str]) {
        for (key, value) in self.root.spec() {
            if known.contains(&key.as_str()) {
                continue;
            }
            if !self.is_current(&key) {
                let why = "the API version that the operator writes does not have this field: say the same without it first";
                self.row(&["spec", &key], Outcome::Human(Limit::UnportablePatch, why.into()));
                continue;
            }
            self.operation("add", &format!("/spec/{}", escaped(&key)), Some(&value));
            let why = "a patch adds it: `spec.sync` has no field for it";
            self.row(&["spec", &key], Outcome::Patch(why.into()));
        }
        for (key, common) in ["labels", "annotations"].into_iter().zip(self.common) {
            let value = self.root.value.get("metadata").and_then(|metadata| metadata.get(key));
            let is_common =
                |key: &str, value: &Value| common.iter().any(|(own, text)| own == key && value == text);
            let own = value.and_then(Value::as_object).into_iter().flatten();
            let own: Map<String, Value> = own
                .filter(|(key, value)| !is_common(key, value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            if !own.is_empty() {
                self.operation("add", &format!("/metadata/{key}"), Some(&Value::Object(own)));
                self.row(&["metadata", key], Outcome::Patch("a patch adds them".into()));
            }
        }
    }

    /// Whether the API version that the operator writes has the field; also where that is not known.
    fn is_current(&self, key: &str) -> bool {
        let group = self.root.text(&["apiVersion"]).and_then(|version| version.split_once('/'));
        let facts = group.and_then(|(group, _)| facts(group, CURRENT, self.root.kind()));
        facts.is_none_or(|facts| facts.field(&["spec", key].into_iter().collect()).is_some())
    }

    pub(super) fn patch(self, patches: &mut Vec<InstancePatch>, rows: &mut Vec<Row>) {
        if !self.operations.is_empty() {
            patches.push(InstancePatch::of_operations(self.root.kind(), None, &self.operations));
        }
        rows.extend(self.rows);
    }
}

/// A value in a few words.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => {
            let text = value.to_string();
            let short: String = text.chars().take(60).collect();
            if short.len() < text.len() { format!(" = {short}…") } else { format!(" = {short}") }
        }
        Value::String(text) => format!(" = {text}"),
        other => format!(" = {other}"),
    }
}

/// A key as a part of a JSON pointer.
///
/// Source: RFC 6901, section 3.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
