//! The HelmRepository that a release takes its chart from.

use crate::flux::running::Cluster;
use crate::flux::{Index, Resource, Role};
use crate::rules::data::groups::SOURCE;
use crate::yaml::{Node, Value};

/// Type of a Secret that an OCIRepository takes; the other kind, with user name and password, is for HelmRepository.
///
/// Source: fluxcd/source-controller `docs/spec/v1/ocirepositories.md`.
const DOCKER_CONFIG: &str = "kubernetes.io/dockerconfigjson";

/// The HelmRepository that `release` names, as far as it matters.
pub(super) enum Found<'i> {
    /// It is not here, or not of type `oci`.
    Other,
    /// Its index in [`Index::resources`], and its `spec`.
    Oci(usize, &'i Node<'i>),
    /// Why it cannot be told which it is.
    Unclear(String),
}

/// The HelmRepository called `name` in `namespace` that the release with the index `release` takes its chart from; a
/// namespace that is not written may be any.
pub(super) fn find<'i>(
    index: &'i Index<'i>,
    clusters: &[Cluster],
    release: usize,
    (name, namespace): (&str, Option<&str>),
) -> Found<'i> {
    let is_it = |(_, other): &(usize, &Resource)| {
        other.role == Role::Object
            && other.id.kind == "HelmRepository"
            && other.id.group == SOURCE
            && other.id.name == name
            && may_be_same(other.id.namespace.as_deref(), namespace)
    };
    let mut found: Vec<(usize, &Resource)> = index.resources.iter().enumerate().filter(is_it).collect();
    in_its_clusters(clusters, release, &mut found);
    let specs: Vec<(usize, &Node)> =
        found.iter().filter_map(|(at, one)| Some((*at, index.node(one).get("spec")?))).collect();
    if !specs.iter().any(|(_, spec)| is_oci(spec)) {
        return Found::Other;
    }
    let [(at, first), others @ ..] = specs.as_slice() else { return Found::Other };
    let is_same = |other: &Node| Value::of(first).is_some_and(|first| Value::of(other) == Some(first));
    if !others.iter().all(|(_, other)| is_same(other)) {
        return Found::Unclear(format!("several HelmRepositories are called `{name}` and differ"));
    }
    Found::Oci(*at, first)
}

/// Keeps what the clusters of the release apply, where they apply any of `found`.
fn in_its_clusters(clusters: &[Cluster], release: usize, found: &mut Vec<(usize, &Resource)>) {
    let own: Vec<&Cluster> = clusters.iter().filter(|cluster| cluster.resources.contains(&release)).collect();
    let is_near = |at: usize| own.iter().any(|cluster| cluster.resources.contains(&at));
    if found.iter().any(|(at, _)| is_near(*at)) {
        found.retain(|(at, _)| is_near(*at));
    }
}

fn is_oci(spec: &Node) -> bool {
    spec.get("type").and_then(Node::as_str) == Some("oci")
}

/// Whether two namespaces can be one: kustomize or Flux may set one that is not written.
pub(super) fn may_be_same(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// Whether the Secret called `name` is seen to be one that an OCIRepository takes.
pub(super) fn is_docker_config(index: &Index<'_>, name: &str, namespace: Option<&str>) -> bool {
    let secrets = index.resources.iter().filter(|one| {
        one.id.name == name && may_be_same(one.id.namespace.as_deref(), namespace) && one.role == Role::Object
    });
    let types: Vec<Option<&str>> = secrets
        .filter_map(|one| match &*one.id.kind {
            "Secret" => Some(index.node(one).get("type").and_then(Node::as_str)),
            "SealedSecret" => {
                let template = index.node(one).get("spec").and_then(|spec| spec.get("template"));
                Some(template.and_then(|template| template.get("type")).and_then(Node::as_str))
            }
            _ => None,
        })
        .collect();
    !types.is_empty() && types.iter().all(|kind| *kind == Some(DOCKER_CONFIG))
}
