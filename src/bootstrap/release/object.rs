//! Names of objects, and what a namespace does to them.

use serde_json::Value;

use crate::flux::Id;

/// The namespace that Flux's own files name.
pub(super) const DEFAULT_NAMESPACE: &str = "flux-system";

/// What an object is called.
pub(super) fn id(object: &Value) -> Id {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    let group = object["apiVersion"].as_str().and_then(|version| version.split_once('/'));
    Id {
        group: group.map_or("", |(group, _)| group).to_owned(),
        kind: text(&object["kind"]),
        namespace: metadata["namespace"].as_str().map(str::to_owned),
        name: text(&metadata["name"]),
    }
}

/// The object of this name in another namespace.
///
/// Bootstrap puts the namespace behind the names of what the cluster has once, and of the quota.
pub(super) fn moved(id: &Id, from: &str, to: &str) -> Id {
    let name = match id.kind.as_str() {
        "Namespace" if id.name == from => to.to_owned(),
        _ if has_suffix(&id.kind) => with_suffix(&id.name, from, to).unwrap_or_else(|| id.name.clone()),
        _ => id.name.clone(),
    };
    let namespace =
        id.namespace.clone().map(|namespace| if namespace == from { to.to_owned() } else { namespace });
    Id { group: id.group.clone(), kind: id.kind.clone(), namespace, name }
}

/// Whether the namespace stands behind the name of an object of this kind.
pub(super) fn has_suffix(kind: &str) -> bool {
    matches!(kind, "ClusterRole" | "ClusterRoleBinding" | "ResourceQuota")
}

/// `name-from` as `name-to`.
pub(super) fn with_suffix(name: &str, from: &str, to: &str) -> Option<String> {
    Some(format!("{}-{to}", name.strip_suffix(from)?.strip_suffix('-')?))
}

/// The namespace that most of `objects` lie in; the one that they bring where none says.
pub(super) fn namespace_of(objects: &[&Value]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for namespace in objects.iter().filter_map(|object| object["metadata"]["namespace"].as_str()) {
        match counts.iter_mut().find(|(name, _)| *name == namespace) {
            Some((_, count)) => *count += 1,
            None => counts.push((namespace, 1)),
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count).map(|(name, _)| *name);
    let brought =
        || objects.iter().find(|object| object["kind"] == "Namespace")?["metadata"]["name"].as_str();
    most.or_else(brought).unwrap_or(DEFAULT_NAMESPACE).to_owned()
}
