//! Patterns of Flux schemas, compiled once per text.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use regex::Regex;
use serde::{Deserialize, Serialize};

/// Some twenty patterns stand in several hundred places; each is compiled once.
static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);

/// A regular expression in Go's RE2 syntax, which is Rust's as far as Flux uses it. It matches anywhere in a text
/// unless anchored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Pattern {
    text: String,
    regex: OnceLock<Regex>,
}

impl Pattern {
    /// The pattern as written in the schema.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches in `value`.
    pub fn matches(&self, value: &str) -> bool {
        self.regex.get_or_init(|| compiled(&self.text)).is_match(value)
    }

    /// Refuses a pattern that this program could not compile.
    pub(crate) fn checked(text: String) -> Result<Self, regex::Error> {
        Regex::new(&text)?;
        Ok(Self::from(text))
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, regex: OnceLock::new() }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

fn compiled(text: &str) -> Regex {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = compiled.get(text) {
        return regex.clone();
    }
    let regex = Regex::new(text).expect("patterns are compiled when the table is derived");
    compiled.insert(text.to_owned(), regex.clone());
    regex
}
