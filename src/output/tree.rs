//! What a blueprint writes, as a tree with one line of meaning for each part.

use std::collections::BTreeMap;

use crate::blueprint::Rendered;
use crate::ui::{Label, Ui, cut};

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
    let width = lines.iter().map(|line| line.name.chars().count()).max().unwrap_or_default() + 2;
    let longest = lines.iter().map(|line| line.meaning.chars().count()).max().unwrap_or_default();
    // Where the columns do not fit beside each other, the meaning follows the name at once.
    let columns = ui.out_columns().filter(|columns| *columns < width + longest);
    let text = lines.iter().map(|line| {
        let gap = columns.map_or(width, |_| line.name.chars().count() + 2);
        let space = columns.map_or(longest, |columns| columns.saturating_sub(gap));
        let meaning = ui.out_label(Label::Faint, &cut(&line.meaning, space));
        format!("{}\n", format!("{:<gap$}{meaning}", line.name).trim_end())
    });
    format!("{}\n{}", ui.out_label(Label::Heading, &format!("{name}/")), text.collect::<String>())
}

#[derive(Default, PartialEq, Eq)]
struct Branch {
    below: BTreeMap<String, Branch>,
    file: bool,
    meaning: String,
}

struct Line {
    name: String,
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
            lines.push(Line { name: format!("{indent}{fork}{name}{slash}"), meaning });
            if like.is_none() {
                branch.lines(&format!("{indent}{beside}"), lines);
            }
        }
    }
}
