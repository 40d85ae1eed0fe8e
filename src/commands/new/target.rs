//! The folder that `new` is to write, and what it already holds.

use std::path::Path;

use crate::blueprint::{ANSWERS_PATH, Rendered, STATE_PATH};
use crate::error::{Context, Error, Kind, Result};
use crate::repo::{git, read_disk};

/// What is in the folder already.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Nothing, or only Git's own folder without a commit.
    Empty,
    /// Folders that are empty in that sense, or that an earlier run wrote.
    Folders(Vec<String>),
    /// What an earlier run wrote.
    Ours,
}

impl Target {
    /// Looks into `root`, which need not exist; refuses what is not ours.
    pub(super) fn look(root: &Path) -> Result<Self> {
        let above = root.ancestors().find(|path| path.exists());
        if let Some(file) = above.filter(|path| !path.is_dir()) {
            return Err(Error::new(Kind::Refused, format!("this is not a folder: `{}`", file.display())));
        }
        let names = names(root)?;
        if names.is_empty() {
            return Ok(Self::Empty);
        }
        if read_disk(root, STATE_PATH)?.is_some() {
            return Ok(Self::Ours);
        }
        if names == [".git"] && is_unborn(root)? {
            return Ok(Self::Empty);
        }
        for name in &names {
            let inner = root.join(name);
            let fits = inner.is_dir() && name != ".git" && is_free(&inner)?;
            if !fits {
                return Err(foreign(root));
            }
        }
        Ok(Self::Folders(names))
    }

    /// Checks that what is there has a place in `rendered`.
    pub(super) fn fits(&self, root: &Path, rendered: &Rendered) -> Result<()> {
        match self {
            Self::Folders(names) => {
                let known = |name: &&String| rendered.repositories.iter().any(|known| known.folder == **name);
                if names.iter().all(|name| known(&name)) { Ok(()) } else { Err(foreign(root)) }
            }
            _ => Ok(()),
        }
    }
}

/// The answers that an earlier run left in `root`, or in one of its folders.
pub(super) fn earlier(root: &Path, target: &Target) -> Result<Option<String>> {
    let folders: Vec<&str> = match target {
        Target::Empty => return Ok(None),
        Target::Ours => vec![""],
        Target::Folders(names) => names.iter().map(String::as_str).collect(),
    };
    let mut found = None;
    let mut stateful = None;
    for folder in folders {
        let path = root.join(folder);
        if read_disk(&path, STATE_PATH)?.is_some() {
            stateful = Some(folder);
        }
        if let Some(file) = read_disk(&path, ANSWERS_PATH)? {
            found = std::str::from_utf8(&file.bytes).ok().map(str::to_owned);
        }
    }
    match (found, stateful) {
        (None, Some(folder)) => {
            let place = if folder.is_empty() { String::new() } else { format!(" in `{folder}`") };
            let message = format!("`{STATE_PATH}` is there{place}, but `{ANSWERS_PATH}` cannot be read");
            Err(Error::new(Kind::Refused, message).hint("Bring it back from Git, or name another folder"))
        }
        (found, _) => Ok(found),
    }
}

/// Refuses the folder of an earlier run.
pub(super) fn taken(root: &Path, why: &str) -> Error {
    Error::new(Kind::Refused, format!("{why}: `{}`", root.display()))
        .hint("Name another folder; the README of the repository tells how to change it")
}

fn foreign(root: &Path) -> Error {
    Error::new(Kind::Refused, format!("the folder is not empty: `{}`", root.display()))
        .hint("Name a new folder, or an empty one: `flux-forge new` never writes among other files")
}

/// Names of what is in `root`, sorted; none where it does not exist.
fn names(root: &Path) -> Result<Vec<String>> {
    if !root.try_exists().context(Kind::System, || format!("cannot look at `{}`", root.display()))? {
        return Ok(Vec::new());
    }
    let entries =
        std::fs::read_dir(root).context(Kind::System, || format!("cannot read `{}`", root.display()))?;
    let mut names: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// Whether a folder holds nothing but a repository without a commit, or what an earlier run wrote.
fn is_free(root: &Path) -> Result<bool> {
    let names = names(root)?;
    Ok(names.is_empty() || read_disk(root, STATE_PATH)?.is_some() || (names == [".git"] && is_unborn(root)?))
}

fn is_unborn(root: &Path) -> Result<bool> {
    Ok(git::discover(root)?.is_some_and(|tree| tree.is_unborn()))
}
