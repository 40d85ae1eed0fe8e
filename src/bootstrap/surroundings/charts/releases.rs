//! Releases of charts, by whom they are described.

use super::{Chart, Means, Seen, add, chart_of};
use crate::bootstrap::surroundings::Surroundings;
use crate::bootstrap::surroundings::scope::{Object, Scope, at, list};
use crate::flux::kustomize::Owner;
use crate::flux::scan::{file_name, is_kustomization};
use crate::yaml::{Document, Node};

const HELM: &str = "helm.toolkit.fluxcd.io";
const SOURCE: &str = "source.toolkit.fluxcd.io";

/// Every HelmRelease, by the name of their chart or by what they take it from.
pub(super) fn of_flux(scope: &Scope<'_>, found: &mut Surroundings) {
    for object in scope.of_kind(HELM, "HelmRelease") {
        let Some(chart) = chart(scope, object) else { continue };
        let name = object.text(&["spec", "releaseName"]).unwrap_or(&object.resource.id.name);
        let seen = Seen {
            place: scope.place(object),
            resource: Some(object.index),
            chart,
            means: Means::HelmRelease,
            name: Some(name.to_owned()),
            namespace: namespace(scope, object),
        };
        add(found, seen);
    }
}

fn chart(scope: &Scope<'_>, release: Object<'_>) -> Option<Chart> {
    if let Some(written) = release.text(&["spec", "chart", "spec", "chart"]) {
        return chart_of(written);
    }
    let name = release.text(&["spec", "chartRef", "name"])?;
    let kind = release.text(&["spec", "chartRef", "kind"])?;
    let field = if kind == "HelmChart" { "chart" } else { "url" };
    let mut sources = scope.of_kind(SOURCE, kind).filter(|source| source.resource.id.name == name);
    let referred = sources.find_map(|source| source.text(&["spec", field]));
    chart_of(referred.unwrap_or(name))
}

/// The namespace that a release goes to: as it says, or as a kustomization above it does.
fn namespace(scope: &Scope<'_>, release: Object<'_>) -> Option<String> {
    if let Some(written) = release.text(&["spec", "targetNamespace"]).or_else(|| release.namespace()) {
        return Some(written.to_owned());
    }
    let index = scope.index;
    let mut by_kustomize = None;
    for (at_kustomization, kustomization) in index.kustomizations.iter().enumerate() {
        if !kustomization.gathers
            || !index.tree.reach(index, at_kustomization).resources.contains(&release.index)
        {
            continue;
        }
        let root = match &kustomization.owner {
            // What Flux sets is set last.
            Owner::Flux(at_resource) => {
                let node = index.node(&index.resources[*at_resource]);
                let target = at(node, &["spec", "targetNamespace"]).and_then(Node::as_str);
                return target.map(str::to_owned);
            }
            _ => index.files[kustomization.file].stream.documents[kustomization.document].node(),
        };
        by_kustomize = root.and_then(|root| root.get("namespace")).and_then(Node::as_str).or(by_kustomize);
    }
    by_kustomize.map(str::to_owned)
}

/// Applications of Argo CD, and what an `ApplicationSet` makes.
pub(super) fn of_argo(scope: &Scope<'_>, found: &mut Surroundings) {
    for object in scope.objects().filter(|object| object.resource.id.group == "argoproj.io") {
        let spec = match object.resource.id.kind.as_str() {
            "Application" => object.at(&["spec"]),
            "ApplicationSet" => object.at(&["spec", "template", "spec"]),
            _ => None,
        };
        let Some(spec) = spec else { continue };
        let sources = spec.get("sources").map(Node::items).unwrap_or_default().iter();
        for source in sources.chain(spec.get("source")) {
            let written = ["chart", "repoURL", "path"].iter().filter_map(|key| source.get(key)?.as_str());
            let Some(chart) = written.filter(|text| !text.ends_with(".git")).find_map(chart_of) else {
                continue;
            };
            let namespace = at(spec, &["destination", "namespace"]).and_then(Node::as_str);
            let seen = Seen {
                place: scope.place(object),
                resource: Some(object.index),
                chart,
                means: Means::Application,
                name: Some(object.resource.id.name.clone()),
                namespace: namespace.map(str::to_owned),
            };
            add(found, seen);
        }
    }
}

/// Releases of helmfile, whose file has any name with `helmfile` in its path.
pub(super) fn of_helmfile(scope: &Scope<'_>, found: &mut Surroundings) {
    for (at_file, file) in scope.files().filter(|(_, file)| file.path.contains("helmfile")) {
        let roots = file.stream.documents.iter().filter_map(Document::node);
        for release in roots.filter_map(|root| root.get("releases")).flat_map(Node::items) {
            let text = |key: &str| release.get(key).and_then(Node::as_str);
            let Some(chart) = text("chart").and_then(chart_of) else { continue };
            let at_chart = release.get("chart").map_or(release.range.clone(), |chart| chart.range.clone());
            let seen = Seen {
                place: scope.index.place(at_file, at_chart),
                resource: None,
                chart,
                means: Means::Helmfile,
                name: text("name").map(str::to_owned),
                namespace: text("namespace").map(str::to_owned),
            };
            add(found, seen);
        }
    }
}

/// Charts and remote manifests that a kustomization brings in.
pub(super) fn of_kustomize(scope: &Scope<'_>, found: &mut Surroundings) {
    for (at_file, file) in scope.files().filter(|(_, file)| is_kustomization(file.path)) {
        let Some(root) = file.stream.documents.first().and_then(Document::node) else { continue };
        let mut seen = |chart: Chart, node: &Node<'_>, name: Option<&str>, namespace: Option<&str>| {
            let namespace = namespace.or_else(|| root.get("namespace").and_then(Node::as_str));
            let seen = Seen {
                place: scope.index.place(at_file, node.range.clone()),
                resource: None,
                chart,
                means: Means::Kustomization,
                name: name.map(str::to_owned),
                namespace: namespace.map(str::to_owned),
            };
            add(found, seen);
        };
        for chart in root.get("helmCharts").map(Node::items).unwrap_or_default() {
            let text = |key: &str| chart.get(key).and_then(Node::as_str);
            if let (Some(which), Some(node)) = (text("name").and_then(chart_of), chart.get("name")) {
                seen(which, node, text("releaseName"), text("namespace"));
            }
        }
        for node in list(root.get("resources")) {
            let Some(written) = node.as_str().filter(|written| written.contains("://")) else { continue };
            if written.contains("controlplaneio-fluxcd/flux-operator/")
                && file_name(written) == "install.yaml"
            {
                // The release's manifest has its namespace in it.
                seen(Chart::Operator, node, None, Some("flux-system"));
            }
        }
    }
}
