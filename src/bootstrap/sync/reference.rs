//! The revision that a source follows: `spec.ref`, or the name of a bucket.

use serde_json::{Map, Value, json};

use super::part::Part;
use crate::bootstrap::account::Outcome;

/// The branch that source-controller checks out where a GitRepository names nothing.
///
/// Source: fluxcd/source-controller `internal/controller/gitrepository_controller.go`, `git.DefaultBranch`.
const DEFAULT_BRANCH: &str = "master";

/// The tag that source-controller takes where an OCIRepository names nothing.
const DEFAULT_TAG: &str = "latest";

/// `spec.sync.ref`, with the operations and rows that say the rest.
pub(super) fn map(source: &mut Part<'_>, keeps_branch: bool) -> String {
    match source.root.kind() {
        "Bucket" => {
            source.field("bucketName", "ref");
            source.root.text(&["spec", "bucketName"]).unwrap_or_default().to_owned()
        }
        "OCIRepository" => oci(source),
        _ => git(source, keeps_branch),
    }
}

fn oci(source: &mut Part<'_>) -> String {
    let reference = reference(source);
    let only_tag = reference.keys().all(|key| key == "tag");
    match reference.get("tag").and_then(Value::as_str) {
        Some(tag) if only_tag => {
            source.row(&["spec", "ref"], Outcome::Field("spec.sync.ref".into()));
            tag.to_owned()
        }
        tag => {
            let placeholder = tag.unwrap_or(DEFAULT_TAG).to_owned();
            replace(source, &reference);
            placeholder
        }
    }
}

/// What source-controller looks at first wins: commit, name, semver, tag, branch.
///
/// Source: fluxcd/source-controller `api/v1/gitrepository_types.go`, `GitRepositoryRef`.
fn git(source: &mut Part<'_>, keeps_branch: bool) -> String {
    let reference = reference(source);
    let text = |key: &str| reference.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let of_branch = format!("refs/heads/{}", text("branch").unwrap_or(DEFAULT_BRANCH));
    if text("commit").is_some() || text("name").is_none() && text("semver").is_some() {
        replace(source, &reference);
        return of_branch;
    }
    if let Some(name) = text("name") {
        let name = name.to_owned();
        source.row(&["spec", "ref"], Outcome::Field("spec.sync.ref".into()));
        return name;
    }
    if let Some(tag) = text("tag") {
        let tag = format!("refs/tags/{tag}");
        source.row(&["spec", "ref"], Outcome::Field(format!("spec.sync.ref, as `{tag}`")));
        return tag;
    }
    if text("branch").is_some() && keeps_branch {
        source.operation("replace", "/spec/ref", Some(&Value::Object(reference.clone())));
        let why = "image automation here relies on the branch, so a patch keeps it as it is";
        source.row(&["spec", "ref"], Outcome::Patch(why.into()));
        return of_branch;
    }
    let why = if reference.is_empty() { ", what Flux follows where nothing is named" } else { "" };
    source.row(&["spec", "ref"], Outcome::Field(format!("spec.sync.ref, as `{of_branch}`{why}")));
    of_branch
}

fn reference(source: &Part<'_>) -> Map<String, Value> {
    source.root.spec().get("ref").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn replace(source: &mut Part<'_>, reference: &Map<String, Value>) {
    if reference.is_empty() {
        source.operation("remove", "/spec/ref", None);
    } else {
        source.operation("replace", "/spec/ref", Some(&json!(reference)));
    }
    source.row(&["spec", "ref"], Outcome::Patch("a patch sets it: `spec.sync.ref` cannot say it".into()));
}
