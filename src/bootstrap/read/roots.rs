//! Source and Kustomization of a cluster: what makes it follow its repository.

use serde_json::Value;

use super::is_within;
use crate::bootstrap::account::Held;
use crate::bootstrap::limit::Limit;
use crate::bootstrap::sync::folder_of;
use crate::flux::scan::folder;
use crate::flux::{Index, Resource, Role};
use crate::kustomize::Id;
use crate::place::Place;
use crate::repo::Repo;

/// Source and Kustomization of a cluster, as they are written.
#[derive(Clone, Debug)]
pub struct Root {
    /// The file with the Kustomization.
    pub file: String,
    /// The source.
    pub source_id: Id,
    /// Where the source is written.
    pub source_place: Place,
    /// The Kustomization.
    pub kustomization_id: Id,
    /// Where the Kustomization is written.
    pub place: Place,
    /// Source and Kustomization, as they are written.
    pub values: [Value; 2],
    /// Which documents of their files they are.
    pub documents: [usize; 2],
    /// Its `spec`.
    pub spec: Value,
    /// The folder of this repository that it applies.
    pub folder: String,
}

/// The Kustomization beside the files of an installation in `own` that makes the cluster follow its repository, with its
/// source; `None` where there is none.
///
/// `flux bootstrap` names both after the `namespace`. Where none is named so, a Kustomization alone in its folder is it.
pub(super) fn find(repo: &Repo, index: &Index<'_>, own: &str, namespace: &str) -> Result<Option<Root>, Held> {
    let is_one = |resource: &&Resource| {
        resource.id.kind == "Kustomization"
            && resource.id.group.starts_with("kustomize.toolkit.")
            && resource.role == Role::Object
            && folder(index.file(resource).path) == own
    };
    let candidates: Vec<&Resource> = index.resources.iter().filter(is_one).collect();
    let named = candidates.iter().find(|resource| resource.id.name == namespace);
    let kustomization = match (named, &candidates[..]) {
        (Some(named), _) => *named,
        (None, []) => return Ok(None),
        (None, [one]) => *one,
        (None, [first, ..]) => {
            let why = "several Kustomizations are beside the files of Flux, and none is named after its namespace: which \
                       of them makes the cluster follow this repository? Move the others to a folder beside";
            return Err(unclear(index, first, why));
        }
    };
    let value = index.node(kustomization).to_json().ok();
    let spec = value.as_ref().and_then(|value| value.get("spec")).cloned().unwrap_or_default();
    let reference = |key: &str| spec.pointer(&format!("/sourceRef/{key}")).and_then(Value::as_str);
    let in_namespace = |id: &crate::flux::Id| {
        id.namespace.as_deref().is_none_or(|own| own == reference("namespace").unwrap_or(namespace))
    };
    let is_source = |resource: &&Resource| {
        resource.role == Role::Object
            && reference("kind") == Some(resource.id.kind.as_str())
            && reference("name") == Some(resource.id.name.as_str())
            && in_namespace(&resource.id)
    };
    let mut sources: Vec<&Resource> = index.resources.iter().filter(is_source).collect();
    sources.sort_by_key(|resource| folder(index.file(resource).path) != own);
    let Some(source) = sources.first() else {
        let why = "its source is nowhere in this repository: put it beside this Kustomization first, as it is in the cluster";
        return Err(unclear(index, kustomization, why));
    };
    for one in [source, &kustomization] {
        let elsewhere = one.id.namespace.as_deref().is_some_and(|other| other != namespace);
        if elsewhere || reference("namespace").is_some_and(|other| other != namespace) {
            let why = format!(
                "it is not in the namespace `{namespace}`, where a FluxInstance makes source and Kustomization: move it there \
                 first"
            );
            return Err(Held::new(one.id.to_string(), place(index, one), Limit::RootElsewhere, why));
        }
    }
    let path = folder_of(spec.get("path").and_then(Value::as_str).unwrap_or_default());
    Ok(Some(Root {
        file: index.file(kustomization).path.to_owned(),
        source_id: id(source),
        source_place: place(index, source),
        kustomization_id: id(kustomization),
        place: place(index, kustomization),
        folder: below_prefix(repo, own, &path),
        values: [index.node(source).to_json().unwrap_or_default(), value.unwrap_or_default()],
        documents: [source.document, kustomization.document],
        spec,
    }))
}

/// The folder that `path` means: around the installation where one there ends like it, since the repository of the
/// cluster may be a folder of this one; else from the root.
fn below_prefix(repo: &Repo, own: &str, path: &str) -> String {
    let is_folder = |folder: &str| repo.files.keys().any(|file| is_within(super::folder(file), folder));
    if is_within(own, path) || path.is_empty() {
        return path.to_owned();
    }
    let inside = format!("/{path}/");
    match format!("/{own}/").find(&inside) {
        Some(at) if !is_folder(path) => own[..at + inside.len() - 2].to_owned(),
        _ => path.to_owned(),
    }
}

fn unclear(index: &Index<'_>, resource: &Resource, why: &str) -> Held {
    Held::new(resource.id.to_string(), place(index, resource), Limit::UnclearRoot, why)
}

fn place(index: &Index<'_>, resource: &Resource) -> Place {
    index.place(resource.file, index.node(resource).range.clone())
}

fn id(resource: &Resource) -> Id {
    Id {
        group: resource.id.group.clone(),
        version: resource.version.clone(),
        kind: resource.id.kind.clone(),
        namespace: resource.id.namespace.clone(),
        name: resource.id.name.clone(),
    }
}
