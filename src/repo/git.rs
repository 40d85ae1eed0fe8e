//! What Git knows about files, read with gix: no Git program is needed. Writing is `plan`'s business.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use gix::bstr::{BStr, ByteSlice};
use gix::filter::plumbing::pipeline::convert::ToGitOutcome;
use gix::index::entry::{Mode, Stage};

use super::is_executable;
use crate::error::{Context, Kind, Result};

/// A work tree, seen from one folder in it.
pub struct WorkTree {
    /// The opened repository.
    pub git: gix::Repository,
    /// The top of the work tree.
    pub top: PathBuf,
    /// The path of the folder below `top`, with a `/` at its end; empty at the top.
    pub prefix: String,
}

/// How a file stands against the last commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As in the last commit: Git can bring it back.
    Clean,
    /// Changed since the last commit, staged or not.
    Modified,
    /// Git does not know it.
    Untracked,
    /// Git does not know it, and was told not to.
    Ignored,
}

/// Finds the work tree that contains `folder`, which must exist; `None` outside of one and in a bare repository.
///
/// A `folder` that such a work tree contains, but only in its `.git`, is in none.
pub fn discover(folder: &Path) -> Result<Option<WorkTree>> {
    let git = match gix::discover(folder) {
        Ok(git) => git,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => {
            let what = || format!("cannot read the Git repository around `{}`", folder.display());
            return Err(error).context(Kind::Input, what);
        }
    };
    let Some(top) = git.workdir() else { return Ok(None) };
    let canonical = |path: &Path| {
        path.canonicalize().context(Kind::System, || format!("cannot find the folder `{}`", path.display()))
    };
    let (top, folder) = (canonical(top)?, canonical(folder)?);
    let Some(Some(below)) = folder.strip_prefix(&top).ok().map(Path::to_str) else { return Ok(None) };
    let mut prefix = below.replace(std::path::MAIN_SEPARATOR, "/");
    if !prefix.is_empty() {
        prefix.push('/');
    }
    Ok(Some(WorkTree { git, top, prefix }))
}

impl WorkTree {
    /// Whether there is no commit yet.
    pub fn is_unborn(&self) -> bool {
        self.git.head().is_ok_and(|head| head.is_unborn())
    }

    /// The content of the file at `path`, given below the folder of [`discover`], in the newest commit of `branch`, a
    /// remote-tracking branch such as `origin/main`, or where none is named in the last commit of the work tree.
    pub fn committed(&self, branch: Option<&str>, path: &str) -> Result<Option<Vec<u8>>> {
        let read = || -> gix::Result<Option<Vec<u8>>> {
            let tree = match branch {
                None if self.is_unborn() => return Ok(None),
                None => self.git.head_tree()?,
                Some(branch) => {
                    let mut reference = self.git.find_reference(&format!("refs/remotes/{branch}"))?;
                    reference.peel_to_commit()?.tree()?
                }
            };
            let entry = tree.lookup_entry_by_path(format!("{}{path}", self.prefix))?;
            entry.map(|entry| Ok(entry.object()?.data.clone())).transpose()
        };
        read().context(Kind::System, || format!("cannot read the commit for `{path}`"))
    }

    /// The remote-tracking branches that are called `branch` at their remote, such as `origin/main`.
    pub fn tracking(&self, branch: &str) -> Result<Vec<String>> {
        let read = || -> gix::Result<Vec<String>> {
            let mut found = Vec::new();
            for reference in self.git.references()?.remote_branches()? {
                let Ok(reference) = reference else { continue };
                let name = reference.name().shorten().to_string();
                if name.split_once('/').is_some_and(|(_, rest)| rest == branch) {
                    found.push(name);
                }
            }
            Ok(found)
        };
        read().context(Kind::System, || "cannot read the branches of the Git repository".to_owned())
    }

    /// How each of `paths`, given below the folder of [`discover`], stands against the last commit.
    ///
    /// Content is compared as Git would store it, so line endings and filters of `.gitattributes` make no difference.
    /// Only these files are read, never the whole work tree.
    pub fn states<'p>(&self, paths: impl IntoIterator<Item = &'p str>) -> Result<BTreeMap<String, State>> {
        let mut judge =
            Judge::new(self).context(Kind::System, || "cannot read the Git repository".to_owned())?;
        paths
            .into_iter()
            .map(|path| {
                let state = judge.state(&format!("{}{path}", self.prefix));
                Ok((
                    path.to_owned(),
                    state.context(Kind::System, || format!("cannot compare with Git: `{path}`"))?,
                ))
            })
            .collect()
    }
}

