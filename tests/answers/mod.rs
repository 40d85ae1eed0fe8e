//! Answers: what is taken, what is refused and in which words, and that the way they are given does not matter.

mod accepted;
mod delivery;
mod essentials;
mod files;
mod operation;
mod routes;
mod schema;

use flux_forge::blueprint::{Answers, Asked, Blueprint, Draft, Note, embedded};
use flux_forge::error::{Error, Result};

use crate::harness::snapshots;

/// A good answer to each essential question.
const GOOD: [(&str, &str); 6] = [
    ("repository", "https://github.com/Acme/platform"),
    (
        "clusters",
        "[{name: staging, environment: staging}, {name: prod, environment: production, production: true}]",
    ),
    ("domain", "acme.io"),
    ("platform", "kubernetes"),
    ("components", "[cert-manager, envoy-gateway]"),
    ("teams", "[{name: shop, namespaces: [shop-web]}]"),
];

/// A name, what differs from the good answers, and the pattern.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

pub(crate) fn blueprint(pattern: &str) -> Blueprint {
    embedded(pattern).expect("there is such a pattern").unwrap()
}

/// An answers file: the good answers to `pattern` with other lines in place of or behind them.
fn file(pattern: &str, others: &[(&str, &str)]) -> String {
    let mut lines = vec![("version", "1"), ("pattern", pattern)];
    lines.extend(GOOD);
    for (key, value) in others {
        match lines.iter_mut().find(|(known, _)| known == key) {
            Some(line) => line.1 = value,
            None => lines.push((key, value)),
        }
    }
    lines.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
}

fn read(text: &str, asked: Asked<'_>) -> Result<(Answers, Vec<Note>)> {
    let mut draft = Draft::default();
    draft.read("answers.yaml", text)?;
    draft.finish(asked, false)
}

fn told(error: &Error) -> String {
    let hints = error.hints().iter().map(|hint| format!("hint: {hint}\n"));
    format!("{error}\n{}", hints.collect::<String>())
}

/// Why the answers are refused; with them, every secret in a test is called `hunter2`, which nothing may repeat.
fn refusal(pattern: &str, text: &str) -> String {
    let error = read(text, blueprint(pattern).asked()).expect_err(text);
    let told = told(&error);
    assert!(!told.contains("hunter2"), "{told}");
    told
}

/// The refusals of all cases as one snapshot.
fn refused(name: &str, cases: &[Case<'_>]) {
    let shown = cases.iter().map(|(what, pattern, others)| {
        let lines = others.iter().map(|(key, value)| format!("{key}: {value}\n"));
        format!("## {what}\n{}=> {}\n", lines.collect::<String>(), refusal(pattern, &file(pattern, others)))
    });
    let _guard = snapshots("answers");
    insta::assert_snapshot!(name, shown.collect::<String>());
}
