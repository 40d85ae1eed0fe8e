//! An object of `gotk-components.yaml` without what flags, namespace and version put into it, and its digest.

use serde_json::Value;

use super::deployment;
use super::object::{DEFAULT_NAMESPACE, has_suffix, id, moved, with_suffix};
use super::{Component, Setting};
use crate::flux::Id;
use crate::repo::git;

/// What stands for the namespace. No text of a manifest can be the same: YAML has no such character.
pub(super) const NAMESPACE: &str = "\u{1}namespace";

/// What stands for the version of the release.
const VERSION: &str = "\u{1}version";

/// Labels of everything that bootstrap writes; since 2.7 of pods too.
pub(super) const INSTANCE: &str = "app.kubernetes.io/instance";
pub(super) const VERSION_LABEL: &str = "app.kubernetes.io/version";

/// Hexadecimal digits of a digest: 96 bits, far more than some hundred objects need to be told apart.
const DIGITS: usize = 24;

/// An object, taken apart.
pub(super) struct Canonical {
    /// What it is called.
    pub(super) id: Id,
    /// What it would be called in the default namespace, which the facts name it by.
    pub(super) stock: Id,
    /// The digest of all that no flag decides.
    pub(super) digest: String,
    /// What its flags are, if it is the Deployment of a component.
    pub(super) settings: Vec<Setting>,
    /// The image of that Deployment.
    pub(super) image: Option<(Component, String)>,
}

impl Canonical {
    /// Takes `object` apart. Where it does not name `namespace` and `version` (`v2.9.4`) at a place where bootstrap
    /// would, what it names stays and counts.
    pub(super) fn of(object: &Value, namespace: &str, version: &str) -> Self {
        let id = id(object);
        let stock = moved(&id, namespace, DEFAULT_NAMESPACE);
        let mut value = object.clone();
        replace(&mut value, &["metadata", "namespace"], namespace, NAMESPACE);
        replace(&mut value, &["metadata", "labels", INSTANCE], namespace, NAMESPACE);
        replace(&mut value, &["metadata", "labels", VERSION_LABEL], version, VERSION);
        if id.kind == "Namespace" {
            replace(&mut value, &["metadata", "name"], namespace, NAMESPACE);
        }
        if has_suffix(&id.kind) {
            cut_suffix(&mut value["metadata"]["name"], namespace);
        }
        if id.kind == "ClusterRoleBinding" {
            if let Some(role) = at(&mut value, &["roleRef", "name"]) {
                cut_suffix(role, namespace);
            }
            let subjects = at(&mut value, &["subjects"]).and_then(Value::as_array_mut);
            for subject in subjects.into_iter().flatten() {
                replace(subject, &["namespace"], namespace, NAMESPACE);
            }
        }
        let component = Component::from_name(&id.name).filter(|_| id.kind == "Deployment");
        let (mut settings, mut image) = (Vec::new(), None);
        if let Some(component) = component {
            settings = deployment::take(&mut value, component, namespace, version);
            image = deployment::take_image(&mut value).map(|image| (component, image));
            settings.extend(image.as_ref().and_then(|(_, image)| deployment::registry(component, image)));
        }
        Self { id, stock, digest: digest(&value), settings, image }
    }
}

/// The value that `path` leads to through mappings.
pub(super) fn at<'v>(value: &'v mut Value, path: &[&str]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, key| value.get_mut(key))
}

fn replace(value: &mut Value, path: &[&str], from: &str, to: &str) {
    if let Some(value) = at(value, path)
        && *value == from
    {
        *value = Value::from(to);
    }
}

fn cut_suffix(name: &mut Value, namespace: &str) {
    if let Some(cut) = name.as_str().and_then(|name| with_suffix(name, namespace, NAMESPACE)) {
        *name = Value::from(cut);
    }
}

/// A digest that does not depend on the order of keys.
fn digest(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    let mut digest = git::blob_id(text.as_bytes());
    digest.truncate(DIGITS);
    digest
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in entries {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
