//! The review: what all answers come to, before a byte is written.

use crate::blueprint::{Question, Walk};
use crate::error::Result;
use crate::phrase::Count;
use crate::ui::{self, Label, Ui, wrapped};

/// What the user wants after the review.
pub(super) enum Next {
    /// Write it.
    Write,
    /// The answer to this question is open again.
    Change(&'static Question),
    /// Leave everything as it is.
    Stop,
}

/// Shows all answers and asks what to do with them; those to the questions in `fixed` cannot be changed.
pub(super) fn review(ui: &mut Ui, walk: &Walk, files: usize, fixed: &[&str]) -> Result<Next> {
    let lines = lines(walk);
    let heading = ui.err_label(Label::Heading, "Your answers");
    ui.status(&format!("\n{heading}"));
    let (columns, width) = (ui.columns(), width(walk));
    for (_, line) in &lines {
        ui.status(&wrapped(&format!("  {line}"), columns, width + 2));
    }
    ui.status("");
    let items = [
        format!("Write {}", Count(files, "file")),
        "Change an answer".to_owned(),
        "Stop without writing anything".to_owned(),
    ];
    let instead = "--answers or --defaults";
    match ui.select(ui::Question { prompt: "What now", instead }, &items, 0)? {
        0 => return Ok(Next::Write),
        1 => {}
        _ => return Ok(Next::Stop),
    }
    let changeable: Vec<_> =
        lines.into_iter().filter(|(question, _)| !fixed.contains(&question.key)).collect();
    let items: Vec<String> = changeable.iter().map(|(_, line)| line.clone()).collect();
    let picked = ui.select(ui::Question { prompt: "Which one", instead }, &items, 0)?;
    Ok(Next::Change(changeable[picked].0))
}

/// One line for each question that applies: its key and the answer.
fn lines(walk: &Walk) -> Vec<(&'static Question, String)> {
    let width = width(walk);
    let applying = walk.applying.iter().map(|(question, _)| *question);
    applying
        .map(|question| {
            let text = walk.answers.text(question.key);
            let more = if text.trim_end().contains('\n') { " …" } else { "" };
            let first = text.lines().next().unwrap_or("none");
            (question, format!("{:<width$}{first}{more}", question.key))
        })
        .collect()
}

/// Columns before the answers.
fn width(walk: &Walk) -> usize {
    walk.applying.iter().map(|(question, _)| question.key.len()).max().unwrap_or_default() + 2
}
