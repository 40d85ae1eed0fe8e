//! The rules themselves: one page, the list in the terminal, the index in the documentation.

use std::fmt::Write;

use crate::rules::{FixAvailability, Group, Meta, RULES};
use crate::ui::{Label, Ui};

/// The page of a rule, with its headings highlighted where colours are shown; its cases only on request.
pub fn page(meta: &Meta, cases: bool, ui: &Ui) -> String {
    let mut in_block = false;
    let mut in_cases = false;
    let mut text = String::new();
    for line in meta.explanation.lines() {
        in_block ^= line.starts_with("```");
        if !in_block && line.starts_with("## ") {
            in_cases = line == "## Cases";
        }
        if in_cases && !cases {
            continue;
        }
        let is_heading = !in_block && line.starts_with('#');
        text += &if is_heading { ui.out_label(Label::Heading, line) } else { line.to_owned() };
        text.push('\n');
    }
    text
}

/// Every rule in a line, by group.
pub fn list(ui: &Ui) -> String {
    let width = RULES.iter().map(|rule| rule.meta.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for group in Group::ALL {
        if !text.is_empty() {
            text.push('\n');
        }
        let heading = ui.out_label(Label::Heading, group.as_str());
        let _ = writeln!(text, "{heading}: {}", group.meaning());
        for meta in metas().filter(|meta| meta.group == group) {
            let _ = writeln!(text, "  {:width$}  {}", meta.id, meta.summary);
        }
    }
    text
}

/// The index as a page in Markdown, sorted by id; `page` tells where the page of a rule lies, from the index.
pub fn index(page: &dyn Fn(&str) -> String) -> String {
    let mut text = String::from(INTRODUCTION);
    for group in Group::ALL {
        let _ = writeln!(text, "- *{}*: {}", group.as_str(), group.meaning());
    }
    text.push_str(HEAD);
    for meta in metas() {
        let Meta { id, summary, since, .. } = meta;
        let (severity, confidence) = (meta.severity.as_str(), meta.confidence.as_str());
        let (group, fix) = (meta.group.as_str(), fix(meta.fix));
        let page = page(id);
        let _ = writeln!(
            text,
            "| [{id}]({page}) | {group} | {summary} | {severity} | {confidence} | {fix} | {since} |"
        );
    }
    text
}

const INTRODUCTION: &str = "\
# Rules

<!-- Made from the rules by a test. To make it anew: INSTA_UPDATE=always cargo test --test main rule_index -->

`flux-forge explain RULE` prints the page of a rule. A finding is ignored by a comment with the reason,
`# flux-forge: ignore RULE REASON`, or by an entry in `.flux-forge/config.yaml`: see
[unused-ignore](../src/rules/input/unused_ignore.md).

*Fix* tells whether the findings of a rule carry a change that would cure them. Its group tells when it runs:

";

const HEAD: &str = "
| Rule | Group | Finds | Severity | Confidence | Fix | Since |
|---|---|---|---|---|---|---|
";

fn metas() -> impl Iterator<Item = &'static Meta> {
    RULES.iter().map(|rule| &rule.meta)
}

const fn fix(fix: FixAvailability) -> &'static str {
    match fix {
        FixAvailability::Never => "never",
        FixAvailability::Sometimes => "sometimes",
        FixAvailability::Always => "always",
    }
}
