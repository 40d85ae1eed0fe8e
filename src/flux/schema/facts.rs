//! The table of fields in memory.
//!
//! It is embedded as one JSON object a line, a line per group, version and kind, sorted by kind. A line is
//! decoded when it is first asked for. The form of a value is the serde form of [`Schema`]:
//!
//! | form | stands for |
//! |---|---|
//! | `"any"` | anything: free form, `metadata` and `status` |
//! | `{"object": {"fields": {…}, "required": […], "open": true}}` | declared fields; `open` allows others |
//! | `{"map": schema}` | any key, each value of that schema |
//! | `{"list": {"items": schema, "min": 1, "max": 20}}` | a list and its number of items |
//! | `{"string": {"enum": […], "pattern": "…", "min": 1, "max": 63}}` | a string and its number of characters |
//! | `{"integer": {"min": 0, "max": 9}}`, `{"number": {…}}` | a number and its bounds, both included |
//! | `"boolean"`, `"int-or-string"` | as the word says |
//! | `{"nullable": schema}` | null, or a value of that schema |

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

use serde::{Deserialize, Serialize};

use super::Pattern;
use crate::yaml::{Route, Step};

/// What is known of one kind at one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// API group, e.g. `kustomize.toolkit.fluxcd.io`.
    pub group: String,
    /// API version without its group, e.g. `v1beta2`.
    pub version: String,
    /// Kind, e.g. `Kustomization`.
    pub kind: String,
    /// Inferred from another version since the real schema could not be read; a verdict from it must say so.
    #[serde(default, skip_serializing_if = "is_default")]
    pub assumed: bool,
    /// The whole object, `apiVersion` and `metadata` included.
    pub schema: Object,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schema {
    /// Anything.
    Any,
    /// Null or the inner schema.
    Nullable(Box<Schema>),
    /// Declared fields.
    Object(Object),
    /// Any key, each value of the inner schema.
    Map(Box<Schema>),
    /// A list.
    List(List),
    /// A string.
    String(Text),
    /// A whole number.
    Integer(Bounds),
    /// Any number.
    Number(Bounds),
    /// A boolean.
    Boolean,
    /// A whole number or a string.
    IntOrString,
}

/// An object with declared fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// Every declared field.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fields: BTreeMap<String, Schema>,
    /// Fields that must be there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: Vec<String>,
    /// Whether undeclared fields are allowed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub open: bool,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct List {
    /// What each item may be.
    pub items: Box<Schema>,
    /// Least number of items.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min: Option<usize>,
    /// Greatest number of items.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max: Option<usize>,
}

/// A string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// The only texts accepted; none means that any is.
    #[serde(default, rename = "enum", skip_serializing_if = "is_default")]
    pub accepted: Vec<String>,
    /// What it must match.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pattern: Option<Pattern>,
    /// Least number of characters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min: Option<usize>,
    /// Greatest number of characters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max: Option<usize>,
}

/// Bounds of a number, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Least value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min: Option<i64>,
    /// Greatest value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max: Option<i64>,
}

/// What is known of a kind at a version; `None` where Flux never had it.
pub fn facts(group: &str, version: &str, kind: &str) -> Option<&'static Facts> {
    let head = format!(r#"{{"group":"{group}","version":"{version}","kind":"{kind}","#);
    LINES.iter().find(|line| line.text.starts_with(&head)).map(Line::facts)
}

/// All that is known, sorted by group, kind and version. Decodes the whole table.
pub fn all() -> impl Iterator<Item = &'static Facts> {
    LINES.iter().map(Line::facts)
}

impl Facts {
    /// The schema at `route`, whose indices stand for any item; `None` where no field is declared there.
    pub fn field(&self, route: &Route) -> Option<&Schema> {
        let (first, rest) = route.steps().split_first()?;
        let Step::Key(key) = first else { return None };
        rest.iter().try_fold(self.schema.fields.get(key)?, Schema::step)
    }
}

impl fmt::Display for Facts {
    /// As messages name it: Kustomization `kustomize.toolkit.fluxcd.io/v1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}/{}`", self.kind, self.group, self.version)
    }
}

impl Schema {
    fn step<'a>(&'a self, step: &Step) -> Option<&'a Self> {
        match (self, step) {
            (Self::Any, _) => Some(self),
            (Self::Nullable(inner), _) => inner.step(step),
            (Self::Object(object), Step::Key(key)) => {
                object.fields.get(key).or(if object.open { Some(&Self::Any) } else { None })
            }
            (Self::Map(value), Step::Key(_)) => Some(value),
            (Self::List(list), Step::Index(_)) => Some(&list.items),
            _ => None,
        }
    }
}

struct Line {
    text: &'static str,
    facts: OnceLock<Facts>,
}

impl Line {
    fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| {
            serde_json::from_str(self.text).expect("a test decodes every line of the embedded table")
        })
    }
}

static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let table = include_str!("facts.jsonl");
    table.lines().map(|text| Line { text, facts: OnceLock::new() }).collect()
});

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
