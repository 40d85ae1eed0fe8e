//! Advice on an upgrade: for people, for programs, and as a page.

mod json;

use std::fmt::Write;

use crate::phrase::Count;
use crate::rules::advice::{Advice, Change, LOOKS, Object, Removed, StepKind};
use crate::rules::data::{Certainty, When};

pub use json::json;

/// Places shown for one thing; programs get all.
const SHOWN: usize = 5;

/// Advice for one or more clusters that run the same Flux.
pub struct Advised {
    /// The clusters, with where their Flux was read; empty where it was given.
    pub clusters: Vec<(String, String)>,
    /// The advice.
    pub advice: Advice,
}

/// How the report is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// For a terminal.
    Text,
    /// As Markdown.
    Markdown,
}

/// The report for people.
pub fn report(all: &[Advised], layout: Layout) -> String {
    let mut page = Page { layout, text: String::new() };
    for advised in all {
        page.advised(advised);
    }
    page.heading(1, "To see how a cluster stands");
    for (what, command) in LOOKS {
        page.item("-", what);
        page.commands(&[command.to_owned()]);
    }
    page.text
}

struct Page {
    layout: Layout,
    text: String,
}

impl Page {
    fn advised(&mut self, advised: &Advised) {
        let advice = &advised.advice;
        self.heading(1, &format!("Flux {} to {}", advice.from, advice.to));
        for (name, evidence) in &advised.clusters {
            self.item("-", &format!("Cluster `{name}`: {evidence}"));
        }
        if advice.from >= advice.to {
            self.item("-", "There is nothing to upgrade");
        }
        if !advice.removed.is_empty() {
            self.heading(2, "API versions that are gone");
        }
        for removed in &advice.removed {
            self.item("-", &gone(removed));
            self.places(&removed.objects);
        }
        if !advice.changes.is_empty() {
            self.heading(2, "Other changes on the way");
        }
        for change in &advice.changes {
            self.item("-", &changed(change));
            self.places(&change.objects);
        }
        if !advice.steps.is_empty() {
            self.heading(2, "Steps");
        }
        for (at, step) in advice.steps.iter().enumerate() {
            self.item(&format!("{}.", at + 1), &format!("{}{}", place(step.kind), step.text));
            self.commands(&step.commands);
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        let _ = match self.layout {
            Layout::Text => writeln!(self.text, "{text}"),
            Layout::Markdown => writeln!(self.text, "{} {text}\n", "#".repeat(level)),
        };
    }

    fn item(&mut self, mark: &str, text: &str) {
        let _ = writeln!(self.text, "{mark} {text}");
    }

    fn places(&mut self, objects: &[Object]) {
        for object in objects.iter().take(SHOWN) {
            let place = format!("{}:{}", object.place.path, object.place.line);
            let _ = match self.layout {
                Layout::Text => writeln!(self.text, "    {place}: {}", object.subject),
                Layout::Markdown => writeln!(self.text, "  - `{place}`: {}", object.subject),
            };
        }
        if objects.len() > SHOWN {
            let more = Count(objects.len() - SHOWN, "more place");
            let _ = match self.layout {
                Layout::Text => writeln!(self.text, "    and {more}"),
                Layout::Markdown => writeln!(self.text, "  - and {more}"),
            };
        }
    }

    fn commands(&mut self, commands: &[String]) {
        if commands.is_empty() {
            return;
        }
        if self.layout == Layout::Text {
            for command in commands {
                let _ = writeln!(self.text, "     {command}");
            }
            return;
        }
        let _ = writeln!(self.text, "\n   ```sh\n   {}\n   ```\n", commands.join("\n   "));
    }
}

fn gone(removed: &Removed) -> String {
    let row = removed.row;
    let since = row.removed.map(|flux| flux.to_string()).unwrap_or_default();
    let likely = if removed.is_likely() { " (likely)" } else { "" };
    let instead = match removed.successor {
        Some(next) => format!(
            "write `{}/{}`, served from Flux {} on",
            next.group,
            next.version,
            next.introduced.map(|flux| flux.to_string()).unwrap_or_default()
        ),
        None => "nothing takes its place".to_owned(),
    };
    format!("{row} is gone in Flux {since}{likely}: {instead}; {}", Count(removed.objects.len(), "object"))
}

fn changed(found: &Change) -> String {
    let change = found.change;
    let release = change.release.clone().unwrap_or_else(|| change.flux.to_string());
    let likely = if change.certainty == Certainty::Likely { " (likely)" } else { "" };
    let when = match change.when {
        When::Before => "before the upgrade",
        When::After => "after the upgrade",
        When::Know => "where it matters",
    };
    let count = match found.objects.len() {
        0 => String::new(),
        objects => format!("; {}", Count(objects, "object")),
    };
    format!("Flux {release}{likely}: {}{count}. What to do {when}: {}", change.change, change.todo)
}

fn place(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Git => "In Git: ",
        StepKind::Cluster => "With the cluster: ",
        StepKind::Upgrade => "",
    }
}
