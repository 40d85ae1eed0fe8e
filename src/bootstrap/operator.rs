//! What the operator makes of a FluxInstance, computed from the stock objects of the same release.
//!
//! Source: controlplaneio-fluxcd/flux-operator `internal/builder/{build,templates,profiles,workload_identity}.go`. Digests of
//! images are left out: which they are, only the operator knows.

mod controllers;

use serde_json::{Map, Value, json};

use super::instance::{Instance, Sync};
use super::release::{Component, Version};
use crate::kustomize::{self, Object, Patch, Selector, Written};
use crate::place::Place;

pub use controllers::{APPLIERS, CLOUD, LOCKED};

/// Kinds whose objects have no namespace yet when the patches of a FluxInstance look for them.
const UNPLACED: [&str; 4] = ["Deployment", "NetworkPolicy", "Service", "ServiceAccount"];

/// Rules that the operator adds to, and takes from, what a release brings.
pub(super) struct Rules;

impl Rules {
    /// The rule for the operator's own kinds.
    pub(super) fn own() -> Value {
        json!({"apiGroups": ["fluxcd.controlplane.io"], "resources": ["*"], "verbs": ["*"]})
    }

    /// The rule that lets controllers get tokens of service accounts.
    pub(super) fn token() -> Value {
        json!({"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]})
    }
}

/// Kinds of the operator that alerts and receivers may name.
pub(super) const OWN_KINDS: [&str; 3] = ["FluxInstance", "ResourceSet", "ResourceSetInputProvider"];

/// The objects that the operator applies for `instance`, made from the `stock` objects of the release `version`, as
/// `flux bootstrap` writes them.
///
/// Fails, with the reason, where a patch cannot be applied: then the operator would not build it either.
pub fn render(instance: &Instance, stock: &[&Value], version: Version) -> Result<Vec<Value>, String> {
    let base = stock.iter().map(|object| base(instance, object, version));
    let roots = instance.sync.iter().flat_map(|sync| roots(instance, sync));
    let mut objects: Vec<Object> = base.chain(roots).map(unwritten).collect();
    for (at, patch) in instance.patches.iter().enumerate() {
        let target = Selector {
            kind: patch.kind.clone(),
            name: patch.name.clone().unwrap_or_default(),
            label_selector: patch.label_selector.clone(),
            ..Selector::default()
        };
        let text = patch.text.clone();
        let patch = Patch {
            target: Some(target),
            text,
            file: None,
            allow_name_change: false,
            allow_kind_change: false,
        };
        kustomize::apply(&patch, &mut objects, at)
            .map_err(|why| format!("spec.kustomize.patches[{at}] cannot be applied: {why}"))?;
    }
    let mut objects: Vec<Value> = objects.into_iter().map(|object| object.value).collect();
    for object in &mut objects {
        finish(instance, object, version);
    }
    Ok(objects)
}

/// An object that stands in no file.
fn unwritten(value: Value) -> Object {
    Object::new(value, Written { path: String::new(), document: 0, place: Place::file("") })
}

/// Names of the components that `instance` installs.
fn has(instance: &Instance, component: Component) -> bool {
    instance.components.contains(&component)
}

fn text<'v>(value: &'v Value, keys: &[&str]) -> &'v str {
    keys.iter().try_fold(value, |value, key| value.get(key)).and_then(Value::as_str).unwrap_or_default()
}

/// Labels that come behind the patches; some objects have one of them before, which only a selector could tell.
const LATE: [&str; 3] =
    ["app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/part-of"];

/// A stock object as it stands when the patches are applied.
fn base(instance: &Instance, stock: &Value, version: Version) -> Value {
    let mut object = stock.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut)
        && let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut)
    {
        labels.retain(|key, _| !LATE.contains(&key.as_str()));
        if labels.is_empty() {
            metadata.shift_remove("labels");
        }
    }
    match text(stock, &["kind"]) {
        "Deployment" => controllers::base(instance, &mut object, version),
        "ClusterRole" => role(instance, &mut object, version),
        "CustomResourceDefinition" => definition(instance, &mut object, version),
        "Namespace" => {
            set(&mut object, &["metadata", "annotations"], "fluxcd.controlplane.io/prune", json!("disabled"));
        }
        _ => {}
    }
    let is_unplaced = UNPLACED.contains(&text(stock, &["kind"]));
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut).filter(|_| is_unplaced)
    {
        metadata.shift_remove("namespace");
    }
    object
}

