#![doc = include_str!("changed_default.md")]

use super::object::Object;
use super::provider_host_mismatch::cloud_of;
use super::step::Steps;
use super::surroundings::Setting;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};
use crate::yaml::{Operation, Position, Scalar, Value};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "changed-default",
        group: Group::Migrate,
        summary: "A Flux object relies on a default that newer versions of Flux changed",
        severity: Severity::Hint,
        confidence: Confidence::Medium,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("changed_default.md"),
    },
    check: Check::Migration,
};

const HELM: &str = "helm.toolkit.fluxcd.io";
const IMAGE: &str = "image.toolkit.fluxcd.io";

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: release },
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: post_renderers },
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: force },
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: test },
    Transition { rule: RULE.meta.id, group: IMAGE, kinds: &["ImageRepository"], steps: exclusions },
    Transition { rule: RULE.meta.id, group: IMAGE, kinds: &["ImageRepository"], steps: login },
];

/// Versions of HelmRelease that say nothing of drift detection, from before Flux 2.2.
const BEFORE_2_2: [&str; 2] = ["v2alpha1", "v2beta1"];

/// A default and how to write the old one.
struct Default<'m> {
    /// The field, below `spec`.
    field: &'static str,
    /// What it was.
    old: Value,
    /// The first Flux with another default.
    changed: FluxVersion,
    /// The first Flux that has the field.
    introduced: FluxVersion,
    /// What the finding says.
    message: &'m str,
}

fn release(object: &Object<'_>, steps: &mut Steps) {
    if BEFORE_2_2.contains(&object.from) {
        let history = Default {
            field: "maxHistory",
            old: Value::Int(10),
            changed: FluxVersion::new(2, 2),
            introduced: FluxVersion::new(0, 1),
            message: "`spec.maxHistory` is 5 by default since Flux 2.2; the old 10 is written",
        };
        pin(object, steps, history);
    }
    let wait = Default {
        field: "waitStrategy",
        old: Value::Mapping(vec![("name".to_owned(), "legacy".into())]),
        changed: FluxVersion::new(2, 8),
        introduced: FluxVersion::new(2, 8),
        message: "`spec.waitStrategy` is `poller` by default since Flux 2.8; the old `legacy` is written",
    };
    pin(object, steps, wait);
    if BEFORE_2_2.contains(&object.from) && object.around.sets(Setting::DetectDrift) {
        let mode = if object.around.sets(Setting::CorrectDrift) { "enabled" } else { "warn" };
        let drift = Default {
            field: "driftDetection",
            old: Value::Mapping(vec![("mode".to_owned(), mode.into())]),
            changed: FluxVersion::new(2, 2),
            introduced: FluxVersion::new(2, 2),
            message: "the feature gates for drift detection have had no effect since Flux 2.2; \
                      `spec.driftDetection` says the same",
        };
        pin(object, steps, drift);
    }
}

fn post_renderers(object: &Object<'_>, steps: &mut Steps) {
    let Some(renderers) = object.key_range("spec.postRenderers") else { return };
    let strategy = Default {
        field: "postRenderStrategy",
        old: "nohooks".into(),
        changed: FluxVersion::new(2, 9),
        introduced: FluxVersion::new(2, 9),
        message: "`spec.postRenderStrategy` is `combined` by default since Flux 2.9; the old `nohooks` is written",
    };
    let changes = object.is_whole()
        && !object.has("spec.postRenderStrategy")
        && will_change(object, strategy.changed)
        && !object.options.modernize;
    if changes {
        let message = "the chart's hooks go through `spec.postRenderers` too since Flux 2.9; \
                       `postRenderStrategy: nohooks` is how it was";
        steps.note(renderers, message);
    }
    pin(object, steps, strategy);
}

/// Source: fluxcd/helm-controller `api/v2/helmrelease_types.go`.
fn force(object: &Object<'_>, steps: &mut Steps) {
    for path in ["spec.upgrade.force", "spec.rollback.force"] {
        let is_set = object.get(path).is_some_and(|node| node.scalar() == Some(Scalar::Bool(true)));
        let Some(range) = object.key_range(path).filter(|_| is_set) else { continue };
        if will_change(object, FluxVersion::new(2, 8)) {
            let message = format!(
                "`{path}` is ignored where Helm uses server-side apply, which new releases do by default since Flux 2.8"
            );
            steps.note(range, message);
        }
    }
}

/// Source: fluxcd/helm-controller CHANGELOG 0.0.5.
fn test(object: &Object<'_>, steps: &mut Steps) {
    let is_set = object.get("spec.test.enable").is_some_and(|node| node.scalar() == Some(Scalar::Bool(true)));
    let is_old = object.from == "v2alpha1" && !object.has("spec.test.ignoreFailures");
    if let Some(range) = object.key_range("spec.test.enable").filter(|_| is_set && is_old) {
        let message =
            "a release whose tests fail is not ready any more; `test.ignoreFailures: true` is how it was";
        steps.note(range, message);
    }
}

fn exclusions(object: &Object<'_>, steps: &mut Steps) {
    if matches!(object.from, "v1alpha1" | "v1alpha2" | "v1beta1") {
        let list = Default {
            field: "exclusionList",
            old: Value::Sequence(Vec::new()),
            changed: FluxVersion::new(0, 40),
            introduced: FluxVersion::new(0, 28),
            message: "`spec.exclusionList` leaves out tags that end in `.sig` by default; the old empty list is written",
        };
        pin(object, steps, list);
    }
}

/// The flags of image-reflector-controller that logged into the registry of a cloud are gone from Flux 2.7 on.
fn login(object: &Object<'_>, steps: &mut Steps) {
    let cloud = object.text_at("spec.image").and_then(cloud_of);
    let is_set = |cloud: &&str| {
        object.around.sets(match *cloud {
            "aws" => Setting::AwsAutologin,
            "azure" => Setting::AzureAutologin,
            _ => Setting::GcpAutologin,
        })
    };
    if let Some(cloud) = cloud.filter(is_set) {
        let message = "the flags that log into the registry of a cloud are gone from Flux 2.7 on; `spec.provider` \
                       says the same";
        let provider = Default {
            field: "provider",
            old: cloud.into(),
            changed: FluxVersion::new(2, 7),
            introduced: FluxVersion::new(0, 40),
            message,
        };
        pin(object, steps, provider);
    }
}

/// Whether the object comes from before `changed` and goes to it or past it, as far as is known.
fn will_change(object: &Object<'_>, changed: FluxVersion) -> bool {
    object.moves()
        && object.options.target.flux() >= changed
        && object.running.is_none_or(|running| running < changed)
}

/// Writes an old default, where that is valid and the user asks for it.
fn pin(object: &Object<'_>, steps: &mut Steps, default: Default<'_>) {
    let Some(spec) = object.mapping("spec").filter(|_| object.is_whole()) else { return };
    let is_due = spec.get(default.field).is_none()
        && will_change(object, default.changed)
        && object.reaches(default.introduced);
    if let Some(range) = object.key_range("spec").filter(|_| is_due) {
        let position = match spec.get("interval") {
            Some(_) => Position::After("interval".to_owned()),
            None => Position::Last,
        };
        let (into, key, value) = (object.at("spec"), default.field.to_owned(), default.old);
        let insert = Operation::Insert { into, position, key, value };
        steps.offer(object, range, default.message, vec![insert]);
    }
}
