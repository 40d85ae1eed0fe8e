#![doc = include_str!("contradicting_fields.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::rules::data::groups::{HELM, IMAGE, NOTIFICATION, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "contradicting-fields",
        group: Group::Migrate,
        summary: "Fields of a Flux object contradict each other, so the API server refuses it",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("contradicting_fields.md"),
    },
    check: Check::Migration,
};

/// Each is a rule of the Common Expression Language in the newest CRD of the kind.
///
/// Source: the `api` folders of the controllers, `+kubebuilder:validation:XValidation`.
pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: HELM, kinds: &["HelmRelease"], steps: chart },
    Transition {
        rule: RULE.meta.id,
        group: "",
        kinds: &["HelmRelease", "Kustomization"],
        steps: kube_config,
    },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["GitRepository"], steps: git },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["Bucket"], steps: bucket_account },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["Bucket"], steps: bucket_sts },
    Transition { rule: RULE.meta.id, group: IMAGE, kinds: &["ImagePolicy"], steps: policy_interval },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: commit_status },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Receiver"], steps: oidc },
];

/// Providers that take a commit status.
const COMMIT_STATUS: [&str; 6] = ["azuredevops", "bitbucket", "bitbucketserver", "gitea", "github", "gitlab"];

/// Reports the field at `path`, where `is_wrong`, of a whole object.
fn report(object: &Object<'_>, steps: &mut Steps, path: &str, is_wrong: bool, message: &str) {
    if let Some(range) = object.key_range(path).filter(|_| is_wrong && object.is_whole()) {
        steps.broken(range, message);
    }
}

fn chart(object: &Object<'_>, steps: &mut Steps) {
    let both = object.has("spec.chart") && object.has("spec.chartRef");
    let message = "`spec.chart` and `spec.chartRef` exclude each other: remove the one that is not meant";
    report(object, steps, "spec.chartRef", both, message);
}

fn kube_config(object: &Object<'_>, steps: &mut Steps) {
    let Some(config) = object.mapping("spec.kubeConfig") else { return };
    let (secret, map) = (config.get("secretRef").is_some(), config.get("configMapRef").is_some());
    let message = if secret {
        "`secretRef` and `configMapRef` of `spec.kubeConfig` exclude each other: remove the one that is not meant"
    } else {
        "`spec.kubeConfig` needs `secretRef` or `configMapRef`: say where the kubeconfig is, or remove it"
    };
    report(object, steps, "spec.kubeConfig", secret == map, message);
}

fn git(object: &Object<'_>, steps: &mut Steps) {
    let is_cloud = matches!(object.text_at("spec.provider"), Some("aws" | "azure"));
    let message = "`spec.serviceAccountName` is for the providers `aws` and `azure` only: remove it, or name the provider";
    report(object, steps, "spec.serviceAccountName", !is_cloud, message);
}

fn bucket_account(object: &Object<'_>, steps: &mut Steps) {
    let path = "spec.serviceAccountName";
    let is_generic = matches!(object.text_at("spec.provider"), None | Some("generic"));
    let secret = object.has("spec.secretRef");
    let message = if secret {
        "`spec.serviceAccountName` and `spec.secretRef` exclude each other: remove the one that is not meant"
    } else {
        "`spec.serviceAccountName` is for the providers of clouds only: remove it, or name the provider"
    };
    report(object, steps, path, is_generic || secret, message);
}

fn bucket_sts(object: &Object<'_>, steps: &mut Steps) {
    let Some(token) = object.mapping("spec.sts") else { return };
    let service = object.text_at("spec.sts.provider");
    let message = match object.text_at("spec.provider") {
        Some("aws") if service != Some("aws") => {
            "the provider `aws` takes only `spec.sts.provider: aws`: change one of them"
        }
        Some("aws") if token.get("secretRef").is_some() || token.get("certSecretRef").is_some() => {
            "`spec.sts` of the provider `aws` takes no `secretRef` and no `certSecretRef`: remove them"
        }
        None | Some("generic") if service != Some("ldap") => {
            "the provider `generic` takes only `spec.sts.provider: ldap`: change one of them"
        }
        Some("azure" | "gcp") => "`spec.sts` is for the providers `aws` and `generic` only: remove it",
        _ => return,
    };
    report(object, steps, "spec.sts", true, message);
}

fn policy_interval(object: &Object<'_>, steps: &mut Steps) {
    let always = object.text_at("spec.digestReflectionPolicy") == Some("Always");
    let interval = object.has("spec.interval");
    let unset = "`spec.interval` is for `digestReflectionPolicy: Always` only: remove it, or set the policy";
    report(object, steps, "spec.interval", interval && !always, unset);
    let missing =
        "`digestReflectionPolicy: Always` needs `spec.interval`: say how often the digest is looked up";
    report(object, steps, "spec.digestReflectionPolicy", always && !interval, missing);
}

fn commit_status(object: &Object<'_>, steps: &mut Steps) {
    let is_git = object.text_at("spec.type").is_some_and(|kind| COMMIT_STATUS.contains(&kind));
    let message = "`spec.commitStatusExpr` is for Providers that set a commit status only: remove it, or change the type";
    report(object, steps, "spec.commitStatusExpr", !is_git, message);
}

fn oidc(object: &Object<'_>, steps: &mut Steps) {
    let is_oidc = object.text_at("spec.type") == Some("generic-oidc");
    let secret = "the type `generic-oidc` takes no `spec.secretRef`: remove it, or change the type";
    report(object, steps, "spec.secretRef", is_oidc, secret);
    let providers = object.get("spec.oidcProviders").is_some_and(|providers| !providers.items().is_empty());
    let only = "`spec.oidcProviders` is for the type `generic-oidc` only: remove it, or change the type";
    report(object, steps, "spec.oidcProviders", providers && !is_oidc, only);
    let none = "the type `generic-oidc` needs `spec.oidcProviders`: say whose tokens are taken";
    report(object, steps, "spec.type", is_oidc && !providers, none);
}
