//! What has to be true before the files of `flux bootstrap` may go: prepared, committed, and taken over.

use crate::bootstrap::clusters::Ready;
use crate::error::Result;
use crate::repo::git::{State, WorkTree};

/// Why the files of a cluster stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// What is added first is not there, or not as it has to be: the path.
    Unprepared(String),
    /// It is there and not in the last commit: the path.
    Uncommitted(String),
    /// It is not on the branch that the cluster follows, as far as this clone knows: the branch and the path.
    Unmerged(String, String),
    /// Nobody said that the FluxInstance is Ready.
    Unverified,
}

/// Whether what `migrate bootstrap` adds is in a commit of its own, the files of `flux bootstrap` beside it: told by the
/// content, so it does not matter how the commit came about.
pub(super) fn prepared(tree: &WorkTree, ready: &Ready) -> Result<Option<Closed>> {
    let Ready { installation, prepared, .. } = ready;
    if let Some(change) = prepared.changes.first() {
        return Ok(Some(Closed::Unprepared(change.path.clone())));
    }
    let own = std::iter::once(&installation.file).chain(&installation.sync_file);
    let added = std::iter::once(&prepared.instance).chain(&prepared.install);
    let lists = installation.build.steps.iter().map(|step| &step.path);
    let paths: Vec<&str> = own.chain(added).chain(&prepared.lists).chain(lists).map(String::as_str).collect();
    let states = tree.states(paths.iter().copied())?;
    if let Some((path, _)) = states.iter().find(|(_, state)| **state != State::Clean) {
        return Ok(Some(Closed::Uncommitted(path.clone())));
    }
    unmerged(tree, ready)
}

/// Where this clone knows the branch that the cluster follows, what is added has to be there too.
fn unmerged(tree: &WorkTree, ready: &Ready) -> Result<Option<Closed>> {
    let Ready { draft, prepared, .. } = ready;
    let branch = draft.instance.sync.as_ref().and_then(|sync| sync.reference.strip_prefix("refs/heads/"));
    let Some(branch) = branch else { return Ok(None) };
    for tracking in tree.tracking(branch)? {
        for path in std::iter::once(&prepared.instance).chain(&prepared.install) {
            if tree.committed(Some(&tracking), path)? != tree.committed(None, path)? {
                return Ok(Some(Closed::Unmerged(tracking, path.clone())));
            }
        }
    }
    Ok(None)
}

impl Closed {
    /// Why, and what to do, as a sentence without a final period.
    pub(super) fn reason(&self, cluster: &str) -> String {
        match self {
            Self::Unprepared(path) => {
                format!(
                    "`{path}` is not there yet: run `flux-forge migrate bootstrap` without --finalize first"
                )
            }
            Self::Uncommitted(path) => {
                format!(
                    "`{path}` is not in the last commit: commit what was prepared, and merge it, before anything goes"
                )
            }
            Self::Unmerged(branch, path) => format!(
                "`{path}` is not on `{branch}` as it is here: merge what was prepared, then `git fetch`, before anything goes"
            ),
            Self::Unverified => format!(
                "nobody said that its FluxInstance is Ready: look with `kubectl get fluxinstance flux`, then give --verified \
                 {cluster}"
            ),
        }
    }
}
