//! The walk over all questions: what applies, what is open, what the answers come to.

use std::collections::BTreeMap;

use super::draft::all;
use super::questions::{Applies, QUESTIONS, Question, Tier, unsupported};
use super::raw::{DEFAULT, Problem, Raw, RawValue};
use super::repository::{Host, Scheme};
use super::{Answers, Asked, Note, Signing, components, teams};
use crate::error::Result;

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
    pub notes: Vec<Note>,
    /// Open questions without a default.
    pub missing: Vec<&'static Question>,
    pub(super) problems: Vec<Problem>,
}

impl Walk {
    pub(super) fn new(given: &BTreeMap<&'static str, Raw>, asked: Asked<'_>) -> Self {
        let mut walk = Self {
            answers: Answers::blank(),
            applying: Vec::new(),
            open: Vec::new(),
            notes: Vec::new(),
            missing: Vec::new(),
            problems: Vec::new(),
        };
        for question in &QUESTIONS {
            walk.step(question, given.get(question.key), asked);
        }
        if walk.problems.is_empty() {
            walk.together(given, asked);
        }
        walk
    }

    fn step(&mut self, question: &'static Question, given: Option<&Raw>, asked: Asked<'_>) {
        let applies = if asked.asks(question.key) {
            (question.applies)(&self.answers, asked.catalogue)
        } else {
            Applies::Not("the pattern does not ask for it")
        };
        if let Applies::Not(why) = applies {
            // An answer before it may be wrong, and then so may this be.
            let Some(raw) = given.filter(|raw| !raw.is_nothing()) else { return };
            if let Some(problem) = unsupported(question, raw) {
                self.problems.push(problem);
            } else if self.problems.is_empty() {
                let message = format!("is {}, but has no meaning here: {why}", raw.shown());
                self.problems.push(raw.problem(question.key, message, "no answer"));
            }
            return;
        }
        self.applying.push((question, given.is_some()));
        if given.is_none() && applies == Applies::Asked {
            self.open.push(question);
        }
        let default = || self.default(question, asked).map(|text| Raw::text(&text, DEFAULT));
        let Some(raw) = given.cloned().or_else(default) else { return self.missing.push(question) };
        match (question.take)(&raw, &mut self.answers, asked.catalogue) {
            Ok(note) => self.notes.extend(note),
            Err(problems) => self.problems.extend(problems),
        }
    }

    /// What stands between answers; told only where each is right by itself.
    fn together(&mut self, given: &BTreeMap<&'static str, Raw>, asked: Asked<'_>) {
        let default = Raw::text("", DEFAULT);
        let raw = |key: &str| given.get(key).unwrap_or(&default);
        let answers = &self.answers;
        let components = answers.resolved(asked.catalogue);
        let mut problems = components::together(raw("components"), answers, &components);
        problems.extend(teams::together(raw("teams"), answers, &components));
        if answers.pattern != asked.pattern {
            let message = format!("is `{}`, but the blueprint is made for another", answers.pattern);
            problems.push(raw("pattern").problem("pattern", message, &format!("`{}`", asked.pattern)));
        }
        if asked.asks("signing") {
            problems.extend(publishing(answers, raw("repository"), raw("signing")));
        }
        match answers.repository.in_form(answers.scheme()) {
            Ok((repository, url)) => {
                self.notes.extend(rewritten(raw("repository"), &url, answers, asked));
                self.answers.repository = repository;
            }
            Err(problem) => {
                let message = format!("is an address {problem}");
                problems.push(raw("repository").problem("repository", message, "the form without a port"));
            }
        }
        self.problems = problems;
    }

    /// What is wrong with the answers given so far.
    ///
    /// # Errors
    /// All of it.
    pub fn check(&self) -> Result<()> {
        let given: Vec<_> =
            self.problems.iter().filter(|problem| problem.place != DEFAULT).cloned().collect();
        all(&given)
    }

    /// Whether an essential question is open.
    pub fn lacks_essentials(&self) -> bool {
        self.open.iter().any(|question| question.tier == Tier::Essential)
    }

    /// The open questions that nothing answers: those without a default and, unless `defaults` are taken, the essential.
    pub(super) fn left_open(&self, defaults: bool) -> Vec<&'static Question> {
        let essential = |question: &Question| !defaults && question.tier == Tier::Essential;
        let open = |question: &Question| essential(question) || self.is_missing(question);
        self.open.iter().copied().filter(|question| open(question)).collect()
    }

    /// Whether `question` is open and has no default.
    pub(super) fn is_missing(&self, question: &Question) -> bool {
        self.missing.iter().any(|missing| missing.key == question.key)
    }

    /// The default of `question` as a text, if it has one.
    pub fn default(&self, question: &Question, asked: Asked<'_>) -> Option<String> {
        (question.default)(&self.answers, asked.catalogue)
    }
}

impl Asked<'_> {
    pub(super) fn asks(self, key: &str) -> bool {
        self.questions.iter().any(|asked| asked == key)
    }
}

/// Artifacts are published by GitHub Actions, and signed by their identity where GitHub runs them.
fn publishing(answers: &Answers, repository: &Raw, signing: &Raw) -> Vec<Problem> {
    let host = answers.repository.provider();
    if !matches!(host, Host::Github | Host::Other) {
        let message =
            format!("lives on {}, whose pipelines are not yet supported by this pattern", host.name());
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
fn rewritten(raw: &Raw, url: &str, answers: &Answers, asked: Asked<'_>) -> Option<Note> {
    let RawValue::Text(text) = &raw.value else { return None };
    if text.is_empty() || text == url || raw.place == DEFAULT {
        return None;
    }
    let why = match answers.scheme() {
        Scheme::Ssh => "since Flux reads it with a deploy key",
        Scheme::Https => "since it is read over HTTPS",
    };
    // How Flux authenticates decides on the form.
    let key = if asked.asks("auth") { "auth" } else { "repository" };
    Some(Note { key, text: format!("`repository`: {text} becomes {url}, {why}"), warns: false })
}
