//! Commits exactly the paths of a plan, with gix: no Git program is needed, so none of its hooks run.
//!
//! Where hooks or signing are configured, the files are staged and the commit is left to the user's own Git: nothing
//! is bypassed.

use std::fs;
use std::path::Path;

use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::{Flags, Mode, Stat};
use gix::objs::tree::EntryKind;
use gix::refs::transaction::{PreviousValue, RefEdit};
use gix::refs::{FullName, Target};

use super::Plan;
use crate::change::Action;
use crate::error::{Context, Error, Kind, Result};
use crate::repo::git::{WorkTree, discover};
use crate::repo::is_executable;

/// Who commits where Git's configuration names nobody.
pub const FALLBACK_IDENTITY: (&str, &str) = ("flux-forge", "flux-forge@localhost");

/// Hooks that `git commit` would run.
const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

/// What became of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are in a new commit.
    Committed {
        /// Its id: 40 hexadecimal digits.
        id: String,
        /// The branch it is on; `None` on a detached HEAD.
        branch: Option<String>,
        /// Whether it is the first one.
        first: bool,
        /// The branch, or on a detached HEAD the commit, that was left for a new branch.
        left: Option<String>,
    },
    /// They are in the index.
    Staged {
        /// Why they are not committed, as a sentence without a final period.
        reason: String,
        /// The command that commits them.
        command: String,
    },
}

/// A work tree in which a commit is possible, checked before anything is written.
pub struct Committer {
    tree: WorkTree,
    branch: Option<(String, FullName)>,
}

/// Makes `root`, which must exist, a Git repository with an unborn branch: `main` or `init.defaultBranch`.
pub fn init(root: &Path) -> Result<()> {
    gix::init(root)
        .map(drop)
        .context(Kind::System, || format!("cannot make a Git repository of `{}`", root.display()))
}

impl Committer {
    /// Checks that the work tree of `root` can take a commit, on the new branch `branch` where one is named.
    pub fn new(root: &Path, branch: Option<&str>) -> Result<Self> {
        let Some(tree) = discover(root)? else {
            let message = format!("there is no Git work tree to commit to: `{}`", root.display());
            return Err(
                Error::new(Kind::Refused, message).hint("Run `git init` first, or leave out --commit")
            );
        };
        if tree.git.state().is_some() {
            let message = "a merge, rebase or the like is going on in this work tree";
            return Err(Error::new(Kind::Refused, message).hint("Finish it first, or leave out --commit"));
        }
        let branch = branch.map(|name| new_branch(&tree.git, name)).transpose()?;
        Ok(Self { tree, branch })
    }

    /// Commits the files of `plan`, which have just been written, over what HEAD has; other files stay as they are.
    pub fn commit(mut self, plan: &Plan) -> Result<Outcome> {
        let failed = || "cannot commit; the files are written".to_owned();
        set_identity(&mut self.tree.git).context(Kind::System, failed)?;
        let staged = stage(&self.tree, plan).context(Kind::System, failed)?;
        if let Some(reason) = left_to_git(&self.tree).context(Kind::System, failed)? {
            return Ok(Outcome::Staged { reason, command: self.command(plan.title()) });
        }
        self.write(plan.title(), staged).context(Kind::System, failed)
    }

    fn write(&self, title: &str, staged: Vec<Staged>) -> gix::Result<Outcome> {
        let git = &self.tree.git;
        let first = git.head()?.is_unborn();
        let base = if first { git.empty_tree() } else { git.head_tree()? };
        let mut editor = base.edit()?;
        for file in staged {
            match file.object {
                Some((id, kind)) => editor.upsert(file.path.as_str(), kind, id)?,
                None => editor.remove(file.path.as_str())?,
            };
        }
        let tree = editor.write()?;
        let parent = if first { None } else { Some(git.head_id()?.detach()) };
        let left = self.branch.as_ref().map(|(_, name)| self.switch(name, parent)).transpose()?;
        let id = git.commit("HEAD", format!("{title}\n"), tree, parent)?;
        let branch = git.head_name()?.map(|name| name.shorten().to_string());
        Ok(Outcome::Committed { id: id.to_string(), branch, first, left })
    }

    /// Makes the branch where HEAD is and switches to it; returns the branch, or the commit, that HEAD leaves.
    fn switch(&self, name: &FullName, at: Option<gix::ObjectId>) -> gix::Result<String> {
        let git = &self.tree.git;
        let left = git.head_name()?.map(|name| name.shorten().to_string());
        if let Some(at) = at {
            git.reference(name.clone(), at, PreviousValue::MustNotExist, "branch: Created from HEAD")?;
        }
        let head = FullName::try_from("HEAD").expect("`HEAD` is a valid name");
        git.edit_reference(RefEdit::update(head, Target::Symbolic(name.clone()), PreviousValue::Any, ""))?;
        Ok(left.or_else(|| at.map(|at| at.to_string())).unwrap_or_default())
    }

