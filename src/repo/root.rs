//! Which folder a run is about.

use std::path::{Component, Path, PathBuf};

use super::git;
use crate::error::{Error, Kind, Result};

/// The folder a run reads and writes, and what of it the user asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The Git work tree of the given paths, or the given folder itself; absolute, without links.
    pub root: PathBuf,
    /// The given paths below `root`, with `/` between their parts; empty means all of it.
    pub scope: Vec<String>,
}

impl Root {
    /// Whether the file at `path` below the root lies in what the user asked about.
    pub fn contains(&self, path: &str) -> bool {
        self.scope.is_empty()
            || self.scope.iter().any(|part| {
                path.strip_prefix(part.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

/// Finds the root of `paths`, which start from the folder `cwd`; no path means `cwd` itself.
///
/// It is the Git work tree that contains the first path; without Git the path itself, for a file its folder. A path
/// that does not exist or lies elsewhere is a usage error, and so is a path below `cwd` that leads elsewhere by a link.
pub fn discover_root(cwd: &Path, paths: &[PathBuf]) -> Result<Root> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let targets = paths.iter().map(|path| resolve(cwd, path)).collect::<Result<Vec<_>>>()?;
    for (target, given) in targets.iter().zip(paths) {
        is_below(cwd, given, target)?;
    }
    let root = root_of(&targets[0])?;
    let mut scope = Vec::new();
    for (target, given) in targets.iter().zip(paths) {
        let below = target.strip_prefix(&root).map_err(|_| elsewhere(given, &root))?;
        let below = below.to_str().ok_or_else(|| {
            Error::new(Kind::Usage, format!("the path is not UTF-8: `{}`", given.display()))
        })?;
        scope.push(below.replace(std::path::MAIN_SEPARATOR, "/"));
    }
    if scope.iter().any(String::is_empty) {
        scope.clear();
    }
    scope.sort();
    scope.dedup();
    Ok(Root { root, scope })
}

fn resolve(cwd: &Path, path: &Path) -> Result<PathBuf> {
    cwd.join(path).canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Error::new(Kind::Usage, format!("there is no file or folder `{}`", path.display()))
        }
        _ => Error::new(Kind::System, format!("cannot find `{}`: {error}", path.display())),
    })
}

/// Who names something below a folder means that folder, not what a link in it leads to.
fn is_below(cwd: &Path, given: &Path, target: &Path) -> Result<()> {
    let goes_down = given.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !goes_down || resolve(cwd, Path::new(".")).is_ok_and(|here| target.starts_with(here)) {
        return Ok(());
    }
    let here = root_of(&resolve(cwd, Path::new("."))?)?;
    if target.starts_with(&here) { Ok(()) } else { Err(elsewhere(given, &here)) }
}

fn root_of(target: &Path) -> Result<PathBuf> {
    let folder = if target.is_dir() { target } else { target.parent().unwrap_or(target) };
    Ok(git::discover(folder)?.map_or_else(|| folder.to_owned(), |tree| tree.top))
}

fn elsewhere(given: &Path, root: &Path) -> Error {
    Error::new(Kind::Usage, format!("`{}` lies outside of `{}`", given.display(), root.display())).hint(
        "Name paths of one Git work tree or, without Git, of one folder; run once for each of the others",
    )
}
