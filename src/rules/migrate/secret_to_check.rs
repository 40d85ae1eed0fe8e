#![doc = include_str!("secret_to_check.md")]

use std::collections::BTreeSet;

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::FluxVersion;
use crate::phrase::{List, literals};
use crate::rules::data::groups::{KUSTOMIZE, NOTIFICATION, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "secret-to-check",
        group: Group::Migrate,
        summary: "A Secret that a Flux object names may need other keys than it has",
        severity: Severity::Hint,
        confidence: Confidence::Medium,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("secret_to_check.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: KUSTOMIZE, kinds: &["Kustomization"], steps: decryption },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["GitRepository"], steps: git },
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["HelmRepository"], steps: charts },
    Transition {
        rule: RULE.meta.id,
        group: "",
        kinds: &["ImageRepository", "OCIRepository", "Provider"],
        steps: certificates,
    },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: proxy },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Provider"], steps: event_hub },
    Transition { rule: RULE.meta.id, group: NOTIFICATION, kinds: &["Receiver"], steps: registry },
];

/// Keys that were renamed in Flux 2.1.
///
/// Source: fluxcd/source-controller CHANGELOG 1.1.0; fluxcd/notification-controller CHANGELOG 1.1.0.
const RENAMED: [(&str, &str); 3] = [("caFile", "ca.crt"), ("certFile", "tls.crt"), ("keyFile", "tls.key")];

/// A Secret that a field names.
struct Named<'a> {
    name: &'a str,
    /// Its keys, where it is in the files.
    keys: Option<BTreeSet<&'a str>>,
    range: std::ops::Range<usize>,
}

fn named<'a>(object: &Object<'a>, path: &str) -> Option<Named<'a>> {
    let name = object.text_at(&format!("{path}.name"))?;
    let keys = object.around.secret_keys(object.id.namespace.as_deref(), name);
    Some(Named { name, keys, range: object.key_range(path)? })
}

/// Source: fluxcd/kustomize-controller CHANGELOG 0.11.0.
fn decryption(object: &Object<'_>, steps: &mut Steps) {
    let is_old = matches!(object.from, "v1alpha1" | "v1beta1");
    let Some(secret) = named(object, "spec.decryption.secretRef").filter(|_| is_old) else { return };
    let is_known = |key: &&str| key.ends_with(".asc") || key.ends_with(".agekey") || key.starts_with("sops.");
    match secret.keys {
        Some(keys) if keys.iter().all(is_known) => {}
        None if object.from != "v1alpha1" => {}
        _ => {
            let message = format!(
                "keys in the Secret `{}` are read only where they end in `.asc` (OpenPGP) or `.agekey` (age)",
                secret.name
            );
            steps.note(secret.range, message);
        }
    }
}

fn git(object: &Object<'_>, steps: &mut Steps) {
    let Some(secret) = named(object, "spec.secretRef") else { return };
    if secret.keys.is_some_and(|keys| keys.contains("caFile")) {
        let message = format!(
            "the key `caFile` in the Secret `{}` has been called `ca.crt` since Flux 2.1",
            secret.name
        );
        steps.note(secret.range, message);
    }
}

fn charts(object: &Object<'_>, steps: &mut Steps) {
    let Some(secret) = named(object, "spec.secretRef") else { return };
    let Some((old, new)) = secret.keys.as_ref().and_then(renamed) else { return };
    let message = format!(
        "the Secret `{}` holds {}, deprecated there since Flux 2.1: put {} into a Secret for `spec.certSecretRef`",
        secret.name,
        List(&literals(&old), "and"),
        List(&literals(&new), "and"),
    );
    steps.note(secret.range, message);
}

fn certificates(object: &Object<'_>, steps: &mut Steps) {
    let Some(secret) = named(object, "spec.certSecretRef") else { return };
    let name = secret.name;
    let message = match secret.keys.as_ref().map(renamed) {
        Some(None) => return,
        Some(Some((old, new))) => {
            let (old, new) = (literals(&old), literals(&new));
            let verb = if old.len() == 1 { "has" } else { "have" };
            format!(
                "{} in the Secret `{name}` {verb} been called {} since Flux 2.1",
                List(&old, "and"),
                List(&new, "and")
            )
        }
        None => format!(
            "the Secret `{name}` is not in these files: if it has `caFile`, `certFile`, or `keyFile`, they have been \
             called `ca.crt`, `tls.crt`, and `tls.key` since Flux 2.1"
        ),
    };
    steps.note(secret.range, message);
}

/// The old names among `keys`, and the new ones.
fn renamed(keys: &BTreeSet<&str>) -> Option<(Vec<&'static str>, Vec<&'static str>)> {
    let found: (Vec<_>, Vec<_>) = RENAMED.iter().filter(|(old, _)| keys.contains(old)).copied().unzip();
    Some(found).filter(|(old, _)| !old.is_empty())
}

/// Source: fluxcd/notification-controller CHANGELOG 1.7.0, `docs/spec/v1beta3/providers.md`.
fn proxy(object: &Object<'_>, steps: &mut Steps) {
    let is_due = object.to.version == "v1" && !object.has("spec.proxySecretRef");
    let Some(secret) = named(object, "spec.secretRef").filter(|_| is_due) else { return };
    let remedy = "put the address into another Secret under `address` and name that in `spec.proxySecretRef`";
    match &secret.keys {
        Some(keys) if keys.contains("proxy") => {
            let message = format!(
                "the key `proxy` in the Secret `{}` is not read at this version: {remedy}",
                secret.name
            );
            steps.human(secret.range, message);
        }
        Some(_) => {}
        None => {
            let message = format!(
                "the Secret `{}` is not in these files: if it has the key `proxy`, that is not read any more: {remedy}",
                secret.name
            );
            steps.note(secret.range, message);
        }
    }
}

/// Source: fluxcd/notification-controller CHANGELOG 1.7.0.
fn event_hub(object: &Object<'_>, steps: &mut Steps) {
    if object.text_at("spec.type") != Some("azureeventhub") || !object.reaches(FluxVersion::new(2, 7)) {
        return;
    }
    let Some(secret) = named(object, "spec.secretRef") else { return };
    let remedy = "use a managed identity or a connection string instead";
    match &secret.keys {
        Some(keys) if keys.contains("token") && object.to.version == "v1" => {
            let message =
                format!("the token in the Secret `{}` is not read at this version: {remedy}", secret.name);
            steps.human(secret.range, message);
        }
        Some(keys) if keys.contains("token") => {
            let message = format!(
                "the token in the Secret `{}` has been deprecated since Flux 2.7: {remedy}",
                secret.name
            );
            steps.note(secret.range, message);
        }
        Some(_) => {}
        None => {
            let message = format!(
                "the Secret `{}` is not in these files: if it has a `token`, that has been deprecated since Flux 2.7: {remedy}",
                secret.name
            );
            steps.note(secret.range, message);
        }
    }
}

/// Source: fluxcd/notification-controller CHANGELOG 1.9.0.
fn registry(object: &Object<'_>, steps: &mut Steps) {
    let is_due =
        object.text_at("spec.type") == Some("gcr") && object.options.target.flux() >= FluxVersion::new(2, 9);
    let Some(secret) = named(object, "spec.secretRef").filter(|_| is_due) else { return };
    if secret.keys.is_none_or(|keys| !keys.contains("email") || !keys.contains("audience")) {
        let message = format!(
            "from Flux 2.9 on, the Secret `{}` of a Receiver for `gcr` needs the keys `email` and `audience` too",
            secret.name
        );
        steps.note(secret.range, message);
    }
}
