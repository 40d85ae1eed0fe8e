//! Every question, defined once: flag, `--set`, key of the answers file, prompt and schema read this table.

mod delivery;
mod essentials;
mod operation;

use super::raw::{Problem, Raw, RawValue, nearest};
use super::{Answers, Note, VERSION, Word, providers};
use crate::blueprint::catalogue::Catalogue;
use crate::phrase::{List, literals};

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
    /// Keys of the questions whose answers this one hangs on: where one of them changes, it is open again.
    pub(super) follows: &'static [&'static str],
    pub(super) applies: fn(&Answers, &Catalogue) -> Applies,
    pub(super) default: fn(&Answers, &Catalogue) -> Option<String>,
    pub(super) take: fn(&Raw, &mut Answers, &Catalogue) -> Taken,
}

/// What comes of an answer: it is taken, perhaps with a remark, or everything that is wrong with it.
pub(super) type Taken = Result<Option<Note>, Vec<Problem>>;

/// Whether a repository cannot be thought of without a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Always asked.
    Essential,
    /// Asked where other answers call for it.
    FollowUp,
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug)]
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
    choice("monorepo", "one repository for everything; the least to set up"),
    choice("multi-repo", "a repository for each team; each changes only its own"),
    choice("gitless", "clusters read signed OCI artifacts, not Git; needs a registry"),
];

/// All questions in the order in which they are asked.
pub static QUESTIONS: [Question; 16] = [
    essentials::PATTERN,
    essentials::REPOSITORY,
    essentials::CLUSTERS,
    essentials::DOMAIN,
    essentials::PLATFORM,
    essentials::COMPONENTS,
    essentials::TEAMS,
    delivery::REGISTRY,
    delivery::SIGNING,
    delivery::AUTH,
    delivery::KNOWN_HOSTS,
    operation::ISSUER,
    operation::EMAIL,
    operation::ALERTS_PROVIDER,
    operation::ALERTS_CHANNEL,
    delivery::PROMOTION,
];

/// Keys that the answers file will know, but this version of the program does not.
const LATER: [&str; 18] = [
    "air-gap",
    "backups",
    "bootstrap",
    "delivery",
    "dns",
    "flux",
    "intervals",
    "preview",
    "progressive-delivery",
    "receiver",
    "region",
    "secrets",
    "tooling",
    "topology",
    "updates",
    "validation",
    "web",
    "window",
];
/// Those of them whose answer is a plain word, so that it may be shown: anything else may hold a secret.
const LATER_WORDS: [&str; 7] =
    ["bootstrap", "dns.provider", "secrets.backend", "secrets.method", "topology", "updates.by", "updates"];

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

/// The problems that `key`, given at `place`, is no question. Of its value only a plain word is shown.
pub(super) fn unknown(key: &str, place: &str, value: &Raw) -> Vec<Problem> {
    let group = key.split('.').next().unwrap_or_default();
    let message = match &value.value {
        _ if !LATER.contains(&group) => {
            let known: Vec<&str> = QUESTIONS.iter().map(|question| question.key).collect();
            format!("is no question{}", nearest(key, &known))
        }
        RawValue::Map(fields) if key == group && !fields.is_empty() => {
            let below = fields.iter();
            let below =
                below.map(|field| unknown(&format!("{key}.{}", field.key), &field.key_place, &field.value));
            return below.flatten().collect();
        }
        RawValue::Text(text) if LATER_WORDS.contains(&key) => {
            format!("is `{text}`, but this question is not yet supported")
        }
        _ => "is a question that is not yet supported".to_owned(),
    };
    vec![Problem { key: key.into(), place: place.into(), message, accepted: accepted_keys() }]
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

/// The problem that `raw` is a choice of `question` that this version of the program cannot do.
pub(super) fn unsupported(question: &Question, raw: &Raw) -> Option<Problem> {
    let later: Vec<Choice> = question.choices().into_iter().filter(|choice| !choice.supported).collect();
    let RawValue::Text(text) = &raw.value else { return None };
    later
        .iter()
        .any(|choice| choice.id == text)
        .then(|| chosen(question.key, raw, &question.choices()).err())?
}

fn always(_: &Answers, _: &Catalogue) -> Applies {
    Applies::Asked
}

fn one<T>(result: Result<T, Problem>) -> Result<T, Vec<Problem>> {
    result.map_err(|problem| vec![problem])
}
