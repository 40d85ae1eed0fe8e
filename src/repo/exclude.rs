//! Globs of files that a run leaves alone.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::{Context, Kind, Result};

/// Globs, written as in `.gitignore`, relative to a root.
#[derive(Clone, Debug)]
pub struct Excludes(Gitignore);

impl Excludes {
    /// Reads the globs that `--exclude` was given; fails on one that is none.
    pub fn new(root: &Path, globs: &[String]) -> Result<Self> {
        let mut builder = GitignoreBuilder::new(root);
        for glob in globs {
            builder
                .add_line(None, glob)
                .context(Kind::Usage, || format!("`--exclude {glob}` is not a glob"))?;
        }
        builder.build().map(Self).context(Kind::Usage, || "the globs of `--exclude` are too large".to_owned())
    }

    /// Whether the file at `path` below the root, or a folder above it, is excluded.
    pub fn contains(&self, path: &str) -> bool {
        self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}
