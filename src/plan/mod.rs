//! What a command wants done: a set of changes, each with what it expects to find.
//!
//! A [`Plan`] is a value: it does not depend on the order in which changes were added, it can be previewed, shown as
//! a patch, written and committed. It does not know who asked, what YAML means, or that there is a terminal.

pub mod apply;
pub mod commit;
mod diff;
pub mod guard;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::change::{self, Action, Change, Edit};
use crate::error::{Error, Kind, Result};
use crate::repo::{File, Repo};

pub use diff::diff;

/// Changes of one repository, at most one for each path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    title: String,
    entries: BTreeMap<String, Entry>,
}

/// One change and what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happens to the file.
    pub change: Change,
    /// What must be on disk for the change to be right.
    pub expect: Expect,
}

/// What a change expects to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No file.
    Absent,
    /// A file with these bytes, which the change was computed from.
    Content(Arc<[u8]>),
}

/// Why a change does not fit into a plan; the plan stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The file that cannot be changed as wanted.
    pub path: String,
    /// Why, as a sentence without a final period.
    pub reason: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}`", self.reason, self.path)
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::new(Kind::Refused, conflict.to_string())
    }
}

impl Plan {
    /// An empty plan; `title` becomes the message of its commit.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), entries: BTreeMap::new() }
    }

    /// What the plan does, in a line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many files it changes.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The changes by path.
    pub fn entries(&self) -> &BTreeMap<String, Entry> {
        &self.entries
    }

    /// Takes up `change`, which was computed from the content in `repo`.
    ///
    /// Edits of a file that is already in the plan are merged. A change that does nothing is dropped.
    pub fn add(&mut self, repo: &Repo, change: Change) -> Result<(), Conflict> {
        let path = change.path.clone();
        let conflict = |reason: String| Conflict { path: path.clone(), reason };
        let before = repo.read(&path).map_err(|error| {
            let message = error.to_string();
            conflict(message.strip_suffix(&format!(": `{path}`")).unwrap_or(&message).to_owned())
        })?;
        let change = match self.entries.get(&path) {
            Some(known) => merged(&known.change, change).map_err(conflict)?,
            None => change,
        };
        self.fits_beside(&change)?;
        let after = after(&change, before.as_ref()).map_err(conflict)?;
        if after.as_ref() == before.as_ref() {
            return Ok(());
        }
        let expect = before.map_or(Expect::Absent, |file| Expect::Content(file.bytes));
        self.entries.insert(path, Entry { change, expect });
        Ok(())
    }

    /// Takes up all `changes`. Those of one file are merged first, so that a thousand edits of it cost one.
    pub fn add_all<'c>(
        &mut self,
        repo: &Repo,
        changes: impl IntoIterator<Item = &'c Change>,
    ) -> Result<(), Conflict> {
        let mut by_path: BTreeMap<&str, Change> = BTreeMap::new();
        for change in changes {
            let Some(known) = by_path.get_mut(change.path.as_str()) else {
                by_path.insert(&change.path, change.clone());
                continue;
            };
            match (&mut known.action, &change.action) {
                (Action::Modify(edits), Action::Modify(more)) => edits.extend(more.iter().cloned()),
                _ => self.add(repo, change.clone())?,
            }
        }
        by_path.into_values().try_for_each(|change| self.add(repo, change))
    }

    /// The repository as it would be: `repo` with this plan done.
    pub fn preview(&self, repo: &Repo) -> Result<Repo> {
        let changed = self.entries.iter().map(|(path, entry)| {
            let before = repo.read(path)?;
            let after = after(&entry.change, before.as_ref()).map_err(|reason| stale(path, &reason))?;
            Ok((path.clone(), after))
        });
        Ok(repo.with(changed.collect::<Result<Vec<_>>>()?))
    }

    /// The part of the plan below `folder`, as a plan of the repository there; all of it where `folder` is empty.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let inside = |path: &str| -> Option<String> {
            let path = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
            Some(path.to_owned())
        };
        let entries = self.entries.iter().filter_map(|(path, entry)| {
            let path = inside(path)?;
            let change = Change { path: path.clone(), ..entry.change.clone() };
            Some((path, Entry { change, expect: entry.expect.clone() }))
        });
        Self { title: self.title.clone(), entries: entries.collect() }
    }

    /// A path cannot be a file and a folder at once.
    fn fits_beside(&self, change: &Change) -> Result<(), Conflict> {
        let creates = |path: &str| {
            self.entries.get(path).is_some_and(|entry| matches!(entry.change.action, Action::Create { .. }))
        };
        let above =
            change.path.match_indices('/').map(|(at, _)| &change.path[..at]).find(|path| creates(path));
        let inside = format!("{}/", change.path);
        let below = self.entries.range(inside.clone()..).next().filter(|(path, _)| path.starts_with(&inside));
        match above.or(below.map(|(path, _)| path.as_str())) {
            Some(other) if matches!(change.action, Action::Create { .. }) => Err(Conflict {
                path: change.path.clone(),
                reason: format!("this and `{other}` cannot both be files"),
            }),
            _ => Ok(()),
        }
    }
}

/// The file after `change`, from what it is before; `None` is no file.
pub(crate) fn after(change: &Change, before: Option<&File>) -> Result<Option<File>, String> {
    match (&change.action, before) {
        (Action::Create { content, executable }, None) => {
            Ok(Some(File { bytes: content.as_slice().into(), executable: *executable }))
        }
        (Action::Create { .. }, Some(_)) => Err("the file to create exists already".to_owned()),
        (_, None) => Err("the file to change does not exist".to_owned()),
        (Action::Delete, Some(_)) => Ok(None),
        (Action::Modify(edits), Some(file)) => {
            let text =
                std::str::from_utf8(&file.bytes).map_err(|_| "the file to edit is not UTF-8".to_owned())?;
            let text = change::apply(text, edits).map_err(|clash| clash.to_string())?;
            Ok(Some(File { bytes: text.into_bytes().into(), executable: file.executable }))
        }
    }
}

fn merged(known: &Change, new: Change) -> Result<Change, String> {
    let action = match (&known.action, new.action) {
        (Action::Modify(known), Action::Modify(new)) => Action::Modify(union(known, &new)?),
        (known, new) if *known == new => new,
        _ => return Err("two changes of the file contradict each other".to_owned()),
    };
    let mut reasons: Vec<&str> = known.reason.split("; ").collect();
    if !reasons.contains(&new.reason.as_str()) {
        reasons.push(&new.reason);
    }
    reasons.sort_unstable();
    Ok(Change { path: new.path, action, reason: reasons.join("; ") })
}

fn union(known: &[Edit], new: &[Edit]) -> Result<Vec<Edit>, String> {
    let all: Vec<Edit> = known.iter().chain(new).cloned().collect();
    change::ordered(&all).map_err(|clash| clash.to_string())
}

/// The file is not what the plan was computed from.
fn stale(path: &str, why: &str) -> Error {
    Error::new(Kind::Refused, format!("{why}: `{path}`"))
        .hint("Run the command again, so that it reads what is there now")
}
