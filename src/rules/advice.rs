//! What an upgrade of Flux means for a repository: what is gone, what behaves differently, and in which order to go.

mod steps;

use crate::flux::{FluxVersion, Index, Resource, Role};
use crate::place::Place;

use super::data::{self, BehaviourChange, Certainty, Row, When};

pub use steps::{Step, StepKind, hops};

/// What to run to see how a cluster stands, each with what it shows.
pub const LOOKS: [(&str, &str); 4] = [
    ("Which API versions the cluster serves", "kubectl api-versions | grep fluxcd"),
    ("At which versions it has objects in its store", steps::STORED),
    (
        "Who still asks for deprecated versions",
        "kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis | grep fluxcd",
    ),
    ("Whether Flux and its controllers are well, and which versions run", "flux check"),
];

/// The advice for one way, from a Flux to another.
#[derive(Debug)]
pub struct Advice {
    /// The Flux that runs.
    pub from: FluxVersion,
    /// The Flux to arrive at.
    pub to: FluxVersion,
    /// API versions met that the new Flux does not serve, by kind and version.
    pub removed: Vec<Removed>,
    /// Changes of behaviour that touch something here, and those that concern every cluster, by Flux minor.
    pub changes: Vec<Change>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// An API version that the new Flux does not serve.
#[derive(Debug)]
pub struct Removed {
    /// The version met.
    pub row: &'static Row,
    /// What takes its place; `None` where nothing does.
    pub successor: Option<&'static Row>,
    /// The objects at it.
    pub objects: Vec<Object>,
}

/// A change of behaviour that touches something here.
#[derive(Debug)]
pub struct Change {
    /// The change.
    pub change: &'static BehaviourChange,
    /// What it touches; empty where it concerns every cluster.
    pub objects: Vec<Object>,
}

/// An object and its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Where it stands.
    pub place: Place,
    /// What it is called.
    pub subject: String,
}

impl Advice {
    /// The advice for going from the Flux `from` to `to` with the objects of `index` that are `in_scope`.
    pub fn new(
        index: &Index<'_>,
        from: FluxVersion,
        to: FluxVersion,
        in_scope: &dyn Fn(usize, &Resource) -> bool,
    ) -> Self {
        let resources = index.resources.iter().enumerate();
        let resources: Vec<&Resource> = resources
            .filter(|(at, resource)| in_scope(*at, resource))
            .map(|(_, resource)| resource)
            .collect();
        let removed = removed(index, &resources, to);
        let changes = changes(index, &resources, from, to);
        let steps = steps::of(&resources, from, to, &changes);
        Self { from, to, removed, changes, steps }
    }

    /// Whether something has to be changed before the upgrade.
    pub fn has_work_before(&self) -> bool {
        let waits = |change: &Change| change.change.when == When::Before && !change.objects.is_empty();
        !self.removed.is_empty() || self.changes.iter().any(waits)
    }
}

impl Removed {
    /// Whether its minors were announced or implied, not read.
    pub fn is_likely(&self) -> bool {
        self.row.certainty == Certainty::Likely
    }
}

fn removed(index: &Index<'_>, resources: &[&Resource], to: FluxVersion) -> Vec<Removed> {
    let mut found: Vec<Removed> = Vec::new();
    for resource in resources {
        let id = &resource.id;
        let Some(row) = data::row(&id.group, &resource.version, &id.kind) else { continue };
        if row.removed.is_none_or(|removed| removed > to) {
            continue;
        }
        let object = object(index, resource);
        match found.iter_mut().find(|known| std::ptr::eq(known.row, row)) {
            Some(known) => known.objects.push(object),
            None => found.push(Removed { row, successor: successor(row, to), objects: vec![object] }),
        }
    }
    found.sort_by_key(|removed| removed.row.to_string());
    found
}

/// The newest version of the kind that `to` serves, in the group that it belongs to now.
fn successor(row: &Row, to: FluxVersion) -> Option<&'static Row> {
    if row.held.is_some() {
        return None;
    }
    data::newest(row.renamed.as_deref().unwrap_or(&row.group), &row.kind, to)
}

fn changes(index: &Index<'_>, resources: &[&Resource], from: FluxVersion, to: FluxVersion) -> Vec<Change> {
    let on_the_way =
        data::behaviour_changes().iter().filter(|change| from < change.flux && change.flux <= to);
    let found = on_the_way.map(|change| {
        let touched = resources.iter().filter(|resource| {
            let node = index.node(resource);
            let text = &index.file(resource).text[node.range.clone()];
            change.touches(&resource.id.kind, node, text, resource.role == Role::Object)
        });
        Change { change, objects: touched.map(|resource| object(index, resource)).collect() }
    });
    found.filter(|found| found.change.is_general() || !found.objects.is_empty()).collect()
}

fn object(index: &Index<'_>, resource: &Resource) -> Object {
    Object {
        place: index.place(resource.file, resource.api_version.clone()),
        subject: resource.id.to_string(),
    }
}
