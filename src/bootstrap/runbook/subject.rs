//! A cluster that can be handed over, in the words of its commands.

use serde_json::{Map, Value};

use super::page::word;
use crate::bootstrap::clusters::{Cluster, Ready, State};

/// A cluster that can be handed over.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    pub(super) ready: &'a Ready,
    /// What makes it follow its repository.
    pub(super) roots: Option<Roots<'a>>,
}

/// Source and Kustomization of a cluster.
pub(super) struct Roots<'a> {
    /// The source as `kubectl` takes it: `gitrepository/flux-system`.
    pub(super) source: String,
    /// The Kustomization: `kustomization/flux-system`.
    pub(super) kustomization: String,
    /// The name of the Kustomization.
    pub(super) name: &'a str,
    /// The kind of the source.
    pub(super) kind: &'a str,
    /// `spec.ref` of the source as it is built today.
    pub(super) reference: Option<&'a Value>,
}

impl<'a> Subject<'a> {
    pub(super) fn of(cluster: &'a Cluster) -> Option<Self> {
        let State::Ready(ready) = &cluster.state else { return None };
        let installation = &ready.installation;
        let roots = installation.root.as_ref().map(|root| Roots {
            source: format!("{}/{}", resource(&root.source_id.kind), root.source_id.name),
            kustomization: format!("kustomization/{}", root.kustomization_id.name),
            name: &root.kustomization_id.name,
            kind: &root.source_id.kind,
            reference: installation
                .built(&root.source_id)
                .and_then(|object| object.value.pointer("/spec/ref")),
        });
        Some(Self { name: &cluster.name, ready, roots })
    }

    /// The namespace of Flux.
    pub(super) fn namespace(&self) -> String {
        word(&self.ready.installation.namespace)
    }

    /// `kubectl` for this cluster, in the namespace of Flux.
    pub(super) fn kubectl(&self, arguments: &str) -> String {
        format!("kubectl --context \"$context\" --namespace {} {arguments}", self.namespace())
    }

    /// `flux` for this cluster, in the namespace of Flux.
    pub(super) fn flux(&self, arguments: &str) -> String {
        format!("flux --context \"$context\" --namespace {} {arguments}", self.namespace())
    }

    /// `flux-operator` for this cluster, in the namespace of Flux.
    pub(super) fn operator(&self, arguments: &str) -> String {
        format!("flux-operator --kube-context \"$context\" --namespace {} {arguments}", self.namespace())
    }

    /// `helm` for this cluster, in the namespace of Flux.
    pub(super) fn helm(&self, arguments: &str) -> String {
        format!("helm --kube-context \"$context\" --namespace {} {arguments}", self.namespace())
    }

    /// Every kind of object that the operator takes over, as `kubectl` lists them.
    pub(super) fn kinds(&self) -> String {
        let base = [
            "namespaces",
            "customresourcedefinitions",
            "clusterroles",
            "clusterrolebindings",
            "serviceaccounts",
            "services",
            "deployments",
            "networkpolicies",
            "resourcequotas",
        ];
        let source = self.roots.iter().flat_map(|roots| [resources(roots.kind), "kustomizations"]);
        base.into_iter().chain(source).collect::<Vec<_>>().join(",")
    }

    /// A selector of what the operator owns.
    pub(super) fn owned(&self) -> String {
        format!(
            "fluxcd.controlplane.io/name=flux,fluxcd.controlplane.io/namespace={}",
            self.ready.installation.namespace
        )
    }

    /// Whether the proof found this, by a part of its words.
    pub(super) fn expects(&self, words: &str) -> bool {
        self.ready.draft.proof.expected.keys().any(|reason| reason.contains(words))
    }
}

impl Roots<'_> {
    /// A merge patch that gives the source the reference that it has today; `None` where the operator keeps it as it is.
    pub(super) fn reference_patch(&self) -> Option<String> {
        let reference = self.reference?.as_object()?;
        if self.kind != "GitRepository" || reference.contains_key("name") {
            return None;
        }
        let mut merged: Map<String, Value> = reference.clone();
        merged.insert("name".to_owned(), Value::Null);
        Some(serde_json::json!({ "spec": { "ref": merged } }).to_string())
    }
}

/// The kind of a source as `kubectl` takes one of it; buckets are known to other operators too.
fn resource(kind: &str) -> &'static str {
    match kind {
        "OCIRepository" => "ocirepository",
        "Bucket" => "buckets.source.toolkit.fluxcd.io",
        _ => "gitrepository",
    }
}

fn resources(kind: &str) -> &'static str {
    match kind {
        "OCIRepository" => "ocirepositories",
        "Bucket" => "buckets.source.toolkit.fluxcd.io",
        _ => "gitrepositories",
    }
}
