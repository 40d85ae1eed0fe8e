//! What every generated repository must be. Each check is one function that lists its complaints about a set of
//! answers and what came of them; its test shows that no example and no set of the matrix gives any, and that a tree
//! with the defect does.

mod allowlist;
mod charts;
mod cluster;
mod expression;
mod instance;
mod judge;
mod kustomizations;
mod labels;
mod manifests;
mod namespaces;
mod order;
mod publishing;
mod releases;
mod rerun;
mod resource_sets;
mod secrets;
mod subject;
mod tenants;
mod tree;
mod value;
mod workflows;
mod workloads;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flux_forge::blueprint::{Rendered, embedded, patterns};
use rayon::prelude::*;

use crate::blueprints::all_examples;
use crate::matrix::{Matrix, Set};
use subject::Subject;

/// A condition that every tree must meet.
pub(crate) struct Check {
    name: &'static str,
    find: fn(&Subject) -> Vec<String>,
}

const CHECKS: &[&Check] = &[
    &allowlist::COVERS,
    &charts::FROM_OCI,
    &charts::PINNED,
    &charts::SIGNED,
    &instance::SYNC,
    &kustomizations::HEALTH,
    &kustomizations::PATHS,
    &kustomizations::PRUNE,
    &labels::NAMES,
    &labels::WATCHED,
    &manifests::VERIFIED,
    &namespaces::MADE_BEFORE,
    &order::ACYCLIC,
    &order::TIMEOUTS,
    &order::WAITS,
    &releases::DRIFT,
    &releases::NAMESPACE,
    &releases::STRATEGY,
    &resource_sets::LIMIT,
    &resource_sets::PERMUTE,
    &resource_sets::READY,
    &resource_sets::UNIQUE,
    &secrets::NONE,
    &subject::FOLLOWED,
    &tenants::ACCOUNTS,
    &tenants::EQUIPPED,
    &tenants::REFERENCES,
    &workflows::CONCURRENCY,
    &workflows::PERMISSIONS,
    &workflows::PINNED,
    &publishing::SIGNED_BY_DIGEST,
    &publishing::VALIDATED,
    &workloads::SAFE,
];

/// More complaints of one check say nothing new.
const SHOWN: usize = 12;

/// Sets that one thread judges in a row.
const CHUNK: usize = 32;

/// The complaints of every check over every example and every set of the matrix.
static COMPLAINTS: LazyLock<BTreeMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&'static str, Vec<String>> =
        CHECKS.iter().map(|check| (check.name, Vec::new())).collect();
    let found: Vec<_> =
        all_examples().into_par_iter().map(|(name, rendered)| judge(&name, rendered)).collect();
    let sets = patterns().into_iter().flat_map(of_matrix);
    for (check, complaints) in found.into_iter().flatten().chain(sets) {
        all.entry(check).or_default().extend(complaints);
    }
    all
});

/// The complaints about the sets of a pattern.
fn of_matrix(pattern: &str) -> Vec<(&'static str, Vec<String>)> {
    let blueprint = embedded(pattern).unwrap().unwrap();
    let matrix = Matrix::of(&blueprint);
    assert!(matrix.sets.len() >= 80, "{pattern}: {} sets", matrix.sets.len());
    let judged = matrix.sets.par_chunks(CHUNK).flat_map_iter(|sets| {
        // A blueprint belongs to one thread.
        let blueprint = embedded(pattern).unwrap().unwrap();
        let of = |set: &Set| {
            let name = matrix.describe(set);
            match blueprint.render(&set.answers) {
                Ok(rendered) => judge(&name, rendered),
                Err(error) => vec![(subject::FOLLOWED.name, vec![format!("{name}: {error}")])],
            }
        };
        sets.iter().flat_map(of).collect::<Vec<_>>()
    });
    judged.collect()
}

fn judge(name: &str, rendered: Rendered) -> Vec<(&'static str, Vec<String>)> {
    let subject = Subject::of(rendered);
    let complaints = |check: &&Check| {
        let found =
            subject.as_ref().map_or_else(|problem| vec![problem.clone()], |subject| (check.find)(subject));
        (check.name, found.into_iter().map(|complaint| format!("{name}: {complaint}")).collect())
    };
    CHECKS.iter().map(complaints).filter(|(_, found): &(_, Vec<String>)| !found.is_empty()).collect()
}

/// A change of one file of an example that the check must see: example, path, and what stands there instead of what.
type Defect<'d> = (&'d str, &'d str, &'d str, &'d str);

/// Nothing that is generated gives `check` a complaint, and each of the `defects` does.
fn proved(check: &Check, defects: &[Defect<'_>]) {
    let complaints =
        COMPLAINTS.get(check.name).unwrap_or_else(|| panic!("{} is not in the list", check.name));
    let shown: Vec<&str> = complaints.iter().take(SHOWN).map(String::as_str).collect();
    assert!(complaints.is_empty(), "{}: {} complaints\n{}", check.name, complaints.len(), shown.join("\n"));
    for (example, path, old, new) in defects {
        let mut rendered = all_examples().remove(*example).unwrap_or_else(|| panic!("no example {example}"));
        let file = rendered.files.get_mut(*path).unwrap_or_else(|| panic!("{example} has no {path}"));
        let text = String::from_utf8(file.content.clone()).unwrap();
        assert!(text.contains(old), "{example}: {path} has no {old}");
        file.content = text.replace(old, new).into_bytes();
        let subject = Subject::of(rendered);
        let found = subject.map_or_else(|problem| vec![problem], |subject| (check.find)(&subject));
        assert!(!found.is_empty(), "{}: {example}: {path}: {old} => {new} goes unseen", check.name);
    }
}
