//! Questions. Nothing else in the program asks: a question without a terminal would wait for ever.

use std::collections::VecDeque;
use std::io;

use console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, MultiSelect, Select};

use super::interrupt;
use super::{Label, Ui, cut, wrapped};
use crate::error::{Error, Kind, Result};

/// A question and the way to answer it without a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is asked, without a colon or question mark at its end.
    pub prompt: &'a str,
    /// The flags that answer it, e.g. "`--set cluster=…` or `--defaults`".
    pub instead: &'a str,
}

/// Columns that a theme puts around a prompt or before an item, at most.
const AROUND: usize = 6;

/// The narrowest list, in characters, in which words stand in columns.
const COLUMNED: usize = 64;

/// Where answers come from.
pub(super) enum Answers {
    Nobody,
    Terminal,
    Given(VecDeque<String>),
}

impl Ui {
    /// Answers the questions to come, one each; an empty answer takes the default.
    #[must_use]
    pub fn answering(mut self, answers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.answers = Answers::Given(answers.into_iter().map(Into::into).collect());
        self
    }

    /// Whether there is someone to ask.
    pub fn interactive(&self) -> bool {
        !matches!(self.answers, Answers::Nobody)
    }

    /// Asks for a line that `check` accepts; what it says otherwise is shown and the question asked again. An empty line
    /// takes the default.
    pub fn input(
        &mut self,
        question: Question<'_>,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<String> {
        let default = default.unwrap_or_default();
        if let Some(answer) = self.given(question)? {
            let answer = if answer.is_empty() { default.to_owned() } else { answer };
            check(&answer).map_err(|why| Error::new(Kind::Usage, why))?;
            self.answered(question, &answer);
            return Ok(answer);
        }
        loop {
            let theme = self.theme();
            let input = Input::<String>::with_theme(&*theme).with_prompt(question.prompt);
            let line = asked(question, |term| {
                let line = input.allow_empty(true).report(false).interact_text_on(term)?;
                // The prompt takes itself away, but for what did not fit on one line.
                let columns = usize::from(term.size().1).max(1);
                let above = (question.prompt.chars().count() + AROUND + line.chars().count()) / columns;
                term.clear_last_lines(above)?;
                Ok(Some(line))
            })?;
            let answer = if line.trim().is_empty() { default } else { line.trim() };
            self.answered(question, answer);
            match check(answer) {
                Ok(()) => return Ok(answer.to_owned()),
                Err(why) => self.refuse(&why),
            }
        }
    }

    /// Asks for one of `items`, which must not be empty, and returns its position. The first word of an item names it.
    pub fn select(&mut self, question: Question<'_>, items: &[String], default: usize) -> Result<usize> {
        let picked = if let Some(answer) = self.given(question)? {
            let position = items.iter().position(|item| *item == answer || word(item) == answer);
            let position = if answer.is_empty() { Some(default) } else { position };
            position.ok_or_else(|| Error::new(Kind::Usage, format!("this is not offered: `{answer}`")))?
        } else {
            let (theme, shown) = (self.theme(), fitting(items));
            let select =
                Select::with_theme(&*theme).with_prompt(question.prompt).items(&shown).default(default);
            asked(question, |term| select.report(false).interact_on_opt(term))?
        };
        self.answered(question, word(&items[picked]));
        Ok(picked)
    }

    /// Asks for any of `items`, each with whether it is chosen at first, and returns their positions. The first word of an
    /// item names it.
    pub fn multi_select(&mut self, question: Question<'_>, items: &[(String, bool)]) -> Result<Vec<usize>> {
        let usual = || (0..items.len()).filter(|&index| items[index].1).collect();
        let picked: Vec<usize> = match self.given(question)? {
            Some(answer) if answer.is_empty() => usual(),
            Some(answer) => {
                let words: Vec<&str> = answer.split(", ").collect();
                (0..items.len()).filter(|&index| words.contains(&word(&items[index].0))).collect()
            }
            None => {
                let texts: Vec<String> = items.iter().map(|(item, _)| item.clone()).collect();
                let shown = fitting(&texts).into_iter().zip(items.iter().map(|(_, chosen)| *chosen));
                let theme = self.theme();
                let select =
                    MultiSelect::with_theme(&*theme).with_prompt(question.prompt).items_checked(shown);
                asked(question, |term| select.report(false).interact_on_opt(term))?
            }
        };
        let words: Vec<&str> = picked.iter().map(|&index| word(&items[index].0)).collect();
        self.answered(question, if words.is_empty() { "none".to_owned() } else { words.join(", ") });
        Ok(picked)
    }

