//! The second step: the files of `flux bootstrap` go, the FluxInstance comes into the build.

use std::collections::BTreeSet;
use std::ops::Range;

use super::listing::Listing;
use super::{Files, Prepared, name, relative};
use crate::bootstrap::account::{Held, Outcome, Row};
use crate::bootstrap::limit::Limit;
use crate::change::{Action, Change};
use crate::flux::SourceFile;
use crate::place::Place;
use crate::yaml::{Document, Operation, Route, Value};

/// The file that takes up what else stands in the file with source and Kustomization.
const REST: &str = "flux-extras.yaml";

impl<'a> Files<'a> {
    /// What has to be done after the operator took Flux over.
    ///
    /// Fails, with a row on the reason, where a file cannot be edited or the FluxInstance would be in no build.
    pub fn finalize(&self, prepared: &Prepared) -> Result<Vec<Change>, Held> {
        let gone = "the operator makes these objects now";
        let mut changes = vec![delete(&self.installation.file, gone)];
        let rest = self.rest();
        for file in self.root_files().filter(|file| file.path != self.installation.file) {
            changes.push(delete(file.path, "the operator makes source and Kustomization now"));
        }
        let mut added: Vec<String> =
            std::iter::once(&prepared.instance).chain(&prepared.install).cloned().collect();
        if let Some((path, text)) = rest {
            let action = Action::Create { content: text.into_bytes(), executable: false };
            let reason = "it stood among the files of Flux and is none of them".to_owned();
            changes.push(Change { path: path.clone(), action, reason });
            added.push(path);
        }
        if self.installation.root.is_some() && !self.installation.is_synced() {
            changes.extend(self.move_home(&added)?);
        } else if let Some(listing) = self.listing() {
            let (edited, orphans) = listing.finalized(self, &added)?;
            changes.push(edited);
            changes.extend(orphans);
        }
        changes.extend(self.patches_above()?);
        Ok(changes)
    }

    /// Files with source and Kustomization of the cluster.
    fn root_files(&self) -> impl Iterator<Item = &'a SourceFile<'a>> {
        let root = self.installation.root.iter();
        let paths: BTreeSet<&str> =
            root.flat_map(|root| [root.source_place.path.as_str(), root.place.path.as_str()]).collect();
        let index = self.index;
        paths.into_iter().filter_map(|path| index.file_index(path)).map(move |at| &index.files[at])
    }

    /// Documents beside source and Kustomization of the cluster in their file.
    fn others(&self, file: &'a SourceFile<'a>) -> impl Iterator<Item = &'a Document<'a>> {
        let root = self.installation.root.iter();
        let places: Vec<Range<usize>> = root
            .flat_map(|root| [&root.source_place, &root.place])
            .filter(|place| place.path == file.path)
            .map(|place| place.start..place.end)
            .collect();
        let holds = move |document: &Document<'_>| {
            let Range { start, end } = document.range;
            places.iter().any(|place| start <= place.start && place.end <= end)
        };
        let documents = file.stream.documents.iter();
        documents.filter(move |document| document.node().is_some() && !holds(document))
    }

    /// The file that takes them up, and its text.
    fn rest(&self) -> Option<(String, String)> {
        let files = self.root_files();
        let texts: Vec<&str> = files
            .flat_map(|file| self.others(file).map(|document| &file.text[document.range.clone()]))
            .collect();
        let path = self.rest_path();
        (!texts.is_empty()).then(|| (path, format!("{}\n", texts.join("\n---\n"))))
    }

    fn rest_path(&self) -> String {
        match self.installation.folder.as_str() {
            "" => REST.to_owned(),
            folder => format!("{folder}/{REST}"),
        }
    }

    /// A row for each of them.
    pub(super) fn rest_rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for file in self.root_files() {
            for document in self.others(file) {
                let place = Place::new(file.path, &file.text, document.range.clone());
                let subject = format!("an object beside source and Kustomization in `{}`", name(file.path));
                let to = format!("{}, when the files of `flux bootstrap` go", self.rest_path());
                rows.push(Row::new(subject, place, Outcome::Moved(to)));
            }
        }
        rows
    }

    /// Where the files of Flux lie outside of what the cluster applies, the FluxInstance moves into that.
    fn move_home(&self, added: &[String]) -> Result<Vec<Change>, Held> {
        let applied = &self.installation.applied;
        let home = match applied.as_str() {
            "" => self.installation.namespace.clone(),
            applied => format!("{applied}/{}", self.installation.namespace),
        };
        let mut changes = Vec::new();
        let mut moved = Vec::new();
        for path in added {
            let to = format!("{home}/{}", name(path));
            if self.repo.files.contains_key(&to) {
                let why = format!("it would move to `{to}`, which is there already");
                return Err(Held::new(format!("`{path}`"), Place::file(path), Limit::SharedFile, why));
            }
            let Some(file) = self.repo.files.get(path) else { continue };
            let action = Action::Create { content: file.bytes.to_vec(), executable: file.executable };
            changes.push(Change {
                path: to.clone(),
                action,
                reason: "the cluster applies it from here".to_owned(),
            });
            changes.push(delete(path, &format!("it moves to `{to}`")));
            moved.push(to);
        }
        if let Some(listing) = self.listing() {
            changes.push(delete(listing.file.path, "it listed the files of `flux bootstrap`"));
        }
        if let Some(listing) = Listing::at(self.index, applied) {
            let to = Route::root().key("resources");
            let entries = moved.iter().map(|path| relative(applied, path));
            let append = |path: String| Operation::Append { to: to.clone(), value: Value::from(path) };
            let (edits, _) = listing.edited(entries.map(append).collect())?;
            let reason = "lists the FluxInstance".to_owned();
            changes.push(Change {
                path: listing.file.path.to_owned(),
                action: Action::Modify(edits),
                reason,
            });
        }
        Ok(changes)
    }

    /// Patches for Flux in kustomizations further up find nothing any more; without a target they would fail.
    fn patches_above(&self) -> Result<Vec<Change>, Held> {
        let own = self.listing().map(|listing| listing.file.path);
        let paths: BTreeSet<&str> =
            self.installation.build.steps.iter().map(|step| step.path.as_str()).collect();
        let mut changes = Vec::new();
        for path in paths.into_iter().filter(|path| Some(*path) != own) {
            let Some(listing) = Listing::in_file(self.index, path) else { continue };
            let gone = listing.patches_for_flux(self);
            if !gone.is_empty() {
                let (edits, _) = listing.edited(listing.without(&gone))?;
                let reason = "the FluxInstance says what these patches said".to_owned();
                changes.push(Change { path: path.to_owned(), action: Action::Modify(edits), reason });
            }
        }
        Ok(changes)
    }
}

fn delete(path: &str, reason: &str) -> Change {
    Change { path: path.to_owned(), action: Action::Delete, reason: reason.to_owned() }
}