    fn command(&self, title: &str) -> String {
        let commit = format!("git commit -m '{}'", title.replace('\'', r"'\''"));
        match &self.branch {
            Some((name, _)) => format!("git switch -c {name} && {commit}"),
            None => commit,
        }
    }
}

fn new_branch(git: &gix::Repository, name: &str) -> Result<(String, FullName)> {
    let full = format!("refs/heads/{name}");
    let valid = gix::validate::reference::branch_name(BStr::new(&full)).is_ok() && !name.starts_with('-');
    let Some(full) = valid.then(|| FullName::try_from(full.as_str()).ok()).flatten() else {
        return Err(Error::new(Kind::Usage, format!("this cannot be the name of a branch: `{name}`")));
    };
    let failed = || "cannot read the branches of the Git repository".to_owned();
    let known = git.references().context(Kind::System, failed)?;
    for branch in known.local_branches().context(Kind::System, failed)? {
        let branch = branch.context(Kind::System, failed)?.name().shorten().to_string();
        let (longer, shorter) =
            if branch.len() > name.len() { (branch.as_str(), name) } else { (name, branch.as_str()) };
        if longer.strip_prefix(shorter).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            let message = format!("there is already a branch `{branch}`, so --branch cannot make `{name}`");
            return Err(Error::new(Kind::Refused, message).hint("Name a branch that does not exist yet"));
        }
    }
    Ok((name.to_owned(), full))
}

/// Gix asks for an identity where Git would guess one; what the user configured wins, name and email each.
fn set_identity(git: &mut gix::Repository) -> gix::Result<()> {
    let (name, email) = FALLBACK_IDENTITY;
    let mut config = git.config_snapshot_mut();
    for role in ["author", "committer"] {
        config.set_raw_value(format!("gitoxide.{role}.nameFallback").as_str(), name)?;
        config.set_raw_value(format!("gitoxide.{role}.emailFallback").as_str(), email)?;
    }
    config.commit().map(drop)
}

struct Staged {
    /// Below the top of the work tree.
    path: String,
    /// The stored content; `None` for a deleted file.
    object: Option<(gix::ObjectId, EntryKind)>,
}

/// Puts the files of `plan` into the index as they are on disk, and nothing else.
fn stage(tree: &WorkTree, plan: &Plan) -> gix::Result<Vec<Staged>> {
    let (mut pipeline, known) = tree.git.filter_pipeline(None)?;
    let mut index = known.into_owned();
    let trusts_mode = tree.git.filesystem_options()?.executable_bit;
    let mut staged = Vec::new();
    let mut additions = Vec::new();
    for (path, entry) in plan.entries() {
        let path = format!("{}{path}", tree.prefix);
        let name = path.as_bytes().as_bstr();
        let object = match entry.change.action {
            Action::Delete => None,
            _ => pipeline.worktree_file_to_object(name, &index)?,
        };
        let object = object.map(|(id, _, metadata)| {
            let executable = match (&entry.change.action, trusts_mode, index.entry_by_path(name)) {
                (Action::Create { executable, .. }, ..) => *executable,
                (_, false, Some(known)) => known.mode == Mode::FILE_EXECUTABLE,
                _ => is_executable(&metadata),
            };
            (id, if executable { EntryKind::BlobExecutable } else { EntryKind::Blob })
        });
        if let Some((id, kind)) = object {
            let metadata = gix::index::fs::Metadata::from_path_no_follow(&tree.top.join(&path))
                .map_err(gix::Error::from_error)?;
            additions.push((path.clone(), id, kind, Stat::from_fs(&metadata).unwrap_or_default()));
        }
        staged.push(Staged { path, object });
    }
    staged.sort_by(|a, b| a.path.cmp(&b.path));
    index.remove_entries(|_, path, _| staged.binary_search_by(|file| file.path.as_bytes().cmp(path)).is_ok());
    for (path, id, kind, stat) in additions {
        let mode = if kind == EntryKind::BlobExecutable { Mode::FILE_EXECUTABLE } else { Mode::FILE };
        index.dangerously_push_entry(stat, id, Flags::empty(), mode, BStr::new(&path));
    }
    index.sort_entries();
    // The cached trees no longer hold; Git makes them anew.
    index.remove_tree();
    index.write(gix::index::write::Options::default())?;
    Ok(staged)
}

/// Why this commit is the user's own Git's to make; `None` where it is not.
fn left_to_git(tree: &WorkTree) -> gix::Result<Option<String>> {
    let config = tree.git.config_snapshot();
    if config.boolean("commit.gpgsign") == Some(true) {
        return Ok(Some("Git is configured to sign commits (`commit.gpgsign`)".to_owned()));
    }
    let folder = match config.trusted_path("core.hooksPath")? {
        Some(folder) => tree.top.join(folder),
        None => tree.git.common_dir().join("hooks"),
    };
    let runs = |hook: &&&str| {
        fs::metadata(folder.join(hook))
            .is_ok_and(|file| file.is_file() && (cfg!(not(unix)) || is_executable(&file)))
    };
    Ok(HOOKS.iter().find(runs).map(|hook| format!("Git has a `{hook}` hook, which has to run")))
}
