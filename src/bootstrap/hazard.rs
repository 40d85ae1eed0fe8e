//! What can go wrong when Flux is handed over, and where the repository shows it.

use super::clusters::Ready;
use super::draft::Draft;
use super::files::Prepared;
use super::read::{Installation, is_within};
use super::surroundings::{Surroundings, TerraformKind, WriterKind};
use crate::flux;
use crate::kustomize::Id;
use crate::place::Place;

/// A danger on the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hazard {
    /// When something has to be done about it.
    pub when: When,
    /// A name for its kind, the same in every report: `image-automation-branch`.
    pub id: &'static str,
    /// Where the repository shows it.
    pub place: Option<Place>,
    /// What is there, what happens if nothing is done, and what to do; a sentence without a final period.
    pub message: String,
}

/// When something has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Before anything is changed on a cluster.
    Before,
    /// Before the FluxInstance is applied.
    Apply,
    /// Before the files of `flux bootstrap` go.
    Finalize,
    /// Afterwards.
    After,
}

/// Collects hazards.
struct Hazards(Vec<Hazard>);

impl Hazards {
    fn add(&mut self, when: When, id: &'static str, place: Option<&Place>, message: impl Into<String>) {
        self.0.push(Hazard { when, id, place: place.cloned(), message: message.into() });
    }
}

/// What can go wrong with one installation.
pub(super) fn hazards(
    around: &Surroundings,
    installation: &Installation,
    draft: &Draft,
    prepared: &Prepared,
) -> Vec<Hazard> {
    let mut found = Hazards(Vec::new());
    writers(around, installation, &mut found);
    policies(around, installation, &mut found);
    references(around, installation, prepared, &mut found);
    customisations(installation, draft, prepared, &mut found);
    if let Some(root) = &installation.root {
        for automation in around.automations_on_branch(&flux_id(&root.source_id)) {
            found.add(
                When::Before,
                "image-automation-branch",
                Some(&automation.place),
                automation.message.as_str(),
            );
        }
    }
    found.0.sort();
    found.0
}

/// The id without its version.
pub(super) fn flux_id(id: &Id) -> flux::Id {
    let Id { group, kind, namespace, name, .. } = id.clone();
    flux::Id { group, kind, namespace, name }
}

fn writers(around: &Surroundings, installation: &Installation, found: &mut Hazards) {
    for install in &around.terraform {
        if install.kind == TerraformKind::BootstrapGit || !install.fed.is_empty() {
            found.add(When::Before, "terraform", Some(&install.place), install.message.as_str());
        }
    }
    for writer in &around.writers {
        let target = writer.target.as_deref().unwrap_or_default();
        let is_other = writer.kind == WriterKind::Export
            && target.contains('/')
            && !target.contains('$')
            && !is_within(target, &installation.folder);
        if !is_other {
            found.add(When::Before, "regenerated-files", Some(&writer.place), writer.message.as_str());
        }
    }
    for mention in &around.mentions {
        found.add(When::Finalize, "reads-gotk-files", Some(&mention.place), mention.message.as_str());
    }
}

fn policies(around: &Surroundings, installation: &Installation, found: &mut Hazards) {
    for policy in &around.policies {
        found.add(When::Apply, "admission-policy", Some(&policy.place), policy.message.as_str());
    }
    let labelled = installation.reading.spelling.pod_labels;
    for selector in around.selectors.iter().filter(|_| labelled) {
        found.add(When::After, "pod-labels", Some(&selector.place), selector.message.as_str());
    }
    for operator in around.operators() {
        let elsewhere = operator.namespace.as_ref().is_some_and(|other| *other != installation.namespace);
        if elsewhere {
            let message = format!(
                "{}; a FluxInstance has to be where its operator runs, and this one has to be in `{}`",
                operator.message, installation.namespace
            );
            found.add(When::Before, "operator-elsewhere", Some(&operator.place), message);
        }
    }
}

fn references(around: &Surroundings, installation: &Installation, prepared: &Prepared, found: &mut Hazards) {
    let edited = |path: &str| prepared.lists.iter().any(|list| list == path);
    for reference in around.references_to(&installation.folder) {
        let leads_to_folder = reference.to == installation.folder;
        if !reference.is_flux && !leads_to_folder && !edited(&reference.place.path) {
            found.add(When::Finalize, "other-reference", Some(&reference.place), reference.message.as_str());
        }
    }
    for owner in around.owners_of(&installation.namespace, &installation.folder) {
        found.add(When::Before, "second-owner", Some(&owner.place), owner.message.as_str());
    }
}

fn customisations(installation: &Installation, draft: &Draft, prepared: &Prepared, found: &mut Hazards) {
    let instance = &draft.instance;
    if installation.reading.flags.registry != instance.distribution.registry
        || instance.distribution.variant.is_some()
    {
        let message = format!(
            "the images come from `{}`: the operator asks for them by the digests of the release, so a mirror has to hold \
             them as they were published",
            instance.distribution.registry
        );
        found.add(When::Apply, "mirror-digests", None, message);
    }
    if let Some(size) = draft.size_like {
        let message = format!(
            "the patches for concurrency and memory are like those of the size `{size}`: `spec.cluster.size: {size}` may take \
             their place later, in a change of its own, since it changes requests and limits too"
        );
        found.add(When::After, "size", None, message);
    }
    for moved in &prepared.moved {
        let message = format!(
            "`{}` moves to `{}`: wait until the cluster has applied it from there",
            moved.from, moved.to
        );
        found.add(When::Apply, "moved-file", Some(&Place::file(&moved.from)), message);
    }
    if prepared.install.is_none() {
        let message = "the operator cannot be kept up to date by this Flux: upgrade its chart by hand until helm-controller \
                       of Flux 2.3 or newer is there";
        found.add(When::After, "operator-upgrades", None, message);
    }
    if instance.sync.as_ref().is_some_and(|sync| sync.url.starts_with("http://")) {
        let message = "the repository is read over plain HTTP, so its content and the credentials can be changed on the way";
        found.add(When::After, "plain-http", None, message);
    }
}

/// The order in which things have to be done, for reports.
pub fn of_phase(ready: &Ready, when: When) -> impl Iterator<Item = &Hazard> {
    ready.hazards.iter().filter(move |hazard| hazard.when == when)
}
