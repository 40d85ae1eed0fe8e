//! The steps of an upgrade, in order.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Change;
use crate::flux::{FluxVersion, Resource};
use crate::phrase::{Count, List, literals};
use crate::rules::data::{self, Row, Target, When};

/// One step.
#[derive(Debug)]
pub struct Step {
    /// What kind of step it is.
    pub kind: StepKind,
    /// What to do, as sentences.
    pub text: String,
    /// What to run.
    pub commands: Vec<String>,
}

/// Where a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// In the files of the repository.
    Git,
    /// With the cluster, before its Flux is upgraded.
    Cluster,
    /// The upgrade itself.
    Upgrade,
}

/// The minors to stop at on the way from `from` to `to`, the last of them `to`. From each, one may go as far as the
/// next still serves the version of every kind that the one before stores.
///
/// Source: Kubernetes `apiextensions/validation.go`: a CRD must have every version in its `status.storedVersions`.
pub fn hops(from: FluxVersion, to: FluxVersion) -> Vec<FluxVersion> {
    let mut hops = Vec::new();
    let mut here = from;
    while here < to {
        let farthest =
            minors().filter(|minor| here < *minor && *minor <= to && blocking(here, *minor).is_empty()).max();
        // Every version outlives its successor by a minor, so there is always one.
        let Some(next) = farthest.or_else(|| minors().find(|minor| here < *minor)) else { break };
        hops.push(next.min(to));
        here = next;
    }
    hops
}

/// Every minor with a change of versions, and all of Flux 2.
fn minors() -> impl Iterator<Item = FluxVersion> {
    let last = Target::ALL[Target::ALL.len() - 1].flux();
    let old = (1..=41).map(|minor| FluxVersion::new(0, minor));
    old.chain((0..=last.minor).map(|minor| FluxVersion::new(2, minor)))
}

/// The versions that `from` stores and `to` does not have.
fn blocking(from: FluxVersion, to: FluxVersion) -> Vec<&'static Row> {
    let is_stored = |row: &&Row| {
        row.introduced.is_some()
            && data::newest(&row.group, &row.kind, from).is_some_and(|newest| newest.version == row.version)
    };
    data::rows().iter().filter(is_stored).filter(|row| !row.is_served(to)).collect()
}

/// The versions that are gone between `from` and `to`.
fn gone(from: FluxVersion, to: FluxVersion) -> bool {
    data::rows().iter().any(|row| row.removed.is_some_and(|removed| from < removed && removed <= to))
}

/// An object on its way through the versions of its kind.
struct Moving {
    row: &'static Row,
    file: usize,
}

impl Moving {
    /// The newest version of its kind that `flux` serves, in the group that it belongs to now.
    fn newest(&self, flux: FluxVersion) -> Option<&'static Row> {
        data::newest(self.row.renamed.as_deref().unwrap_or(&self.row.group), &self.row.kind, flux)
    }
}

pub(super) fn of(
    resources: &[&Resource],
    from: FluxVersion,
    to: FluxVersion,
    changes: &[Change],
) -> Vec<Step> {
    let moving = resources.iter().filter_map(|resource| {
        let row = data::row(&resource.id.group, &resource.version, &resource.id.kind)?;
        row.held.is_none().then_some(Moving { row, file: resource.file })
    });
    let mut moving: Vec<Moving> = moving.collect();
    let mut steps = Vec::new();
    let mut here = from;
    for next in hops(from, to) {
        let on_the_way = |when| {
            changes.iter().filter(move |found| {
                let is_due = here < found.change.flux && found.change.flux <= next;
                found.change.when == when && is_due && !found.objects.is_empty()
            })
        };
        steps.extend(rewrite(&mut moving, here, next));
        steps.extend(on_the_way(When::Before).map(|found| Step::new(StepKind::Git, found.todo())));
        if gone(here, next) {
            steps.push(stored(here, next));
        }
        steps.push(upgrade(here, next, to));
        steps.extend(on_the_way(When::After).map(|found| Step::new(StepKind::Git, found.todo())));
        here = next;
    }
    steps.extend(newest(&mut moving, here));
    steps
}

