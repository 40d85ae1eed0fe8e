//! Which Flux runs on which cluster, as far as the repository tells, and what each cluster applies.
//!
//! A cluster is a folder that `flux bootstrap` wrote into, a `FluxInstance`, or the source that installs Flux from its
//! own manifests. What it applies is found by going through the Flux Kustomizations from its root folder on.

mod applied;
mod constraint;
mod names;
mod release;
mod start;

use std::collections::BTreeSet;

use super::{FluxVersion, Index};
use applied::Applied;

pub use names::of as short_names;
pub use release::bootstrapped;

/// A cluster, and what it applies of the repository.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The last folder of its path that tells it from the others; more of the path where two would be the same.
    pub name: String,
    /// The folder that its Flux starts from, below the root of the repository.
    pub folder: String,
    /// The Flux that runs; the lowest where the repository tells several; `None` where it tells none.
    pub flux: Option<FluxVersion>,
    /// Where that was read, and what: files as literals.
    pub evidence: String,
    /// Indices in [`Index::resources`] of what it applies: whole objects, merge patches and kustomizations.
    pub resources: BTreeSet<usize>,
}

/// All clusters, by folder. `bootstrapped` has the path of every `gotk-components.yaml`, which no index holds, and the
/// Flux that [`bootstrapped()`] read in it.
pub fn clusters(index: &Index<'_>, bootstrapped: &[(String, Option<FluxVersion>)]) -> Vec<Cluster> {
    let starts = start::find(index, bootstrapped);
    let names = names::of(&starts.iter().map(|start| &*start.folder).collect::<Vec<_>>());
    let mut applied = Applied::new(index);
    let with_names = starts.into_iter().zip(names);
    let found = with_names.map(|(start, name)| {
        let resources = applied.by(&start);
        Cluster { name, folder: start.folder, flux: start.flux, evidence: start.evidence, resources }
    });
    found.collect()
}

/// The cluster with the lowest known Flux among those that apply the resource; `None` where none is known to, or
/// where no Flux is known.
pub fn lowest(clusters: &[Cluster], resource: usize) -> Option<&Cluster> {
    let applying =
        clusters.iter().filter(|cluster| cluster.flux.is_some() && cluster.resources.contains(&resource));
    applying.min_by_key(|cluster| cluster.flux)
}
