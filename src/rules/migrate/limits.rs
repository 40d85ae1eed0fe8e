//! How far each object can go: to what the Flux that runs serves.

use std::collections::BTreeMap;

use crate::flux::running::Cluster;
use crate::flux::{FluxVersion, Index};
use crate::place::Place;
use crate::rules::Context;
use crate::rules::data::{self, Row};

/// The lowest Flux that applies each object, where it is known.
pub(super) struct Limits<'a> {
    clusters: &'a [Cluster],
    /// For each resource the cluster with the lowest Flux.
    lowest: Vec<Option<usize>>,
}

/// An object whose version of the target the Flux that runs does not serve.
#[derive(Clone, Debug)]
pub struct Unserved<'a> {
    /// What it is called.
    pub object: String,
    /// Where its version is written.
    pub place: Place,
    /// The version that the target asks for.
    pub wanted: &'static Row,
    /// The cluster whose Flux does not serve that.
    pub cluster: &'a Cluster,
}

/// The first object whose version of the target the Flux that runs does not serve.
pub fn unserved<'a>(context: &Context<'a>) -> Option<Unserved<'a>> {
    let limits = Limits::new(context);
    let index = context.index;
    index.resources.iter().enumerate().find_map(|(at, resource)| {
        let cluster = limits.cluster(at)?;
        let path = index.file(resource).path;
        let group = &resource.id.group;
        let wanted = data::successor(group, &resource.version, &resource.id.kind, context.options.target)?;
        let is_served = cluster.flux.is_none_or(|flux| wanted.is_served(flux));
        (!is_served && (context.may_change)(path)).then(|| Unserved {
            object: resource.id.to_string(),
            place: index.place(resource.file, resource.api_version.clone()),
            wanted,
            cluster,
        })
    })
}

impl<'a> Limits<'a> {
    /// The limits of all objects.
    pub(super) fn new(context: &Context<'a>) -> Self {
        let mut lowest: Vec<Option<usize>> = vec![None; context.index.resources.len()];
        let clusters = context.clusters;
        for (at, cluster) in clusters.iter().enumerate().filter(|(_, cluster)| cluster.flux.is_some()) {
            for &resource in &cluster.resources {
                lower(clusters, &mut lowest[resource], Some(at));
            }
        }
        if lowest.iter().any(Option::is_some) {
            follow_hosts(context.index, clusters, &mut lowest);
            follow_patches(context.index, clusters, &mut lowest);
        }
        Self { clusters, lowest }
    }

    /// The cluster with the lowest known Flux that applies the object.
    pub(super) fn cluster(&self, resource: usize) -> Option<&'a Cluster> {
        self.lowest[resource].map(|cluster| &self.clusters[cluster])
    }

    /// The lowest known Flux that applies the object.
    pub(super) fn flux(&self, resource: usize) -> Option<FluxVersion> {
        self.cluster(resource)?.flux
    }
}

fn lower(clusters: &[Cluster], lowest: &mut Option<usize>, other: Option<usize>) {
    let flux = |cluster: Option<usize>| cluster.and_then(|cluster| clusters[cluster].flux);
    if flux(other).is_some_and(|other| flux(*lowest).is_none_or(|lowest| other < lowest)) {
        *lowest = other;
    }
}

/// What is written inside of an object goes no further than that.
fn follow_hosts(index: &Index<'_>, clusters: &[Cluster], lowest: &mut [Option<usize>]) {
    let mut by_file: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    for (at, resource) in index.resources.iter().enumerate() {
        lower(clusters, by_file.entry(resource.file).or_default(), lowest[at]);
    }
    for (at, resource) in index.resources.iter().enumerate() {
        let mut file = resource.file;
        lower(
            clusters,
            &mut lowest[at],
            by_file.get(&file).copied().flatten().filter(|_| !resource.route.steps().is_empty()),
        );
        while let Some(host) = &index.files[file].host {
            file = host.site.file;
            lower(clusters, &mut lowest[at], by_file.get(&file).copied().flatten());
        }
    }
}

/// A patch goes no further than the objects that its kustomization builds.
fn follow_patches(index: &Index<'_>, clusters: &[Cluster], lowest: &mut [Option<usize>]) {
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        let texts: Vec<usize> =
            kustomization.patches.iter().filter_map(|patch| index.text_of(patch)).collect();
        if texts.is_empty() || kustomization.is_part {
            continue;
        }
        let mut reached = None;
        for &resource in &index.tree.reach(index, at).resources {
            lower(clusters, &mut reached, lowest[resource]);
        }
        for resource in texts.into_iter().flat_map(|file| index.resources_of(file)) {
            lower(clusters, &mut lowest[resource], reached);
        }
    }
}
