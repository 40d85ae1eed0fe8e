//! Answers on their way: given by file, flag, prompt or default, then checked all at once.

use std::collections::BTreeMap;

use super::answers::Answers;
use super::clusters;
use super::questions::{self, LATER, QUESTIONS, Question, question};
use super::raw::{Problem, Raw, RawValue, nearest};
use super::repository::Repository;
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

impl Draft {
    /// Takes the answers of an answers file; `name` is what messages call it, `text` its content.
    ///
    /// # Errors
    /// Every key that is unknown or not yet supported, a wrong version, a file that is no mapping.
    pub fn read(&mut self, name: &str, text: &str) -> Result<()> {
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
        let root = node.as_ref().map(|node| Raw::read(node, name, text).value);
        let Some(RawValue::Map(fields)) = root else {
            return Err(Error::new(
                Kind::Input,
                format!("`{name}` is not a mapping of questions to answers"),
            )
            .hint(format!("it begins with `version: 1`; keys: {}", accepted_keys())));
        };
        let mut problems = Vec::new();
        let mut versioned = false;
        for field in fields {
            match question(&field.key) {
                Some(question) => drop(self.given.insert(question.key, field.value)),
                None if field.key == VERSION_KEY => {
                    versioned = true;
                    problems.extend(questions::version(&field.value).err());
                }
                None => problems.push(unknown(&field.key, &field.key_place)),
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
        let Some(question) = question(key) else { return all(&[unknown(key, place)]) };
        self.given.insert(question.key, Raw::text(text, place));
        Ok(())
    }

    /// The questions without an answer, in the order in which they are asked.
    pub fn unanswered(&self) -> Vec<&'static Question> {
        QUESTIONS.iter().filter(|question| !self.given.contains_key(question.key)).collect()
    }

    /// Answers every open question by its default.
    pub fn fill_defaults(&mut self) {
        for question in self.unanswered() {
            self.given.insert(question.key, Raw::text(question.default, "default"));
        }
    }

    /// Checks all answers. Beside them come notes on those that were rewritten.
    ///
    /// # Errors
    /// Every open question, or every answer that is not accepted, all at once.
    pub fn finish(&self) -> Result<(Answers, Vec<String>)> {
        self.check_complete()?;
        let given = |key: &str| &self.given[key];
        let checked = QUESTIONS.iter().map(|question| question.check_raw(given(question.key)));
        let mut problems = Vec::new();
        let mut notes = Vec::new();
        for result in checked {
            match result {
                Ok(note) => notes.extend(note),
                Err(found) => problems.extend(found),
            }
        }
        all(&problems)?;
        let one = |problem: Problem| vec![problem];
        let answers = || -> Result<Answers, Vec<Problem>> {
            Ok(Answers {
                pattern: questions::pattern(given("pattern")).map_err(one)?,
                repository: Repository::read(given("repository")).map_err(one)?.0,
                platform: questions::platform(given("platform")).map_err(one)?,
                clusters: clusters::read(given("clusters"))?,
            })
        };
        let answers =
            answers().or_else(|problems| all(&problems).map(|()| unreachable!("no problem, no error")));
        answers.map(|answers| (answers, notes))
    }

    fn check_complete(&self) -> Result<()> {
        let open = self.unanswered();
        if open.is_empty() {
            return Ok(());
        }
        let lines = open.iter().map(|question| format!("\n  --{} {}", question.key, question.value_name));
        let count = Count(open.len(), "question");
        Err(Error::new(Kind::Usage, format!("{count} left open:{}", lines.collect::<String>())).hint(
            "`--defaults` takes the default of each; `--answers FILE` and `--set KEY=VALUE` answer them too",
        ))
    }
}

fn unknown(key: &str, place: &str) -> Problem {
    let known = QUESTIONS.each_ref().map(|question| question.key);
    let message = if LATER.contains(&key) {
        "is not yet supported".to_owned()
    } else {
        format!("is no question{}", nearest(key, &known))
    };
    Problem { key: key.into(), place: place.into(), message, accepted: accepted_keys() }
}

fn accepted_keys() -> String {
    List(&literals(&QUESTIONS.each_ref().map(|question| question.key)), "or").to_string()
}

/// One error for all problems.
fn all(problems: &[Problem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
    Err(Error::new(Kind::Input, lines.join("\n")))
}
