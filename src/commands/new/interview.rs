//! The interview: asks what is open, shows what it comes to, and lets any answer be changed before a byte is written.

use std::path::Path;

use crate::blueprint::{Asked, Choice, Draft, PATTERNS, QUESTIONS, Question, Shape, Walk};
use crate::error::Result;
use crate::repo::git;
use crate::ui::{self, Label, Ui};
use crate::yaml::{Value, write};

/// What the user wants after the review.
pub(super) enum Next {
    /// Write it.
    Write,
    /// The answer to this question is open again.
    Change(&'static Question),
    /// Leave everything as it is.
    Stop,
}

/// Asks for the pattern.
pub(super) fn pattern(ui: &mut Ui) -> Result<String> {
    choice(ui, &QUESTIONS[0], PATTERNS, PATTERNS[0].id)
}

/// Asks every open question, one after the other, since an answer may open others.
pub(super) fn ask_all(ui: &mut Ui, draft: &mut Draft, asked: Asked<'_>, root: &Path) -> Result<()> {
    loop {
        let walk = draft.walk(asked);
        walk.check()?;
        let Some(question) = walk.open.first().copied() else { return Ok(()) };
        let answer = ask(ui, draft, &walk, question, asked, root)?;
        draft.set(question.key, &answer, "")?;
    }
}

/// Asks one question again, then those that its answer opens; answers that lose their meaning are dropped.
pub(super) fn change(
    ui: &mut Ui,
    draft: &mut Draft,
    question: &'static Question,
    asked: Asked<'_>,
    root: &Path,
) -> Result<()> {
    let walk = draft.walk(asked);
    let answer = ask(ui, draft, &walk, question, asked, root)?;
    draft.set(question.key, &answer, "")?;
    draft.drop_meaningless(asked);
    ask_all(ui, draft, asked, root)
}

/// Asks one question. What the machine knows is only ever suggested.
fn ask(
    ui: &mut Ui,
    draft: &Draft,
    walk: &Walk,
    question: &'static Question,
    asked: Asked<'_>,
    root: &Path,
) -> Result<String> {
    let usual = walk.default(question, asked).unwrap_or_default();
    match question.shape {
        Shape::Choice(choices) => return choice(ui, question, &choices(), &usual),
        Shape::Components => return components(ui, question, asked, &usual),
        _ => {}
    }
    ui.status(question.help);
    let check = |text: &str| draft.would_take(asked, question.key, text);
    let suggested = suggestion(question.key, root).filter(|text| check(text).is_ok());
    let default = suggested.unwrap_or(usual);
    ui.input(prompt(question, &instead(question)), Some(&default), &check)
}

fn choice(ui: &mut Ui, question: &Question, choices: &[Choice], usual: &str) -> Result<String> {
    let choices: Vec<&Choice> = choices.iter().filter(|choice| choice.supported).collect();
    ui.status(question.help);
    let items: Vec<_> = choices.iter().map(|choice| format!("{}: {}", choice.id, choice.meaning)).collect();
    let default = choices.iter().position(|choice| choice.id == usual).unwrap_or_default();
    Ok(choices[ui.select(prompt(question, &instead(question)), &items, default)?].id.to_owned())
}

fn components(ui: &mut Ui, question: &Question, asked: Asked<'_>, usual: &str) -> Result<String> {
    let usual: Vec<&str> = usual.split(", ").collect();
    let mut all: Vec<_> = asked.catalogue.selectable().collect();
    all.sort_by(|a, b| (&a.capability, &a.id).cmp(&(&b.capability, &b.id)));
    let items: Vec<(String, bool)> = all
        .iter()
        .map(|component| {
            let item = format!("{}: {} ({})", component.id, component.summary, component.capability);
            (item, usual.contains(&component.id.as_str()))
        })
        .collect();
    ui.status(question.help);
    let chosen = ui.multi_select(prompt(question, &instead(question)), &items)?;
    let ids: Vec<&str> = chosen.into_iter().map(|index| all[index].id.as_str()).collect();
    Ok(ids.join(", "))
}

fn instead(question: &Question) -> String {
    format!("--{}, --set {}=…, --answers or --defaults", question.flag, question.key)
}

fn prompt<'q>(question: &'q Question, instead: &'q str) -> ui::Question<'q> {
    ui::Question { prompt: question.asks, instead }
}

/// Shows all answers and asks what to do with them.
pub(super) fn review(ui: &mut Ui, walk: &Walk, files: usize) -> Result<Next> {
    let shown: Vec<(&'static Question, String)> =
        walk.applying.iter().map(|(question, _)| (*question, inline(&walk.answers.value(question.key)))).collect();
    let width = shown.iter().map(|(question, _)| question.key.len()).max().unwrap_or_default() + 2;
    let heading = ui.err_label(Label::Heading, "Your answers");
    ui.status(&format!("\n{heading}"));
    for (question, value) in &shown {
        ui.status(&format!("  {:<width$}{value}", question.key));
    }
    let mut items = vec![format!("Write {}", crate::phrase::Count(files, "file"))];
    items.extend(shown.iter().map(|(question, _)| format!("Change {}", question.key)));
    items.push("Stop without writing anything".to_owned());
    let prompt = ui::Question { prompt: "What now", instead: "--answers or --defaults" };
    let picked = ui.select(prompt, &items, 0)?;
    Ok(match picked.checked_sub(1) {
        None => Next::Write,
        Some(index) => shown.get(index).map_or(Next::Stop, |(question, _)| Next::Change(question)),
    })
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::Sequence(items) if items.is_empty() => "none".to_owned(),
        Value::String(text) => text.lines().next().unwrap_or_default().to_owned(),
        other => write::inline(other, write::Style::Flow),
    }
}

/// What the machine knows about the answer to `key`.
fn suggestion(key: &str, root: &Path) -> Option<String> {
    match key {
        "repository" => configured(root, "remote.origin.url"),
        "email" => configured(root, "user.email"),
        _ => None,
    }
}

/// A value of Git's configuration in `root`, if it is the top of a repository.
fn configured(root: &Path, key: &str) -> Option<String> {
    let tree = git::discover(root).ok()??;
    let value = tree.prefix.is_empty().then(|| tree.git.config_snapshot().string(key))??;
    Some(value.to_string())
}
