//! What stands among the files of Flux and is none of them: it moves to a folder beside, which the same Kustomization
//! applies.

use std::collections::BTreeSet;

use super::listing::{Entry, Listing};
use super::{Files, Prepared, beside, name};
use crate::bootstrap::account::{Held, Outcome, Row};
use crate::bootstrap::limit::Limit;
use crate::bootstrap::read::is_within;
use crate::change::{Action, Change};
use crate::flux::scan::folder;
use crate::place::Place;
use crate::yaml::{Operation, Route, Value};

/// A file that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Where it is.
    pub from: String,
    /// Where it goes.
    pub to: String,
}

/// Fields that make objects of files: they go with the files.
const GENERATORS: [&str; 2] = ["configMapGenerator", "secretGenerator"];

/// Why files move.
const REASON: &str = "it is applied with the files of Flux, which go later, and is none of them";

/// Sets aside what is no file of Flux.
pub(super) fn set_aside(files: &Files<'_>, prepared: &mut Prepared) -> Result<(), Held> {
    let installation = files.installation;
    if !installation.is_synced() || installation.folder == installation.applied {
        return Ok(());
    }
    let Some(listing) = files.listing() else { return unlisted(files, prepared) };
    // Where a kustomization further up lists the files one by one, the others stay listed there.
    if listing.folder() != installation.folder {
        return Ok(());
    }
    Aside { files, listing: &listing, target: beside(&installation.folder) }.run(prepared)
}

struct Aside<'a, 'f> {
    files: &'a Files<'f>,
    listing: &'a Listing<'f>,
    target: String,
}

impl Aside<'_, '_> {
    fn run(&self, prepared: &mut Prepared) -> Result<(), Held> {
        let (own, others): (Vec<_>, Vec<_>) =
            self.listing.entries().into_iter().partition(|entry| self.is_own(entry));
        let generators: Vec<Route> = GENERATORS.iter().filter_map(|field| self.listing.has(field)).collect();
        if others.is_empty() && generators.is_empty() {
            return Ok(());
        }
        if let Some(taken) = self.files.repo.files.keys().find(|path| is_within(folder(path), &self.target)) {
            let why =
                format!("files of this folder would move to `{}`, where something else is", self.target);
            return Err(Held::new(format!("`{taken}`"), Place::file(taken), Limit::SharedFile, why));
        }
        let (mut stay, mut go) = (Vec::new(), generators.clone());
        stay.extend(own.iter().map(|entry| entry.route.clone()));
        go.extend(others.iter().map(|entry| entry.route.clone()));
        let (mut moved, mut copied) = (self.files_of(&others), BTreeSet::new());
        let generated = GENERATORS.iter().flat_map(|field| self.listing.generator_files(field));
        moved.extend(generated.filter(|path| self.is_inside(path)));
        for (field, route) in self.listing.patches() {
            let step = self.files.steps(self.listing.file.path).find(|step| step.field == field);
            let (is_own, has_others) = step.map_or((true, false), |step| self.files.touches(step));
            let file = self.listing.patch_file(&route).filter(|path| self.is_inside(path));
            match (is_own || !has_others, has_others) {
                (true, true) => copied.extend(file),
                (false, _) => {
                    moved.extend(file);
                    go.push(route);
                }
                (true, false) => stay.push(route),
            }
        }
        // What stays in one of the two is taken out of the other.
        let (edits, _) = self.listing.edited(self.listing.without(&go))?;
        let (_, aside) = self.listing.edited(self.listing.without(&stay))?;
        let path = self.listing.file.path.to_owned();
        let reason = "files that are none of Flux move to a folder beside".to_owned();
        prepared.changes.push(Change { path: path.clone(), action: Action::Modify(edits), reason });
        let action = Action::Create { content: aside.into_bytes(), executable: false };
        let listed = format!("{}/{}", self.target, name(&path));
        prepared.changes.push(Change { path: listed, action, reason: "lists what was set aside".to_owned() });
        for entry in &others {
            let place = Place::new(self.listing.file.path, &self.listing.file.text, entry.node.range.clone());
            let outcome = Outcome::Moved(self.target.clone());
            prepared.rows.push(Row::new(format!("`resources`: {}", entry.text), place, outcome));
        }
        for file in &moved {
            self.carry(prepared, file, true)?;
        }
        for file in copied.difference(&moved) {
            self.carry(prepared, file, false)?;
        }
        self.list_beside(prepared)
    }

    fn is_own(&self, entry: &Entry<'_>) -> bool {
        let installation = self.files.installation;
        let root = installation.root.iter().flat_map(|root| [&root.file, &root.source_place.path]);
        let mut own = std::iter::once(&installation.file).chain(root);
        entry.path.as_ref().is_some_and(|path| own.any(|file| file == path))
    }

    fn is_inside(&self, path: &str) -> bool {
        is_within(folder(path), &self.files.installation.folder)
    }

