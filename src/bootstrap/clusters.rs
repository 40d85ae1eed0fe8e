//! Every installation of a repository, and what becomes of it.

mod other;

use std::collections::{BTreeMap, BTreeSet};

use super::account::{Outcome, Row};
use super::draft::{Draft, draft};
use super::files::{Files, INSTANCE, Prepared};
use super::hazard::{Hazard, flux_id, hazards};
use super::limit::Limit;
use super::read::{Installation, Manifests, Refusal, Site, is_within, sites};
use super::release;
use super::surroundings::{self, Surroundings};
use crate::flux::Index;
use crate::flux::running::short_names;
use crate::flux::scan::folder;
use crate::place::Place;
use crate::repo::Repo;

/// A cluster whose Flux `flux bootstrap` installed.
#[derive(Debug)]
pub struct Cluster {
    /// A short name for it.
    pub name: String,
    /// Where its files are.
    pub site: Site,
    /// What becomes of it.
    pub state: State,
}

/// What becomes of an installation.
#[derive(Debug)]
pub enum State {
    /// It can be taken over.
    Ready(Box<Ready>),
    /// A person has to decide first; with what is known of it.
    Refused(Refusal, Option<Box<Draft>>),
}

/// An installation that can be taken over.
#[derive(Debug)]
pub struct Ready {
    /// What is installed.
    pub installation: Installation,
    /// The FluxInstance, the account and the proof.
    pub draft: Draft,
    /// The files.
    pub prepared: Prepared,
    /// What can go wrong on the way.
    pub hazards: Vec<Hazard>,
}

/// All clusters, by folder, with what installs Flux otherwise.
pub fn clusters(repo: &Repo, index: &Index<'_>) -> Vec<Cluster> {
    let sites = sites(repo, index);
    let read: Vec<(Site, Result<Installation, Refusal>)> = sites
        .into_iter()
        .map(|site| {
            let installation = Installation::read(repo, index, &site);
            (site, installation)
        })
        .collect();
    let installed = read.iter().filter_map(|(_, installation)| installation.as_ref().ok());
    let namespaces: BTreeSet<&str> =
        installed.map(|one| one.namespace.as_str()).chain([release::Flags::NAMESPACE]).collect();
    let around = surroundings::read(repo, index, &namespaces.into_iter().collect::<Vec<_>>());
    let rivals = rivals(index, &read);
    let others = other::installers(&around, &read);
    let folders: Vec<String> = read
        .iter()
        .map(|(site, _)| site.folder.clone())
        .chain(others.iter().map(|one| one.folder.clone()))
        .collect();
    let names = short_names(&folders.iter().map(String::as_str).collect::<Vec<_>>());
    let own = read.into_iter().map(|(site, installation)| {
        let state = match installation {
            Ok(installation) => {
                (Around { repo, index, surroundings: &around, rivals: &rivals }).state(&site, installation)
            }
            Err(refusal) => State::Refused(refusal, None),
        };
        (site, state)
    });
    let other = others.into_iter().map(|refusal| {
        let site =
            Site { folder: refusal.folder.clone(), manifests: Manifests::Missing(refusal.folder.clone()) };
        (site, State::Refused(refusal, None))
    });
    own.chain(other).zip(names).map(|((site, state), name)| Cluster { name, site, state }).collect()
}

/// For each folder of an installation those of others in the same cluster: applied with the same folder, or one by the other.
fn rivals(
    index: &Index<'_>,
    read: &[(Site, Result<Installation, Refusal>)],
) -> BTreeMap<String, BTreeSet<String>> {
    let synced: Vec<&Installation> =
        read.iter().filter_map(|(_, one)| one.as_ref().ok()).filter(|one| one.root.is_some()).collect();
    let mut rivals: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in &synced {
        let reach = index.tree.build(index, &one.applied);
        let applied: BTreeSet<&str> =
            reach.resources.iter().map(|at| index.file(&index.resources[*at]).path).collect();
        let is_rival = |other: &&&Installation| {
            let is_applied = other.sync_file.iter().any(|file| applied.contains(file.as_str()));
            other.folder != one.folder && (other.applied == one.applied || is_applied)
        };
        for other in synced.iter().filter(is_rival) {
            rivals.entry(one.folder.clone()).or_default().insert(other.folder.clone());
            rivals.entry(other.folder.clone()).or_default().insert(one.folder.clone());
        }
    }
    rivals
}

/// What an installation is judged in.
struct Around<'a> {
    repo: &'a Repo,
    index: &'a Index<'a>,
    surroundings: &'a Surroundings,
    rivals: &'a BTreeMap<String, BTreeSet<String>>,
}

impl Around<'_> {
    fn state(&self, site: &Site, installation: Installation) -> State {
        let Self { repo, index, surroundings: around, .. } = *self;
        let source = installation.root.as_ref().map(|root| flux_id(&root.source_id));
        let keeps_branch = source.is_some_and(|id| around.automations_on_branch(&id).next().is_some());
        let mut draft = draft(repo, &installation, keeps_branch);
        draft.rows.extend(self.second(&installation));
        let refused = |rows: Vec<Row>, draft| {
            State::Refused(Refusal { folder: site.folder.clone(), rows }, Some(Box::new(draft)))
        };
        if draft.blocks() {
            let rows = draft.rows.iter().filter(|row| row.blocks()).cloned().collect();
            return refused(rows, draft);
        }
        match (Files { repo, index, installation: &installation }).prepare(&draft.instance) {
            Ok(prepared) => {
                draft.rows.extend(prepared.rows.iter().cloned());
                let hazards = hazards(around, &installation, &draft, &prepared);
                State::Ready(Box::new(Ready { installation, draft, prepared, hazards }))
            }
            Err(held) => refused(vec![held.into_row()], draft),
        }
    }

    /// A row for each other installation in the same cluster: only one FluxInstance can be there.
    fn second(&self, installation: &Installation) -> Vec<Row> {
        let mut rows = Vec::new();
        for other in self.rivals.get(&installation.folder).into_iter().flatten() {
            let why = format!(
                "`{other}` installs Flux in the same cluster, and there can be one FluxInstance only: take one of the two \
                 away first"
            );
            let place = Place::file(&installation.file);
            let outcome = Outcome::Human(Limit::SecondInstallation, why);
            rows.push(Row::new(format!("`{}`", installation.folder), place, outcome));
        }
        let own = format!("{}/{INSTANCE}", installation.folder);
        let is_other = |path: &str| {
            path != own && installation.root.is_some() && is_within(folder(path), &installation.applied)
        };
        for other in self.surroundings.instances.iter().filter(|other| is_other(&other.place.path)) {
            let outcome = Outcome::Human(Limit::SecondInstallation, other.message.clone());
            rows.push(Row::new("a FluxInstance", other.place.clone(), outcome));
        }
        for install in self.surroundings.charts_of_flux().filter(|install| is_other(&install.place.path)) {
            let outcome = Outcome::Human(Limit::OtherInstaller, install.message.clone());
            rows.push(Row::new("a chart of Flux", install.place.clone(), outcome));
        }
        rows
    }
}
