//! A blueprint in memory. One from a folder is checked as a whole before anything is rendered.

mod check;

use std::collections::BTreeMap;

use handlebars::Context;
use serde_json::Value;

use super::answers::Asked;
use super::catalogue::Catalogue;
use super::include;
use super::manifest::{Manifest, Part};
use super::scope::Scope;
use super::templates::{Engine, Language, Text};
use crate::error::{Context as _, Error, Kind, Result};

/// Marks a file as a template; the suffix is no part of the path that is written.
const TEMPLATE_SUFFIX: &str = ".hbs";
/// The template of the next steps, beside `files/`.
pub(super) const NEXT: &str = "next.txt.hbs";
/// Facts that all patterns share.
const FACTS: &str = "parts/facts.yaml";

/// A blueprint that was read.
pub struct Blueprint {
    pub(super) id: String,
    pub(super) origin: Origin,
    pub(super) manifest: Manifest,
    pub(super) facts: Value,
    pub(super) engine: Engine,
    /// What the user does next.
    pub(super) next: Text,
    examples: BTreeMap<String, String>,
    catalogue: Catalogue,
    /// By path below the folder of the blueprint, without the template suffix.
    sources: BTreeMap<String, Source>,
}

/// Where a blueprint comes from, for later runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It came with the program.
    Program,
    /// A folder of the user; which one is the machine's business.
    Folder,
}

impl Origin {
    /// The word in the state file.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Program => "built-in",
            Self::Folder => "folder",
        }
    }
}

/// A file that may be written.
pub(super) struct Source {
    /// Path below the folder of the blueprint, without the template suffix.
    pub(super) path: String,
    /// Its bytes, where it is copied as it is.
    pub(super) verbatim: Vec<u8>,
    /// Its text, where it is a template.
    pub(super) template: Option<Text>,
}

impl Blueprint {
    /// Loads the blueprint `id` from the files of its folder, by path below it; parts and components are among them.
    ///
    /// # Errors
    /// Names the file that is missing, is of no part, or holds a template that cannot be right.
    pub fn load(id: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let blueprint = Self::open(id, Origin::Folder, files)?;
        blueprint.check()?;
        Ok(blueprint)
    }

    /// The same for a blueprint that is known to be right: a template is compiled when it is needed, and no other.
    pub(super) fn open(id: &str, origin: Origin, files: &BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let manifest = Manifest::read(id, text(id, files, "blueprint.yaml")?)?;
        let shared: Value = match files.get(FACTS) {
            Some(bytes) => {
                serde_yaml::from_slice(bytes).context(Kind::Input, || format!("cannot read `{FACTS}`"))?
            }
            None => Value::Null,
        };
        let next = if files.contains_key(NEXT) { text(id, files, NEXT)? } else { "" };
        let mut blueprint = Self {
            id: id.to_owned(),
            origin,
            facts: over(&shared, &manifest.facts),
            manifest,
            engine: Engine::new(),
            next: Text::new(NEXT, include::expand(NEXT, next, files)?),
            examples: examples(id, files)?,
            catalogue: Catalogue::load(files)?,
            sources: BTreeMap::new(),
        };
        for (path, bytes) in files.iter().filter(|(path, _)| is_source(path)) {
            blueprint.add(path, bytes, files)?;
        }
        Ok(blueprint)
    }

    /// Its name, that of its folder.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What `blueprint.yaml` says.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Answers that must work, as texts of answers files by name.
    pub const fn examples(&self) -> &BTreeMap<String, String> {
        &self.examples
    }

