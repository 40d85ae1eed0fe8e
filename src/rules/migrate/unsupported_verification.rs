#![doc = include_str!("unsupported_verification.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::rules::data::groups::{HELM, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "unsupported-verification",
        group: Group::Migrate,
        summary: "A chart is to be verified although it comes from a source that Flux cannot verify",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("unsupported_verification.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: release },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["HelmChart"], steps: chart },
];

fn release(object: &Object<'_>, steps: &mut Steps) {
    check(object, "spec.chart.spec", steps);
}

fn chart(object: &Object<'_>, steps: &mut Steps) {
    check(object, "spec", steps);
}

/// Source: fluxcd/source-controller `api/v1/helmchart_types.go`, the rule on `spec`; CHANGELOG 1.8.0.
fn check(object: &Object<'_>, chart: &str, steps: &mut Steps) {
    let path = format!("{chart}.verify");
    let kind = object.text_at(&format!("{chart}.sourceRef.kind"));
    let is_refused = object.options.target.flux() >= FluxVersion::new(2, 8) && object.has(&path);
    let Some(kind @ ("GitRepository" | "Bucket")) = kind.filter(|_| is_refused) else { return };
    let message = format!(
        "`{path}` with a {kind} verifies nothing and is refused from Flux 2.8 on: take the chart from an OCI \
         registry, or remove `verify` and have the {kind} verified"
    );
    let message =
        if kind == "Bucket" { message.replace(" and have the Bucket verified", "") } else { message };
    steps.broken(object.key_range(&path).unwrap_or_default(), message);
}
