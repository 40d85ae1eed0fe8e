//! The blueprints that come with the program.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::load::{Blueprint, Origin};
use crate::error::Result;

static PATTERNS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/blueprints/patterns");
static COMPONENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/blueprints/components");
static PARTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/blueprints/parts");

/// Names of the patterns that come with the program, sorted.
pub fn patterns() -> Vec<&'static str> {
    let mut names: Vec<_> =
        PATTERNS.dirs().filter_map(|folder| folder.path().file_name()?.to_str()).collect();
    names.sort_unstable();
    names
}

/// The files of the pattern `id` with the parts and components that it shares with others; `None` where there is no
/// such pattern.
pub fn embedded_files(id: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let pattern = PATTERNS.get_dir(id)?;
    collect(pattern, pattern.path(), "", &mut files);
    collect(&COMPONENTS, COMPONENTS.path(), "components/", &mut files);
    collect(&PARTS, PARTS.path(), "parts/", &mut files);
    Some(files)
}

/// The pattern `id`; `None` where there is no such pattern. Tests load every pattern with all checks.
pub fn embedded(id: &str) -> Option<Result<Blueprint>> {
    embedded_files(id).map(|files| Blueprint::open(id, Origin::Program, &files))
}

fn collect(folder: &Dir<'_>, root: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        let path = file.path().strip_prefix(root).expect("what is in a folder lies below it");
        let names: Vec<_> = path.components().map(|name| name.as_os_str().to_string_lossy()).collect();
        files.insert(format!("{prefix}{}", names.join("/")), file.contents().to_vec());
    }
    folder.dirs().for_each(|inner| collect(inner, root, prefix, files));
}
