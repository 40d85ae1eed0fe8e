//! The folder that `new` is to write, and what it already holds.

use std::path::Path;

use crate::blueprint::{ANSWERS_PATH, Answers, Draft, STATE_PATH};
use crate::commands::exit;
use crate::error::{Context, Error, Kind, Result};
use crate::repo::{git, read_disk};
use crate::ui::Ui;

/// What is in the folder already.
pub(super) enum Target {
    /// Nothing, or only Git's own folder without a commit.
    Empty,
    /// What an earlier run wrote, with the answers that it was made from.
    Ours(Box<Answers>),
}

impl Target {
    /// Looks into `root`, which need not exist; refuses what is not ours.
    pub(super) fn look(root: &Path) -> Result<Self> {
        let above = root.ancestors().find(|path| path.exists());
        if let Some(file) = above.filter(|path| !path.is_dir()) {
            return Err(Error::new(Kind::Refused, format!("this is not a folder: `{}`", file.display())));
        }
        if !root.try_exists().context(Kind::System, || format!("cannot look at `{}`", root.display()))? {
            return Ok(Self::Empty);
        }
        if read_disk(root, STATE_PATH)?.is_some() {
            return earlier(root).map(|answers| Self::Ours(Box::new(answers)));
        }
        let entries =
            std::fs::read_dir(root).context(Kind::System, || format!("cannot read `{}`", root.display()))?;
        let names: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
        let unborn = || git::discover(root).map(|tree| tree.is_some_and(|tree| tree.is_unborn()));
        match &names[..] {
            [] => Ok(Self::Empty),
            [only] if only == ".git" && unborn()? => Ok(Self::Empty),
            _ => {
                let message = format!("the folder is not empty: `{}`", root.display());
                Err(Error::new(Kind::Refused, message).hint(
                    "Name a new folder, or an empty one: `flux-forge new` never writes among other files",
                ))
            }
        }
    }
}

/// Ends a run over what an earlier one wrote.
pub(super) fn same(ui: &mut Ui, root: &Path, earlier: &Answers, answers: &Answers) -> Result<u8> {
    if earlier == answers {
        ui.status("Nothing to change: the repository was made from these answers");
        return Ok(exit::DONE);
    }
    Err(taken(root, "the folder holds a repository made from other answers"))
}

/// Refuses the folder of an earlier run.
pub(super) fn taken(root: &Path, why: &str) -> Error {
    Error::new(Kind::Refused, format!("{why}: `{}`", root.display()))
        .hint("Name another folder; the README of the repository tells how to change it")
        .hint(format!("Its answers are in {}", root.join(ANSWERS_PATH).display()))
}

/// The answers that an earlier run left in `root`.
fn earlier(root: &Path) -> Result<Answers> {
    let file = read_disk(root, ANSWERS_PATH)?;
    let text = file.as_ref().and_then(|file| std::str::from_utf8(&file.bytes).ok());
    let text = text.ok_or_else(|| {
        let message = format!("`{STATE_PATH}` is there, but `{ANSWERS_PATH}` cannot be read");
        Error::new(Kind::Refused, message).hint("Bring it back from Git, or name another folder")
    })?;
    let mut draft = Draft::default();
    draft.read(ANSWERS_PATH, text)?;
    draft.finish().map(|(answers, _)| answers)
}
