//! What must be true before a plan may be written: Git can undo it.

use super::{Expect, Plan};
use crate::error::{Error, Kind, Result};
use crate::repo::git::{self, State};
use crate::repo::{self, Repo};

/// Whether what a plan overwrites or deletes can be had back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Git has every file that the plan changes, as it is now.
    Git,
    /// Not all of it: the guard was lifted.
    Lost,
}

/// Files named in a refusal; the rest is counted.
const NAMED: usize = 5;

/// Refuses a plan that Git could not undo, unless `allow_dirty`; refuses in any case one whose files have changed.
///
/// Files to modify or delete must be tracked and as in the last commit. Created files lose nothing, so a plan of
/// creates needs no Git.
pub fn guard(plan: &Plan, repo: &Repo, allow_dirty: bool) -> Result<Undo> {
    verify(plan, repo)?;
    let own: Vec<&str> = plan
        .entries()
        .iter()
        .filter(|(_, entry)| entry.expect != Expect::Absent)
        .map(|(path, _)| path.as_str())
        .collect();
    if own.is_empty() {
        return Ok(Undo::Git);
    }
    let problem = match git::discover(&repo.root)? {
        None => Some(format!("there is no Git work tree that could undo the change of {}", named(&own))),
        Some(tree) => {
            let states = tree.states(own.iter().copied())?;
            let of = |wanted: &[State]| -> Vec<&str> {
                states
                    .iter()
                    .filter(|(_, state)| wanted.contains(state))
                    .map(|(path, _)| path.as_str())
                    .collect()
            };
            let (unknown, modified) = (of(&[State::Untracked, State::Ignored]), of(&[State::Modified]));
            match (unknown.is_empty(), modified.is_empty()) {
                (true, true) => None,
                (false, _) => {
                    Some(format!("Git does not track, so could not bring back, {}", named(&unknown)))
                }
                (_, false) => Some(format!("there are uncommitted changes in {}", named(&modified))),
            }
        }
    };
    match problem {
        None => Ok(Undo::Git),
        Some(_) if allow_dirty => Ok(Undo::Lost),
        Some(problem) => Err(Error::new(Kind::Refused, problem).hint(
            "Commit these files to Git first, or write anyway, without a way back, with --allow-dirty",
        )),
    }
}

/// Refuses a plan whose files are no longer what it was computed from; nothing lifts this.
pub(super) fn verify(plan: &Plan, repo: &Repo) -> Result<()> {
    for (path, entry) in plan.entries() {
        let found = repo::read_disk(&repo.root, path)?.map(|file| file.bytes);
        let why = match (&entry.expect, found) {
            (Expect::Absent, None) => continue,
            (Expect::Content(expected), Some(found)) if *expected == found => continue,
            (Expect::Absent, Some(_)) => "a file to create exists by now",
            (Expect::Content(_), None) => "a file to change is gone by now",
            (Expect::Content(_), Some(_)) => "a file was changed by someone else meanwhile",
        };
        return Err(super::stale(path, why));
    }
    Ok(())
}

fn named(paths: &[&str]) -> String {
    let shown: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    let rest = paths.len() - shown.len();
    let shown = shown.join(", ");
    if rest == 0 { shown } else { format!("{shown} and {rest} more") }
}
