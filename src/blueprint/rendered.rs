//! What a blueprint makes of answers: repositories side by side, or one.

use std::collections::BTreeMap;

use super::manifest::Class;
use crate::change::{Action, Change};
use crate::error::{Error, Kind, Result};

/// What a blueprint makes of answers.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The repositories, in the order of the manifest; the first one holds the answers.
    pub repositories: Vec<RenderedRepository>,
    /// Every file by its path below the folder, state and answers among them.
    pub files: BTreeMap<String, RenderedFile>,
    /// Path and meaning of each part that came out, in the order of the manifest.
    pub parts: Vec<(String, String)>,
    /// What the user does next, in lines of a shell with remarks between; empty where the blueprint says nothing.
    pub next: String,
}

/// A folder that becomes a Git repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedRepository {
    /// Its path below the folder that is written; empty where it is that folder.
    pub folder: String,
    /// One line on what it is for.
    pub meaning: String,
}

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// All of its bytes.
    pub content: Vec<u8>,
    /// Whether it gets the executable bit.
    pub executable: bool,
    /// Who owns it afterwards.
    pub class: Class,
    /// Why it is written, as a sentence without a final period.
    pub meaning: String,
}

impl RenderedRepository {
    /// `path`, which is below the folder that is written, as a path in this repository; `None` where it is in another.
    pub fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.folder.is_empty() {
            return Some(path);
        }
        path.strip_prefix(&self.folder)?.strip_prefix('/')
    }

    /// `path`, which is in this repository, as a path below the folder that is written.
    pub fn outside(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", self.folder) }
    }
}

impl Rendered {
    /// The changes that bring all files into being.
    pub fn changes(&self) -> Vec<Change> {
        let create = |(path, file): (&String, &RenderedFile)| Change {
            path: path.clone(),
            action: Action::Create { content: file.content.clone(), executable: file.executable },
            reason: file.meaning.clone(),
        };
        self.files.iter().map(create).collect()
    }

    /// Takes up a file.
    ///
    /// # Errors
    /// It lies outside of all repositories, or where another one does.
    pub(super) fn insert(&mut self, path: &str, file: RenderedFile) -> Result<()> {
        let inside = path.split('/').all(|name| !matches!(name, "" | "." | ".." | ".git"));
        if !inside || path.contains(['\\', ':']) {
            return Err(Error::new(Kind::Internal, format!("the path `{path}` leaves the repository")));
        }
        if self.repositories.iter().all(|repository| repository.inside(path).is_none()) {
            return Err(Error::new(Kind::Internal, format!("the path `{path}` is in no repository")));
        }
        match self.files.insert(path.to_owned(), file) {
            None => Ok(()),
            Some(_) => Err(Error::new(Kind::Internal, format!("two files are rendered to `{path}`"))),
        }
    }
}
