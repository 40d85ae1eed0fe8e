//! What the operations of a JSON patch may write, told from their paths.

use crate::yaml::Route;

/// Parts of paths below which kustomize sets a namespace.
const NAMESPACE: [&str; 5] = ["namespace", "subjects", "webhooks", "service", "conversion"];
/// Parts of paths below which kustomize sets labels: `commonLabels` also writes selectors.
const LABELS: [&str; 7] = [
    "labels",
    "selector",
    "matchLabels",
    "labelSelector",
    "podSelector",
    "affinity",
    "topologySpreadConstraints",
];
/// Fields that hold what is set: an operation that replaces one replaces that too.
const HOLDERS: [&str; 5] = ["metadata", "spec", "template", "jobTemplate", "volumeClaimTemplates"];

/// The route that the pointer `path` leads along; `-` is the first item.
///
/// Source: RFC 6901, sections 3 and 4.
pub(super) fn route(path: &str) -> Route {
    path.split('/').skip(1).fold(Route::root(), |route, part| match part.parse() {
        Ok(index) => route.index(index),
        Err(_) if part == "-" => route.index(0),
        Err(_) => route.key(unescaped(part)),
    })
}

/// A part of a pointer as the key that it stands for.
pub(super) fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Whether an operation at `path` may write a namespace that kustomize sets.
pub(super) fn may_write_namespace(path: &str) -> bool {
    may_write(path, &NAMESPACE)
}

/// Whether it may write the name of the object; names inside of an object are none of its own:
/// `/spec/template/spec/containers/0/name`.
pub(super) fn may_write_name(path: &str) -> bool {
    let is_inner = !path.starts_with("/metadata/") && path.ends_with("/name");
    may_write(path, &["name"]) && !is_inner
}

/// Whether it may write labels or selectors that kustomize sets.
pub(super) fn may_write_labels(path: &str) -> bool {
    may_write(path, &LABELS)
}

/// Whether it may write annotations that kustomize sets.
pub(super) fn may_write_annotations(path: &str) -> bool {
    may_write(path, &["annotations"])
}

/// Whether it may write below one of `names`, or replace what holds one.
fn may_write(path: &str, names: &[&str]) -> bool {
    let mut parts = path.split('/').skip(1).peekable();
    if parts.peek().is_none() {
        return true;
    }
    let is_held = path.rsplit('/').next().is_some_and(|last| HOLDERS.contains(&last));
    is_held || parts.any(|part| names.contains(&part))
}
