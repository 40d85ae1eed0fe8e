#![doc = include_str!("patched_by_position.md")]

use std::ops::Range;

use crate::finding::{Confidence, Finding, Severity};
use crate::flux::{FluxVersion, PatchText, scan};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};
use crate::yaml::Node;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "patched-by-position",
        group: Group::Migrate,
        summary: "A patch of Flux itself addresses an item of a list by its position",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("patched_by_position.md"),
    },
    check: Check::Repository(check),
};

/// What a patch addresses: kind of the target, beginning of the pointer, the first Flux with other positions, and what
/// the finding says.
struct Position {
    kind: &'static str,
    pointer: &'static str,
    since: FluxVersion,
    message: &'static str,
}

const POSITIONS: [Position; 2] = [
    Position {
        kind: "CustomResourceDefinition",
        pointer: "/spec/versions/",
        since: FluxVersion::new(2, 7),
        message: "a patch addresses a version of a Flux CRD by its position, and positions change when a release \
                  removes a version: take the patch out, or check it with each upgrade",
    },
    Position {
        kind: "ClusterRole",
        pointer: "/rules/1",
        since: FluxVersion::new(2, 10),
        message: "a patch addresses a rule of the ClusterRole `crd-controller` by its position, and Flux 2.10 removes \
                  the right to create tokens of service accounts from there: take the patch out",
    },
];

fn check(context: &Context<'_>) -> Vec<Finding> {
    let index = context.index;
    let mut findings = Vec::new();
    for kustomization in &index.kustomizations {
        let file = &index.files[kustomization.file];
        let is_flux = kustomization.resources.iter().any(|path| scan::file_name(path) == scan::COMPONENTS);
        let root = file.stream.documents[kustomization.document].node();
        for patch in &kustomization.patches {
            let Some(item) = root.and_then(|root| root.find(&patch.route)) else { continue };
            let Some(position) = position(context, item.get("target"), is_flux) else { continue };
            let found = match &patch.text {
                PatchText::File(path) => index.file_index(path).and_then(|patch| {
                    Some((patch, find(&index.files[patch].text, 0..index.files[patch].text.len(), position)?))
                }),
                _ => find(&file.text, item.range.clone(), position).map(|range| (kustomization.file, range)),
            };
            findings.extend(found.map(|(file, range)| finding(context, file, range, position)));
        }
    }
    for resource in index.resources.iter().filter(|resource| resource.id.kind == "FluxInstance") {
        let patches = index.node(resource).get("spec").and_then(|spec| spec.get("kustomize")?.get("patches"));
        for item in patches.map(Node::items).unwrap_or_default() {
            let Some(position) = position(context, item.get("target"), true) else { continue };
            let range = find(&index.file(resource).text, item.range.clone(), position);
            findings.extend(range.map(|range| finding(context, resource.file, range, position)));
        }
    }
    findings.retain(|finding| (context.may_change)(&finding.place.path));
    findings
}

/// What a patch with this target may address. Where nothing but Flux is built, no name means Flux.
fn position(context: &Context<'_>, target: Option<&Node>, is_flux: bool) -> Option<&'static Position> {
    let text = |key: &str| target?.get(key)?.as_str();
    let kind = text("kind")?;
    let is_named =
        text("name").map_or(is_flux, |name| name.contains("fluxcd") || name.contains("crd-controller"));
    let of_kind =
        |position: &&Position| position.kind == kind && context.options.target.flux() >= position.since;
    POSITIONS.iter().find(of_kind).filter(|_| is_named)
}

/// The pointer of an operation within `range`, followed by a digit.
fn find(text: &str, range: Range<usize>, position: &Position) -> Option<Range<usize>> {
    let within = &text[range.clone()];
    within.match_indices(position.pointer).find_map(|(at, pointer)| {
        let rest = &within[at + pointer.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let line = within[..at].rsplit('\n').next().unwrap_or_default();
        let start = range.start + at;
        (digits > 0 && !line.contains('#')).then(|| start..start + pointer.len() + digits)
    })
}

fn finding(context: &Context<'_>, file: usize, range: Range<usize>, position: &Position) -> Finding {
    RULE.meta.finding(position.message.to_owned(), context.index.place(file, range))
}
