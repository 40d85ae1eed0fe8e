//! The operator and its instances as plain objects.

use super::{Chart, Instance, Means, Seen, add};
use crate::bootstrap::surroundings::scope::{Scope, list};
use crate::bootstrap::surroundings::{Surroundings, Within, called};
use crate::yaml::Node;

/// Adds operators that are Deployments or come from OLM, and every FluxInstance.
pub(super) fn read(scope: &Scope<'_>, found: &mut Surroundings) {
    let deployments = scope.of_kind("apps", "Deployment").filter(|deployment| {
        let containers = list(deployment.at(&["spec", "template", "spec", "containers"]));
        let mut images = containers.into_iter().filter_map(|container| container.get("image")?.as_str());
        images.any(is_operator)
    });
    // Source: controlplaneio-fluxcd/flux-operator `config/operatorhub`, package `flux-operator`.
    let subscriptions = scope.of_kind("operators.coreos.com", "Subscription");
    let subscriptions = subscriptions.filter(|subscription| {
        subscription.text(&["spec", "name"]).is_some_and(|name| name == "flux-operator")
    });
    for object in deployments.chain(subscriptions) {
        let seen = Seen {
            place: scope.place(object),
            resource: Some(object.index),
            chart: Chart::Operator,
            means: Means::Manifest,
            name: Some(object.resource.id.name.clone()),
            namespace: object.namespace().map(str::to_owned),
        };
        add(found, seen);
    }
    for object in scope.of_kind("fluxcd.controlplane.io", "FluxInstance") {
        let namespace = object.namespace();
        let title = called(Some(&object.resource.id.name), namespace);
        let within = Within(namespace);
        let version = object.at(&["spec", "distribution", "version"]).and_then(Node::as_str);
        let version = version.map(|version| format!(" of Flux `{version}`")).unwrap_or_default();
        let message = format!(
            "FluxInstance {title} is an installation{version}{within}: one cluster can have only one, so the gotk files \
             of its cluster are no longer in use"
        );
        let name = Some(object.resource.id.name.clone());
        let namespace = namespace.map(str::to_owned);
        found.instances.push(Instance {
            place: scope.place(object),
            message,
            resource: Some(object.index),
            name,
            namespace,
        });
    }
}

/// Whether an image is the operator's, from whatever registry.
fn is_operator(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    name.split(['@', ':']).next() == Some("flux-operator")
}
