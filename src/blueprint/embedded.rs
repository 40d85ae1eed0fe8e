//! The blueprints that come with the program.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use super::render::Blueprint;
use crate::error::Result;

static PATTERNS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/blueprints/patterns");

/// Names of the patterns that come with the program, sorted.
pub fn patterns() -> Vec<&'static str> {
    let mut names: Vec<_> =
        PATTERNS.dirs().filter_map(|folder| folder.path().file_name()?.to_str()).collect();
    names.sort_unstable();
    names
}

/// Loads the pattern `id`; `None` where there is no such pattern.
pub fn embedded(id: &str) -> Option<Result<Blueprint>> {
    let folder = PATTERNS.get_dir(id)?;
    let mut files = BTreeMap::new();
    collect(folder, folder.path(), &mut files);
    Some(Blueprint::load(id, &files))
}

fn collect(folder: &Dir<'_>, root: &std::path::Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        let path = file.path().strip_prefix(root).expect("what is in a folder lies below it");
        let names: Vec<_> = path.components().map(|name| name.as_os_str().to_string_lossy()).collect();
        files.insert(names.join("/"), file.contents().to_vec());
    }
    folder.dirs().for_each(|inner| collect(inner, root, files));
}
