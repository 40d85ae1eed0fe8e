#![doc = include_str!("changed_default.md")]

use super::object::Object;
use super::provider_host_mismatch::cloud_of;
use super::step::Steps;
use super::surroundings::Setting;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::rules::data::groups::{HELM, IMAGE};
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
struct Default {
    /// The field, below `spec`.
    field: &'static str,
    /// What it was.
    old: Value,
    /// The first Flux with another default.
    changed: FluxVersion,
    /// The first Flux that has the field.
    introduced: FluxVersion,
    /// What it was, and what became of it.
    what: &'static str,
}

fn release(object: &Object<'_>, steps: &mut Steps) {
    let mut defaults = Vec::new();
    let is_old = BEFORE_2_2.contains(&object.from);
    if is_old {
        defaults.push(Default {
            field: "maxHistory",
            old: Value::Int(10),
            changed: FluxVersion::new(2, 2),
            introduced: FluxVersion::new(0, 1),
            what: "`maxHistory: 10`, 5 since Flux 2.2",
        });
    }
    defaults.push(Default {
        field: "waitStrategy",
        old: Value::Mapping(vec![("name".to_owned(), "legacy".into())]),
        changed: FluxVersion::new(2, 8),
        introduced: FluxVersion::new(2, 8),
        what: "`waitStrategy` by name `legacy`, `poller` since Flux 2.8",
    });
    if is_old && object.around.sets(Setting::DetectDrift) {
        let mode = if object.around.sets(Setting::CorrectDrift) { "enabled" } else { "warn" };
        defaults.push(Default {
            field: "driftDetection",
            old: Value::Mapping(vec![("mode".to_owned(), mode.into())]),
            changed: FluxVersion::new(2, 2),
            introduced: FluxVersion::new(2, 2),
            what: "`driftDetection` as the feature gates had it, which have no effect since Flux 2.2",
        });
    }
    if object.has("spec.postRenderers") {
        defaults.push(Default {
            field: "postRenderStrategy",
            old: "nohooks".into(),
            changed: FluxVersion::new(2, 9),
            introduced: FluxVersion::new(2, 9),
            what: "`postRenderStrategy: nohooks`, `combined` since Flux 2.9",
        });
    }
    pin(object, steps, defaults);
}

fn post_renderers(object: &Object<'_>, steps: &mut Steps) {
    let is_open = object.is_whole()
        && !object.has("spec.postRenderStrategy")
        && will_change(object, FluxVersion::new(2, 9));
    let is_pinned = object.options.modernize && object.reaches(FluxVersion::new(2, 9));
    if let Some(range) = object.key_range("spec.postRenderers").filter(|_| is_open && !is_pinned) {
        let message = "the chart's hooks go through `spec.postRenderers` too from Flux 2.9 on; \
                       `postRenderStrategy: nohooks` is how it was";
        steps.note(range, message);
    }
}

/// Source: fluxcd/helm-controller `api/v2/helmrelease_types.go`.
fn force(object: &Object<'_>, steps: &mut Steps) {
    for path in ["spec.upgrade.force", "spec.rollback.force"] {
        let is_set = object.get(path).is_some_and(|node| node.scalar() == Some(Scalar::Bool(true)));
        let Some(range) = object.key_range(path).filter(|_| is_set) else { continue };
        if will_change(object, FluxVersion::new(2, 8)) {
            let message = format!(
                "`{path}` is ignored where Helm uses server-side apply, the default for new releases from Flux 2.8 on"
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
        let message = "a release whose tests fail is not ready any more; `spec.test.ignoreFailures: true` is how it was";
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
            what: "an empty `exclusionList`, which leaves out tags that end in `.sig` since v1beta2",
        };
        pin(object, steps, vec![list]);
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
        let provider = Default {
            field: "provider",
            old: cloud.into(),
            changed: FluxVersion::new(2, 7),
            introduced: FluxVersion::new(0, 40),
            what: "`provider` as a flag of image-reflector-controller had it, gone from Flux 2.7 on",
        };
        pin(object, steps, vec![provider]);
    }
}

/// Whether the object comes from before `changed` and goes to it or past it, as far as is known.
fn will_change(object: &Object<'_>, changed: FluxVersion) -> bool {
    object.moves()
        && object.options.target.flux() >= changed
        && object.running.is_none_or(|running| running < changed)
}

/// Writes old defaults, where they are valid and the user asks for it.
fn pin(object: &Object<'_>, steps: &mut Steps, mut defaults: Vec<Default>) {
    let Some(spec) = object.mapping("spec").filter(|_| object.is_whole()) else { return };
    defaults.retain(|default| {
        spec.get(default.field).is_none()
            && will_change(object, default.changed)
            && object.reaches(default.introduced)
    });
    let Some(range) = object.key_range("spec").filter(|_| !defaults.is_empty()) else { return };
    let what: Vec<&str> = defaults.iter().map(|default| default.what).collect();
    let insert = |default: Default| Operation::Insert {
        into: object.at("spec"),
        position: match spec.get("interval") {
            Some(_) => Position::After("interval".to_owned()),
            None => Position::Last,
        },
        key: default.field.to_owned(),
        value: default.old,
    };
    let message = format!("what was the default is written: {}", what.join("; "));
    steps.offer(object, range, message, defaults.into_iter().map(insert).collect());
}
