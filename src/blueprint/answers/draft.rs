//! Answers on their way: given by file, flag, prompt or default, then checked all at once.

use std::collections::BTreeMap;

use super::questions::{self, Applies, QUESTIONS, Question, Tier, question};
use super::raw::{Field, Problem, Raw, RawValue};
use super::repository::Host;
use super::{Answers, Signing, components, teams};
use crate::blueprint::catalogue::Catalogue;
use crate::error::{Error, Kind, Result};
use crate::phrase::Count;
use crate::yaml;

/// The key of the answers file that is no question.
const VERSION_KEY: &str = "version";

/// Answers given so far. A later one replaces an earlier one of the same question, so the file is read first, then
/// flags are set, then what is still open is asked or filled with defaults.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    given: BTreeMap<&'static str, Raw>,
}

/// What a blueprint asks, and what can be chosen there.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'b> {
    /// The pattern whose model the answers get.
    pub pattern: &'b str,
    /// Keys of the questions.
    pub questions: &'b [String],
    /// The components.
    pub catalogue: &'b Catalogue,
}

/// A walk over all questions with the answers given so far and defaults for the others.
#[derive(Debug)]
pub struct Walk {
    /// What the answers come to.
    pub answers: Answers,
    /// Questions that have a meaning, in order, each with whether it was answered.
    pub applying: Vec<(&'static Question, bool)>,
    /// Questions to be asked of someone who can answer: the applying ones that are open.
    pub open: Vec<&'static Question>,
    /// Remarks on answers that were rewritten or need attention.
    pub notes: Vec<String>,
    missing: Vec<&'static Question>,
    problems: Vec<Problem>,
}

impl Draft {
    /// Takes the answers of an answers file; `name` is what messages call it, `text` its content.
    ///
    /// # Errors
    /// Every key that is unknown or not yet supported, a wrong version, a file that is no mapping.
    pub fn read(&mut self, name: &str, text: &str) -> Result<()> {
        let fields = fields(name, text)?;
        let mut problems = Vec::new();
        let mut versioned = false;
        for field in fields {
            if field.key == VERSION_KEY {
                versioned = true;
                problems.extend(questions::version(&field.value).err());
            } else {
                self.take(field, &mut problems);
            }
        }
        if !versioned {
            let message = "is missing, so the meaning of this file is not known".to_owned();
            let (key, place, accepted) = (VERSION_KEY.into(), name.to_owned(), "`version: 1`".into());
            problems.push(Problem { key, place, message, accepted });
        }
        all(&problems)
    }

    /// Takes one answer from the command line; `place` is what messages call it, e.g. `--set`.
    ///
    /// # Errors
    /// The key is unknown or not yet supported.
    pub fn set(&mut self, key: &str, text: &str, place: &str) -> Result<()> {
        let Some(question) = question(key) else { return all(&[questions::unknown(key, place)]) };
        self.given.insert(question.key, Raw::text(text, place));
        Ok(())
    }

    /// Takes back the answers to questions that have no meaning beside the others.
    pub fn drop_meaningless(&mut self, asked: Asked<'_>) {
        let applying = self.walk(asked).applying;
        self.given.retain(|key, _| applying.iter().any(|(question, _)| question.key == *key));
    }

    /// The pattern, if it was given.
    ///
    /// # Errors
    /// It is none.
    pub fn pattern(&self) -> Result<Option<String>> {
        let Some(raw) = self.given.get("pattern") else { return Ok(None) };
        let mut answers = Answers::blank();
        let taken = (QUESTIONS[0].take)(raw, &mut answers, &Catalogue::default());
        taken.map(|_| Some(answers.pattern)).or_else(|problems| all(&problems).map(|()| None))
    }

    /// Goes through all questions of `asked`.
    pub fn walk(&self, asked: Asked<'_>) -> Walk {
        let mut walk = Walk {
            answers: Answers::blank(),
            applying: Vec::new(),
            open: Vec::new(),
            notes: Vec::new(),
            missing: Vec::new(),
            problems: Vec::new(),
        };
        for question in &QUESTIONS {
            walk.step(question, self.given.get(question.key), asked);
        }
        if walk.problems.is_empty() && walk.missing.is_empty() {
            self.together(&mut walk, asked);
        }
        walk
    }

