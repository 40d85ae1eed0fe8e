//! The examples of every blueprint, as they are written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use flux_forge::blueprint::{Class, Rendered, embedded, patterns};
use flux_forge::change::Action;
use flux_forge::repo::git;

use similar::{ChangeTag, TextDiff};

use super::{all_examples, answers_of};
use crate::harness::snapshots;

/// Examples that are shown in full; what the others have in common with them is shown once.
const FULL: [&str; 3] = ["monorepo/two-clusters", "multi-repo/default", "gitless/default"];

/// The files of examples that are shown in full before `name`, by example and path.
fn before<'e>(name: &str, examples: &'e BTreeMap<String, Rendered>) -> Vec<(String, &'e str)> {
    let earlier = FULL.iter().take_while(|full| **full != name);
    let files = earlier.flat_map(|full| {
        let files = examples[*full].files.iter();
        files
            .map(move |(path, file)| (format!("{full}: {path}"), std::str::from_utf8(&file.content).unwrap()))
    });
    files.collect()
}

/// The whole tree as one text to be reviewed like prose: the parts, then the files. A file that is nearly the same as
/// one of its name before it is told by what differs; of the state, which holds a number for each file, there is only
/// the path.
fn show<'r>(rendered: &'r Rendered, mut shown: Vec<(String, &'r str)>) -> String {
    let mut text = String::new();
    for (path, meaning) in &rendered.parts {
        writeln!(text, "{path}: {meaning}").unwrap();
    }
    for (path, file) in &rendered.files {
        let class = if file.class == Class::Seed { "seed" } else { "managed" };
        let executable = if file.executable { ", executable" } else { "" };
        writeln!(text, "\n======== {path} ({class}{executable})").unwrap();
        let content = std::str::from_utf8(&file.content).unwrap();
        if path.ends_with(".flux-forge/state.yaml") {
            continue;
        }
        if let Some((other, differences)) = like(&shown, path, content) {
            writeln!(text, "as {other}{}", if differences.is_empty() { "" } else { ", but" }).unwrap();
            text.push_str(&differences);
        } else {
            text.push_str(content);
        }
        shown.push((path.clone(), content));
    }
    write!(text, "\n======== next steps\n{}", rendered.next).unwrap();
    text
}

/// The file of the same name that differs least, and the lines that differ, where they are few.
fn like<'s>(shown: &'s [(String, &str)], path: &str, content: &str) -> Option<(&'s str, String)> {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let others = shown.iter().filter(|(other, _)| name(other) == name(path));
    let differences = others.map(|(other, text)| {
        let diff = TextDiff::from_lines(*text, content);
        let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
        (
            other.as_str(),
            changes.map(|change| format!("{} {}", change.tag(), change.value())).collect::<Vec<_>>(),
        )
    });
    let (other, lines) = differences.min_by_key(|(_, lines)| lines.len())?;
    (lines.len() * 3 <= content.lines().count()).then(|| (other, lines.concat()))
}

#[test]
fn every_example_renders_as_reviewed() {
    let examples = all_examples();
    for (name, rendered) in &examples {
        let _guard = snapshots("blueprints");
        insta::assert_snapshot!(name.replace('/', "-"), show(rendered, before(name, &examples)));
    }
}

#[test]
fn the_same_answers_give_the_same_bytes() {
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        for (name, text) in blueprint.examples() {
            let second = blueprint.render(&answers_of(&blueprint, text)).unwrap();
            let first = &all_examples()[&format!("{id}/{name}")];
            assert_eq!(first.files, second.files, "{id}/{name}");
            assert_eq!((&first.parts, &first.next), (&second.parts, &second.next), "{id}/{name}");
        }
    }
}

#[test]
fn the_answers_that_were_written_give_the_same_tree_again() {
    for (name, rendered) in all_examples() {
        let path = rendered.repositories[0].outside(".flux-forge/answers.yaml");
        let written = std::str::from_utf8(&rendered.files[&path].content).unwrap();
        let blueprint = embedded(name.split('/').next().unwrap()).unwrap().unwrap();
        let again = blueprint.render(&answers_of(&blueprint, written)).unwrap();
        assert_eq!(rendered.files, again.files, "{name}");
    }
}

#[test]
fn every_file_becomes_one_create() {
    for (name, rendered) in all_examples() {
        let changes = rendered.changes();
        assert_eq!(changes.len(), rendered.files.len(), "{name}");
        for change in changes {
            let Action::Create { content, executable } = change.action else { panic!("{name}: no create") };
            let file = &rendered.files[&change.path];
            assert_eq!((&content, executable), (&file.content, file.executable), "{name}");
            let is_script = content.starts_with(b"#!");
            assert_eq!(executable, is_script, "{name}: {}", change.path);
            assert!(!change.reason.is_empty() && !change.reason.ends_with('.'), "{name}: {}", change.path);
        }
    }
}

#[test]
fn every_text_file_ends_with_one_line_break_and_no_line_with_a_blank() {
    for (name, rendered) in all_examples() {
        for (path, file) in rendered.files {
            let text = String::from_utf8(file.content).unwrap();
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}: {path}");
            assert!(!text.starts_with('\n') && !text.contains('\r'), "{name}: {path}");
            let bad = text.lines().find(|line| line.ends_with([' ', '\t']) || line.contains('\t'));
            assert_eq!(bad, None, "{name}: {path}");
            assert!(!text.contains("\n\n\n"), "{name}: {path}");
            assert!(!text.contains("{{yaml") && !text.contains("{{#"), "{name}: {path}");
        }
    }
}

#[test]
fn the_state_of_each_repository_holds_the_blob_id_of_every_other_file() {
    for (name, rendered) in all_examples() {
        for repository in &rendered.repositories {
            let path = repository.outside(".flux-forge/state.yaml");
            let state: serde_yaml::Value = serde_yaml::from_slice(&rendered.files[&path].content).unwrap();
            let files = rendered.files.iter().filter(|(known, _)| **known != path);
            let own: BTreeMap<_, _> = files
                .filter_map(|(path, file)| Some((repository.inside(path)?, git::blob_id(&file.content))))
                .collect();
            let recorded = state["files"].as_mapping().unwrap();
            assert_eq!(recorded.len(), own.len(), "{name}: {path}");
            for (file, id) in own {
                assert_eq!(state["files"][file].as_str(), Some(id.as_str()), "{name}: {file}");
            }
            assert_eq!(state["blueprint"]["id"].as_str(), name.split('/').next());
            assert_eq!(state["blueprint"]["source"].as_str(), Some("built-in"));
            assert_eq!(state["tool"].as_str(), Some(env!("CARGO_PKG_VERSION")));
        }
    }
}