/// The files below `top` that Git tracks although an ignore rule matches them and whose path is `wanted`, sorted.
pub(super) fn tracked_but_ignored(tree: &WorkTree, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>> {
    let judge = || -> gix::Result<Vec<String>> {
        let mut judge = Judge::new(tree)?;
        let files = judge
            .index
            .entries()
            .iter()
            .filter(|entry| entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE);
        let paths = files.filter_map(|entry| entry.path(&judge.index).to_str().ok().map(ToOwned::to_owned));
        let paths: Vec<String> = paths.filter(|path| wanted(path)).collect();
        let mut found = Vec::new();
        for path in paths {
            if judge.ignores.at_entry(BStr::new(&path), Some(Mode::FILE))?.is_excluded() {
                found.push(path);
            }
        }
        Ok(found)
    };
    judge().context(Kind::System, || "cannot read the Git repository".to_owned())
}

/// Git's SHA-1 blob id of `bytes`: 40 hexadecimal digits.
pub fn blob_id(bytes: &[u8]) -> String {
    object_id(bytes).to_string()
}

fn object_id(bytes: &[u8]) -> gix::ObjectId {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes)
        .expect("hashing bytes in memory fails only on an attack by collision")
}

struct Judge<'g> {
    top: &'g Path,
    pipeline: gix::filter::Pipeline<'g>,
    ignores: gix::AttributeStack<'g>,
    index: gix::worktree::IndexPersistedOrInMemory,
    head: gix::Tree<'g>,
    trusts_mode: bool,
}

impl<'g> Judge<'g> {
    fn new(tree: &'g WorkTree) -> gix::Result<Self> {
        let (pipeline, index) = tree.git.filter_pipeline(None)?;
        let source = gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
        let head = if tree.git.head()?.is_unborn() { tree.git.empty_tree() } else { tree.git.head_tree()? };
        Ok(Self {
            top: &tree.top,
            pipeline,
            ignores: tree.git.excludes(&index, None, source)?,
            trusts_mode: tree.git.filesystem_options()?.executable_bit,
            index,
            head,
        })
    }

    fn state(&mut self, path: &str) -> gix::Result<State> {
        let name = BStr::new(path);
        let Some(entry) = self.index.entry_by_path_and_stage(name, Stage::Unconflicted) else {
            let conflicted = self.index.entry_range(name).is_some_and(|range| !range.is_empty());
            return Ok(if conflicted {
                State::Modified
            } else if self.ignores.at_entry(name, Some(Mode::FILE))?.is_excluded() {
                State::Ignored
            } else {
                State::Untracked
            });
        };
        let (id, mode) = (entry.id, entry.mode);
        let committed = self
            .head
            .lookup_entry_by_path(path)?
            .is_some_and(|at_head| at_head.id() == id && Some(at_head.mode()) == mode.to_tree_entry_mode());
        Ok(if committed && self.on_disk(path)? == Some((id, mode)) { State::Clean } else { State::Modified })
    }

    /// What adding the file would put into the index; `None` for what is not a readable regular file.
    fn on_disk(&mut self, path: &str) -> gix::Result<Option<(gix::ObjectId, Mode)>> {
        let target = self.top.join(path);
        let Ok(metadata) = target.symlink_metadata() else { return Ok(None) };
        let Some(bytes) = metadata.is_file().then(|| std::fs::read(&target).ok()).flatten() else {
            return Ok(None);
        };
        let known = self.index.entry_by_path(path.as_bytes().as_bstr()).map(|entry| entry.mode);
        let mode = match (self.trusts_mode, known) {
            (false, Some(mode)) => mode,
            _ if is_executable(&metadata) => Mode::FILE_EXECUTABLE,
            _ => Mode::FILE,
        };
        let stored = match self.pipeline.convert_to_git(bytes.as_slice(), Path::new(path), &self.index)? {
            ToGitOutcome::Unchanged(bytes) | ToGitOutcome::Buffer(bytes) => object_id(bytes),
            ToGitOutcome::Process(mut process) => {
                let mut stored = Vec::new();
                let Ok(_) = process.read_to_end(&mut stored) else { return Ok(None) };
                object_id(&stored)
            }
        };
        Ok(Some((stored, mode)))
    }
}
