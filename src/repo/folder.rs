//! A whole folder at once, for folders whose every file counts.

use std::collections::BTreeMap;
use std::path::Path;

use ignore::WalkBuilder;

use super::slashed_path;
use crate::error::{Context, Error, Kind, Result};

/// More than this is no folder of text that someone wrote.
const MAX_BYTES: usize = 16 << 20;

/// The content of every file below `root` by its path, whatever it is called; Git's own folders are left out.
///
/// # Errors
/// Something cannot be read, is a link, has a name that is not UTF-8, or all of it is larger than 16 MiB.
pub fn read_folder(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut files = BTreeMap::new();
    let mut total = 0;
    for entry in walk {
        let entry = entry.context(Kind::System, || format!("cannot read `{}`", root.display()))?;
        let refuse = |why: &str| Error::new(Kind::Input, format!("`{}` {why}", entry.path().display()));
        match entry.file_type() {
            Some(kind) if kind.is_dir() => continue,
            Some(kind) if kind.is_file() => {}
            _ => return Err(refuse("is neither a file nor a folder; links are not followed")),
        }
        let path = entry.path().strip_prefix(root).expect("what is found lies below the root");
        let path = slashed_path(path).ok_or_else(|| refuse("has a name that is not UTF-8"))?;
        let bytes = std::fs::read(entry.path())
            .context(Kind::System, || format!("cannot read `{}`", entry.path().display()))?;
        total += bytes.len();
        if total > MAX_BYTES {
            return Err(refuse("makes the folder larger than 16 MiB"));
        }
        files.insert(path, bytes);
    }
    Ok(files)
}
