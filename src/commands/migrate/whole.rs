//! Reading all of Flux in a repository, for commands that look at more than old versions.

use std::path::Path;
use std::sync::Mutex;

use super::{Input, locked};
use crate::error::Result;
use crate::flux::named_files;
use crate::flux::scan::{self, Verdict};
use crate::repo::{Repo, Scan, Skipped};

/// Every kustomization, every file with Flux in it and what these name.
pub(super) fn read(root: &Path) -> Result<Input> {
    let bootstrapped = Mutex::new(Vec::new());
    let aside = Mutex::new(Vec::new());
    let keep = |path: &str, bytes: &[u8]| match scan::judge(path, bytes) {
        Verdict::Read | Verdict::Later => true,
        Verdict::Foreign => false,
        Verdict::Aside(reason) => {
            if scan::file_name(path) == scan::COMPONENTS {
                locked(&bootstrapped).push((path.to_owned(), scan::bootstrapped(bytes)));
            }
            locked(&aside).push(Skipped { path: path.to_owned(), reason: reason.to_owned() });
            false
        }
    };
    let mut repo = Repo::walk(root, &Scan { keep: &keep })?;
    repo.add_tracked(&keep)?;
    repo.coverage.skipped.append(&mut locked(&aside));
    repo.coverage.skipped.sort();
    let named = named_files(&repo).into_iter();
    // What cannot be read here stays unknown, and the index takes it for that.
    let more: Vec<_> = named.filter_map(|path| Some((repo.read(&path).ok()??, path))).collect();
    let repo = repo.with(more.into_iter().map(|(file, path)| (path, Some(file))));
    let mut bootstrapped = std::mem::take(&mut *locked(&bootstrapped));
    bootstrapped.sort();
    Ok(Input { repo, bootstrapped })
}
