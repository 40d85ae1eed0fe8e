//! What runs, what was customised, and where each of it is written.

mod edits;
mod find;
mod missing;
mod roots;

use std::collections::BTreeSet;

use serde_json::Value;

use super::account::{Outcome, Row};
use super::limit::Limit;
use super::port::{Key, key};
use super::release::{self, Absence, Component, Reading, Release, Version};
use crate::flux::Index;
use crate::flux::scan::folder;
use crate::kustomize::{self, Build, Failure, Id, Object};
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml::{self, decode};
pub use find::{Manifests, Site, sites};
pub use roots::Root;

/// Flux as it is installed in one cluster.
#[derive(Debug)]
pub struct Installation {
    /// The folder with its files.
    pub folder: String,
    /// The file with its objects.
    pub file: String,
    /// The file with source and Kustomization, where there is one.
    pub sync_file: Option<String>,
    /// Its namespace.
    pub namespace: String,
    /// What is known of the release that runs.
    pub release: Release,
    /// Flags and hand edits.
    pub reading: Reading,
    /// The objects of the release, as the file has them.
    pub stock: Vec<Value>,
    /// What is built today.
    pub build: Build,
    /// Which of what is built is Flux itself, as indices of the objects in `build`: the controllers and what they need.
    pub core: Vec<usize>,
    /// Source and Kustomization of the cluster.
    pub root: Option<Root>,
    /// The folder that the cluster applies, below the root of the repository; the folder of the files where nothing applies
    /// it.
    pub applied: String,
    /// Rows about the file with the objects: its version and what was edited by hand.
    pub rows: Vec<Row>,
}

/// An installation that cannot be read as far as a FluxInstance needs it.
#[derive(Debug)]
pub struct Refusal {
    /// The folder with its files.
    pub folder: String,
    /// Why, as rows that a person has to decide.
    pub rows: Vec<Row>,
}

impl Installation {
    /// Reads what is installed from `site`.
    pub fn read(repo: &Repo, index: &Index<'_>, site: &Site) -> Result<Self, Refusal> {
        let refusal = |rows: Vec<Row>| Refusal { folder: site.folder.clone(), rows };
        let Manifests::File(file) = &site.manifests else {
            return Err(refusal(vec![missing::row(&site.manifests)]));
        };
        let whole = Place::file(file);
        let refuse = |limit, why: String| {
            let row = Row::new(format!("`{file}`"), whole.clone(), Outcome::Human(limit, why));
            Refusal { folder: site.folder.clone(), rows: vec![row] }
        };
        let text = repo.files.get(file).map(|content| decode(&content.bytes)).transpose();
        let text = text.map_err(|why| refuse(Limit::UnknownInstallation, why))?.unwrap_or_default();
        // A file that cannot be read may still say in its head that it is too old.
        let stock =
            objects(text).map_err(|why| match release::tell(text, &[]).version().and_then(Absence::of) {
                Some(absence) => refuse(Limit::UnsupportedVersion, missing::unsupported(absence)),
                None => refuse(Limit::UnknownInstallation, why),
            })?;
        let stock_refs: Vec<&Value> = stock.iter().collect();
        let told = release::tell(text, &stock_refs);
        let Some(version) = told.version() else {
            return Err(refuse(
                Limit::UnknownInstallation,
                "it names no release of Flux: write it anew with `flux install --export`".to_owned(),
            ));
        };
        let Some(release) = Release::at(version) else {
            let absence = Absence::of(version);
            let remedy = match absence {
                Some(Absence::Newer(_)) => "a newer version of this program may know it",
                _ => "bring it to a release that is known with `flux bootstrap` first",
            };
            let why = absence.map_or_else(String::new, |absence| absence.to_string());
            let why = format!("{why}: {remedy}");
            return Err(refuse(Limit::UnsupportedVersion, why));
        };
        let reading = release::read(&release, &stock_refs);
        let namespace = reading.flags.namespace.clone();
        let root = roots::find(repo, index, &site.folder, &namespace)
            .map_err(|held| refusal(vec![held.into_row()]))?;
        let (applied, build) = built(repo, site, root.as_ref()).map_err(|failure| {
            let place = failure.place.unwrap_or_else(|| whole.clone());
            let why = format!("it cannot be built: {}", failure.message);
            refusal(vec![Row::new(
                format!("`{}`", site.folder),
                place,
                Outcome::Human(Limit::BrokenBuild, why),
            )])
        })?;
        let own: BTreeSet<Key> = stock.iter().map(|value| key(&Id::of(value))).collect();
        let core: Vec<usize> = (0..build.objects.len())
            .filter(|at| own.contains(&key(&build.objects[*at].original_id())))
            .collect();
        let rows = edits::rows(file, text, &reading, version);
        Ok(Self {
            folder: site.folder.clone(),
            file: file.clone(),
            sync_file: root.as_ref().map(|root| root.file.clone()),
            namespace,
            release,
            reading,
            stock,
            build,
            core,
            root,
            applied,
            rows,
        })
    }

