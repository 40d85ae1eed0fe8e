//! Questions. Nothing else in the program asks: a question without a terminal would wait for ever.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, MultiSelect, Select};

use super::Ui;
use crate::error::{Error, Kind, Result};

/// A question and the way to answer it without a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is asked, without a colon or question mark at its end.
    pub prompt: &'a str,
    /// The flags that answer it, e.g. "`--set cluster=…` or `--defaults`".
    pub instead: &'a str,
}

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

    /// Asks for a line that `check` accepts; what it says otherwise is shown and the question asked again.
    pub fn input(
        &mut self,
        question: Question<'_>,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<String> {
        if let Some(answer) = self.given(question)? {
            let answer = if answer.is_empty() { default.unwrap_or_default().to_owned() } else { answer };
            return check(&answer).map(|()| answer).map_err(|why| Error::new(Kind::Usage, why));
        }
        let theme = self.theme();
        let mut input = Input::<String>::with_theme(&*theme)
            .with_prompt(question.prompt)
            .validate_with(|answer: &String| check(answer));
        input = match default {
            Some(default) => input.default(default.to_owned()),
            None => input.allow_empty(true),
        };
        asked(question, |term| input.interact_text_on(term))
    }

    /// Asks for one of `items`, which must not be empty, and returns its position.
    pub fn select(&mut self, question: Question<'_>, items: &[String], default: usize) -> Result<usize> {
        if let Some(answer) = self.given(question)? {
            let position = items.iter().position(|item| *item == answer);
            let position = if answer.is_empty() { Some(default) } else { position };
            return position
                .ok_or_else(|| Error::new(Kind::Usage, format!("this is not offered: `{answer}`")));
        }
        let theme = self.theme();
        let select = Select::with_theme(&*theme).with_prompt(question.prompt).items(items).default(default);
        asked(question, |term| select.interact_on(term))
    }

    /// Asks for any of `items`, each with whether it is chosen at first, and returns their positions.
    pub fn multi_select(&mut self, question: Question<'_>, items: &[(String, bool)]) -> Result<Vec<usize>> {
        if let Some(answer) = self.given(question)? {
            if answer.is_empty() {
                return Ok((0..items.len()).filter(|&index| items[index].1).collect());
            }
            let words: Vec<&str> = answer.split(", ").collect();
            let chosen =
                |index: &usize| words.iter().any(|word| items[*index].0.starts_with(&format!("{word}:")));
            return Ok((0..items.len()).filter(chosen).collect());
        }
        let theme = self.theme();
        let select = MultiSelect::with_theme(&*theme)
            .with_prompt(question.prompt)
            .items_checked(items.iter().cloned());
        asked(question, |term| select.interact_on(term))
    }

    /// Asks for yes or no.
    pub fn confirm(&mut self, question: Question<'_>, default: bool) -> Result<bool> {
        if let Some(answer) = self.given(question)? {
            return Ok(if answer.is_empty() { default } else { answer.starts_with(['y', 'Y']) });
        }
        let theme = self.theme();
        let confirm = Confirm::with_theme(&*theme).with_prompt(question.prompt).default(default);
        asked(question, |term| confirm.interact_on(term))
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

/// Asks on standard error, and leaves the cursor visible whatever happens.
fn asked<T>(question: Question<'_>, ask: impl FnOnce(&Term) -> dialoguer::Result<T>) -> Result<T> {
    let interrupts = interrupts();
    let term = Term::stderr();
    interrupts.store(false, Ordering::SeqCst);
    let answer = ask(&term);
    interrupts.store(true, Ordering::SeqCst);
    answer.map_err(|dialoguer::Error::IO(cause)| {
        // A prompt that fails has hidden the cursor and not ended its line; if that fails too, there is nobody to tell.
        let _ = term.show_cursor().and_then(|()| term.write_line(""));
        let message = match cause.kind() {
            io::ErrorKind::Interrupted => format!("stopped at the question: {}", question.prompt),
            _ => format!("cannot ask: {}: {cause}", question.prompt),
        };
        Error::new(Kind::Usage, message).hint(format!("Give the answer with {}", question.instead))
    })
}

/// While this is `false`, Ctrl-C ends the question and not the process.
fn interrupts() -> &'static AtomicBool {
    static KILL: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    KILL.get_or_init(|| {
        let kill = Arc::new(AtomicBool::new(true));
        // Without the handler Ctrl-C kills the process, as it does outside of questions.
        let _ =
            signal_hook::flag::register_conditional_default(signal_hook::consts::SIGINT, Arc::clone(&kill));
        kill
    })
}
