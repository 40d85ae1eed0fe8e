//! Patches of a FluxInstance.

use serde_json::{Value, json};

use super::fields;
use crate::yaml;
use crate::yaml::write::{Style, scalar};

/// An item of `spec.kustomize.patches`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstancePatch {
    /// Lines that explain it, without `#`.
    pub comments: Vec<String>,
    /// The kind that it selects.
    pub kind: String,
    /// The names that it selects, a regular expression anchored at both ends; all where none is given.
    pub name: Option<String>,
    /// Labels that it selects by besides.
    pub label_selector: Option<String>,
    /// A strategic merge patch or a list of JSON 6902 operations, as text.
    pub text: String,
}

impl InstancePatch {
    /// A patch of JSON 6902 operations.
    pub fn of_operations(kind: &str, name: Option<String>, operations: &[Value]) -> Self {
        let lines = operations.iter().map(|operation| match yaml::Value::of_json(operation) {
            Some(value) => yaml::write::item(&value, 0, "\n") + "\n",
            None => format!("- {operation}\n"),
        });
        Self {
            comments: Vec::new(),
            kind: kind.to_owned(),
            name,
            label_selector: None,
            text: lines.collect(),
        }
    }

    /// A strategic merge patch for all objects of a kind.
    pub fn of_merge(kind: &str, patch: &Value) -> Self {
        let text = match yaml::Value::of_json(patch) {
            Some(yaml::Value::Mapping(entries)) => {
                let line = |(key, value): &(String, yaml::Value)| {
                    yaml::write::entry(key, value, Style::Block, 0, "\n") + "\n"
                };
                entries.iter().map(line).collect()
            }
            _ => format!("{patch}\n"),
        };
        Self { comments: Vec::new(), kind: kind.to_owned(), name: None, label_selector: None, text }
    }

    /// Itself with a last line that keeps the line break before it, where that is part of a value: kustomize trims patches
    /// that are written in a kustomization.
    ///
    /// Source: kubernetes-sigs/kustomize `api/internal/builtins/PatchTransformer.go`, `Config`.
    #[must_use]
    pub fn with_its_end(mut self) -> Self {
        let values = |text: &str| -> Vec<Option<Value>> {
            let stream = yaml::parse(text);
            stream.documents.iter().map(|document| document.to_json().ok().flatten()).collect()
        };
        if self.text.ends_with('\n') && values(&self.text) != values(self.text.trim()) {
            self.text.push_str("# The text above ends with a line break.\n");
        }
        self
    }

    /// Its `target`.
    pub fn target(&self) -> Value {
        fields(&self.selection())
    }

    pub(super) fn value(&self) -> Value {
        json!({ "target": self.target(), "patch": self.text })
    }

    fn selection(&self) -> Vec<(&'static str, String)> {
        let optional = [("name", &self.name), ("labelSelector", &self.label_selector)];
        let optional = optional.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)));
        std::iter::once(("kind", self.kind.clone())).chain(optional).collect()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let comment = |line: &String| format!("      # {line}").trim_end().to_owned();
        let mut lines: Vec<String> = self.comments.iter().map(comment).collect();
        lines.push("      - target:".to_owned());
        let pair = |(key, value): &(&str, String)| format!("          {key}: {}", scalar(value));
        lines.extend(self.selection().iter().map(pair));
        let text = yaml::Value::String(self.text.clone());
        lines.push(format!("        {}", yaml::write::entry("patch", &text, Style::Block, 8, "\n")));
        lines
    }
}