    /// The release that runs.
    pub fn version(&self) -> Version {
        self.release.version()
    }

    /// The components that are installed.
    pub fn components(&self) -> &[Component] {
        &self.reading.components
    }

    /// Whether the cluster applies its own installation from Git.
    pub fn is_synced(&self) -> bool {
        self.root.is_some() && is_within(&self.folder, &self.applied)
    }

    /// The objects of Flux as they are built, source and Kustomization of the cluster left out.
    pub fn core(&self) -> impl Iterator<Item = &Object> {
        self.core.iter().map(|at| &self.build.objects[*at])
    }

    /// Everything that is written in the folder of the installation, or that only its kustomization brings in, and that
    /// is neither Flux nor source and Kustomization of the cluster.
    pub fn extras(&self) -> impl Iterator<Item = &Object> {
        let roots: Vec<&Id> =
            self.root.iter().flat_map(|root| [&root.source_id, &root.kustomization_id]).collect();
        self.build.objects.iter().enumerate().filter_map(move |(at, object)| {
            let is_own = self.core.contains(&at) || roots.iter().any(|id| key(id) == key(&object.id()));
            (!is_own && is_within(folder(&object.written.path), &self.folder)).then_some(object)
        })
    }

    /// The object of the build with this id, its version left out.
    pub fn built(&self, id: &Id) -> Option<&Object> {
        self.build.objects.iter().find(|object| {
            let own = object.id();
            key(&own) == key(id) && own.namespace == id.namespace
        })
    }
}

/// Whether the folder `inner` is `outer` or lies in it.
pub(in crate::bootstrap) fn is_within(inner: &str, outer: &str) -> bool {
    outer.is_empty() || inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

/// Names of kustomization files.
///
/// Source: kubernetes-sigs/kustomize `api/konfig/general.go`, `RecognizedKustomizationFileNames`.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What the cluster applies, and the folder that it starts from.
fn built(repo: &Repo, site: &Site, root: Option<&Root>) -> Result<(String, Build), Failure> {
    if let Some(root) = root.filter(|root| is_within(&site.folder, &root.folder)) {
        let build = kustomize::build_with(repo, &root.folder, &root.spec, &root.place)?;
        return Ok((root.folder.clone(), build));
    }
    let applied = root.map_or(&site.folder, |root| &root.folder).clone();
    let path = |name: &&str| format!("{}/{name}", site.folder).trim_start_matches('/').to_owned();
    let has_one = KUSTOMIZATIONS.iter().any(|name| matches!(repo.read(&path(name)), Ok(Some(_))));
    // Whoever applies a folder without a kustomization applies all that is in it.
    let build = if has_one {
        kustomize::build(repo, &site.folder)?
    } else {
        kustomize::build_with(repo, &site.folder, &Value::Null, &Place::file(&site.folder))?
    };
    Ok((applied, build))
}

/// All objects in `text`.
fn objects(text: &str) -> Result<Vec<Value>, String> {
    let stream = yaml::parse(text);
    let values =
        stream.documents.iter().map(|document| document.to_json().map_err(|problem| problem.message));
    let values: Vec<Value> = values.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    Ok(values.into_iter().filter(Value::is_object).collect())
}
