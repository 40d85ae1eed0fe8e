//! What a blueprint writes, as a tree with one line of meaning for each part.

use std::collections::BTreeMap;

use crate::blueprint::Rendered;
use crate::ui::{Label, Ui};

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
    let text = lines.iter().map(|line| {
        let meaning = ui.out_label(Label::Faint, line.meaning);
        format!("{}\n", format!("{:<width$}{meaning}", line.name).trim_end())
    });
    format!("{}\n{}", ui.out_label(Label::Heading, &format!("{name}/")), text.collect::<String>())
}

#[derive(Default)]
struct Branch {
    below: BTreeMap<String, Branch>,
    file: bool,
    meaning: String,
}

struct Line<'b> {
    name: String,
    meaning: &'b str,
}

impl Branch {
    fn lines<'b>(&'b self, indent: &str, lines: &mut Vec<Line<'b>>) {
        for (index, (name, branch)) in self.below.iter().enumerate() {
            let last = index + 1 == self.below.len();
            let (fork, beside) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
            let slash = if branch.file { "" } else { "/" };
            lines.push(Line { name: format!("{indent}{fork}{name}{slash}"), meaning: &branch.meaning });
            branch.lines(&format!("{indent}{beside}"), lines);
        }
    }
}
