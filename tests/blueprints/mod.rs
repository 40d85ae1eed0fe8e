//! Blueprints: what their examples render to, what the engine refuses, and that no text breaks out of YAML.

mod engine;
mod examples;
mod hostile;

use std::collections::BTreeMap;

use flux_forge::blueprint::{Answers, Blueprint, Draft, Rendered, embedded, patterns};
use flux_forge::error::Result;

/// The answers of an answers file, which must be good.
pub(crate) fn answers(text: &str) -> Answers {
    let mut draft = Draft::default();
    draft.read("answers.yaml", text).unwrap();
    draft.finish().unwrap().0
}

/// The default answers.
pub(crate) fn defaults() -> Answers {
    let mut draft = Draft::default();
    draft.fill_defaults();
    draft.finish().unwrap().0
}

/// Every example of every blueprint, rendered, by `blueprint/example`.
pub(crate) fn all_examples() -> BTreeMap<String, Rendered> {
    let mut all = BTreeMap::new();
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        for (name, text) in blueprint.examples() {
            all.insert(format!("{id}/{name}"), blueprint.render(&answers(text)).unwrap());
        }
    }
    all
}

/// A blueprint of one templated file with the given manifest parts.
pub(crate) fn load(manifest: &str, files: &[(&str, &str)]) -> Result<Blueprint> {
    let head = "version: 1\nsummary: a test\ncatalogue: 2026-01-01\nquestions: []\n";
    let mut all = BTreeMap::from([("blueprint.yaml".to_owned(), format!("{head}{manifest}").into_bytes())]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    Blueprint::load("test", &all)
}
