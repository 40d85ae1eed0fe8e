//! What is known of Flux beyond the CRD files at hand.
//!
//! An amendment whose field is gone from the CRDs stops the derivation: it has been overtaken and is to be removed.

use std::collections::BTreeMap;

use super::derive::Key;
use super::{Facts, Pattern, Schema, Text};
use crate::error::{Error, Kind, Result};

/// A correction of the facts of one kind at one version.
pub struct Amendment {
    /// What it says.
    pub name: &'static str,
    /// Group, kind and version that it is about. It is passed over where the CRD files do not have them.
    pub of: (&'static str, &'static str, &'static str),
    /// Where this is written in public.
    pub source: &'static str,
    apply: fn(&mut Facts) -> Option<Facts>,
}

const NOTIFICATION: &str = "notification.toolkit.fluxcd.io";

/// Kinds of flux-operator that its build of Flux lets events and receivers name.
const OPERATOR_KINDS: [&str; 3] = ["FluxInstance", "ResourceSet", "ResourceSetInputProvider"];

/// Every amendment, in the order in which they are applied.
pub const AMENDMENTS: &[Amendment] = &[
    Amendment {
        name: "a push refspec neither forces (`+`) nor deletes (`:`), from Flux 2.9.4 on",
        of: ("image.toolkit.fluxcd.io", "ImageUpdateAutomation", "v1"),
        source: "fluxcd/image-automation-controller pull requests 1081 and 1082; Flux v2.9.5 manifests",
        apply: |facts| pattern(facts, &["spec", "git", "push", "refspec"], "^$|^[^+:]"),
    },
    Amendment {
        // The upstream text could not be had; this says what it is known to refuse and nothing more.
        name: "a copy goes to no `.` or `..` segment, from Flux 2.9.4 on",
        of: ("source.extensions.fluxcd.io", "ArtifactGenerator", "v1beta1"),
        source: "controlplaneio-fluxcd/schema-catalog 529c23db, compared with v2.9.3",
        apply: |facts| {
            let segment = r"([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)?";
            let whole = format!("^@(artifact)/{segment}(/{segment})*$");
            pattern(facts, &["spec", "artifacts", "[]", "copy", "[]", "to"], &whole)
        },
    },
    Amendment {
        name: "an exclude has at most 1024 characters, from Flux 2.9.4 on",
        of: ("source.extensions.fluxcd.io", "ArtifactGenerator", "v1beta1"),
        source: "controlplaneio-fluxcd/schema-catalog 529c23db, compared with v2.9.3",
        apply: |facts| {
            text(facts, &["spec", "artifacts", "[]", "copy", "[]", "exclude", "[]"])?.max = Some(1024);
            Some(facts.clone())
        },
    },
    Amendment {
        name: "events of flux-operator's kinds, where it builds Flux",
        of: (NOTIFICATION, "Alert", "v1beta3"),
        source: "controlplaneio-fluxcd/flux-operator v0.58.1 internal/builder/templates.go",
        apply: |facts| accept(facts, &["spec", "eventSources", "[]", "kind"], &OPERATOR_KINDS),
    },
    Amendment {
        name: "receivers of flux-operator's kinds, where it builds Flux",
        of: (NOTIFICATION, "Receiver", "v1"),
        source: "controlplaneio-fluxcd/flux-operator v0.58.1 internal/builder/templates.go",
        apply: |facts| accept(facts, &["spec", "resources", "[]", "kind"], &OPERATOR_KINDS),
    },
    Amendment {
        name: "url and interval are required by rules at the root instead of the schema, from Flux 2.10 on",
        of: ("source.toolkit.fluxcd.io", "OCIRepository", "v1"),
        source: "fluxcd/source-controller v1.10.1 config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml",
        apply: |facts| {
            facts.schema.required.push("spec".to_owned());
            let Schema::Object(spec) = at(facts, &["spec"])? else { return None };
            spec.required.extend(["interval".to_owned(), "url".to_owned()]);
            spec.required.sort();
            Some(facts.clone())
        },
    },
    Amendment {
        name: "Alert v1 is v1beta3 without what was announced to go: `summary`",
        of: (NOTIFICATION, "Alert", "v1beta3"),
        source: "fluxcd/flux2 release v2.10.0; fluxcd/notification-controller docs/spec/v1beta3/alerts.md",
        apply: |facts| promoted(facts, &["summary"]),
    },
    Amendment {
        name: "Provider v1 is v1beta3 without `proxy` and `interval`, with three types more",
        of: (NOTIFICATION, "Provider", "v1beta3"),
        source: "fluxcd/flux2 release v2.10.0; fluxcd/notification-controller api/v1beta3/provider_types.go",
        apply: |facts| {
            let mut v1 = promoted(facts, &["interval", "proxy"])?;
            accept(&mut v1, &["spec", "type"], &["incident.io", "mastodon", "zoom"])
        },
    },
];

/// Applies every amendment; one that makes another version adds it.
pub(super) fn amend(table: &mut BTreeMap<Key, Facts>) -> Result<()> {
    for amendment in AMENDMENTS {
        let (group, kind, version) = amendment.of;
        let key = (group.to_owned(), kind.to_owned(), version.to_owned());
        let Some(facts) = table.get_mut(&key) else { continue };
        let amended = (amendment.apply)(facts).ok_or_else(|| {
            let message = format!("the amendment \"{}\" does not find its field in {facts}", amendment.name);
            Error::new(Kind::Input, message).hint("the CRD says it by now: remove the amendment")
        })?;
        table.insert((group.to_owned(), kind.to_owned(), amended.version.clone()), amended);
    }
    Ok(())
}

/// v1 as inferred from `facts`.
fn promoted(facts: &Facts, dropped: &[&str]) -> Option<Facts> {
    let mut v1 = Facts { version: "v1".to_owned(), assumed: true, ..facts.clone() };
    let Schema::Object(spec) = at(&mut v1, &["spec"])? else { return None };
    for name in dropped {
        spec.fields.remove(*name)?;
    }
    Some(v1)
}

fn pattern(facts: &mut Facts, path: &[&str], pattern: &str) -> Option<Facts> {
    text(facts, path)?.pattern = Some(Pattern::checked(pattern.to_owned()).ok()?);
    Some(facts.clone())
}

fn accept(facts: &mut Facts, path: &[&str], more: &[&str]) -> Option<Facts> {
    let accepted = &mut text(facts, path)?.accepted;
    if accepted.is_empty() || more.iter().any(|one| accepted.iter().any(|known| known == one)) {
        return None;
    }
    accepted.extend(more.iter().map(|&one| one.to_owned()));
    Some(facts.clone())
}

fn text<'a>(facts: &'a mut Facts, path: &[&str]) -> Option<&'a mut Text> {
    match at(facts, path)? {
        Schema::String(text) => Some(text),
        _ => None,
    }
}

/// The schema at `path`, in which `[]` stands for the items of a list.
fn at<'a>(facts: &'a mut Facts, path: &[&str]) -> Option<&'a mut Schema> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(facts.schema.fields.get_mut(*first)?, |schema, step| match schema {
        Schema::Object(object) => object.fields.get_mut(*step),
        Schema::List(list) if *step == "[]" => Some(&mut *list.items),
        _ => None,
    })
}
