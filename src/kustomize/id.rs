//! What names an object: group, version, kind, namespace and name.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde_json::Value;

/// What stands for the namespace of an object outside of any: kustomize writes it into what it remembers.
const NO_NAMESPACE: &str = "_non_namespaceable_";

static CLUSTER_SCOPED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("data/cluster_scoped.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// What names an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version of the group.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// The namespace, where the object says one.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl Id {
    /// The id that stands in an object.
    pub fn of(value: &Value) -> Self {
        let (group, version) = group_version(value);
        let meta = value.get("metadata");
        let word = |key: &str| meta.and_then(|meta| meta.get(key)).map(text).unwrap_or_default().into_owned();
        let namespace = Some(word("namespace")).filter(|namespace| !namespace.is_empty());
        Self { group, version, kind: kind(value).into_owned(), namespace, name: word("name") }
    }

    /// Group and version as `apiVersion` writes them.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether kustomize knows that its kind is in no namespace.
    ///
    /// kubernetes-sigs/kustomize kyaml/openapi `IsCertainlyClusterScoped`; custom resources are never known.
    pub fn is_cluster_scoped(&self) -> bool {
        CLUSTER_SCOPED.contains(format!("{} {}", self.api_version(), self.kind).as_str())
    }

    /// The namespace that kustomize compares by: `default` where none is said.
    ///
    /// kubernetes-sigs/kustomize kyaml/resid `EffectiveNamespace`.
    pub fn effective_namespace(&self) -> &str {
        if self.is_cluster_scoped() { NO_NAMESPACE } else { self.namespace.as_deref().unwrap_or("default") }
    }

    /// Whether kustomize takes both for the same object.
    ///
    /// kubernetes-sigs/kustomize kyaml/resid `ResId.Equals`.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.kind, &self.group, &self.version)
            == (&other.name, &other.kind, &other.group, &other.version)
            && self.effective_namespace() == other.effective_namespace()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind)?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        write!(f, "{} ({})", self.name, self.api_version())
    }
}

/// Group and version of an object, split at the first slash.
pub(super) fn group_version(value: &Value) -> (String, String) {
    let version = value.get("apiVersion").map(text).unwrap_or_default();
    match version.split_once('/') {
        Some((group, version)) => (group.to_owned(), version.to_owned()),
        None => (String::new(), version.into_owned()),
    }
}

/// The kind of an object, empty where it has none.
pub(super) fn kind(value: &Value) -> Cow<'_, str> {
    value.get("kind").map(text).unwrap_or_default()
}

/// The text that a scalar is written with; empty for anything else.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Value::Null | Value::Array(_) | Value::Object(_) => Cow::Borrowed(""),
    }
}
