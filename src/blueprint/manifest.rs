//! `blueprint.yaml`: what a blueprint asks, which repositories and files it writes, and the facts they hold.

use serde::Deserialize;
use serde_json::{Map, Value};

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
    /// The pattern whose model the answers get.
    pub pattern: String,
    /// Keys of the questions that are asked.
    pub questions: Vec<String>,
    /// The repositories that are written side by side; none where the folder itself is the only one.
    #[serde(default)]
    pub repositories: Vec<RepositoryFolder>,
    /// What happens to each part of `files/`.
    pub files: Vec<Part>,
    /// Versions, addresses, intervals: templates read them below `facts`.
    #[serde(default)]
    pub facts: Value,
}

/// A folder that is a Git repository of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryFolder {
    /// Name of the folder; it may hold expressions.
    pub folder: String,
    /// Repeats the folder for each item of a list.
    #[serde(default)]
    pub each: Map<String, Value>,
    /// One line on what it is for.
    pub meaning: String,
}

/// A folder or file with everything in it that no longer path claims.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Path that is written, without the template suffix; it may hold expressions.
    pub path: String,
    /// The folder that the files lie in, below that of the blueprint; `files/` and the path where it is not given. It
    /// may hold expressions.
    #[serde(default)]
    pub from: Option<String>,
    /// Renders the part once for each item of the list named on the right; the item gets the name on the left. Several
    /// are nested, the first outermost.
    #[serde(default)]
    pub each: Map<String, Value>,
    /// Leaves the part out unless the values so named are true.
    #[serde(default)]
    pub when: Names,
    /// Who owns the files after they were written.
    pub class: Class,
    /// Whether the files get the executable bit.
    #[serde(default)]
    pub executable: bool,
    /// One line for the tree that is shown before writing.
    pub meaning: String,
}

/// One name, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    All(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Names {
    /// The names.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, String> {
        match self {
            Self::One(name) => std::slice::from_ref(name).iter(),
            Self::All(names) => names.iter(),
        }
    }
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

    /// The index of the part of `files/` that claims `path` (below `files/`, without template suffix): the longest.
    pub(super) fn part_of(&self, path: &str) -> Option<usize> {
        let claims = |part: &Part| {
            let rest = path.strip_prefix(&part.path);
            part.from.is_none() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let claiming = self.files.iter().enumerate().filter(|(_, part)| claims(part));
        claiming.max_by_key(|(_, part)| part.path.len()).map(|(index, _)| index)
    }
}

/// Names of the items and of the lists that they come from.
pub(super) fn loops(each: &Map<String, Value>) -> Result<Vec<(&str, &str)>> {
    let pairs = each.iter().map(|(item, list)| Some((item.as_str(), list.as_str()?)));
    pairs.collect::<Option<_>>().ok_or_else(|| {
        Error::new(Kind::Input, "`each` must be pairs of an item's name and the name of a list".to_owned())
    })
}
