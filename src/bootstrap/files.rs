//! The files of a cluster: what is added before the operator takes Flux over, and what goes afterwards.
//!
//! *Prepare* leaves everything that the cluster applies as it is, but for files that move to a folder beside. What it adds
//! lies in no build. *Finalize* takes the files of `flux bootstrap` away and puts what was added into the build.

mod extras;
mod finalize;
mod listing;

use std::collections::BTreeSet;

use serde_json::Value;

use super::account::{Held, Row};
use super::install;
use super::instance::Instance;
use super::inventory::appliers;
use super::limit::Limit;
use super::port::key;
use super::read::Installation;
use crate::change::{Action, Change};
use crate::flux::Index;
use crate::flux::scan::{file_name, folder};
use crate::kustomize::Step;
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml::Refusal;
pub use extras::Moved;
use listing::Listing;

/// The name of the file with the FluxInstance.
pub const INSTANCE: &str = "flux-instance.yaml";

/// The name of the file with the operator's own installation.
pub const INSTALL: &str = "flux-operator.yaml";

/// What `prepare` does for a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// The file with the FluxInstance, below the root.
    pub instance: String,
    /// The file with the operator's own installation, where there is one.
    pub install: Option<String>,
    /// Kustomizations that it edits or adds, and the files that they list in the folder beside.
    pub lists: Vec<String>,
    /// The changes that are still to be made.
    pub changes: Vec<Change>,
    /// Files that move, before and after.
    pub moved: Vec<Moved>,
    /// Rows on entries of kustomizations.
    pub rows: Vec<Row>,
}

/// An installation with the files around it.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Its documents.
    pub index: &'a Index<'a>,
    /// The installation.
    pub installation: &'a Installation,
}

impl<'a> Files<'a> {
    /// What has to be done before the operator takes Flux over.
    ///
    /// Fails, with a row on the reason, where the files of Flux cannot be told from the rest, or a file to add is there
    /// with another content.
    pub fn prepare(&self, instance: &Instance) -> Result<Prepared, Held> {
        let home = self.home()?;
        let mut prepared = Prepared { instance: format!("{home}/{INSTANCE}"), ..Prepared::default() };
        let title = "the FluxInstance that takes Flux over; applied by hand first";
        self.create(&mut prepared, &format!("{home}/{INSTANCE}"), &instance.text(), title)?;
        let version = self.installation.version();
        if let Some(text) = install::resource_set(&instance.namespace, &instance.components, version) {
            let path = format!("{home}/{INSTALL}");
            self.create(&mut prepared, &path, &text, "keeps the operator up to date")?;
            prepared.install = Some(path);
        }
        extras::set_aside(self, &mut prepared)?;
        prepared.rows.extend(self.rest_rows());
        prepared.lists = self.lists();
        Ok(prepared)
    }

    /// The kustomizations that list the files of Flux or their folder, and everything in the folder beside.
    fn lists(&self) -> Vec<String> {
        let own = &self.installation.folder;
        let aside = beside(own);
        let listed = [self.installation.file.as_str(), own.as_str()];
        let lists = listed.into_iter().flat_map(|path| Listing::all(self.index, path));
        let mut paths: Vec<String> = lists.map(|listing| listing.file.path.to_owned()).collect();
        let is_aside = |path: &&String| super::read::is_within(folder(path), &aside);
        paths.extend(self.repo.files.keys().filter(is_aside).cloned());
        paths.sort();
        paths.dedup();
        paths
    }

    /// The folder that the FluxInstance is put into, where nothing builds it yet.
    fn home(&self) -> Result<String, Held> {
        let Installation { folder, applied, root, .. } = self.installation;
        let is_scanned = match root {
            Some(_) => self.installation.is_synced() && folder == applied,
            None => !appliers(self.index, &[&self.installation.file]).is_empty(),
        };
        if self.listing().is_none() && is_scanned {
            let why = "every file of this folder is applied, so a FluxInstance beside them would be applied at once: list \
                       the files in a kustomization.yaml first, with `kustomize create --autodetect`";
            return Err(self.row(Limit::SharedFile, why));
        }
        Ok(folder.clone())
    }

    /// The kustomization that lists the file with the objects of Flux.
    fn listing(&self) -> Option<Listing<'a>> {
        Listing::of(self.index, &self.installation.file)
    }

    /// The steps of the kustomization at `path`.
    fn steps<'p>(&self, path: &'p str) -> impl Iterator<Item = &'a Step> + use<'a, 'p> {
        self.installation.build.steps.iter().filter(move |step| step.path == path)
    }

    /// Whether a step changes Flux itself or what makes the cluster follow its repository, and whether it changes
    /// anything else.
    fn touches(&self, step: &Step) -> (bool, bool) {
        let installation = self.installation;
        let roots = installation.root.iter().flat_map(|root| [&root.source_id, &root.kustomization_id]);
        let own: BTreeSet<_> = installation
            .stock
            .iter()
            .map(|value| key(&crate::kustomize::Id::of(value)))
            .chain(roots.map(key))
            .collect();
        let is_own = |id| own.contains(&key(id));
        (step.selected.iter().any(is_own), step.selected.iter().any(|id| !is_own(id)))
    }

    fn create(&self, prepared: &mut Prepared, path: &str, text: &str, reason: &str) -> Result<(), Held> {
        match self.repo.files.get(path) {
            None => {
                let action = Action::Create { content: text.as_bytes().to_vec(), executable: false };
                prepared.changes.push(Change { path: path.to_owned(), action, reason: reason.to_owned() });
                Ok(())
            }
            Some(file) if says_the_same(&file.bytes, text) => Ok(()),
            Some(_) => {
                let why = "it is there already and says something else: remove it, or make it say the same";
                Err(Held::new(format!("`{path}`"), Place::file(path), Limit::SharedFile, why))
            }
        }
    }

    fn row(&self, limit: Limit, why: &str) -> Held {
        let Installation { folder, file, .. } = self.installation;
        Held::new(format!("`{folder}`"), Place::file(file), limit, why)
    }

    fn refused(path: &str, refusal: &Refusal) -> Held {
        let why = format!("it cannot be edited: {refusal}");
        Held::new(format!("`{path}`"), Place::file(path), Limit::SharedFile, why)
    }
}

/// Whether both texts hold the same objects, however they are written.
pub fn says_the_same(bytes: &[u8], text: &str) -> bool {
    let values = |text: &str| -> Option<Vec<Value>> {
        let stream = crate::yaml::parse(text);
        let values = stream.documents.iter().map(|document| document.to_json().ok());
        Some(values.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    };
    let known = crate::yaml::decode(bytes).ok().and_then(values);
    known.is_some() && known == values(text)
}

/// The path of `target` as a kustomization in `base` names it.
fn relative(base: &str, target: &str) -> String {
    let base: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    let target: Vec<&str> = target.split('/').collect();
    let shared = base.iter().zip(&target).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", base.len() - shared);
    up.chain(target[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// The folder beside `folder` that what is set aside moves to.
fn beside(folder: &str) -> String {
    match folder.rsplit_once('/') {
        Some((above, _)) => format!("{above}/flux-extras"),
        None => "flux-extras".to_owned(),
    }
}

/// The last part of a path.
fn name(path: &str) -> &str {
    file_name(path)
}
