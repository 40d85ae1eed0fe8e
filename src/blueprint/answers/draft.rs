//! Answers on their way: given by file, flag, prompt or default, then checked all at once.

use std::collections::BTreeMap;

use super::questions::{self, QUESTIONS, Question, Tier, question};
use super::raw::{DEFAULT, Field, Problem, Raw, RawValue, TYPED};
use super::{Answers, Note, Walk, teams};
use crate::blueprint::catalogue::Catalogue;
use crate::error::{Error, Kind, Result};
use crate::phrase::{Count, List, literals};
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
        let raw = Raw::text(text, place);
        let Some(question) = question(key) else { return all(&questions::unknown(key, place, &raw)) };
        self.given.insert(question.key, raw);
        Ok(())
    }

    /// Takes an answer that was typed at a prompt.
    pub fn answer(&mut self, question: &'static Question, text: &str) {
        self.given.insert(question.key, Raw::text(text, TYPED));
    }

    /// Whether `question` was answered, in whatever way.
    pub fn has(&self, question: &Question) -> bool {
        self.given.contains_key(question.key)
    }

    /// Takes back the answers to the follow-ups that hang on the answer to `key`, one by way of another too; says which
    /// there were.
    pub fn reopen(&mut self, key: &str) -> Vec<&'static Question> {
        let hang = |question: &&Question| question.tier == Tier::FollowUp && question.follows.contains(&key);
        let mut open = Vec::new();
        for question in QUESTIONS.iter().filter(hang) {
            open.extend(self.given.remove(question.key).map(|_| question));
            open.extend(self.reopen(question.key));
        }
        open
    }

    /// How many teams were given.
    pub fn teams(&self) -> usize {
        self.given.get("teams").and_then(|raw| teams::read(raw).ok()).map_or(0, |teams| teams.len())
    }

    /// Takes back the answers to questions that have no meaning beside the others.
    pub fn drop_meaningless(&mut self, asked: Asked<'_>) {
        let applying = self.walk(asked).applying;
        self.given.retain(|key, _| applying.iter().any(|(question, _)| question.key == *key));
    }

    /// Takes back typed answers that are wrong beside the others, and tells what is wrong, one sentence each.
    ///
    /// # Errors
    /// Everything that is wrong with answers that were given in another way.
    pub fn retract(&mut self, asked: Asked<'_>) -> Result<Vec<String>> {
        let problems = self.walk(asked).problems;
        let given = problems.into_iter().filter(|problem| problem.place != DEFAULT);
        let (typed, given): (Vec<_>, Vec<_>) = given.partition(|problem| problem.place == TYPED);
        all(&given)?;
        self.given.retain(|key, _| typed.iter().all(|problem| problem.question() != *key));
        Ok(typed.iter().map(Problem::to_string).collect())
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
        Walk::new(&self.given, asked)
    }

    /// Checks all answers; what is open gets its default. Beside them come remarks on them.
    ///
    /// # Errors
    /// Every answer that is not accepted, and every open question that has no default or, unless `defaults` is set, is
    /// essential, all at once.
    pub fn finish(&self, asked: Asked<'_>, defaults: bool) -> Result<(Answers, Vec<Note>)> {
        let walk = self.walk(asked);
        let open = walk.left_open(defaults);
        // What is wrong with a default may be right with the answer that is still to come.
        let problems = walk.problems.iter().filter(|problem| open.is_empty() || problem.place != DEFAULT);
        let problems: Vec<Problem> = problems.cloned().collect();
        match (all(&problems), open.is_empty()) {
            (Ok(()), true) => Ok((walk.answers, walk.notes)),
            (Ok(()), false) => Err(left_open(&open, &walk, "")),
            (Err(error), true) => Err(error),
            (Err(error), false) => Err(left_open(&open, &walk, &format!("{error}\n"))),
        }
    }

    /// Whether `text` would do as the answer to `question`. What it makes wrong of answers that were typed earlier does
    /// not count: they can be given again.
    ///
    /// # Errors
    /// What is wrong with it and what would be accepted, one sentence a line.
    pub fn would_take(
        &self,
        asked: Asked<'_>,
        question: &'static Question,
        text: &str,
    ) -> Result<(), String> {
        let mut draft = self.clone();
        draft.answer(question, text);
        let concerns = |problem: &&Problem| {
            problem.question() == question.key || (problem.place != TYPED && problem.place != DEFAULT)
        };
        let problems = draft.walk(asked).problems;
        let problems: Vec<_> = problems.iter().filter(concerns).map(Problem::to_string).collect();
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
            problems.extend(questions::unknown(&field.key, &field.key_place, &field.value));
        } else if let RawValue::Map(inner) = field.value.value {
            for inner in inner {
                let key = format!("{group}{}", inner.key);
                if let Some(question) = question(&key) {
                    self.given.insert(question.key, inner.value);
                } else {
                    problems.extend(questions::unknown(&key, &inner.key_place, &inner.value));
                }
            }
        } else {
            let accepted = format!("a mapping with {}", List(&literals(&below), "and"));
            problems.push(field.value.problem(&field.key, format!("is {}", field.value.kind()), &accepted));
        }
    }
}

/// The entries of an answers file.
fn fields(name: &str, text: &str) -> Result<Vec<Field>> {
    let stream = yaml::parse(text);
    let [document] = &stream.documents[..] else {
        return Err(Error::new(Kind::Input, format!("`{name}` holds {} documents", stream.documents.len()))
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

/// The error that questions are open; `wrong` tells what is wrong besides.
fn left_open(open: &[&Question], walk: &Walk, wrong: &str) -> Error {
    let flags = open.iter().map(|question| format!("--{} {}", question.flag, question.value_name));
    let width = flags.clone().map(|flag| flag.chars().count()).max().unwrap_or_default() + 2;
    let lines = flags.zip(open).map(|(flag, question)| {
        let what = if question.tier == Tier::Essential { question.asks } else { question.help };
        format!("\n  {flag:<width$}{what}")
    });
    let count = Count(open.len(), "question");
    let message = format!("{wrong}{count} left open:{}", lines.collect::<String>());
    let error = Error::new(if wrong.is_empty() { Kind::Usage } else { Kind::Input }, message);
    let names = |questions: &[&Question]| {
        let keys: Vec<&str> = questions.iter().map(|question| question.key).collect();
        List(&literals(&keys), "and").to_string()
    };
    let error = error.hint(format!("`--set KEY=VALUE` and `--answers FILE` answer them as {}", names(open)));
    let missing: Vec<_> = open.iter().copied().filter(|question| walk.is_missing(question)).collect();
    error.hint(match missing.len() {
        0 => "`--defaults` takes the default of each".to_owned(),
        all if all == open.len() => "None of them has a default".to_owned(),
        _ => format!("`--defaults` takes the default of each but {}", names(&missing)),
    })
}

/// One error for all problems.
pub(super) fn all(problems: &[Problem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
    Err(Error::new(Kind::Input, lines.join("\n")))
}
