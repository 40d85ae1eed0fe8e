//! Hazards, where they have to be dealt with.

use std::collections::BTreeMap;

use super::page::Page;
use super::subject::Subject;
use crate::bootstrap::hazard::{Hazard, When};

/// What hazards of Terraform are called: it would undo the handover, so it comes first.
const TERRAFORM: &str = "terraform";

/// Hazards that the steps tell by themselves, with commands.
const TOLD: [&str; 2] = ["moved-file", "operator-upgrades"];

/// What Terraform has to forget.
///
/// Source: fluxcd/terraform-provider-flux `docs/resources/bootstrap_git.md`.
pub(super) fn terraform(page: &mut Page, subjects: &[Subject<'_>]) {
    let hazards = shared(subjects, &is_terraform);
    if hazards.is_empty() {
        return;
    }
    page.heading(2, "First of all: Terraform lets go");
    page.paragraph(
        "As long as Terraform knows what it bootstrapped, an apply writes the files of `flux bootstrap` again, and a destroy \
         deletes them and the namespace of Flux. It has to forget them before anything else, without destroying anything:",
    );
    page.commands(&[
        "terraform state list | grep -i flux".to_owned(),
        "terraform state pull > \"$HOME\"/terraform-before-flux-operator.tfstate".to_owned(),
        "terraform state rm 'flux_bootstrap_git.this' # each address that installs Flux, as listed above"
            .to_owned(),
    ]);
    page.paragraph(
        "Then delete the blocks of these resources in the same change, and see what is left to do:",
    );
    page.commands(&["terraform plan".to_owned()]);
    page.check(
        "the plan neither creates nor destroys anything of Flux, and no file in this repository",
        "a block or an address is left: do not apply. `terraform state push` brings the state back that you pulled",
    );
    all(page, &hazards);
}

/// What comes before the first pull request is merged.
pub(super) fn before(page: &mut Page, subjects: &[Subject<'_>]) {
    let hazards = shared(subjects, &|hazard| hazard.when == When::Before && !is_terraform(hazard));
    if hazards.is_empty() {
        return;
    }
    page.heading(2, "Before the first pull request is merged");
    all(page, &hazards);
}

/// What concerns one cluster at one moment, with a line in front.
pub(super) fn list(page: &mut Page, subject: &Subject<'_>, when: When, title: &str) {
    let is_due =
        |hazard: &&Hazard| hazard.when == when && !is_terraform(hazard) && !TOLD.contains(&hazard.id);
    let hazards: Vec<String> =
        subject.ready.hazards.iter().filter(is_due).map(|hazard| told(hazard, &[])).collect();
    if !hazards.is_empty() {
        page.paragraph(title);
        page.items(&hazards);
    }
}

fn is_terraform(hazard: &Hazard) -> bool {
    hazard.id.starts_with(TERRAFORM)
}

fn all(page: &mut Page, hazards: &BTreeMap<&Hazard, Vec<&str>>) {
    page.items(&hazards.iter().map(|(hazard, clusters)| told(hazard, clusters)).collect::<Vec<_>>());
}

/// Hazards with the clusters that have them.
fn shared<'a>(
    subjects: &[Subject<'a>],
    wanted: &dyn Fn(&Hazard) -> bool,
) -> BTreeMap<&'a Hazard, Vec<&'a str>> {
    let mut found: BTreeMap<&Hazard, Vec<&str>> = BTreeMap::new();
    for subject in subjects {
        for hazard in subject.ready.hazards.iter().filter(|hazard| wanted(hazard)) {
            found.entry(hazard).or_default().push(subject.name);
        }
    }
    found
}

fn told(hazard: &Hazard, clusters: &[&str]) -> String {
    let place = hazard.place.as_ref().map(|place| format!("`{}:{}`: ", place.path, place.line));
    let clusters = if clusters.is_empty() { String::new() } else { format!(" ({})", clusters.join(", ")) };
    format!("{}{}{clusters}", place.unwrap_or_default(), hazard.message)
}
