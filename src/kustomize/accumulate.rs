//! A build: from folder to folder, first what there is, then what is done to it.
//!
//! The order is that of kubernetes-sigs/kustomize `api/internal/target/kusttarget.go` and
//! `kusttarget_configplugin.go` there.

use std::collections::HashSet;

use super::failure::Failure;
use super::kustomization::{Entry, Kustomization};
use super::object::{Object, objects as read_objects};
use super::path::{contains, file_in, is_remote, join};
use super::read::{self, NAMES, makes_objects};
use super::{Action, Remote, Step};
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml;

/// Folders that one build may go through: a build that includes itself many times over is stopped here.
const MOST_FOLDERS: usize = 10_000;
/// Objects that one build may have.
const MOST_OBJECTS: usize = 200_000;

/// A build on its way.
pub(super) struct Builder<'r> {
    pub(super) repo: &'r Repo,
    pub(super) steps: Vec<Step>,
    pub(super) remotes: Vec<Remote>,
    pub(super) deleted: Vec<Object>,
    /// Something that was not evaluated may have made objects.
    pub(super) misses_objects: bool,
    /// The folders that lead to the one that is read.
    open: Vec<String>,
    folders: usize,
}

impl<'r> Builder<'r> {
    pub(super) const fn new(repo: &'r Repo) -> Self {
        Self {
            repo,
            steps: Vec::new(),
            remotes: Vec::new(),
            deleted: Vec::new(),
            misses_objects: false,
            open: Vec::new(),
            folders: 0,
        }
    }

    /// Builds the folder that an entry of a kustomization names.
    fn folder(
        &mut self,
        folder: &str,
        entry: &Entry<String>,
        seen: Vec<Object>,
        as_component: bool,
    ) -> Result<Vec<Object>, Failure> {
        let refuse = |message: String| Failure::at(entry.place.clone(), message);
        if self.open.iter().any(|open| contains(folder, open)) {
            return Err(refuse(format!("`{}` leads back to where it is built from", entry.value)));
        }
        let found = self.find_kustomization(folder)?;
        let Some((path, text)) = found else {
            return Err(refuse(format!(
                "`{}` is neither a file nor a folder with a kustomization",
                entry.value
            )));
        };
        let kustomization = read::read(&path, &text, false)?;
        match (kustomization.is_component, as_component) {
            (true, false) => {
                Err(refuse(format!("`{}` is a component and belongs into `components`", entry.value)))
            }
            (false, true) => Err(refuse(format!("`{}` is no component", entry.value))),
            _ => self.build(folder, kustomization, seen),
        }
    }

    /// Builds a kustomization in `folder`, on top of what a component finds.
    pub(super) fn build(
        &mut self,
        folder: &str,
        kustomization: Kustomization,
        seen: Vec<Object>,
    ) -> Result<Vec<Object>, Failure> {
        self.folders += 1;
        if self.folders > MOST_FOLDERS {
            return Err(Failure {
                place: None,
                message: format!("the build goes through more than {MOST_FOLDERS} folders"),
            });
        }
        self.open.push(folder.to_owned());
        let mut objects = seen;
        let mut ids: HashSet<String> = objects.iter().map(key).collect();
        for entry in &kustomization.resources {
            let added = self.resource(folder, entry)?;
            for object in added {
                if !ids.insert(key(&object)) {
                    let message = format!("the build has {} twice", object.id());
                    return Err(Failure::at(object.written.place, message));
                }
                objects.push(object);
            }
            if objects.len() > MOST_OBJECTS {
                let message = format!("the build has more than {MOST_OBJECTS} objects");
                return Err(Failure::at(entry.place.clone(), message));
            }
        }
        for entry in &kustomization.unsupported {
            self.misses_objects |= makes_objects(&entry.value);
            self.begin(&entry.field, &entry.place, Action::Unsupported(entry.value.clone()));
        }
        for entry in &kustomization.components {
            if is_remote(&entry.value) {
                self.remote(entry);
                continue;
            }
            let component = Self::local(folder, entry)?;
            objects = self.folder(&component, entry, objects, true)?;
        }
        self.transform(folder, kustomization, &mut objects)?;
        self.open.pop();
        Ok(objects)
    }

    /// What an entry of `resources` brings.
    fn resource(&mut self, folder: &str, entry: &Entry<String>) -> Result<Vec<Object>, Failure> {
        if is_remote(&entry.value) {
            self.remote(entry);
            return Ok(Vec::new());
        }
        let path = Self::local(folder, entry)?;
        match self.text_if_there(&path).map_err(|message| Failure::at(entry.place.clone(), message))? {
            Some(text) => read_objects(&path, &text),
            None => self.folder(&path, entry, Vec::new(), false),
        }
    }

    fn remote(&mut self, entry: &Entry<String>) {
        self.misses_objects = true;
        self.remotes.push(Remote { place: entry.place.clone(), url: entry.value.clone() });
    }

    fn local(folder: &str, entry: &Entry<String>) -> Result<String, Failure> {
        let outside = || format!("`{}` leads out of the repository", entry.value);
        let empty = || "an empty path leads nowhere".to_owned();
        let refuse = |message| Failure::at(entry.place.clone(), message);
        if entry.value.is_empty() {
            return Err(refuse(empty()));
        }
        join(folder, &entry.value).ok_or_else(|| refuse(outside()))
    }

    /// The kustomization file of a folder with its text; there may be one only.
    pub(super) fn find_kustomization(&self, folder: &str) -> Result<Option<(String, String)>, Failure> {
        let mut found = None;
        for name in NAMES {
            let path = file_in(folder, name);
            let text = self.text_if_there(&path);
            let Some(text) = text.map_err(|message| Failure::at(Place::file(&path), message))? else {
                continue;
            };
            if found.is_some() {
                let message = format!("the folder `{folder}` has several kustomization files");
                return Err(Failure::at(Place::file(&path), message));
            }
            found = Some((path, text));
        }
        Ok(found)
    }

    /// The text of a file; `None` where there is no file.
    pub(super) fn text_if_there(&self, path: &str) -> Result<Option<String>, String> {
        // What is a folder, or lies behind a file or a link, is no file to this build.
        let Ok(Some(file)) = self.repo.read(path) else { return Ok(None) };
        let text = yaml::decode(&file.bytes).map_err(|why| format!("`{path}` cannot be read: {why}"))?;
        Ok(Some(text.to_owned()))
    }

    /// Adds a step and returns its index.
    pub(super) fn begin(&mut self, field: &str, place: &Place, action: Action) -> usize {
        self.steps.push(Step {
            path: place.path.clone(),
            place: place.clone(),
            field: field.to_owned(),
            action,
            selected: Vec::new(),
            deleted: Vec::new(),
        });
        self.steps.len() - 1
    }
}

/// What may be in a build once only.
fn key(object: &Object) -> String {
    let id = object.id();
    format!("{}\n{}\n{}\n{}", id.api_version(), id.kind, id.effective_namespace(), id.name)
}
