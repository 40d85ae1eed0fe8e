//! The Kustomization of a cluster: what the operator fills in itself, and what has to be patched.

use serde_json::{Map, Value, json};

use super::part::Part;
use super::same_duration;
use crate::bootstrap::account::Outcome;

/// The service account that the Kustomization gets where tenants are locked down.
///
/// Source: controlplaneio-fluxcd/flux-operator `internal/builder/profiles.go`.
const ACCOUNT: &str = "kustomize-controller";

/// Interval of the Kustomization that the operator makes.
///
/// Source: controlplaneio-fluxcd/flux-operator `internal/builder/templates.go`.
const INTERVAL: &str = "10m0s";

/// The folder that the cluster applies.
pub(super) fn path(kustomization: &mut Part<'_>) -> String {
    let written = kustomization.root.text(&["spec", "path"]).unwrap_or_default().to_owned();
    if kustomization.root.spec().contains_key("path") {
        kustomization.field("path", "path");
    }
    if written.is_empty() { "./".to_owned() } else { written }
}

/// Fields of the Kustomization that the operator fills in itself, and those that it does not know.
pub(super) fn fields(part: &mut Part<'_>, multitenant: bool) {
    let spec = part.root.spec();
    match spec.get("interval").and_then(Value::as_str) {
        Some(interval) if same_duration(interval, INTERVAL) => {
            part.row(&["spec", "interval"], Outcome::Field("what the operator sets".into()));
        }
        Some(interval) => {
            let value = json!(interval);
            part.operation("replace", "/spec/interval", Some(&value));
            part.row(&["spec", "interval"], Outcome::Patch(format!("the operator sets {INTERVAL}")));
        }
        None => {}
    }
    match spec.get("prune") {
        Some(Value::Bool(true)) => {
            part.row(&["spec", "prune"], Outcome::Field("what the operator sets".into()));
        }
        Some(other) => {
            part.operation("replace", "/spec/prune", Some(other));
            part.row(&["spec", "prune"], Outcome::Patch("the operator sets true".into()));
        }
        None => part.operation("replace", "/spec/prune", Some(&json!(false))),
    }
    source_reference(part, &spec);
    if spec.contains_key("validation") {
        let why = "Flux has not read it since 0.18, and its current API does not have it";
        part.row(&["spec", "validation"], Outcome::Dropped(why.into()));
    }
    let mut known = vec!["path", "interval", "prune", "sourceRef", "validation"];
    if multitenant && spec.get("serviceAccountName").and_then(Value::as_str) == Some(ACCOUNT) {
        part.row(&["spec", "serviceAccountName"], Outcome::Field("spec.cluster.multitenant".into()));
        known.push("serviceAccountName");
    }
    part.rest(&known);
}

/// The source is that of `spec.sync`; what else refers to it, needlessly, stays said.
fn source_reference(part: &mut Part<'_>, spec: &Map<String, Value>) {
    for (key, value) in spec.get("sourceRef").and_then(Value::as_object).into_iter().flatten() {
        let outcome = if matches!(key.as_str(), "kind" | "name") {
            Outcome::Field("what the operator sets: the source of spec.sync".into())
        } else {
            part.operation("add", &format!("/spec/sourceRef/{key}"), Some(value));
            Outcome::Patch("a patch adds it: the operator leaves it out".into())
        };
        part.row(&["spec", "sourceRef", key], outcome);
    }
}