    /// Checks all answers; what is open gets its default. Beside them come remarks on them.
    ///
    /// # Errors
    /// Every answer that is not accepted, all at once; else every open question that has no default or, unless
    /// `defaults` is set, is essential.
    pub fn finish(&self, asked: Asked<'_>, defaults: bool) -> Result<(Answers, Vec<String>)> {
        let walk = self.walk(asked);
        all(&walk.problems)?;
        let open = |question: &&&'static Question| {
            let without = walk.missing.iter().any(|missing| missing.key == question.key);
            without || (!defaults && question.tier == Tier::Essential)
        };
        let applying = walk.applying.iter().filter(|(_, given)| !given).map(|(question, _)| question);
        let open: Vec<_> = applying.filter(open).copied().collect();
        if open.is_empty() { Ok((walk.answers, walk.notes)) } else { Err(left_open(&open, defaults)) }
    }

    /// Whether `text` would do as the answer to `key`.
    ///
    /// # Errors
    /// What is wrong with it and what would be accepted, one sentence a line.
    pub fn would_take(&self, asked: Asked<'_>, key: &str, text: &str) -> Result<(), String> {
        let mut draft = self.clone();
        draft.set(key, text, "").map_err(|error| error.to_string())?;
        let walk = draft.walk(asked);
        let begins = |problem: &&Problem| problem.key.split(['[']).next() == Some(key);
        let problems: Vec<_> = walk.problems.iter().filter(begins).map(Problem::to_string).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }

    /// Takes up a field of the file, or those below it.
    fn take(&mut self, field: Field, problems: &mut Vec<Problem>) {
        let group = format!("{}.", field.key);
        let below: Vec<&str> =
            QUESTIONS.iter().filter_map(|question| question.key.strip_prefix(&group)).collect();
        if let Some(question) = question(&field.key).filter(|question| !question.key.contains('.')) {
            self.given.insert(question.key, field.value);
        } else if below.is_empty() {
            problems.push(questions::unknown(&field.key, &field.key_place));
        } else if let RawValue::Map(inner) = field.value.value {
            for inner in inner {
                match question(&format!("{group}{}", inner.key)) {
                    Some(question) => drop(self.given.insert(question.key, inner.value)),
                    None => problems.push(questions::unknown(&format!("{group}{}", inner.key), &inner.key_place)),
                }
            }
        } else {
            let keys = crate::phrase::literals(&below);
            let accepted = format!("a mapping with {}", crate::phrase::List(&keys, "and"));
            problems.push(field.value.problem(&field.key, format!("is {}", field.value.kind()), &accepted));
        }
    }

    /// What stands between answers; told only where each is right by itself.
    fn together(&self, walk: &mut Walk, asked: Asked<'_>) {
        let default = Raw::text("", "default");
        let raw = |key: &str| self.given.get(key).unwrap_or(&default);
        let answers = &walk.answers;
        let components = answers.resolved(asked.catalogue);
        walk.problems.extend(components::together(raw("components"), answers, &components));
        walk.problems.extend(teams::together(raw("teams"), answers, &components));
        if answers.pattern != asked.pattern {
            let message = format!("is `{}`, but the blueprint is made for another", answers.pattern);
            walk.problems.push(raw("pattern").problem("pattern", message, &format!("`{}`", asked.pattern)));
        }
        if asked.questions.iter().any(|key| key == "signing") {
            walk.problems.extend(publishing(answers, raw("repository"), raw("signing")));
        }
        match answers.repository.url(answers.scheme(), "") {
            Ok(url) => walk.notes.extend(rewritten(raw("repository"), &url, answers)),
            Err(problem) => {
                let raw = raw("repository");
                walk.problems.push(raw.problem("repository", format!("is one {problem}"), "the form that is needed"));
            }
        }
    }
}

