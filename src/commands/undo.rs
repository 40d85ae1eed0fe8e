//! The commands that take back what was written, as a user would type them.

use std::path::Path;

use super::Finish;
use crate::plan::Expect;
use crate::plan::apply::Applied;
use crate::plan::commit::Outcome;
use crate::plan::guard::Undo;

/// More paths than this make a command unreadable.
const NAMED: usize = 10;

/// What there is to take back.
pub(super) struct Written<'a> {
    pub run: &'a Finish<'a>,
    pub undo: Undo,
    pub applied: &'a Applied,
    /// What became of `--commit`.
    pub outcome: Option<&'a Outcome>,
    /// The repositories that got their first commit.
    pub founded: &'a [Founded],
}

/// A repository with its first commit.
pub(super) struct Founded {
    /// Its path below the root; empty where it is the root.
    pub folder: String,
    pub outcome: Outcome,
    /// Whether the run made the Git repository.
    pub initialized: bool,
}

impl Written<'_> {
    /// What to tell the user; each line ends with a command to copy.
    pub(super) fn lines(&self) -> Vec<String> {
        let git = self.git("");
        let mut lines = match self.outcome {
            _ if !self.founded.is_empty() => self.unfound(),
            Some(Outcome::Committed { first: true, .. }) => {
                [format!("{git} update-ref -d HEAD")].into_iter().chain(self.remove()).collect()
            }
            Some(Outcome::Committed { branch: Some(branch), left: Some(left), .. }) => {
                vec![format!("{git} checkout -q {} && {git} branch -D {}", quoted(left), quoted(branch))]
            }
            Some(Outcome::Committed { id, .. }) => vec![format!("{git} revert --no-edit {}", &id[..10])],
            Some(Outcome::Staged { .. }) => {
                let created = self.paths(true);
                let remove = (!created.is_empty()).then(|| format!("{git} rm -qf -- {}", created.join(" ")));
                // In this order: restoring a whole folder would forget the created files, and not remove them.
                remove.into_iter().chain(self.restore("restore --staged --worktree")).collect()
            }
            None => self.restore("restore").into_iter().chain(self.remove()).collect::<Vec<_>>(),
        };
        for line in &mut lines {
            // Too many files to name: the whole tree goes back.
            let all = if line.ends_with(" .") { ", and every other uncommitted change," } else { "" };
            line.insert_str(0, &format!("Undo this{all} with "));
        }
        if self.undo == Undo::Lost {
            lines.insert(0, "Git cannot bring back what these files were before".to_owned());
        }
        lines
    }

    /// Empties the repositories that were clones, and removes those that the run made.
    fn unfound(&self) -> Vec<String> {
        let clones = self.founded.iter().filter(|founded| !founded.initialized).map(|founded| {
            let git = self.git(&founded.folder);
            match founded.outcome {
                // Nothing but the plan's files is in a repository that was begun with them.
                Outcome::Committed { .. } => format!("{git} rm -rqf . && {git} update-ref -d HEAD"),
                Outcome::Staged { .. } => format!("{git} rm -rqf ."),
            }
        });
        clones.chain(self.remove()).collect()
    }

    /// Whether `path` lies in a clone that got its first commit; Git removes it there.
    fn is_in_clone(&self, path: &Path) -> bool {
        let root = &self.run.repo.root;
        self.founded
            .iter()
            .any(|founded| !founded.initialized && path.starts_with(root.join(&founded.folder)))
    }

    /// Brings modified and deleted files back.
    fn restore(&self, verb: &str) -> Option<String> {
        let changed = self.paths(false);
        if changed.is_empty() || self.undo == Undo::Lost {
            return None;
        }
        let git = self.git("");
        Some(match changed.len() {
            ..=NAMED => format!("{git} {verb} -- {}", changed.join(" ")),
            _ => format!("{git} {verb} ."),
        })
    }

    /// Removes created files: the folders that were made for them, then the files beside existing ones.
    fn remove(&self) -> Vec<String> {
        let root = &self.run.repo.root;
        let mut folders: Vec<&Path> = Vec::new();
        for folder in self.applied.folders.iter().filter(|folder| !self.is_in_clone(folder)) {
            if !folders.iter().any(|above| folder.starts_with(above)) {
                folders.push(folder);
            }
        }
        let files: Vec<String> = self
            .run
            .plan
            .entries()
            .iter()
            .filter(|(_, entry)| entry.expect == Expect::Absent)
            .map(|(path, _)| root.join(path))
            .filter(|file| !folders.iter().any(|folder| file.starts_with(folder)) && !self.is_in_clone(file))
            .map(|file| self.shown(&file))
            .collect();
        let initialized = self.founded.iter().filter(|founded| founded.initialized);
        let gits: Vec<_> = initialized.map(|founded| root.join(&founded.folder).join(".git")).collect();
        for git in &gits {
            if !folders.iter().any(|folder| git.starts_with(folder)) {
                folders.push(git);
            }
        }
        let folders: Vec<String> = folders.iter().map(|folder| self.shown(folder)).collect();
        let mut commands = Vec::new();
        if !folders.is_empty() {
            // Git's own files are write-protected.
            let options = if gits.is_empty() { "-r" } else { "-rf" };
            commands.push(format!("rm {options} -- {}", folders.join(" ")));
        }
        if !files.is_empty() {
            commands.push(format!("rm -- {}", files.join(" ")));
        }
        commands
    }

    /// The planned paths, quoted: those that were created, or the others.
    fn paths(&self, created: bool) -> Vec<String> {
        self.run
            .plan
            .entries()
            .iter()
            .filter(|(_, entry)| (entry.expect == Expect::Absent) == created)
            .map(|(path, _)| quoted(path))
            .collect()
    }

    fn git(&self, folder: &str) -> String {
        match self.shown(&self.run.repo.root.join(folder)).as_str() {
            "." => "git".to_owned(),
            root => format!("git -C {root}"),
        }
    }

    /// The path as one types it in the user's folder.
    fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.run.cwd).unwrap_or(path);
        let text = below.display().to_string();
        if text.is_empty() { ".".to_owned() } else { quoted(&text) }
    }
}

/// `text` as one word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "._/-+=:@,".contains(char);
    if text.chars().all(plain) && !text.is_empty() {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
