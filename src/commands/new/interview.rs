//! The interview: asks what is open, and asks again what does not go together.

use std::path::Path;

use super::machine::{Suggestion, logged_in, suggestion};
use crate::blueprint::{Asked, Choice, Draft, PATTERNS, QUESTIONS, Question, Shape, Walk};
use crate::error::Result;
use crate::phrase::{List, literals};
use crate::ui::{self, Label, Ui, wrapped};

/// What someone is asked, and where the answers go.
pub(super) struct Interview<'a> {
    pub(super) ui: &'a mut Ui,
    pub(super) draft: &'a mut Draft,
    pub(super) asked: Asked<'a>,
    pub(super) root: &'a Path,
    /// Answers that were taken back, which are offered again.
    pub(super) earlier: Vec<(&'static str, String)>,
}

/// Says how to go on and how to stop.
pub(super) fn greet(ui: &mut Ui) {
    tell(ui, "Enter takes what is offered, Ctrl-C stops. Nothing is written before the end.");
}

/// Asks for the pattern; the one of `before` is offered, else what fits teams and registry.
pub(super) fn pattern(ui: &mut Ui, draft: &mut Draft, before: Option<&str>) -> Result<()> {
    let question = &QUESTIONS[0];
    explain(ui, question);
    let (usual, source) = match before {
        Some(id) => (id, ""),
        None if draft.teams() > 1 => ("gitless", "several teams"),
        None if logged_in() => ("gitless", "a login to a registry"),
        None => (PATTERNS[0].id, ""),
    };
    offered_because(ui, source);
    let choices: Vec<&Choice> = PATTERNS.iter().collect();
    let id = choose(ui, question, &choices, usual)?;
    draft.answer(question, &id);
    Ok(())
}