impl Step {
    fn new(kind: StepKind, text: String) -> Self {
        Self { kind, text, commands: Vec::new() }
    }

    fn run(mut self, command: impl Into<String>) -> Self {
        self.commands.push(command.into());
        self
    }
}

impl Change {
    /// What to do, as a sentence.
    fn todo(&self) -> String {
        let mut letters = self.change.todo.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let todo: String = first.into_iter().chain(letters).collect();
        format!("{todo}: {}", Count(self.objects.len(), "object"))
    }
}

/// Moves what the next Flux would not take to the newest versions of the one that runs.
fn rewrite(moving: &mut [Moving], here: FluxVersion, next: FluxVersion) -> Option<Step> {
    let is_refused = |one: &Moving| one.row.removed.is_some_and(|removed| removed <= next);
    let what = moved(moving, here, is_refused)?;
    let text = format!("Move {what}, which Flux {here} and Flux {next} both serve");
    Some(
        Step::new(StepKind::Git, text)
            .run("flux-forge migrate apis --dry-run")
            .run("flux-forge migrate apis"),
    )
}

/// Moves what is still at an older version than the Flux at the end of the way has.
fn newest(moving: &mut [Moving], to: FluxVersion) -> Option<Step> {
    let what = moved(moving, to, |one| one.row.introduced <= Some(to))?;
    let target = Target::ALL.iter().find(|target| target.flux() == to);
    let flag =
        target.filter(|target| **target != Target::default()).map(|target| format!(" --target {target}"));
    let step = Step::new(StepKind::Git, format!("Move {what}, the newest versions"));
    Some(step.run(format!("flux-forge migrate apis{}", flag.unwrap_or_default())))
}

/// Brings the wanted objects to the newest versions of `flux`, and says how many where, and what they are then; `None`
/// where none moves.
fn moved(moving: &mut [Moving], flux: FluxVersion, wanted: impl Fn(&Moving) -> bool) -> Option<String> {
    let (mut count, mut files, mut versions) = (0, BTreeSet::new(), BTreeSet::new());
    for one in moving.iter_mut().filter(|one| wanted(one)) {
        let Some(row) = one.newest(flux).filter(|row| !std::ptr::eq(*row, one.row)) else { continue };
        one.row = row;
        count += 1;
        files.insert(one.file);
        versions.insert(format!("{} {}", row.kind, row.version));
    }
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let (objects, files) = (Count(count, "object"), Count(files.len(), "file"));
    (count > 0).then(|| format!("{objects} in {files} to {}", List(&literals(&versions), "and")))
}

fn stored(here: FluxVersion, next: FluxVersion) -> Step {
    let text = format!(
        "Have the cluster store everything at the versions that Flux {here} stores, since Flux {next} does not have all \
         the older ones. `flux migrate` needs the CLI of Flux 2.7 or later; the Flux Operator does it by itself, \
         unless `spec.migrateResources` is false"
    );
    Step::new(StepKind::Cluster, text).run("flux migrate").run(STORED)
}

/// Which versions the cluster has in its store.
pub(super) const STORED: &str = "kubectl get crd -l app.kubernetes.io/part-of=flux -o jsonpath='{range .items[*]}{.metadata.name}{\"\\t\"}{.status.storedVersions}{\"\\n\"}{end}'";

fn upgrade(here: FluxVersion, next: FluxVersion, to: FluxVersion) -> Step {
    let mut text = format!(
        "Upgrade to Flux {next}: run `flux bootstrap` again with its CLI, or set `spec.distribution.version` of the \
         FluxInstance to `{next}.x`"
    );
    if next < to {
        let after = minors().find(|minor| *minor > next).unwrap_or(to);
        let _ = write!(
            text,
            ". Not straight to a later one: Flux {after} does not have all the versions that Flux {here} stores"
        );
    }
    Step::new(StepKind::Upgrade, text).run("flux check").run("flux get all -A --status-selector ready=false")
}
