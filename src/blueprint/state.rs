//! What a later run must know: the answers, and the blob id of each file as it was rendered.
//!
//! A blob id is the SHA-1 that Git gives the content (`git hash-object`), so it tells whether the user changed a
//! file, and where Git still has the old one.

use super::load::Blueprint;
use super::manifest::Class;
use super::rendered::{Rendered, RenderedFile, RenderedRepository};
use crate::repo::File;
use crate::yaml::{Value, write};

/// Where the resolved answers are kept, below the root.
pub const ANSWERS_PATH: &str = ".flux-forge/answers.yaml";
/// Where the record of what was rendered is kept, below the root.
pub const STATE_PATH: &str = ".flux-forge/state.yaml";
/// The folder of both.
pub(super) const FOLDER: &str = ".flux-forge";
/// Format of the state file.
const VERSION: i64 = 1;

/// A file of ours with `text` in it.
pub(super) fn file(text: String, meaning: &str) -> RenderedFile {
    RenderedFile {
        content: text.into_bytes(),
        executable: false,
        class: Class::Managed,
        meaning: meaning.into(),
    }
}

/// The text of the state file of `repository`, one of those `rendered` by `blueprint`.
pub(super) fn to_yaml(blueprint: &Blueprint, rendered: &Rendered, repository: &RenderedRepository) -> String {
    let manifest = blueprint.manifest();
    let origin = vec![
        ("id".to_owned(), Value::from(blueprint.id())),
        ("source".to_owned(), Value::from(blueprint.origin.word())),
        ("version".to_owned(), Value::Int(i64::from(manifest.version))),
    ];
    let files = rendered
        .files
        .iter()
        .filter_map(|(path, file)| Some((repository.inside(path)?, file)))
        .map(|(path, file)| (path.to_owned(), Value::from(File::new(file.content.as_slice()).digest())));
    let fields = [
        ("version", Value::Int(VERSION)),
        ("tool", Value::from(env!("CARGO_PKG_VERSION"))),
        ("blueprint", Value::Mapping(origin)),
        ("catalogue", Value::from(manifest.catalogue.as_str())),
        ("files", Value::Mapping(files.collect())),
    ];
    let head = "# What flux-forge wrote here: the Git blob id of each file tells later runs what you changed since.\n";
    document(head, &fields)
}

/// `fields` as a block mapping below `head`.
fn document(head: &str, fields: &[(&str, Value)]) -> String {
    let lines =
        fields.iter().map(|(key, value)| write::entry(key, value, write::Style::Block, 0, "\n") + "\n");
    std::iter::once(head.to_owned()).chain(lines).collect()
}