    /// The components that it offers.
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What it asks.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            pattern: &self.manifest.pattern,
            questions: &self.manifest.questions,
            catalogue: &self.catalogue,
        }
    }

    /// The files of a part with their paths below it.
    pub(super) fn sources_of(
        &self,
        index: usize,
        context: &Context,
        scope: &Scope,
    ) -> Result<Vec<(&Source, &str)>> {
        let part = &self.manifest.files[index];
        let root = match &part.from {
            Some(from) => self.engine.path(from, context, scope)?,
            None => format!("files/{}", part.path),
        };
        let below = self.sources.range(root.clone()..).take_while(|(path, _)| path.starts_with(&root));
        let mut found = Vec::new();
        for (path, source) in below {
            let rest = &path[root.len()..];
            let Some(rest) = rest.strip_prefix('/').or_else(|| rest.is_empty().then_some("")) else {
                continue;
            };
            if self.belongs(index, part, path, context, scope)? {
                found.push((source, rest));
            }
        }
        Ok(found)
    }

    /// Whether no part with a longer path claims the source.
    fn belongs(
        &self,
        index: usize,
        part: &Part,
        path: &str,
        context: &Context,
        scope: &Scope,
    ) -> Result<bool> {
        let Some(from) = &part.from else {
            let below = path.strip_prefix("files/").unwrap_or(path);
            return Ok(self.manifest.part_of(below) == Some(index));
        };
        let inner = format!("{from}/");
        for other in self.manifest.files.iter().filter_map(|other| other.from.as_ref()) {
            if other.starts_with(&inner) {
                let claimed = self.engine.path(other, context, scope)?;
                if path.strip_prefix(&claimed).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Takes in a file.
    fn add(&mut self, file: &str, bytes: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        let path = file.strip_suffix(TEMPLATE_SUFFIX).unwrap_or(file);
        let below = path.strip_prefix("files/");
        if below.is_some_and(|below| self.manifest.part_of(below).is_none()) {
            let message =
                format!("`{file}` of blueprint `{}` belongs to no part of `blueprint.yaml`", self.id);
            return Err(Error::new(Kind::Input, message));
        }
        let mut source = Source { path: path.to_owned(), verbatim: Vec::new(), template: None };
        if path == file {
            source.verbatim = bytes.to_vec();
        } else {
            let expanded = include::expand(file, text(&self.id, files, file)?, files)?;
            source.template = Some(Text::new(path, expanded));
        }
        if self.sources.insert(path.to_owned(), source).is_some() {
            let message = format!("blueprint `{}` has both `{path}` and `{path}{TEMPLATE_SUFFIX}`", self.id);
            return Err(Error::new(Kind::Input, message));
        }
        Ok(())
    }
}

fn is_source(path: &str) -> bool {
    let folder = |name: &str| path.strip_prefix(name).is_some_and(|rest| rest.contains('/'));
    path.starts_with("files/") || folder("parts/") || folder("components/")
}

fn text<'f>(id: &str, files: &'f BTreeMap<String, Vec<u8>>, path: &str) -> Result<&'f str> {
    let problem = match files.get(path).map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok(text)) => return Ok(text),
        Some(Err(_)) => format!("`{path}` of blueprint `{id}` is not UTF-8"),
        None => format!("blueprint `{id}` has no `{path}`"),
    };
    Err(Error::new(Kind::Input, problem))
}

fn examples(id: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, String>> {
    let mut examples = BTreeMap::new();
    for path in files.keys() {
        let name = path.strip_prefix("examples/").and_then(|name| name.strip_suffix(".yaml"));
        if let Some(name) = name {
            examples.insert(name.to_owned(), text(id, files, path)?.to_owned());
        }
    }
    Ok(examples)
}

/// How the file at `path` is read.
pub(super) fn language(path: &str) -> Language {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    if matches!(extension, Some("yaml" | "yml" | "json")) { Language::Yaml } else { Language::Text }
}

/// `own` over `shared`, key by key in mappings.
fn over(shared: &Value, own: &Value) -> Value {
    match (shared, own) {
        (Value::Object(shared), Value::Object(own)) => {
            let mut merged = shared.clone();
            for (key, value) in own {
                let below = shared.get(key).map_or_else(|| value.clone(), |shared| over(shared, value));
                merged.insert(key.clone(), below);
            }
            Value::Object(merged)
        }
        (shared, Value::Null) => shared.clone(),
        (_, own) => own.clone(),
    }
}
