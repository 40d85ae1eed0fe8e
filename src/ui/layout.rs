//! How text fits the width of the terminal.

use console::Term;

use super::Ui;

/// Text is easiest to read below this width, in columns.
const COMFORTABLE: usize = 100;
/// Below this width, in columns, nothing is arranged any more.
const NARROWEST: usize = 20;

impl Ui {
    /// The columns that prose on standard error may take.
    pub fn columns(&self) -> usize {
        let columns = self.width().or_else(|| attended(&Term::stderr()));
        columns.map_or(usize::MAX, |columns| columns.clamp(NARROWEST, COMFORTABLE))
    }

    /// The columns of the terminal on standard output; none where there is no terminal.
    pub fn out_columns(&self) -> Option<usize> {
        if self.width().is_some() { None } else { attended(&Term::stdout()) }
    }
}

fn attended(term: &Term) -> Option<usize> {
    term.features().is_attended().then(|| usize::from(term.size().1))
}

/// `text` in lines of at most `columns`, broken at blanks; the lines behind the first begin with `indent` blanks. A word
/// that is longer stays whole, so that it can be copied.
pub fn wrapped(text: &str, columns: usize, indent: usize) -> String {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let words = paragraph.trim_start();
        let mut line = " ".repeat(paragraph.len() - words.len());
        for word in words.split(' ') {
            if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > columns {
                lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            } else if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// `text` on one line of at most `columns`; what does not fit is cut off.
pub fn cut(text: &str, columns: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= columns && text.lines().count() < 2 {
        return line.to_owned();
    }
    let kept: String = line.chars().take(columns.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
