#![doc = include_str!("missing_field.md")]

use super::leftover::Leftover;
use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::data::groups::{HELM, NOTIFICATION};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "missing-field",
        group: Group::Migrate,
        summary: "A Flux object lacks a field that the new version requires",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("missing_field.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: chart },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Receiver"], steps: token },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: room },
];

/// What there is to decide: kind (none for any), end of the path, and the words.
const ADVICE: &[(&str, &str, &str)] = &[
    (
        "HelmRelease",
        "spec.chart.spec.sourceRef.kind",
        "say whether the source is a HelmRepository, a GitRepository, or a Bucket",
    ),
    (
        "HelmChart",
        "spec.sourceRef.kind",
        "say whether the source is a HelmRepository, a GitRepository, or a Bucket",
    ),
    (
        "GitRepository",
        "spec.verify.secretRef",
        "name the Secret with the public keys, or remove `spec.verify`, which then verifies nothing",
    ),
    ("ImageUpdateAutomation", "signingKey.secretRef", "name the Secret with the key, or remove `signingKey`"),
    ("Alert", "spec.eventSources[].kind", "say whose events are meant"),
    ("Receiver", "spec.resources[].kind", "say what is to be reconciled"),
    ("ImageRepository", "spec.image", "say which image is scanned"),
    ("ImageRepository", "spec.accessFrom.namespaceSelectors", "say which namespaces may read it"),
    ("", "ecretRef.name", "name the Secret, or remove the reference"),
    ("", "onfigMapRef.name", "name the ConfigMap, or remove the reference"),
    ("", "Ref.name", "name the object, or remove the reference"),
    ("", "interval", "say how often it is reconciled"),
];

/// A person has to add what is missing.
pub(super) fn judge(object: &Object<'_>, leftover: &Leftover<'_>, steps: &mut Steps) {
    let path = leftover.path();
    let known = |(kind, end, _): &&(&str, &str, &str)| {
        (kind.is_empty() || *kind == object.id.kind) && path.ends_with(end)
    };
    let advice = ADVICE.iter().find(known).map_or("say what it shall be", |(.., advice)| *advice);
    let Leftover { violation, .. } = leftover;
    steps.human(violation.range.clone(), format!("{violation}: {advice}{}", leftover.since()));
}

/// Source: fluxcd/helm-controller `api/v2/helmrelease_types.go`, the rule on `spec`.
fn chart(object: &Object<'_>, steps: &mut Steps) {
    let lacks = |spec: &crate::yaml::Node| spec.get("chart").is_none() && spec.get("chartRef").is_none();
    if object.is_whole() && object.mapping("spec").is_some_and(lacks) {
        let range = object.key_range("spec").unwrap_or_default();
        steps.human(range, "it has neither `spec.chart` nor `spec.chartRef`: say which chart it installs");
    }
}

/// Source: fluxcd/notification-controller `api/v1/receiver_types.go`, the rules on `spec`.
fn token(object: &Object<'_>, steps: &mut Steps) {
    let lacks = |spec: &crate::yaml::Node| spec.get("secretRef").is_none();
    let is_oidc = object.text_at("spec.type") == Some("generic-oidc");
    if object.is_whole() && !is_oidc && object.mapping("spec").is_some_and(lacks) {
        let range = object.key_range("spec").unwrap_or_default();
        let message =
            "`spec.secretRef` is required unless its type is `generic-oidc`: name the Secret with the token";
        steps.human(range, message);
    }
}

/// Source: fluxcd/notification-controller CHANGELOG 0.23.2, `docs/spec/v1beta3/providers.md`.
fn room(object: &Object<'_>, steps: &mut Steps) {
    let lacks = |spec: &crate::yaml::Node| spec.get("channel").is_none() || spec.get("secretRef").is_none();
    let is_webex = object.text_at("spec.type") == Some("webex");
    if object.is_whole() && is_webex && object.mapping("spec").is_some_and(lacks) {
        let range = object.key_range("spec.type").unwrap_or_default();
        let message = "the type `webex` posts to the room of `spec.channel` with the token of `spec.secretRef`: say both";
        steps.broken(range, message);
    }
}
