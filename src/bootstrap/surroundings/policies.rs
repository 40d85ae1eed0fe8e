//! Policies at admission that what the operator applies may run into.
//!
//! Sources: kyverno/kyverno `api/kyverno/v1/rule_types.go`; open-policy-agent/gatekeeper
//! `pkg/mutation/match/match_types.go`; kubernetes/api `admissionregistration/v1/types.go`.

mod engines;
mod kyverno;

use std::ops::Range;

use super::scope::{Object, Scope, list, texts};
use crate::place::Place;
use crate::yaml::Node;

/// A policy that something of the installation may run into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What in it is about Flux.
    pub place: Place,
    /// What may be refused.
    pub message: String,
    /// Its index in [`crate::flux::Index::resources`].
    pub resource: usize,
    /// The policy, as `Kind name`.
    pub policy: String,
    /// Why it is listed.
    pub why: Why,
    /// As it is written it refuses nothing, but only reports; a patch may change that.
    pub only_reports: bool,
}

/// What of a policy is about Flux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It checks the signatures of Flux's images: the operator names them by digest.
    Signatures,
    /// It lists the images of Flux, and not that of the operator.
    Images,
    /// It names the labels that kustomize-controller puts on what it applies; the operator takes them off.
    Labels,
    /// It is about the namespace of Flux.
    Namespace,
    /// It names a service account of Flux, which is no longer the one that applies Flux.
    Accounts,
    /// It is about arguments of containers: the operator adds some.
    Arguments,
    /// It asks for labels of pods that the operator does not set.
    PodLabels,
}

impl Why {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Signatures => {
                "verifies the signatures of Flux's images, which the operator names by digest"
            }
            Self::Images => {
                "allows images of Flux by name, and not `ghcr.io/controlplaneio-fluxcd/flux-operator`, which runs beside them"
            }
            Self::Labels => {
                "goes by the labels `kustomize.toolkit.fluxcd.io/…`, which the operator takes off the objects of Flux"
            }
            Self::Namespace => "is about the namespace of Flux, where the operator runs and applies",
            Self::Accounts => {
                "names a service account of Flux: the objects of Flux are no longer applied by it but by the operator's"
            }
            Self::Arguments => {
                "is about arguments of containers, and the operator adds some to those of Flux"
            }
            Self::PodLabels => {
                "is about `app.kubernetes.io/instance` or `version` of pods, which the pods of Flux lose"
            }
        }
    }
}

/// The images of Flux.
const IMAGES: &str = "ghcr.io/fluxcd";
/// One of them, to try patterns with, and the operator's.
const IMAGE: &str = "ghcr.io/fluxcd/source-controller:v1.8.0";
const OPERATOR: &str = "ghcr.io/controlplaneio-fluxcd/flux-operator:v0.58.1";
/// Start of the labels of kustomize-controller.
const LABELS: &str = "kustomize.toolkit.fluxcd.io/";
/// The label that every namespace has its name in.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

pub(super) fn read(scope: &Scope<'_>) -> Vec<Policy> {
    let mut found = Vec::new();
    for object in scope.objects() {
        let mut notes = Notes { scope, object, found: Vec::new() };
        let id = &object.resource.id;
        match (id.group.as_str(), id.kind.as_str()) {
            ("kyverno.io", "ClusterPolicy" | "Policy") => kyverno::read(&mut notes),
            ("policies.kyverno.io", _)
            | ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy") => {
                engines::of_expressions(&mut notes);
            }
            ("constraints.gatekeeper.sh" | "mutations.gatekeeper.sh", _) => {
                engines::of_gatekeeper(&mut notes);
            }
            _ => {}
        }
        found.append(&mut notes.found);
    }
    found
}

/// What is noted of one policy: for each reason its first place.
struct Notes<'s, 'a> {
    scope: &'s Scope<'a>,
    object: Object<'a>,
    found: Vec<Policy>,
}

impl<'a> Notes<'_, 'a> {
    fn add(&mut self, why: Why, range: Range<usize>) {
        if self.found.iter().any(|known| known.why == why) {
            return;
        }
        let policy = self.object.title();
        let only_reports = only_reports(self.object);
        let end = if only_reports { "; as written it only reports" } else { "" };
        let message = format!("{policy} {}{end}", why.sentence());
        let place = self.scope.at(self.object, range);
        self.found.push(Policy { place, message, resource: self.object.index, policy, why, only_reports });
    }

    /// Notes what any engine would stumble over: labels, service accounts, arguments, labels of pods.
    fn words(&mut self, node: &'a Node<'a>, of_workloads: bool) {
        let accounts: Vec<String> = self
            .scope
            .namespaces
            .iter()
            .map(|namespace| format!("system:serviceaccount:{namespace}:"))
            .collect();
        let mut hits = Vec::new();
        texts(node, &mut Vec::new(), &mut |keys, text, range| {
            if keys.last() == Some(&"message") {
                return;
            }
            if text.contains(LABELS) {
                hits.push((Why::Labels, range.clone()));
            }
            if accounts.iter().any(|account| text.contains(account)) {
                hits.push((Why::Accounts, range.clone()));
            }
            let anchored = text.trim_matches(['=', '^', '+', '<', 'X', '(', ')']);
            if of_workloads && (anchored == "args" || has_field(text, "args")) {
                hits.push((Why::Arguments, range.clone()));
            }
            if of_workloads && super::selectors::LABELS.iter().any(|label| text.contains(label)) {
                hits.push((Why::PodLabels, range));
            }
        });
        for (why, range) in hits {
            self.add(why, range);
        }
    }
}

/// Whether a policy says of itself that it refuses nothing. Kyverno's do so unless they say otherwise, for all of their
/// rules or for one; Gatekeeper's refuse unless they say otherwise.
fn only_reports(object: Object<'_>) -> bool {
    let enforces = |node: Option<&Node<'_>>| {
        node.and_then(Node::as_str).is_some_and(|action| action.eq_ignore_ascii_case("enforce"))
    };
    match object.resource.id.group.as_str() {
        "kyverno.io" => {
            let rules = list(object.at(&["spec", "rules"]));
            let mut actions = rules.into_iter().flat_map(|rule| {
                let images = list(rule.get("verifyImages"));
                images.into_iter().chain(rule.get("validate")).map(|part| part.get("failureAction"))
            });
            !enforces(object.at(&["spec", "validationFailureAction"])) && !actions.any(enforces)
        }
        "constraints.gatekeeper.sh" => {
            let action = object.text(&["spec", "enforcementAction"]);
            action.is_some_and(|action| matches!(action, "dryrun" | "warn"))
        }
        _ => false,
    }
}

/// Whether an expression reads a field of this name.
fn has_field(text: &str, field: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    text.match_indices(field).any(|(at, _)| text[..at].ends_with('.') && ends(&text[at + field.len()..]))
}
