#![doc = include_str!("dead_controller_flag.md")]

use super::surroundings::{Argument, Setting, Surroundings};
use crate::finding::{Confidence, Finding, Severity};
use crate::flux::FluxVersion;
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "dead-controller-flag",
        group: Group::Migrate,
        summary: "A controller of Flux is started with a flag or a feature gate that is gone",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("dead_controller_flag.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let around = Surroundings::new(context);
    let detects = around.sets(Setting::DetectDrift);
    let of_itself = |argument: &&Argument| !(detects && argument.setting == Setting::CorrectDrift);
    around.arguments().iter().filter(of_itself).filter_map(|argument| about(context, argument)).collect()
}

fn about(context: &Context<'_>, argument: &Argument) -> Option<Finding> {
    let (since, severity, what) = fate(argument.setting);
    let is_due = context.options.target.flux() >= since;
    if !is_due || !(context.may_change)(context.index.files[argument.file].path) {
        return None;
    }
    let message = format!("`{}` {what}", argument.setting.text());
    let place = context.index.place(argument.file, argument.range.clone());
    Some(Finding { severity, ..RULE.meta.finding(message, place) })
}

/// Since when it is gone, how bad that is, and what to do.
///
/// Sources: fluxcd/helm-controller CHANGELOG 0.37.0; fluxcd/website post of v2.7.0; fluxcd/source-controller v1.10.1
/// `internal/features/features.go`.
const fn fate(setting: Setting) -> (FluxVersion, Severity, &'static str) {
    match setting {
        Setting::DetectDrift | Setting::CorrectDrift => (
            FluxVersion::new(2, 2),
            Severity::Hint,
            "has had no effect since Flux 2.2: `spec.driftDetection` of each HelmRelease says it instead",
        ),
        Setting::ObjectLevelWorkloadIdentity => (
            FluxVersion::new(2, 10),
            Severity::Hint,
            "has no effect from Flux 2.10 on, where this is always so: remove it",
        ),
        Setting::AwsAutologin | Setting::AzureAutologin | Setting::GcpAutologin => (
            FluxVersion::new(2, 7),
            Severity::Warning,
            "is gone from Flux 2.7 on, and image-reflector-controller does not start with a flag that it does not know: \
             remove it, and say `spec.provider` in each ImageRepository",
        ),
    }
}
