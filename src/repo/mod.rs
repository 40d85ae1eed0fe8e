//! The files of one folder, read once.
//!
//! [`Repo::walk`] reads every YAML and JSON file below a root and keeps the content of those that the caller's
//! scan hits; nothing outside the root is read and no link is followed. This module does not know what is inside
//! a file, nor how to write one: `plan` does.

mod exclude;
mod folder;
pub mod git;
mod name;
mod root;
mod scan;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Context, Error, Kind, Result};

pub use exclude::Excludes;
pub use folder::read_folder;
pub use root::{Root, discover_root};
pub use scan::{Keep, Named, Scan};

/// An immutable set of files below a root.
#[derive(Clone, Debug, Default)]
pub struct Repo {
    /// The folder that every path starts from; absolute where it came from [`discover_root`].
    pub root: PathBuf,
    /// The files whose content is known, by path below the root with `/` between its parts.
    pub files: BTreeMap<String, File>,
    /// Texts in which manifests are only written down, where the scan asked for them: templates, Markdown, and what it
    /// names.
    pub texts: BTreeMap<String, File>,
    /// What the walk saw and left out.
    pub coverage: Coverage,
    /// Files that are on disk but not in this repository: those that a previewed plan deletes.
    gone: BTreeSet<String>,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// All of its bytes; cheap to clone.
    pub bytes: Arc<[u8]>,
    /// Whether it has the executable bit.
    pub executable: bool,
}

/// What a walk saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many files have a name that this program reads, the skipped ones included.
    pub seen: usize,
    /// Those that were not read, sorted by path.
    pub skipped: Vec<Skipped>,
}

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Path below the root; bytes that are not UTF-8 are shown as U+FFFD.
    pub path: String,
    /// Why, as words that complete "the file …".
    pub reason: String,
    /// It is one to be read, but is too large or the system refuses to give it.
    pub failed: bool,
}

impl File {
    /// A file without the executable bit.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), executable: false }
    }

    /// Git's blob id of the content, as it is on disk: 40 hexadecimal digits.
    pub fn digest(&self) -> String {
        git::blob_id(&self.bytes)
    }
}

impl Repo {
    /// Reads the files below `root` that [`Scan::keep`] hits.
    ///
    /// A file that cannot be read is skipped and counted in the coverage; only an unreadable root fails.
    pub fn walk(root: &Path, scan: &Scan<'_>) -> Result<Self> {
        let (files, texts, coverage) = walk::walk(root, scan)?;
        Ok(Self { root: root.to_owned(), files, texts, coverage, gone: BTreeSet::new() })
    }

    /// Reads what the walk left out because of an ignore rule although Git tracks it, where the root is the top of a
    /// Git work tree.
    pub fn add_tracked(&mut self, keep: &dyn Fn(&str, &[u8]) -> bool) -> Result<()> {
        let Some(tree) = git::discover(&self.root)?.filter(|tree| tree.prefix.is_empty()) else {
            return Ok(());
        };
        let wanted = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            name::is_manifest(OsStr::new(name)) && !self.files.contains_key(path)
        };
        for path in git::tracked_but_ignored(&tree, &wanted)? {
            self.coverage.seen += 1;
            match read_disk(&self.root, &path) {
                Ok(Some(file)) if keep(&path, &file.bytes) => drop(self.files.insert(path, file)),
                Ok(_) => {}
                Err(error) => {
                    let reason = format!("cannot be read: {error}");
                    self.coverage.skipped.push(Skipped { path, reason, failed: true });
                }
            }
        }
        Ok(())
    }

    /// A repository of which nothing was read, for commands that only create; `root` need not exist.
    pub fn empty(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), ..Self::default() }
    }

    /// The same repository with `changed` files in place of its own; `None` removes one.
    #[must_use]
    pub fn with(&self, changed: impl IntoIterator<Item = (String, Option<File>)>) -> Self {
        let mut repo = self.clone();
        for (path, file) in changed {
            if let Some(file) = file {
                repo.gone.remove(&path);
                let known = if repo.texts.contains_key(&path) { &mut repo.texts } else { &mut repo.files };
                known.insert(path, file);
            } else {
                repo.files.remove(&path);
                repo.texts.remove(&path);
                repo.gone.insert(path);
            }
        }
        repo
    }

    /// The file at `path` below the root: from memory where it is known, else from disk; `None` where there is none.
    ///
    /// Refuses a path that leads out of the root or through a link.
    pub fn read(&self, path: &str) -> Result<Option<File>> {
        if let Some(file) = self.files.get(path).or_else(|| self.texts.get(path)) {
            return Ok(Some(file.clone()));
        }
        if self.gone.contains(path) {
            return Ok(None);
        }
        read_disk(&self.root, path)
    }
}

/// The file on disk at `path` below `root`, `None` where there is none; refuses what [`locate`] refuses.
pub fn read_disk(root: &Path, path: &str) -> Result<Option<File>> {
    let target = locate(root, path)?;
    let metadata = match fs::symlink_metadata(&target) {
        Ok(metadata) => metadata,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(error).context(Kind::System, || format!("cannot read `{path}`")),
    };
    if !metadata.is_file() {
        return Err(Error::new(Kind::Refused, format!("`{path}` is not a regular file")));
    }
    let bytes = fs::read(&target).context(Kind::System, || format!("cannot read `{path}`"))?;
    Ok(Some(File { bytes: bytes.into(), executable: is_executable(&metadata) }))
}

/// Where `path` lies on disk, after proving that it stays below `root` and leads through no link.
///
/// `path` must be relative, with `/` between its parts and neither `.`, `..`, an empty part nor one named `.git`.
pub fn locate(root: &Path, path: &str) -> Result<PathBuf> {
    let refused = |why: &str| Error::new(Kind::Refused, format!("the path {why}: `{path}`"));
    let mut target = root.to_owned();
    for part in path.split('/') {
        if matches!(part, "" | "." | "..") || part.contains(['\\', '\0', ':']) && cfg!(windows) {
            return Err(refused("is not a plain path below the root"));
        }
        if part.eq_ignore_ascii_case(".git") {
            return Err(refused("lies in Git's own folder"));
        }
        target.push(part);
        match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_symlink() => return Err(refused("leads through a symbolic link")),
            Err(error) if !is_absence(&error) => {
                return Err(error).context(Kind::System, || format!("cannot look at `{}`", target.display()));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(target)
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether anyone may execute the file; never on systems without that permission.
pub fn is_executable(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

/// `path` with slashes between its names; `None` where one is not UTF-8.
fn slashed_path(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path.components().map(|name| name.as_os_str().to_str()).collect();
    names.map(|names| names.join("/"))
}
