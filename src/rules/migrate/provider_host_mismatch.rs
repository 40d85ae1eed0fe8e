#![doc = include_str!("provider_host_mismatch.md")]

use super::object::Object;
use super::step::Steps;
use super::transitions::Transition;
use crate::finding::{Confidence, Severity};
use crate::flux::schema::holds_substitution;
use crate::rules::data::groups::{IMAGE, SOURCE};
use crate::rules::{Check, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "provider-host-mismatch",
        group: Group::Migrate,
        summary: "The provider of a source is not that of its registry, so Flux cannot log in",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("provider_host_mismatch.md"),
    },
    check: Check::Migration,
};

pub(super) const TRANSITIONS: &[Transition] = &[
    Transition { rule: RULE.meta.id, group: SOURCE, kinds: &["OCIRepository"], steps: repository },
    Transition { rule: RULE.meta.id, group: IMAGE, kinds: &["ImageRepository"], steps: image },
];

/// The cloud whose provider logs into the registry of `image`, e.g. `aws`.
///
/// Source: fluxcd/pkg `auth/aws/provider.go`, `auth/azure/provider.go`, `auth/gcp/provider.go`, the patterns for
/// `ParseArtifactRepository`.
pub(super) fn cloud_of(image: &str) -> Option<&'static str> {
    let host = host(image);
    let ends = |ends: &[&str]| ends.iter().any(|end| host.ends_with(end));
    if host == "public.ecr.aws" || host.contains(".dkr.ecr") && ends(&AWS) {
        Some("aws")
    } else if ends(&AZURE) {
        Some("azure")
    } else if host == "gcr.io" || ends(&[".gcr.io", "-docker.pkg.dev"]) {
        Some("gcp")
    } else {
        None
    }
}

const AWS: [&str; 6] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".sc2s.sgov.gov",
    ".c2s.ic.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];
const AZURE: [&str; 4] = [".azurecr.io", ".azurecr.cn", ".azurecr.de", ".azurecr.us"];

fn repository(object: &Object<'_>, steps: &mut Steps) {
    check(object, object.text_at("spec.url").and_then(|url| url.strip_prefix("oci://")), steps);
}

fn image(object: &Object<'_>, steps: &mut Steps) {
    check(object, object.text_at("spec.image"), steps);
}

fn check(object: &Object<'_>, image: Option<&str>, steps: &mut Steps) {
    let (Some(provider @ ("aws" | "azure" | "gcp")), Some(image)) = (object.text_at("spec.provider"), image)
    else {
        return;
    };
    if holds_substitution(image) || cloud_of(image) == Some(provider) {
        return;
    }
    let message = format!(
        "`{provider}` is not the provider of the registry `{}`, which has been an error since Flux 2.6: remove \
         `spec.provider`, or name the one that it belongs to",
        host(image)
    );
    steps.broken(object.key_range("spec.provider").unwrap_or_default(), message);
}

/// The registry of an image; Docker Hub where none is written.
///
/// Source: google/go-containerregistry `pkg/name/repository.go`.
fn host(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "index.docker.io",
    }
}
