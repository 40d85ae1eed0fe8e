//! What installs Flux without files of `flux bootstrap` in this repository: recognised, and left to a person.

use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::limit::Limit;
use crate::bootstrap::read::{Installation, Refusal, Site};
use crate::bootstrap::surroundings::{Surroundings, TerraformKind};
use crate::flux::scan::folder;
use crate::place::Place;

/// What follows from that: a word on the way on.
const TERRAFORM: &str = "Flux is in a cluster whose files Terraform writes to another place than this: run this command in \
                         the repository that it writes to, and take the resource out of the state first";

/// The same for charts.
const CHART: &str = "the objects of Flux are made by a chart, so which components run and how is not in this repository: \
                     write a FluxInstance by hand, and take the release out of Helm's books before the operator takes over";

/// Installers that no installation in `read` comes from.
pub(super) fn installers(
    around: &Surroundings,
    read: &[(Site, Result<Installation, Refusal>)],
) -> Vec<Refusal> {
    let mut found = Vec::new();
    if read.is_empty() {
        let is_resource = |kind| kind == TerraformKind::BootstrapGit || kind == TerraformKind::Install;
        for install in around.terraform.iter().filter(|install| is_resource(install.kind)) {
            let subject = install.addresses.first().cloned().unwrap_or_else(|| "Terraform".to_owned());
            found.push(refusal(&install.place, &subject, &format!("{}; {TERRAFORM}", install.message)));
        }
    }
    let is_apart = |place: &Place| {
        let mut applied =
            read.iter().filter_map(|(_, one)| one.as_ref().ok()).map(|one| one.applied.as_str());
        !applied.any(|applied| super::is_within(folder(&place.path), applied))
    };
    for install in around.charts_of_flux().filter(|install| is_apart(&install.place)) {
        let subject = install.name.clone().unwrap_or_else(|| "a chart of Flux".to_owned());
        found.push(refusal(&install.place, &subject, &format!("{}; {CHART}", install.message)));
    }
    found
}

fn refusal(place: &Place, subject: &str, why: &str) -> Refusal {
    let outcome = Outcome::Human(Limit::OtherInstaller, why.to_owned());
    let folder = folder(&place.path).to_owned();
    Refusal { folder, rows: vec![Row::new(format!("`{subject}`"), place.clone(), outcome)] }
}
