//! Blueprints: what their examples render to, what the engine refuses, and that no text breaks out of YAML.

mod catalogue;
mod command;
mod engine;
mod examples;
mod hostile;
mod links;
mod matrix;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flux_forge::blueprint::{Answers, Blueprint, Draft, Rendered, embedded, patterns};
use flux_forge::error::Result;

/// The answers of an answers file, which must be good.
pub(crate) fn answers_of(blueprint: &Blueprint, text: &str) -> Answers {
    let mut draft = Draft::default();
    draft.read("answers.yaml", text).unwrap();
    draft.finish(blueprint.asked(), true).unwrap().0
}

static EXAMPLES: LazyLock<BTreeMap<String, Rendered>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        for (name, text) in blueprint.examples() {
            let rendered = blueprint.render(&answers_of(&blueprint, text)).unwrap();
            all.insert(format!("{id}/{name}"), rendered);
        }
    }
    all
});

/// Every example of every blueprint, rendered, by `blueprint/example`.
pub(crate) fn all_examples() -> BTreeMap<String, Rendered> {
    EXAMPLES.clone()
}

/// A blueprint of one templated file with the given manifest parts.
fn load(manifest: &str, files: &[(&str, &str)]) -> Result<Blueprint> {
    let head = "version: 1\nsummary: a test\ncatalogue: 2026-01-01\npattern: monorepo\nquestions: [pattern, repository, clusters, domain, platform, components, teams, auth, known_hosts]\n";
    let mut all = BTreeMap::from([("blueprint.yaml".to_owned(), format!("{head}{manifest}").into_bytes())]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    Blueprint::load("test", &all)
}

/// What a blueprint makes of the defaults with `more` answers.
fn render(blueprint: &Blueprint, more: &[(&str, &str)]) -> Result<Rendered> {
    let mut draft = Draft::default();
    draft.set("pattern", &blueprint.manifest().pattern, "").unwrap();
    more.iter().for_each(|(key, text)| draft.set(key, text, "").unwrap());
    blueprint.render(&draft.finish(blueprint.asked(), true).unwrap().0)
}
