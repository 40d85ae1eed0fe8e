//! Every question, defined once: flag, `--set`, key of the answers file, prompt and schema read this table.

mod rows;

use super::raw::{Problem, Raw, RawValue, nearest};
use super::{Answers, VERSION, Word, providers};
use crate::blueprint::catalogue::Catalogue;
use crate::phrase::{List, literals};

pub use rows::QUESTIONS;

/// One question.
#[derive(Debug)]
pub struct Question {
    /// Its key in the answers file, where a dot stands for a level, and in `--set`.
    pub key: &'static str,
    /// Its flag, without the hyphens before it.
    pub flag: &'static str,
    /// The prompt, without a question mark.
    pub asks: &'static str,
    /// What follows from the answer, for `--help` and below the prompt.
    pub help: &'static str,
    /// What stands for the value in `--help`.
    pub value_name: &'static str,
    /// Whether a repository cannot be thought of without it.
    pub tier: Tier,
    /// What kind of answer it takes.
    pub shape: Shape,
    /// The default in words, for `--help`.
    pub usually: &'static str,
    pub(super) applies: fn(&Answers, &Catalogue) -> Applies,
    pub(super) default: fn(&Answers, &Catalogue) -> Option<String>,
    pub(super) take: fn(&Raw, &mut Answers, &Catalogue) -> Result<Option<String>, Vec<Problem>>,
}

/// Whether a repository cannot be thought of without a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Always asked.
    Essential,
    /// Asked where other answers call for it.
    FollowUp,
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line of text, or lines.
    Text,
    /// One of several words.
    Choice(fn() -> Vec<Choice>),
    /// Components of the catalogue.
    Components,
    /// A list of clusters.
    Clusters,
    /// A list of teams.
    Teams,
}

/// Whether a question has a meaning beside the answers before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applies {
    /// It is asked.
    Asked,
    /// It is not asked, but may be answered.
    Quietly,
    /// It may not be answered; why.
    Not(&'static str),
}

/// One of several answers.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The word in answers.
    pub id: &'static str,
    /// One line on what it means.
    pub meaning: &'static str,
    /// Whether this version of the program can do it.
    pub supported: bool,
}

const fn choice(id: &'static str, meaning: &'static str) -> Choice {
    Choice { id, meaning, supported: true }
}

const fn later(id: &'static str, meaning: &'static str) -> Choice {
    Choice { id, meaning, supported: false }
}

/// The patterns.
pub const PATTERNS: &[Choice] = &[
    choice("monorepo", "one repository for clusters, infrastructure and apps"),
    choice("multi-repo", "a repository for the fleet, one for infrastructure, one for each team"),
    choice("gitless", "signed OCI artifacts instead of Git in the clusters"),
];

/// Keys that the answers file will know, but this version of the program does not.
const LATER: [&str; 18] = [
    "air-gap",
    "backups",
    "bootstrap",
    "dns",
    "flux",
    "intervals",
    "preview",
    "receiver",
    "region",
    "secrets",
    "tooling",
    "topology",
    "updates",
    "validation",
    "web",
    "window",
    "delivery",
    "progressive-delivery",
];

/// The question with `key`.
pub fn question(key: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.key == key)
}

impl Question {
    /// What to choose from; empty where any text may be given.
    pub fn choices(&self) -> Vec<Choice> {
        match self.shape {
            Shape::Choice(choices) => choices(),
            _ => Vec::new(),
        }
    }
}

/// The problem that `key`, given at `place`, is no question.
pub(super) fn unknown(key: &str, place: &str) -> Problem {
    let known: Vec<&str> = QUESTIONS.iter().map(|question| question.key).collect();
    let group = key.split('.').next().unwrap_or_default();
    let message = if LATER.contains(&group) {
        "is not yet supported".to_owned()
    } else {
        format!("is no question{}", nearest(key, &known))
    };
    Problem { key: key.into(), place: place.into(), message, accepted: accepted_keys() }
}

pub(super) fn accepted_keys() -> String {
    let keys: Vec<&str> = QUESTIONS.iter().map(|question| question.key).collect();
    List(&literals(&keys), "or").to_string()
}

/// The version of an answers file.
pub(super) fn version(raw: &Raw) -> Result<(), Problem> {
    match &raw.value {
        RawValue::Number(number) | RawValue::Text(number) if *number == VERSION.to_string() => Ok(()),
        RawValue::Number(number) => Err(format!("`{number}`")),
        _ => Err(raw.kind()),
    }
    .map_err(|given| raw.problem("version", format!("is {given}"), &format!("`{VERSION}`")))
}

/// The value that the word given as `key` stands for.
fn word<T: Word>(key: &str, raw: &Raw, choices: &[Choice]) -> Result<T, Vec<Problem>> {
    let id = chosen(key, raw, choices).map_err(|problem| vec![problem])?;
    let found = T::ALL.iter().find(|(_, word)| *word == id);
    Ok(found.expect("what can be chosen has a value").0)
}

fn chosen(key: &str, raw: &Raw, choices: &[Choice]) -> Result<&'static str, Problem> {
    let supported: Vec<&'static str> =
        choices.iter().filter(|choice| choice.supported).map(|choice| choice.id).collect();
    let accepted = List(&literals(&supported), "or").to_string();
    let text = raw.expect_text(key, &accepted)?;
    match choices.iter().find(|choice| choice.id == text) {
        Some(choice) if choice.supported => Ok(choice.id),
        Some(_) => Err(raw.problem(key, format!("is `{text}`, which is not yet supported"), &accepted)),
        None if providers::LATER.contains(&text) && key == "alerts.provider" => {
            Err(raw.problem(key, format!("is `{text}`, which only Flux 2.10 knows"), &accepted))
        }
        None => {
            let nearest = nearest(text, &supported);
            Err(raw.problem(key, format!("is `{text}`, which is none of its choices{nearest}"), &accepted))
        }
    }
}
