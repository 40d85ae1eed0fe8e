//! What a patch is for: patterns for group, version, kind, name and namespace, and conditions on labels and annotations.

use regex::Regex;
use serde::Deserialize;

use super::conditions::Conditions;
use super::object::Object;
use super::pattern::compile;

/// The `target` of a patch. An empty pattern matches anything.
///
/// kubernetes-sigs/kustomize api/types/selector.go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Selector {
    /// Pattern of the API group.
    pub group: String,
    /// Pattern of the version.
    pub version: String,
    /// Pattern of the kind.
    pub kind: String,
    /// Pattern of the name.
    pub name: String,
    /// Pattern of the namespace.
    pub namespace: String,
    /// Conditions on labels.
    pub label_selector: Option<String>,
    /// Conditions on annotations.
    pub annotation_selector: Option<String>,
}

/// A selector that is ready for many objects.
pub(super) struct Matcher {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Conditions,
    annotations: Conditions,
}

impl Selector {
    /// Whether it selects `object`: by the name and the namespace that it has or was written with.
    ///
    /// # Errors
    /// A pattern or a condition cannot be read.
    pub fn selects(&self, object: &Object) -> Result<bool, String> {
        self.matcher().map(|matcher| matcher.matches(object))
    }

    pub(super) fn matcher(&self) -> Result<Matcher, String> {
        Ok(Matcher {
            group: pattern(&self.group)?,
            version: pattern(&self.version)?,
            kind: pattern(&self.kind)?,
            name: pattern(&self.name)?,
            namespace: pattern(&self.namespace)?,
            labels: Conditions::read(self.label_selector.as_deref().unwrap_or_default())?,
            annotations: Conditions::read(self.annotation_selector.as_deref().unwrap_or_default())?,
        })
    }
}

impl Matcher {
    /// `Select` in kubernetes-sigs/kustomize api/resmap/reswrangler.go.
    pub(super) fn matches(&self, object: &Object) -> bool {
        let (now, original) = (object.id(), object.original_id());
        let is = |pattern: &Option<Regex>, texts: &[&str]| {
            pattern.as_ref().is_none_or(|pattern| texts.iter().any(|text| pattern.is_match(text)))
        };
        is(&self.namespace, &[original.effective_namespace(), now.effective_namespace()])
            && is(&self.name, &[&original.name, &now.name])
            && is(&self.group, &[&now.group])
            && is(&self.version, &[&now.version])
            && is(&self.kind, &[&now.kind])
            && self.labels.hold(|key| value_of(object, "labels", key))
            && self.annotations.hold(|key| value_of(object, "annotations", key))
    }
}

fn value_of(object: &Object, field: &str, key: &str) -> Option<String> {
    object.metadata(field).find(|(own, _)| *own == key).map(|(_, value)| value.into_owned())
}

fn pattern(text: &str) -> Result<Option<Regex>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let unreadable = |_| format!("`{text}` in the target of a patch is no pattern");
    compile(&format!("^(?:{text})$")).map(Some).map_err(unreadable)
}
