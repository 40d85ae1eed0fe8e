//! The configuration of a work tree: `.flux-forge/config.yaml` at its root.
//!
//! It does not know what any rule means, only that there is one of that name.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{Context, Error, Kind, Result};
use crate::phrase::Literal;
use crate::place::Place;
use crate::repo::{Excludes, read_disk};
use crate::rules::RULES;
use crate::rules::ignore::{Configured, ignorable};
use crate::yaml::{Route, Stream, decode, parse};

/// Where it lies, below the root of the work tree.
pub const PATH: &str = ".flux-forge/config.yaml";

/// What it says.
#[derive(Default)]
pub struct Config {
    /// Findings that are not wanted.
    pub ignores: Vec<Configured>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    ignore: Vec<Ignore>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignore {
    rule: String,
    /// Globs as in `.gitignore`; left out, they are all files.
    paths: Option<Vec<String>>,
    reason: String,
}

impl Config {
    /// Reads the file below `root`; where there is none, nothing is configured.
    ///
    /// # Errors
    /// Names file, line and remedy for an unknown key or rule, a wrong type, a glob that is none, and a missing reason.
    pub fn read(root: &Path) -> Result<Self> {
        let Some(file) = read_disk(root, PATH)? else { return Ok(Self::default()) };
        let text = decode(&file.bytes).context(Kind::Input, || format!("cannot read `{PATH}`"))?;
        // Nothing but comments is no configuration either.
        let written: Option<Written> = serde_yaml::from_str(text).map_err(|error| malformed(&error))?;
        let places = Places { text, stream: parse(text) };
        let ignore = written.map(|written| written.ignore).unwrap_or_default();
        let ignores = ignore.into_iter().enumerate().map(|(at, one)| configured(root, at, one, &places));
        Ok(Self { ignores: ignores.collect::<Result<_>>()? })
    }
}

/// The JSON Schema (draft 2020-12) of the file.
pub fn json_schema() -> Value {
    let rules = RULES.iter().map(|rule| rule.meta.id).filter(|id| ignorable(id).is_ok());
    let entry = json!({
        "type": "object",
        "properties": {
            "rule": {"enum": rules.collect::<Vec<_>>(), "description": "Id of the rule; `flux-forge explain` lists them"},
            "paths": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "minItems": 1,
                "description": "Files, as in .gitignore, from the root of the work tree\nDefault: all files",
            },
            "reason": {"type": "string", "minLength": 1, "description": "Why these findings are not wanted"},
        },
        "required": ["rule", "reason"],
        "additionalProperties": false,
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of flux-forge",
        "type": ["object", "null"],
        "properties": {"ignore": {"type": "array", "items": entry, "description": "Findings that are not wanted"}},
        "additionalProperties": false,
    })
}

/// Where in the file something stands.
struct Places<'t> {
    text: &'t str,
    stream: Stream<'t>,
}

impl Places<'_> {
    /// The place of the value at `key` of an entry of `ignore`, or of the entry itself.
    fn of(&self, entry: usize, key: Option<&str>) -> Place {
        let entry = Route::root().key("ignore").index(entry);
        let route = key.map_or_else(|| entry.clone(), |key| entry.key(key));
        let root = self.stream.documents.first().and_then(|document| document.node());
        let node = root.and_then(|root| root.find(&route).or_else(|| root.find(&entry)));
        node.map_or_else(|| Place::file(PATH), |node| Place::new(PATH, self.text, node.range.clone()))
    }

    fn wrong(&self, entry: usize, key: &str, message: &str, hint: &str) -> Error {
        let Place { line, column, .. } = self.of(entry, Some(key));
        Error::new(Kind::Input, format!("{PATH}:{line}:{column}: {message}")).hint(hint)
    }
}

fn configured(root: &Path, at: usize, written: Ignore, places: &Places<'_>) -> Result<Configured> {
    let rule = ignorable(&written.rule)
        .map_err(|why| places.wrong(at, "rule", &why, "List the rules with: flux-forge explain"))?;
    if !written.reason.contains(char::is_alphanumeric) {
        let hint = "Say why these findings are not wanted, for those who read it later";
        return Err(places.wrong(at, "reason", "`reason` is empty", hint));
    }
    let names = match written.paths {
        None => None,
        Some(globs) if globs.is_empty() => {
            let hint = "Name globs as in .gitignore, or leave `paths` out where all files are meant";
            return Err(places.wrong(at, "paths", "`paths` names no file", hint));
        }
        Some(globs) => {
            let is_glob = |glob: &&String| Excludes::new(root, std::slice::from_ref(*glob)).is_ok();
            if let Some(wrong) = globs.iter().find(|glob| !is_glob(glob)) {
                let message = format!("{} is no glob", Literal(wrong));
                return Err(places.wrong(at, "paths", &message, "Write it as in .gitignore"));
            }
            Some(Excludes::new(root, &globs)?)
        }
    };
    let paths = Box::new(move |path: &str| names.as_ref().is_none_or(|names| names.contains(path)));
    Ok(Configured { rule, paths, place: places.of(at, None) })
}

/// The reader's own words, with the place in front.
fn malformed(error: &serde_yaml::Error) -> Error {
    let text = error.to_string();
    let why = text.split_once(" at line ").map_or(text.as_str(), |(why, _)| why);
    let place = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
    Error::new(Kind::Input, format!("{PATH}{place}: {why}"))
        .hint("See what it takes with: flux-forge schema config")
}