fn role(instance: &Instance, object: &mut Value, Version { minor, .. }: Version) {
    let is_role = text(object, &["metadata", "name"]) == format!("crd-controller-{}", instance.namespace);
    let Some(rules) = object.get_mut("rules").and_then(Value::as_array_mut).filter(|_| is_role) else {
        return;
    };
    if (6..=9).contains(&minor) && !instance.cluster.object_level_workload_identity {
        rules.retain(|rule| *rule != Rules::token());
    }
    if has(instance, Component::NotificationController) {
        rules.push(Rules::own());
    }
}

/// Alerts and receivers may name the kinds of the operator, in the versions that Flux serves.
fn definition(instance: &Instance, object: &mut Value, Version { minor, .. }: Version) {
    let list = match text(object, &["metadata", "name"]) {
        "alerts.notification.toolkit.fluxcd.io" => "eventSources",
        "receivers.notification.toolkit.fluxcd.io" => "resources",
        _ => return,
    };
    if !has(instance, Component::NotificationController) {
        return;
    }
    let count = match minor {
        0..=6 => 3,
        9 => 1,
        _ => 2,
    };
    for version in 0..count {
        let pointer = format!(
            "/spec/versions/{version}/schema/openAPIV3Schema/properties/spec/properties/{list}/items/properties/kind/enum"
        );
        if let Some(kinds) = object.pointer_mut(&pointer).and_then(Value::as_array_mut) {
            kinds.extend(OWN_KINDS.map(|kind| json!(kind)));
        }
    }
}

/// Source and Kustomization of the cluster.
fn roots(instance: &Instance, sync: &Sync) -> [Value; 2] {
    let name = sync.name.as_deref().unwrap_or(&instance.namespace);
    let metadata = json!({ "name": name, "namespace": instance.namespace });
    let mut spec = Map::new();
    spec.insert("interval".to_owned(), json!(sync.interval));
    let reference = match sync.kind.as_str() {
        "Bucket" => ("bucketName", json!(sync.reference)),
        "OCIRepository" => ("ref", json!({ "tag": sync.reference })),
        _ => ("ref", json!({ "name": sync.reference })),
    };
    spec.insert(reference.0.to_owned(), reference.1);
    if let Some(secret) = &sync.pull_secret {
        spec.insert("secretRef".to_owned(), json!({ "name": secret }));
    }
    if let Some(provider) = &sync.provider {
        spec.insert("provider".to_owned(), json!(provider));
    }
    let address = if sync.kind == "Bucket" { "endpoint" } else { "url" };
    spec.insert(address.to_owned(), json!(sync.url));
    let source = json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": sync.kind, "metadata": metadata, "spec": spec
    });
    let mut spec = json!({
        "interval": "10m0s", "path": sync.path, "prune": true, "sourceRef": { "kind": sync.kind, "name": name }
    });
    if instance.cluster.multitenant.is_some() {
        set(&mut spec, &[], "serviceAccountName", json!("kustomize-controller"));
    }
    let kustomization = json!({
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata, "spec": spec
    });
    [source, kustomization]
}

/// What happens to an object behind the patches.
fn finish(instance: &Instance, object: &mut Value, version: Version) {
    let kind = text(object, &["kind"]).to_owned();
    if UNPLACED.contains(&kind.as_str()) {
        set(object, &["metadata"], "namespace", json!(instance.namespace));
    }
    if kind == "Deployment" {
        controllers::finish(instance, object);
    }
    let labels = [
        ("app.kubernetes.io/managed-by", "flux-operator".to_owned()),
        ("app.kubernetes.io/instance", instance.namespace.clone()),
        ("app.kubernetes.io/version", version.to_string()),
        ("app.kubernetes.io/part-of", "flux".to_owned()),
        ("fluxcd.controlplane.io/name", "flux".to_owned()),
        ("fluxcd.controlplane.io/namespace", instance.namespace.clone()),
    ];
    for (key, value) in labels {
        set(object, &["metadata", "labels"], key, json!(value));
    }
    set(object, &["metadata", "annotations"], "kustomize.toolkit.fluxcd.io/ssa", json!("Ignore"));
    set(object, &["metadata", "annotations"], "kustomize.toolkit.fluxcd.io/prune", json!("Disabled"));
    for (map, pairs) in ["labels", "annotations"].into_iter().zip(&instance.common_metadata) {
        for (key, value) in pairs {
            set(object, &["metadata", map], key, json!(value));
        }
    }
}

/// Sets `key` in the mapping at `keys`, which comes into being where it is not there. What is no mapping stays.
fn set(object: &mut Value, keys: &[&str], key: &str, value: Value) {
    let Value::Object(place) = object else { return };
    match keys {
        [] => drop(place.insert(key.to_owned(), value)),
        [first, rest @ ..] => {
            let inner = place.entry(*first).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            set(inner, rest, key, value);
        }
    }
}
