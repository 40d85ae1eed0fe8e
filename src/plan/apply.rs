//! The only code that writes into a repository: all of a plan, or nothing.
//!
//! Every new content first goes to a sibling temporary file; then all are renamed. A failure before the first rename
//! leaves nothing behind; after one, what was renamed is put back from memory. Only a killed run can leave new files
//! beside old ones, never half a file; the next run removes its temporary files.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use tempfile::{Builder, TempPath};

use super::{Entry, Plan, after, guard, stale};
use crate::error::{Context, Error, Kind, Result};
use crate::repo::{File, Repo, locate};

/// Temporary files are named so that nothing takes them for a manifest.
const PREFIX: &str = ".flux-forge-";
const SUFFIX: &str = ".tmp";
/// How many files are written at the same time.
const WRITERS: usize = 8;

/// What a write did beyond its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The folders that had to be made, parents first.
    pub folders: Vec<PathBuf>,
}

/// Who hears of each file, by its path below the root.
pub struct Watch<'a> {
    /// Before its content goes into a temporary file; `false` stops the write.
    pub prepare: &'a (dyn Fn(&str) -> bool + Sync),
    /// Right before it takes its place. What is left then takes a moment, so it is not stopped any more.
    pub replace: &'a mut dyn FnMut(&str),
}

/// Writes `plan` below the root of `repo`, the repository that it was computed from.
///
/// `before_each` hears the path of each file right before it takes its place. Refuses when a file is not what the
/// plan expects, or lies behind a link.
pub fn apply(plan: &Plan, repo: &Repo, before_each: &mut dyn FnMut(&str)) -> Result<Applied> {
    apply_watched(plan, repo, Watch { prepare: &|_| true, replace: before_each })
}

/// The same for a write that may be stopped: then nothing is changed, and that is an error.
pub fn apply_watched(plan: &Plan, repo: &Repo, watch: Watch<'_>) -> Result<Applied> {
    let Watch { prepare: watched, replace } = watch;
    let mut applied = Applied::default();
    let result = prepare(plan, repo, watched, &mut applied.folders).and_then(|steps| {
        guard::verify(plan, repo)?;
        carry_out(steps, replace)
    });
    if result.is_err() {
        for folder in applied.folders.iter().rev() {
            // Someone else may have put a file there meanwhile; then the folder stays.
            let _ = fs::remove_dir(folder);
        }
    }
    result.map(|()| applied)
}

/// One file, ready to take its place.
struct Step {
    path: String,
    target: PathBuf,
    new: Option<TempPath>,
    old: Option<Old>,
}

/// What a failed run puts back.
struct Old {
    bytes: Vec<u8>,
    permissions: Permissions,
}

fn prepare(
    plan: &Plan,
    repo: &Repo,
    watch: &(dyn Fn(&str) -> bool + Sync),
    folders: &mut Vec<PathBuf>,
) -> Result<Vec<Step>> {
    guard::verify(plan, repo)?;
    let mut visited = BTreeSet::new();
    let mut targets = Vec::new();
    for (path, entry) in plan.entries() {
        let target = locate(&repo.root, path)?;
        let folder = target.parent().expect("a target lies below the root");
        if visited.insert(folder.to_owned()) {
            make_folder(folder, folders)?;
            remove_leftovers(folder)?;
        }
        targets.push((path, entry, target));
    }
    // Each waits for the disk, which takes many at once hardly longer than one.
    let writers = ThreadPoolBuilder::new().num_threads(WRITERS.min(targets.len())).build();
    let writers = writers.context(Kind::System, || "cannot start threads to write".to_owned())?;
    let write = |(path, entry, target): (&String, &Entry, PathBuf)| {
        if watch(path) { step(path, entry, repo, target) } else { Err(stopped()) }
    };
    let steps: Vec<_> = writers.install(|| targets.into_par_iter().map(write).collect());
    steps.into_iter().collect()
}

fn stopped() -> Error {
    Error::new(Kind::Refused, "nothing was written, since you stopped it")
}

fn step(path: &str, entry: &Entry, repo: &Repo, target: PathBuf) -> Result<Step> {
    let before = repo.read(path)?;
    let after = after(&entry.change, before.as_ref()).map_err(|reason| stale(path, &reason))?;
    let failed = || format!("cannot write `{path}`");
    let old = before.map(|file| old(&target, &file)).transpose().context(Kind::System, failed)?;
    let new = after
        .map(|file| temporary(&target, &file, old.as_ref()))
        .transpose()
        .context(Kind::System, failed)?;
    Ok(Step { path: path.to_owned(), target, new, old })
}

fn old(target: &Path, file: &File) -> io::Result<Old> {
    let permissions = fs::symlink_metadata(target)?.permissions();
    Ok(Old { bytes: file.bytes.to_vec(), permissions })
}

/// The content beside its target, safely on disk, with the permissions it will have.
fn temporary(target: &Path, file: &File, old: Option<&Old>) -> io::Result<TempPath> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        // The umask takes away what the user does not give, as for any new file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(if file.executable { 0o777 } else { 0o666 }));
    }
    let mut temporary = builder.tempfile_in(target.parent().expect("a target lies below the root"))?;
    temporary.write_all(&file.bytes)?;
    if let Some(old) = old {
        temporary.as_file().set_permissions(old.permissions.clone())?;
    }
    temporary.as_file().sync_all()?;
    Ok(temporary.into_temp_path())
}

fn carry_out(steps: Vec<Step>, before_each: &mut dyn FnMut(&str)) -> Result<()> {
    let mut done = Vec::new();
    for mut step in steps {
        before_each(&step.path);
        let result = match (step.new.take(), &step.old) {
            (Some(new), None) => new.persist_noclobber(&step.target).map_err(|failure| failure.error),
            (Some(new), Some(_)) => new.persist(&step.target).map_err(|failure| failure.error),
            (None, _) => fs::remove_file(&step.target),
        };
        if let Err(cause) = result {
            let error = Error::new(Kind::System, format!("cannot write `{}`: {cause}", step.path));
            return Err(put_back(&done, error));
        }
        done.push(step);
    }
    Ok(())
}

/// Takes back what is done, the last first, and says in `error` how that went.
fn put_back(done: &[Step], error: Error) -> Error {
    let failed: Vec<String> = done
        .iter()
        .rev()
        .filter_map(|step| restore(step).err().map(|cause| format!("`{}` ({cause})", step.path)))
        .collect();
    if failed.is_empty() {
        error.hint("Nothing was changed: the files written before it are as they were")
    } else {
        error.hint(format!("These files could not be put back as they were: {}", failed.join(", ")))
    }
}

fn restore(step: &Step) -> io::Result<()> {
    let Some(old) = &step.old else { return fs::remove_file(&step.target) };
    let file = File::new(old.bytes.as_slice());
    temporary(&step.target, &file, Some(old))?.persist(&step.target).map_err(|failure| failure.error)
}

/// Makes `folder` and what is missing above it; every folder made is added to `made`.
fn make_folder(folder: &Path, made: &mut Vec<PathBuf>) -> Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)
            .context(Kind::System, || format!("cannot make the folder `{}`", folder.display()))?;
        made.push(folder.to_owned());
    }
    Ok(())
}

/// Removes the temporary files of a run that was killed.
fn remove_leftovers(folder: &Path) -> Result<()> {
    let remove = || -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            let ours = name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes());
            if ours && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    };
    remove().context(Kind::System, || format!("cannot tidy up the folder `{}`", folder.display()))
}
