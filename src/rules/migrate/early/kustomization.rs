//! Fields of the first months of Kustomization.

use super::super::object::Object;
use super::super::step::Steps;
use crate::yaml::{Node, Operation, Position};

pub(super) fn steps(object: &Object<'_>, steps: &mut Steps) {
    service_account(object, steps);
    prune(object, steps);
    health_checks(object, steps);
}

/// Source: fluxcd/kustomize-controller `CHANGELOG.md` 0.3.0.
fn service_account(object: &Object<'_>, steps: &mut Steps) {
    const OLD: &str = "spec.serviceAccount";
    let Some(range) = object.key_range(OLD) else { return };
    let name = object.text_at("spec.serviceAccount.name");
    let other = object.get("spec.serviceAccount.namespace").is_some_and(|namespace| {
        namespace.as_str().is_none_or(|namespace| Some(namespace) != object.id.namespace.as_deref())
    });
    match name {
        Some(name) if !other && object.get("spec.serviceAccountName").is_none() => {
            let at = object.at(OLD);
            let rename = Operation::Rename { at: at.clone(), key: "serviceAccountName".to_owned() };
            let operations = vec![rename, Operation::Replace { at, value: name.into() }];
            steps.change(range, format!("`{OLD}` is called `spec.serviceAccountName` today"), operations);
        }
        Some(_) if other => steps.human(
            range,
            format!(
                "`{OLD}` names an account whose namespace is not known to be the object's own, and none of another \
                 can be used today: name one of the object's namespace in `spec.serviceAccountName`"
            ),
        ),
        _ => steps.human(range, format!("`{OLD}` is called `spec.serviceAccountName` today: write the name there")),
    }
}

/// Source: the CRD of fluxcd/kustomize-controller before 0.0.1-alpha.7.
fn prune(object: &Object<'_>, steps: &mut Steps) {
    let Some(prune) = object.get("spec.prune").filter(|_| object.from == "v1alpha1") else { return };
    if prune.as_str().is_some_and(|text| !text.contains("${")) {
        let message = "`spec.prune` selects what is deleted by labels, which no Flux does today: write `true`, and all \
                       that leaves the source is deleted, or `false`";
        steps.human(prune.range.clone(), message);
    }
}

/// Source: fluxcd/kustomize-controller `internal/inventory/inventory.go`.
fn health_checks(object: &Object<'_>, steps: &mut Steps) {
    if !matches!(object.from, "v1alpha1" | "v1beta1") {
        return;
    }
    let checks = object.get("spec.healthChecks").map(Node::items).unwrap_or_default();
    for (index, check) in checks.iter().enumerate().filter(|(_, check)| check.is_mapping()) {
        let of_apps = matches!(
            check.get("kind").and_then(Node::as_str),
            Some("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        );
        if of_apps && check.get("apiVersion").is_none() && check.get("<<").is_none() {
            let operation = Operation::Insert {
                into: object.at("spec.healthChecks").index(index),
                position: Position::First,
                key: "apiVersion".to_owned(),
                value: "apps/v1".into(),
            };
            let message =
                format!("`spec.healthChecks[{index}]` is taken for one of `apps/v1`; that is written out");
            steps.offer(object, check.range.clone(), message, vec![operation]);
        }
    }
}
