//! Blueprints from the program or from a folder, and the judgement of what they render.

use std::path::Path;

use super::known;
use crate::blueprint::{self, Blueprint, Rendered};
use crate::error::{Context, Error, Kind, Result};
use crate::finding::Severity;
use crate::flux::Index;
use crate::phrase::Count;
use crate::repo::{File, Repo, read_folder};
use crate::rules::ignore::Ignores;
use crate::rules::{self, Group, Options, engine};

/// The blueprint of the pattern `id`.
pub(in crate::commands) fn embedded(id: &str) -> Result<Blueprint> {
    blueprint::embedded(id).unwrap_or_else(|| Err(no_pattern(id)))
}

pub(in crate::commands) fn no_pattern(id: &str) -> Error {
    Error::new(Kind::Usage, format!("there is no blueprint `{id}`; there is {}", known()))
}

/// The blueprint in the folder `dir`, as it is named in `cwd`.
pub(in crate::commands) fn folder(cwd: &Path, dir: &Path) -> Result<Blueprint> {
    let root = cwd.join(dir);
    if !root.join("blueprint.yaml").is_file() {
        let message = format!("there is no blueprint.yaml in `{}`", dir.display());
        return Err(Error::new(Kind::Input, message)
            .hint("Begin with a copy of one that comes with the program: flux-forge blueprint eject monorepo FOLDER"));
    }
    let files = read_folder(&root)?;
    let name = root.canonicalize().context(Kind::System, || format!("cannot look at `{}`", dir.display()))?;
    let id = name.file_name().map_or_else(|| "own".to_owned(), |name| name.to_string_lossy().into_owned());
    Blueprint::load(&id, &files)
}

/// Judges what a blueprint has rendered, before any of it is written.
///
/// # Errors
/// Names every object that Flux would not take: that is a mistake of the blueprint.
pub(in crate::commands) fn audit(rendered: &Rendered) -> Result<()> {
    let files = rendered.files.iter().filter(|(path, _)| path.ends_with(".yaml"));
    let files = files.map(|(path, file)| (path.clone(), Some(File::new(file.content.as_slice()))));
    let repo = Repo::empty("/").with(files);
    let index = Index::new(&repo);
    let (ignores, options) = (Ignores::default(), Options::default());
    let context = rules::Context { writes: false, ..rules::Context::new(&index, &options, &ignores) };
    let findings = engine::run(&context, &[Group::Input, Group::Migrate, Group::Schema]);
    let bad = findings.iter().filter(|finding| finding.severity >= Severity::Warning);
    let lines: Vec<String> = bad
        .map(|finding| format!("{}:{}: {}", finding.place.path, finding.place.line, finding.message))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let count = Count(lines.len(), "mistake");
    let message = format!("the blueprint renders {count} that Flux would not take:\n{}", lines.join("\n"));
    Err(Error::new(Kind::Internal, message).hint("Nothing was written; please report this with your answers"))
}