    /// Every file that `entries` stand for and that lies in the folder of Flux.
    fn files_of(&self, entries: &[Entry<'_>]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for path in
            entries.iter().filter_map(|entry| entry.path.as_deref()).filter(|path| self.is_inside(path))
        {
            let below = format!("{path}/");
            let all = self.files.repo.files.keys();
            found.extend(all.filter(|file| *file == path || file.starts_with(&below)).cloned());
        }
        found
    }

    /// Writes a file to the folder beside, at the same place in it.
    fn carry(&self, prepared: &mut Prepared, path: &str, moves: bool) -> Result<(), Held> {
        let inside = path.strip_prefix(&format!("{}/", self.files.installation.folder)).unwrap_or(path);
        let to = format!("{}/{inside}", self.target);
        let missing = |why: String| Held::new(format!("`{path}`"), Place::file(path), Limit::SharedFile, why);
        let file = self.files.repo.read(path).map_err(|error| missing(error.to_string()))?;
        let file = file.ok_or_else(|| missing("it is not there".to_owned()))?;
        let action = Action::Create { content: file.bytes.to_vec(), executable: file.executable };
        prepared.changes.push(Change { path: to.clone(), action, reason: REASON.to_owned() });
        if moves {
            let reason = format!("it moves to `{to}`");
            prepared.changes.push(Change { path: path.to_owned(), action: Action::Delete, reason });
            prepared.moved.push(Moved { from: path.to_owned(), to });
        }
        Ok(())
    }

    /// Whatever lists the folder of Flux lists the folder beside too.
    fn list_beside(&self, prepared: &mut Prepared) -> Result<(), Held> {
        let own = &self.files.installation.folder;
        for listing in Listing::all(self.files.index, own) {
            let entries = listing.entries();
            let Some(entry) = entries.iter().find(|entry| entry.path.as_deref() == Some(own)) else {
                continue;
            };
            let text = entry.text.trim_end_matches('/');
            let above = text.rsplit_once('/').map_or("", |(above, _)| above);
            let path = super::relative(listing.folder(), &self.target);
            let path = if above == "." { format!("./{path}") } else { path };
            let to = Route::root().key("resources");
            let (edits, _) = listing.edited(vec![Operation::Append { to, value: Value::from(path) }])?;
            let reason = format!("lists `{}` beside `{own}`", self.target);
            let path = listing.file.path.to_owned();
            prepared.changes.push(Change { path, action: Action::Modify(edits), reason });
        }
        Ok(())
    }
}

/// Where Flux generates the kustomization, every file of the folder is applied: the files of Flux get a kustomization of
/// their own, and the others move.
fn unlisted(files: &Files<'_>, prepared: &mut Prepared) -> Result<(), Held> {
    let installation = files.installation;
    let root =
        installation.root.iter().flat_map(|root| [root.file.as_str(), root.source_place.path.as_str()]);
    let own: BTreeSet<&str> = std::iter::once(installation.file.as_str()).chain(root).collect();
    let inside = |path: &&String| is_within(folder(path), &installation.folder);
    let target = beside(&installation.folder);
    let others: Vec<&String> =
        files.repo.files.keys().filter(inside).filter(|path| !own.contains(path.as_str())).collect();
    let others: Vec<&String> = others
        .into_iter()
        .filter(|path| **path != prepared.instance && prepared.install.as_ref() != Some(path))
        .collect();
    let mut text = String::from(
        "# The files of Flux, one by one, so that what lies beside them is not applied yet.\napiVersion: \
         kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n",
    );
    for path in &own {
        text.push_str(&format!("  - {}\n", super::relative(&installation.folder, path)));
    }
    let action = Action::Create { content: text.into_bytes(), executable: false };
    let path = format!("{}/kustomization.yaml", installation.folder);
    let reason = "lists the files of Flux, so that what is added beside them is not applied yet".to_owned();
    prepared.changes.push(Change { path, action, reason });
    for path in others {
        let inside = path.strip_prefix(&format!("{}/", installation.folder)).unwrap_or(path);
        let to = format!("{target}/{inside}");
        if files.repo.files.contains_key(&to) {
            let why = format!("it would move to `{to}`, which is there already");
            return Err(Held::new(format!("`{path}`"), Place::file(path), Limit::SharedFile, why));
        }
        let file = &files.repo.files[path];
        let action = Action::Create { content: file.bytes.to_vec(), executable: file.executable };
        prepared.changes.push(Change { path: to.clone(), action, reason: REASON.to_owned() });
        let reason = format!("it moves to `{to}`");
        prepared.changes.push(Change { path: path.clone(), action: Action::Delete, reason });
        prepared.rows.push(Row::new(format!("`{path}`"), Place::file(path), Outcome::Moved(to.clone())));
        prepared.moved.push(Moved { from: path.clone(), to });
    }
    Ok(())
}