impl Walk {
    fn step(&mut self, question: &'static Question, given: Option<&Raw>, asked: Asked<'_>) {
        let here = asked.questions.iter().any(|key| key == question.key);
        let applies = if here {
            (question.applies)(&self.answers, asked.catalogue)
        } else {
            Applies::Not("the pattern does not ask for it")
        };
        let default = || (question.default)(&self.answers, asked.catalogue);
        let raw = match (applies, given) {
            (Applies::Not(_), None) => return,
            (Applies::Not(why), Some(raw)) => {
                // An answer before it may be wrong, and then so may this be.
                if self.problems.is_empty() {
                    let message = format!("has no meaning here: {why}");
                    self.problems.push(raw.problem(question.key, message, "no answer"));
                }
                return;
            }
            (_, Some(raw)) => Some(raw.clone()),
            (_, None) => default().map(|text| Raw::text(&text, "default")),
        };
        self.applying.push((question, given.is_some()));
        if given.is_none() && applies == Applies::Asked {
            self.open.push(question);
        }
        let Some(raw) = raw else { return self.missing.push(question) };
        match (question.take)(&raw, &mut self.answers, asked.catalogue) {
            Ok(note) => self.notes.extend(note),
            Err(problems) => self.problems.extend(problems),
        }
    }

    /// What is wrong with the answers given so far.
    ///
    /// # Errors
    /// All of it.
    pub fn check(&self) -> Result<()> {
        all(&self.problems)
    }

    /// Whether an essential question is open.
    pub fn lacks_essentials(&self) -> bool {
        self.open.iter().any(|question| question.tier == Tier::Essential)
    }

    /// The default of `question` as a text, if it has one.
    pub fn default(&self, question: &Question, asked: Asked<'_>) -> Option<String> {
        (question.default)(&self.answers, asked.catalogue)
    }
}

/// Artifacts are published by GitHub Actions, and signed by their identity where GitHub runs them.
fn publishing(answers: &Answers, repository: &Raw, signing: &Raw) -> Vec<Problem> {
    let host = answers.repository.provider();
    if !matches!(host, Host::Github | Host::Other) {
        let message = format!("lives on {}, whose pipelines are not yet supported by this pattern", host.name());
        let accepted = "a repository on GitHub or on a server of your own that runs GitHub Actions";
        return vec![repository.problem("repository", message, accepted)];
    }
    if host == Host::Other && answers.signing == Signing::Keyless {
        let message = format!(
            "is `keyless`, but the public certificate authority does not know the pipelines of `{}`",
            answers.repository.host
        );
        return vec![signing.problem("signing", message, "`key-pair`")];
    }
    Vec::new()
}

/// What became of the address, where it is another than the one given.
fn rewritten(raw: &Raw, url: &str, answers: &Answers) -> Option<String> {
    let RawValue::Text(text) = &raw.value else { return None };
    if text.is_empty() || text == url || raw.place == "default" {
        return None;
    }
    let why = match answers.scheme() {
        super::Scheme::Ssh => "since Flux reads it with a deploy key",
        super::Scheme::Https => "since it is read over HTTPS",
    };
    Some(format!("`repository`: {text} becomes {url}, {why}"))
}

/// The entries of an answers file.
fn fields(name: &str, text: &str) -> Result<Vec<Field>> {
    let stream = yaml::parse(text);
    let [document] = &stream.documents[..] else {
        return Err(Error::new(
            Kind::Input,
            format!("`{name}` holds {} documents", stream.documents.len()),
        )
        .hint("an answers file is one YAML mapping"));
    };
    let node = document.root.as_ref().map_err(|problem| {
        let place = crate::place::Place::new(name, text, problem.offset..problem.offset);
        let at = format!("{}:{}:{}", place.path, place.line, place.column);
        Error::new(Kind::Input, format!("{at}: the answers cannot be read: {}", problem.message))
    })?;
    match node.as_ref().map(|node| Raw::read(node, name, text).value) {
        Some(RawValue::Map(fields)) => Ok(fields),
        _ => Err(Error::new(Kind::Input, format!("`{name}` is not a mapping of questions to answers"))
            .hint(format!("it begins with `version: 1`; keys: {}", questions::accepted_keys()))),
    }
}

fn left_open(open: &[&Question], defaults: bool) -> Error {
    let lines = open.iter().map(|question| format!("\n  --{} {}", question.flag, question.value_name));
    let count = Count(open.len(), "question");
    let error = Error::new(Kind::Usage, format!("{count} left open:{}", lines.collect::<String>()));
    error.hint(if defaults {
        "These have no default; `--answers FILE` and `--set KEY=VALUE` answer them too"
    } else {
        "`--defaults` takes the default of each; `--answers FILE` and `--set KEY=VALUE` answer them too"
    })
}

/// One error for all problems.
fn all(problems: &[Problem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
    Err(Error::new(Kind::Input, lines.join("\n")))
}
