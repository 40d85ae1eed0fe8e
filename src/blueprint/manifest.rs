//! `blueprint.yaml`: what a blueprint asks, which files it has, and the facts they hold.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Context, Error, Kind, Result};

/// The parsed `blueprint.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Rises with every change of what is rendered.
    pub version: u32,
    /// One line on what comes out.
    pub summary: String,
    /// The day, as `YYYY-MM-DD`, on which the facts were last compared with their sources.
    pub catalogue: String,
    /// Keys of the questions whose answers the templates use.
    pub questions: Vec<String>,
    /// What happens to each part of `files/`.
    pub files: Vec<Part>,
    /// Versions, addresses, intervals: templates read them below `facts`.
    #[serde(default)]
    pub facts: serde_json::Value,
}

/// A folder or file below `files/` with everything in it that no longer path claims.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Path below `files/`, without the template suffix; it may hold expressions.
    pub path: String,
    /// Renders the part once for each item of the list named on the right; the item gets the name on the left.
    pub each: Option<BTreeMap<String, String>>,
    /// Leaves the part out unless the value so named is true.
    pub when: Option<String>,
    /// Who owns the files after they were written.
    pub class: Class,
    /// Whether the files get the executable bit.
    #[serde(default)]
    pub executable: bool,
    /// One line for the tree that is shown before writing.
    pub meaning: String,
}

/// Who owns a file after it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The blueprint: an update merges what it changes.
    Managed,
    /// The user: it is created once and never touched again.
    Seed,
}

impl Manifest {
    /// Reads the text of a `blueprint.yaml`; `id` names the blueprint in errors.
    pub fn read(id: &str, text: &str) -> Result<Self> {
        serde_yaml::from_str(text)
            .context(Kind::Input, || format!("cannot read `blueprint.yaml` of blueprint `{id}`"))
    }

    /// The index of the part that claims `path` (a path below `files/` without template suffix): the longest.
    pub(super) fn part_of(&self, path: &str) -> Option<usize> {
        let claims = |part: &Part| {
            path.strip_prefix(&part.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let claiming = self.files.iter().enumerate().filter(|(_, part)| claims(part));
        claiming.max_by_key(|(_, part)| part.path.len()).map(|(index, _)| index)
    }
}

impl Part {
    /// Name of the item and of the list that it comes from, where the part is repeated.
    pub(super) fn loop_names(&self) -> Result<Option<(&str, &str)>> {
        let Some(each) = &self.each else { return Ok(None) };
        match each.iter().next() {
            Some((item, list)) if each.len() == 1 => Ok(Some((item, list))),
            _ => Err(Error::new(
                Kind::Input,
                format!("`each` of the part `{}` must be one pair of item and list", self.path),
            )),
        }
    }
}