impl Interview<'_> {
    /// Asks every open question, or only those that nothing else answers.
    pub(super) fn begin(&mut self, only_missing: bool) -> Result<()> {
        let given = self.draft.walk(self.asked);
        for (question, _) in given.applying.iter().filter(|(_, answered)| *answered) {
            remark(self.ui, &given, question);
        }
        self.ask_all(only_missing)
    }

    /// Asks one question after the other, since an answer may open others.
    pub(super) fn ask_all(&mut self, only_missing: bool) -> Result<()> {
        loop {
            for problem in self.draft.retract(self.asked)? {
                self.ui.refuse(&problem);
            }
            let walk = self.draft.walk(self.asked);
            let open = if only_missing { &walk.missing } else { &walk.open };
            let Some(question) = open.first().copied() else { return Ok(()) };
            self.ask(&walk, question)?;
        }
    }

    /// Asks one question again, then those that its answer opens; answers that lose their meaning are dropped.
    pub(super) fn change(&mut self, question: &'static Question) -> Result<()> {
        let walk = self.draft.walk(self.asked);
        self.ask(&walk, question)?;
        let changed =
            self.draft.walk(self.asked).answers.text(question.key) != walk.answers.text(question.key);
        if changed {
            // A default is computed anew.
            let own = |question: &&Question| {
                walk.default(question, self.asked).as_deref() != Some(&walk.answers.text(question.key))
            };
            let open = self.draft.reopen(question.key).into_iter().filter(own);
            self.earlier = open.map(|question| (question.key, walk.answers.text(question.key))).collect();
        }
        self.draft.drop_meaningless(self.asked);
        self.ask_all(false)
    }

    /// Asks until the answer will do.
    fn ask(&mut self, walk: &Walk, question: &'static Question) -> Result<()> {
        explain(self.ui, question);
        loop {
            let answer = self.answer(walk, question)?;
            match self.draft.would_take(self.asked, question, &answer) {
                Ok(()) => {
                    self.draft.answer(question, &answer);
                    remark(self.ui, &self.draft.walk(self.asked), question);
                    return Ok(());
                }
                Err(why) => self.ui.refuse(&why),
            }
        }
    }

    /// Asks once. What was answered before is offered, else what the machine knows, else the default.
    fn answer(&mut self, walk: &Walk, question: &'static Question) -> Result<String> {
        let takes = |text: &str| self.draft.would_take(self.asked, question, text);
        let known = suggestion(question.key, self.root, walk).filter(|known| takes(&known.text).is_ok());
        let usual = walk.default(question, self.asked).unwrap_or_default();
        let earlier = self.earlier.iter().find(|(key, text)| *key == question.key && takes(text).is_ok());
        let (offered, source) = match known {
            _ if self.draft.has(question) => (walk.answers.text(question.key), ""),
            _ if earlier.is_some() => (earlier.map(|(_, text)| text.clone()).unwrap_or_default(), ""),
            Some(Suggestion { text, source }) => (text, source),
            None => (usual, ""),
        };
        offered_because(self.ui, source);
        match question.shape {
            Shape::Choice(choices) => {
                let all = choices();
                let fits = |choice: &&Choice| takes(choice.id).is_ok();
                let supported: Vec<&Choice> = all.iter().filter(|choice| choice.supported).collect();
                let (mut fitting, others): (Vec<_>, Vec<_>) = supported.iter().copied().partition(fits);
                if fitting.is_empty() {
                    fitting = supported;
                } else if !others.is_empty() {
                    let ids: Vec<&str> = others.iter().map(|choice| choice.id).collect();
                    tell(self.ui, &format!("Not beside the other answers: {}", List(&literals(&ids), "and")));
                }
                choose(self.ui, question, &fitting, &offered)
            }
            Shape::Components => self.components(question, &offered),
            _ => {
                let none = if takes("none").is_ok() { "; `none` is an answer too" } else { "" };
                match offered.lines().next() {
                    Some(line) => tell(self.ui, &format!("Enter takes {line}{none}")),
                    None if takes("").is_ok() => tell(self.ui, "Enter takes none"),
                    None => {}
                }
                let instead = instead(question);
                let prompt = ui::Question { prompt: question.asks, instead: &instead };
                self.ui.input(prompt, Some(&offered), &takes)
            }
        }
    }

    fn components(&mut self, question: &Question, offered: &str) -> Result<String> {
        let offered: Vec<&str> = offered.split(", ").collect();
        let mut all: Vec<_> = self.asked.catalogue.selectable().collect();
        all.sort_by(|a, b| (&a.capability, &a.id).cmp(&(&b.capability, &b.id)));
        let width = all.iter().map(|component| component.id.len()).max().unwrap_or_default();
        let group = all.iter().map(|component| component.capability.len()).max().unwrap_or_default();
        let items: Vec<(String, bool)> = all
            .iter()
            .map(|component| {
                let (id, capability) = (&component.id, &component.capability);
                let item = format!("{id:<width$}  {capability:<group$}  {}", component.summary);
                (item, offered.contains(&id.as_str()))
            })
            .collect();
        tell(self.ui, "Space marks one, Enter takes all that are marked");
        let instead = instead(question);
        let chosen =
            self.ui.multi_select(ui::Question { prompt: question.asks, instead: &instead }, &items)?;
        let ids: Vec<&str> = chosen.into_iter().map(|index| all[index].id.as_str()).collect();
        Ok(ids.join(", "))
    }
}

fn choose(ui: &mut Ui, question: &Question, choices: &[&Choice], offered: &str) -> Result<String> {
    let width = choices.iter().map(|choice| choice.id.len()).max().unwrap_or_default();
    let items: Vec<_> =
        choices.iter().map(|choice| format!("{:<width$}  {}", choice.id, choice.meaning)).collect();
    let default = choices.iter().position(|choice| choice.id == offered).unwrap_or_default();
    let instead = instead(question);
    let picked = ui.select(ui::Question { prompt: question.asks, instead: &instead }, &items, default)?;
    Ok(choices[picked].id.to_owned())
}

fn instead(question: &Question) -> String {
    format!("--{}, --set {}=…, --answers or --defaults", question.flag, question.key)
}

/// Says what follows from the answer.
fn explain(ui: &mut Ui, question: &Question) {
    ui.status("");
    tell(ui, question.help);
}

/// Says what came of the answer.
fn remark(ui: &mut Ui, walk: &Walk, question: &Question) {
    for note in walk.notes.iter().filter(|note| note.key == question.key) {
        super::remark(ui, note);
    }
}

fn offered_because(ui: &mut Ui, source: &str) {
    if !source.is_empty() {
        tell(ui, &format!("Offered because of {source}."));
    }
}

fn tell(ui: &mut Ui, text: &str) {
    for line in wrapped(text, ui.columns(), 0).lines() {
        let line = ui.err_label(Label::Faint, line);
        ui.status(&line);
    }
}
