//! What is around a release and its HelmRepository: what makes the release one for a person, and who else uses the
//! HelmRepository.

use super::patched::{Renaming, Touching};
use super::repository::may_be_same;
use crate::flux::{Id, Index, Resource, Role};
use crate::rules::Context;
use crate::rules::data::groups::SOURCE;
use crate::yaml::Node;

/// What is known of all kustomizations.
pub(super) struct Around<'i> {
    charts: Touching<'i>,
    repositories: Touching<'i>,
    renaming: Renaming<'i>,
}

impl<'i> Around<'i> {
    pub(super) fn new(index: &'i Index<'i>) -> Self {
        Self {
            charts: Touching::new(index, "chart"),
            repositories: Touching::new(index, ""),
            renaming: Renaming::new(index),
        }
    }
}

/// What around the release makes it one for a person.
pub(super) fn refuse(
    context: &Context<'_>,
    around: &Around<'_>,
    at: usize,
    repository: usize,
) -> Result<(), String> {
    let index = context.index;
    let resource = &index.resources[at];
    let id = &resource.id;
    if resource.sealed {
        return Err("it is encrypted by SOPS".to_owned());
    }
    if resource.role == Role::Template || !resource.route.steps().is_empty() {
        return Err("it is written inside of another object or a list".to_owned());
    }
    if id.name.is_empty() || id.name.contains("${") {
        return Err("its name is not written or has a variable".to_owned());
    }
    let is_taken = |other: &&Resource| {
        other.id.kind == "OCIRepository"
            && other.id.group == SOURCE
            && other.id.name == id.name
            && may_be_same(other.id.namespace.as_deref(), id.namespace.as_deref())
    };
    if let Some(other) = index.resources.iter().find(is_taken) {
        return Err(format!(
            "there is an OCIRepository of its name already, in `{}`",
            index.file(other).path
        ));
    }
    if let Some(path) = around.charts.by(at) {
        return Err(format!("`{path}` may change its chart with a patch"));
    }
    if let Some(path) = around.repositories.by(repository) {
        return Err(format!("`{path}` may change its HelmRepository with a patch"));
    }
    if let Some(path) = around.renaming.by(at) {
        return Err(format!("`{path}` changes the names of objects, but not the one in `chartRef`"));
    }
    refuse_marks(context, resource)
}

/// What is written in the chart and would get lost with it: an anchor, and the marker of an automation that writes the
/// version, which is a comment.
fn refuse_marks(context: &Context<'_>, resource: &Resource) -> Result<(), String> {
    let file = context.index.file(resource);
    let chart = context.index.node(resource).get("spec").and_then(|spec| spec.get("chart"));
    let Some(chart) = chart else { return Ok(()) };
    if has_anchor(chart) {
        return Err("its chart has an anchor, which may be used elsewhere".to_owned());
    }
    let range = chart.range.clone();
    let line_end = file.text[range.end..].find('\n').map_or(file.text.len(), |at| range.end + at);
    if file.text[range.start..line_end].contains("$imagepolicy") {
        return Err("an image policy writes its version; its marker has to go along".to_owned());
    }
    Ok(())
}

fn has_anchor(node: &Node<'_>) -> bool {
    let values = node.entries().iter().map(|entry| &entry.value);
    node.anchor().is_some() || values.chain(node.items()).any(has_anchor)
}

/// Whether something but the releases that were counted names the HelmRepository: another release, a HelmChart, or an
/// object that refers to it.
pub(super) fn is_used_otherwise(context: &Context<'_>, repository: usize) -> bool {
    let index = context.index;
    let id = &index.resources[repository].id;
    index.resources.iter().enumerate().any(|(at, other)| {
        let node = index.node(other);
        let spec = node.get("spec");
        let chart = spec.and_then(|spec| spec.get("chart")).and_then(|chart| chart.get("spec"));
        let of_release = other.id.kind == "HelmRelease"
            && (other.role != Role::Object || !(context.may_change)(index.file(other).path))
            && chart.and_then(|chart| chart.get("sourceRef")).is_some_and(|source| names(source, id));
        let lists = ["sourceRef", "resources", "healthChecks", "eventSources", "dependsOn"];
        let of_other = other.id.kind != "HelmRelease"
            && spec.is_some_and(|spec| {
                let nodes = lists.iter().filter_map(|key| spec.get(key));
                let mut nodes = nodes.flat_map(|node| std::iter::once(node).chain(node.items()));
                nodes.any(|node| names(node, id))
            });
        at != repository && (of_release || of_other)
    })
}

/// The Receiver that has the HelmRepository look for new charts when it is called.
pub(super) fn receiver<'i>(context: &Context<'i>, repository: usize) -> Option<&'i Id> {
    let index = context.index;
    let id = &index.resources[repository].id;
    let receivers = index.resources.iter().filter(|one| one.id.kind == "Receiver");
    let mut naming = receivers.filter(|one| {
        let resources = index.node(one).get("spec").and_then(|spec| spec.get("resources"));
        resources.map(Node::items).unwrap_or_default().iter().any(|reference| names(reference, id))
    });
    naming.next().map(|receiver| &receiver.id)
}

/// Whether a reference means the HelmRepository.
fn names(reference: &Node<'_>, id: &Id) -> bool {
    let text = |key| reference.get(key).and_then(Node::as_str);
    text("kind") == Some("HelmRepository")
        && text("name").is_some_and(|name| name == id.name || name == "*")
        && may_be_same(text("namespace"), id.namespace.as_deref())
}
