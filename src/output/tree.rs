//! What a blueprint writes, as a tree with one line of meaning for each part.

use std::collections::BTreeMap;

use crate::blueprint::Rendered;
use crate::ui::{Label, Ui, cut, wrapped};

/// The narrowest column, in characters, in which a meaning can be read.
const NARROWEST: usize = 30;

/// The parts of `rendered` below a folder called `name`, coloured as `ui` shows colours.
pub fn tree(name: &str, rendered: &Rendered, ui: &Ui) -> String {
    let mut root = Branch::default();
    for (path, meaning) in &rendered.parts {
        let mut branch = &mut root;
        for name in path.split('/') {
            branch = branch.below.entry(name.to_owned()).or_default();
        }
        branch.file = rendered.files.contains_key(path);
        branch.meaning.clone_from(meaning);
    }
    let mut lines = Vec::new();
    root.lines("", &mut lines);
    let name_width = lines.iter().map(|line| line.name.chars().count()).max().unwrap_or_default() + 2;
    let columns = ui.out_columns().unwrap_or(usize::MAX);
    let text: String = lines.iter().map(|line| line.shown(name_width, columns, ui)).collect();
    format!("{}\n{}", ui.out_label(Label::Heading, &format!("{name}/")), text)
}

#[derive(Default, PartialEq, Eq)]
struct Branch {
    below: BTreeMap<String, Branch>,
    file: bool,
    meaning: String,
}

struct Line {
    name: String,
    /// What stands below the name where the meaning takes more than one line.
    below: String,
    meaning: String,
}

impl Branch {
    /// One line for each part. A folder that is made like one before it is not opened.
    fn lines(&self, indent: &str, lines: &mut Vec<Line>) {
        for (index, (name, branch)) in self.below.iter().enumerate() {
            let last = index + 1 == self.below.len();
            let (fork, beside) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
            let slash = if branch.file { "" } else { "/" };
            let mut before = self.below.iter().take(index);
            let like = before.find(|(_, other)| !branch.below.is_empty() && *other == branch);
            let meaning = like.map_or_else(|| branch.meaning.clone(), |(other, _)| format!("like {other}/"));
            let opened = like.is_none() && !branch.below.is_empty();
            lines.push(Line {
                name: format!("{indent}{fork}{name}{slash}"),
                below: format!("{indent}{beside}{}", if opened { "│" } else { "" }),
                meaning,
            });
            if opened {
                branch.lines(&format!("{indent}{beside}"), lines);
            }
        }
    }
}

impl Line {
    /// Name and meaning; the meaning has a column of its own where the terminal is wide enough for one.
    fn shown(&self, name_width: usize, columns: usize, ui: &Ui) -> String {
        let apart = columns.saturating_sub(name_width) >= NARROWEST;
        let width = if apart { name_width } else { self.name.chars().count() + 2 };
        let wide = columns.saturating_sub(width);
        let meaning = if apart { wrapped(&self.meaning, wide, 0) } else { cut(&self.meaning, wide) };
        let mut text = String::new();
        for (index, part) in meaning.lines().chain(meaning.is_empty().then_some("")).enumerate() {
            let name = if index == 0 { &self.name } else { &self.below };
            let line = format!("{name:<width$}{}", ui.out_label(Label::Faint, part));
            text.push_str(&format!("{}\n", if part.is_empty() { name } else { line.as_str() }));
        }
        text
    }
}
