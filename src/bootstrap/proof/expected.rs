//! The closed list of differences between what `flux bootstrap` writes and what the operator makes.
//!
//! Source: measured on all releases that the operator ships, against controlplaneio-fluxcd/flux-operator
//! `internal/builder/{templates,profiles,workload_identity}.go` and fluxcd/flux2 `pkg/manifestgen/install`.

use serde_json::Value;

use super::difference::Difference;
use crate::bootstrap::instance::Instance;
use crate::bootstrap::operator::{OWN_KINDS, Rules};
use crate::bootstrap::release::{Component, Version};
use crate::bootstrap::sync::{same_path, with_scheme};

/// The two sides that a difference is judged on.
pub(super) struct Sides<'a> {
    pub(super) instance: &'a Instance,
    /// The release that runs.
    pub(super) version: Version,
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
}

/// Controllers that know object-level workload identity.
const WITH_IDENTITY: [Component; 6] = [
    Component::SourceController,
    Component::KustomizeController,
    Component::HelmController,
    Component::NotificationController,
    Component::ImageReflectorController,
    Component::ImageAutomationController,
];

/// Kinds of what makes a cluster follow its repository.
const ROOTS: [&str; 4] = ["GitRepository", "OCIRepository", "Bucket", "Kustomization"];

/// Why a difference is known and harmless; `None` where it is not on the list.
pub(super) fn reason(sides: &Sides<'_>, difference: &Difference) -> Option<&'static str> {
    marks(sides, difference)
        .or_else(|| {
            let is_version = ROOTS.contains(&sides.kind) && difference.path == ["apiVersion"];
            is_version.then_some("the operator writes the current API version")
        })
        .or_else(|| match sides.kind {
            "ClusterRole" => role(sides, difference),
            "CustomResourceDefinition" => definition(sides, difference),
            "Deployment" => deployment(sides, difference),
            _ => None,
        })
}

/// Takes out of both sides what says the same in other words, and what nothing reads; tells why.
pub(super) fn spelled_alike(today: &mut Value, operator: &mut Value) -> Vec<&'static str> {
    let kind = today.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let text = |value: &Value, field: &str| -> String {
        let text = value.get("spec").and_then(|spec| spec.get(field)?.as_str());
        text.unwrap_or_default().to_owned()
    };
    let reference = |value: &Value| followed(value.get("spec").and_then(|spec| spec.get("ref")));
    let alike = |field: &str, is_alike: bool, reason| (is_alike, field.to_owned(), reason);
    let [one, other] = [&*today, &*operator];
    let found = match kind.as_str() {
        "GitRepository" => vec![
            alike("ref", reference(one) == reference(other), "the branch is named by its Git reference"),
            alike(
                "url",
                with_scheme(&text(one, "url")) == text(other, "url"),
                "the address is spelled otherwise",
            ),
            alike("gitImplementation", text(one, "gitImplementation") == "go-git", UNREAD),
        ],
        "Kustomization" => vec![
            alike(
                "path",
                same_path(&text(one, "path"), &text(other, "path")),
                "the folder is spelled otherwise",
            ),
            alike("validation", true, UNREAD),
        ],
        _ => Vec::new(),
    };
    let mut reasons = Vec::new();
    for (_, field, reason) in found.into_iter().filter(|(is_alike, ..)| *is_alike) {
        let mut gone = Vec::new();
        for side in [&mut *today, &mut *operator] {
            let spec = side.get_mut("spec").and_then(Value::as_object_mut);
            gone.push(spec.and_then(|spec| spec.shift_remove(&field)));
        }
        if gone[0] != gone[1] {
            reasons.push(reason);
        }
    }
    reasons
}

/// Why a field that only today's object has means nothing.
const UNREAD: &str = "a field that Flux does not read any more";

/// What source-controller checks out: commit before name, semver, tag and branch.
///
/// Source: fluxcd/source-controller `api/v1/gitrepository_types.go`, `GitRepositoryRef`.
fn followed(reference: Option<&Value>) -> String {
    let text = |key: &str| {
        let text = reference.and_then(|reference| reference.get(key)?.as_str()).unwrap_or_default();
        (!text.is_empty()).then_some(text)
    };
    let (commit, name, semver) = (text("commit"), text("name"), text("semver"));
    match (commit, name, semver, text("tag")) {
        (Some(commit), ..) => format!("commit {commit}"),
        (_, Some(name), ..) => name.to_owned(),
        (_, _, Some(range), _) => format!("semver {range}"),
        (.., Some(tag)) => format!("refs/tags/{tag}"),
        _ => format!("refs/heads/{}", text("branch").unwrap_or("master")),
    }
}

