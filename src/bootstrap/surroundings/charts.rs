//! Flux and its operator where a chart or a plain manifest brings them.
//!
//! Sources: fluxcd-community/helm-charts `charts/flux2` and `charts/flux2-sync`; controlplaneio-fluxcd/charts
//! `charts/flux-operator` and `charts/flux-instance`; controlplaneio-fluxcd/flux-operator `docs/web/install.md`.

mod manifests;
mod releases;

use super::hcl::Block;
use super::scope::Scope;
use super::terraform::{Found, Modules};
use super::{Surroundings, Within, called};
use crate::place::Place;

/// What a chart brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chart {
    /// The controllers of Flux: chart `flux2`.
    Flux,
    /// The root source and Kustomization: chart `flux2-sync`.
    Sync,
    /// The Flux Operator: chart `flux-operator`, its manifests, or its package in OLM.
    Operator,
    /// A FluxInstance: chart `flux-instance`, or a module of Terraform.
    Instance,
}

/// What brings it into the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// A HelmRelease of Flux.
    HelmRelease,
    /// An Application of Argo CD.
    Application,
    /// A `helm_release` or a module of Terraform.
    Terraform,
    /// A release of helmfile.
    Helmfile,
    /// A chart or a remote manifest in a kustomization.
    Kustomization,
    /// A command in a script.
    Command,
    /// A plain manifest, or a Subscription of OLM.
    Manifest,
}

/// An installation that no gotk file describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// Where it is written.
    pub place: Place,
    /// What it means for a FluxInstance in its place.
    pub message: String,
    /// Its index in [`crate::flux::Index::resources`], where it is an object.
    pub resource: Option<usize>,
    /// What it brings.
    pub chart: Chart,
    /// What brings it.
    pub means: Means,
    /// Name of the release.
    pub name: Option<String>,
    /// The namespace that it goes to; `None` where the repository does not tell.
    pub namespace: Option<String>,
}

/// A FluxInstance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Where it is written.
    pub place: Place,
    /// What it means for another one.
    pub message: String,
    /// Its index in [`crate::flux::Index::resources`], where it is an object.
    pub resource: Option<usize>,
    /// Its name; `None` where a chart makes it.
    pub name: Option<String>,
    /// Its namespace; `None` where the repository does not tell.
    pub namespace: Option<String>,
}

/// What is known of an installation before anything is said about it.
struct Seen {
    place: Place,
    resource: Option<usize>,
    chart: Chart,
    means: Means,
    name: Option<String>,
    namespace: Option<String>,
}

/// Adds every installation and every instance.
pub(super) fn read(scope: &Scope<'_>, modules: &Modules<'_>, found: &mut Surroundings) {
    releases::of_flux(scope, found);
    releases::of_argo(scope, found);
    releases::of_helmfile(scope, found);
    releases::of_kustomize(scope, found);
    manifests::read(scope, found);
    for block in modules.found() {
        of_terraform(&block, found);
    }
}

/// The chart that `written` names: alone, behind its repository, or as the address of an artifact.
pub(super) fn chart_of(written: &str) -> Option<Chart> {
    let path = written.trim_end_matches('/').rsplit('/').next()?;
    let name = path.split(['@', ':']).next()?;
    match name.strip_suffix(".tgz").unwrap_or(name) {
        "flux2" => Some(Chart::Flux),
        "flux2-sync" => Some(Chart::Sync),
        "flux-operator" => Some(Chart::Operator),
        "flux-instance" => Some(Chart::Instance),
        _ => None,
    }
}

/// Adds what a command of Helm installs.
pub(super) fn add_command(
    found: &mut Surroundings,
    place: Place,
    chart: Chart,
    name: Option<String>,
    namespace: Option<String>,
) {
    add(found, Seen { place, resource: None, chart, means: Means::Command, name, namespace });
}

/// A `helm_release`, the module of the operator's makers, or a manifest with an instance.
fn of_terraform(block: &Found<'_>, found: &mut Surroundings) {
    let place = block.place(block.block.header.clone());
    let text = |name: &str| block.block.text(name);
    if block.is_resource(&["helm_release"]) {
        if let Some(chart) = text("chart").and_then(|chart| chart_of(&chart)) {
            let (name, namespace) = (text("name"), text("namespace"));
            add(found, Seen { place, resource: None, chart, means: Means::Terraform, name, namespace });
        }
        return;
    }
    let source = text("source").filter(|_| block.block.kind == "module").unwrap_or_default();
    if source.contains("flux-operator-bootstrap") {
        let name = block.block.labels.first().map(ToString::to_string);
        let means = Means::Terraform;
        for chart in [Chart::Operator, Chart::Instance] {
            let (place, name) = (place.clone(), name.clone());
            add(found, Seen { place, resource: None, chart, means, name, namespace: None });
        }
    } else if block.is_resource(&["kubectl_manifest", "kubernetes_manifest"]) && has_instance(block.block) {
        let name = Some("flux".to_owned());
        add(
            found,
            Seen {
                place,
                resource: None,
                chart: Chart::Instance,
                means: Means::Terraform,
                name,
                namespace: None,
            },
        );
    }
}

/// Whether a manifest in Terraform, text or object, is a FluxInstance.
fn has_instance(block: &Block<'_>) -> bool {
    let is_instance = |text: &str| {
        let mut lines = text.lines().map(|line| line.replace([' ', '"', '\t'], ""));
        lines.any(|line| {
            matches!(line.as_str(), "kind:FluxInstance" | "kind=FluxInstance" | "kind=FluxInstance,")
        })
    };
    block.attributes.iter().any(|attribute| is_instance(attribute.text))
}

/// Adds an installation, and the instance that one of these makes.
fn add(found: &mut Surroundings, seen: Seen) {
    let Seen { place, resource, chart, means, name, namespace } = seen;
    let (title, within) = (called(name.as_deref(), namespace.as_deref()), Within(namespace.as_deref()));
    let message = match chart {
        Chart::Flux => format!(
            "release {title} of chart `flux2` installs Flux{within}: the operator takes its objects over, but \
             uninstalling the release later would delete them"
        ),
        Chart::Sync => format!(
            "release {title} of chart `flux2-sync` makes a root source and Kustomization{within}: a FluxInstance with \
             `sync` makes them too"
        ),
        Chart::Operator => format!(
            "the Flux Operator is already installed{within}: its FluxInstance has to be in the same namespace"
        ),
        Chart::Instance => {
            let message = format!("a FluxInstance is already made{within}: one cluster can have only one");
            let instance = Instance {
                place: place.clone(),
                message: message.clone(),
                resource,
                name: None,
                namespace: namespace.clone(),
            };
            found.instances.push(instance);
            message
        }
    };
    found.installs.push(Install { place, message, resource, chart, means, name, namespace });
}