    /// Asks for yes or no.
    pub fn confirm(&mut self, question: Question<'_>, default: bool) -> Result<bool> {
        if let Some(answer) = self.given(question)? {
            return Ok(if answer.is_empty() { default } else { answer.starts_with(['y', 'Y']) });
        }
        let theme = self.theme();
        let confirm = Confirm::with_theme(&*theme).with_prompt(question.prompt).default(default);
        asked(question, |term| confirm.interact_on_opt(term))
    }

    /// Says that an answer was not taken.
    pub fn refuse(&mut self, why: &str) {
        let columns = self.columns();
        for line in why.lines() {
            let text = wrapped(&format!("no: {line}"), columns, 4);
            let label = self.err_label(Label::Error, "no");
            self.status(&text.replacen("no", &label, 1));
        }
    }

    /// Leaves question and answer on the screen.
    fn answered(&mut self, question: Question<'_>, answer: impl AsRef<str>) {
        let answer = if answer.as_ref().is_empty() { "none" } else { answer.as_ref() };
        let text = wrapped(&format!("{}: {answer}", question.prompt), self.columns(), 4);
        let label = self.err_label(Label::Heading, question.prompt);
        self.status(&text.replacen(question.prompt, &label, 1));
    }

    /// The next given answer; `None` where the terminal is to be asked.
    fn given(&mut self, question: Question<'_>) -> Result<Option<String>> {
        let answer = match &mut self.answers {
            Answers::Terminal => {
                self.say("");
                return Ok(None);
            }
            Answers::Given(answers) => answers.pop_front(),
            Answers::Nobody => None,
        };
        answer.map(Some).ok_or_else(|| {
            let message = format!("there is no terminal to ask: {}", question.prompt);
            Error::new(Kind::Usage, message).hint(format!("Give the answer with {}", question.instead))
        })
    }

    fn theme(&self) -> Box<dyn Theme> {
        if self.err_colors() { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) }
    }
}

/// What of `items` fits on one line each, since a longer line would stay behind when the list is drawn again. On a narrow terminal
/// columns are given up before words.
fn fitting(items: &[String]) -> Vec<String> {
    let columns = usize::from(Term::stderr().size().1).saturating_sub(AROUND).max(1);
    if columns >= COLUMNED || items.iter().all(|item| item.chars().count() <= columns) {
        return items.iter().map(|item| cut(item, columns)).collect();
    }
    let close = |item: &String| item.split_whitespace().collect::<Vec<_>>().join(" ").replacen(' ', "  ", 1);
    items.iter().map(|item| cut(&close(item), columns)).collect()
}

/// The name of an item.
fn word(item: &str) -> &str {
    item.split_whitespace().next().unwrap_or_default()
}

/// Asks on standard error, and leaves the cursor visible whatever happens. No answer is a wish to stop.
fn asked<T>(question: Question<'_>, ask: impl FnOnce(&Term) -> dialoguer::Result<Option<T>>) -> Result<T> {
    let term = Term::stderr();
    // Ctrl-C ends the question and not the process.
    let hold = interrupt::ctrl_c().hold();
    let answer = ask(&term);
    drop(hold);
    let cause = match answer {
        Ok(Some(answer)) => return Ok(answer),
        Ok(None) => None,
        Err(dialoguer::Error::IO(cause)) => {
            // A prompt that fails has hidden the cursor and not ended its line; if that fails too, there is nobody to tell.
            let _ = term.show_cursor().and_then(|()| term.write_line(""));
            Some(cause).filter(|cause| cause.kind() != io::ErrorKind::Interrupted)
        }
    };
    Err(match cause {
        None => Error::new(
            Kind::Refused,
            format!("nothing was written, since you stopped at: {}", question.prompt),
        ),
        Some(cause) => Error::new(Kind::System, format!("cannot ask: {}: {cause}", question.prompt)),
    })
}