fn marks(sides: &Sides<'_>, difference: &Difference) -> Option<&'static str> {
    let value = difference.operator.as_ref()?.as_str()?;
    let [metadata, map, key] = &difference.path[..] else { return None };
    if metadata != "metadata" || difference.today.is_some() {
        return None;
    }
    let namespace = sides.instance.namespace.as_str();
    let owned = match (map.as_str(), key.as_str()) {
        ("labels", "app.kubernetes.io/managed-by") => value == "flux-operator",
        ("labels", "fluxcd.controlplane.io/name") => value == "flux",
        ("labels", "fluxcd.controlplane.io/namespace") => value == namespace,
        ("annotations", "kustomize.toolkit.fluxcd.io/ssa") => value == "Ignore",
        ("annotations", "kustomize.toolkit.fluxcd.io/prune") => value == "Disabled",
        ("annotations", "fluxcd.controlplane.io/prune") => sides.kind == "Namespace" && value == "disabled",
        _ => false,
    };
    if owned {
        return Some("the operator marks its objects");
    }
    let labelled = match key.as_str() {
        "app.kubernetes.io/instance" => value == namespace,
        "app.kubernetes.io/part-of" => value == "flux",
        "app.kubernetes.io/version" => value == sides.version.to_string(),
        _ => false,
    };
    let is_label = map == "labels" && ROOTS.contains(&sides.kind);
    (is_label && labelled).then_some("the operator labels source and Kustomization")
}

fn role(sides: &Sides<'_>, difference: &Difference) -> Option<&'static str> {
    let is_role = sides.name == format!("crd-controller-{}", sides.instance.namespace);
    if !is_role || !difference.is_at(&["rules", "*"]) {
        return None;
    }
    match (&difference.today, &difference.operator) {
        (None, Some(rule)) if *rule == Rules::own() => Some("Flux may read what the operator brings"),
        (Some(rule), None) if *rule == Rules::token() && drops_tokens(sides) => {
            Some("without object identity no controller needs tokens of service accounts")
        }
        _ => None,
    }
}

fn drops_tokens(sides: &Sides<'_>) -> bool {
    (6..=9).contains(&sides.version.minor) && !sides.instance.cluster.object_level_workload_identity
}

fn definition(sides: &Sides<'_>, difference: &Difference) -> Option<&'static str> {
    let names = ["alerts.notification.toolkit.fluxcd.io", "receivers.notification.toolkit.fluxcd.io"];
    let value = difference.operator.as_ref()?.as_str()?;
    let is_enum = difference.path.ends_with(&["enum".to_owned(), "*".to_owned()]);
    let is_known = names.contains(&sides.name) && is_enum && OWN_KINDS.contains(&value);
    (is_known && difference.today.is_none()).then_some("alerts and receivers may name kinds of the operator")
}

fn deployment(sides: &Sides<'_>, difference: &Difference) -> Option<&'static str> {
    let pod = ["spec", "template", "metadata"];
    let minor = sides.version.minor;
    let today = difference.today.as_ref().and_then(Value::as_str);
    let operator = difference.operator.as_ref().and_then(Value::as_str);
    let Some(path) = difference.path.get(..3).filter(|path| *path == pod).map(|_| &difference.path[3..])
    else {
        return argument(sides, difference, today, operator);
    };
    match (path.iter().map(String::as_str).collect::<Vec<_>>()[..].as_ref(), today, operator) {
        (["annotations", "cluster-autoscaler.kubernetes.io/safe-to-evict"], None, Some("true")) => {
            Some("the autoscaler may move the controllers")
        }
        (["labels", "app.kubernetes.io/part-of"], None, Some("flux")) if minor < 7 => {
            Some("the operator labels the pods")
        }
        (["labels", "app.kubernetes.io/instance" | "app.kubernetes.io/version"], Some(_), None)
            if minor >= 7 =>
        {
            Some("the operator leaves two labels of the pods out")
        }
        _ => None,
    }
}

fn argument(
    sides: &Sides<'_>,
    difference: &Difference,
    today: Option<&str>,
    operator: Option<&str>,
) -> Option<&'static str> {
    let at =
        |flag: &str| difference.is_at(&["spec", "template", "spec", "containers", "manager", "args", flag]);
    let expanded = |text: &str| text.replace("$(RUNTIME_NAMESPACE)", &sides.instance.namespace);
    let Version { minor, patch, .. } = sides.version;
    if at("--events-addr") && today.map(expanded) == operator.map(expanded) {
        return Some("the address of notification-controller is written out");
    }
    let gate = at("--feature-gates ObjectLevelWorkloadIdentity");
    let is_component = WITH_IDENTITY.iter().any(|component| component.name() == sides.name);
    if gate && is_component && today.is_none() && operator == Some("false") && (7..=9).contains(&minor) {
        return Some("object identity, off by default, is switched off by name");
    }
    let moved = today.map(|address| address.replacen("source-controller.", "source-watcher.", 1));
    let is_early = minor == 7 && patch < 2;
    if at("--storage-adv-addr") && sides.name == "source-watcher" && is_early && moved.as_deref() == operator
    {
        return Some("source-watcher gets its own address, which Flux 2.7.2 corrected too");
    }
    None
}
