use std::fmt::Write as _;

use flux_forge::blueprint::{Class, Rendered, embedded, patterns};
use flux_forge::change::Action;

use super::{all_examples, answers};

/// The whole tree as one text to be reviewed like prose.
fn show(rendered: &Rendered) -> String {
    let mut text = String::new();
    for (path, meaning) in &rendered.parts {
        writeln!(text, "{path}: {meaning}").unwrap();
    }
    for (path, file) in &rendered.files {
        let class = if file.class == Class::Seed { "seed" } else { "managed" };
        writeln!(text, "\n======== {path} ({class})").unwrap();
        text.push_str(std::str::from_utf8(&file.content).unwrap());
    }
    text
}

#[test]
fn every_example_renders_as_reviewed() {
    for (name, rendered) in all_examples() {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/blueprints"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name.replace('/', "-"), show(&rendered)) });
    }
}

#[test]
fn the_same_answers_give_the_same_bytes() {
    for (name, first) in all_examples() {
        let second = &all_examples()[&name];
        assert_eq!(first.files, second.files, "{name}");
        assert_eq!(first.parts, second.parts, "{name}");
    }
}

#[test]
fn the_answers_that_were_written_give_the_same_tree_again() {
    for (name, rendered) in all_examples() {
        let written = std::str::from_utf8(&rendered.files[".flux-forge/answers.yaml"].content).unwrap();
        let id = name.split('/').next().unwrap();
        let again = embedded(id).unwrap().unwrap().render(&answers(written)).unwrap();
        assert_eq!(rendered.files, again.files, "{name}");
    }
}

#[test]
fn every_pattern_has_an_example_and_a_summary() {
    assert_eq!(patterns(), ["monorepo"]);
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        assert!(!blueprint.examples().is_empty() && !blueprint.manifest().summary.is_empty(), "{id}");
    }
    assert!(embedded("nothing").is_none());
}

#[test]
fn every_file_becomes_one_create() {
    for (name, rendered) in all_examples() {
        let changes = rendered.changes();
        assert_eq!(changes.len(), rendered.files.len(), "{name}");
        for change in changes {
            let Action::Create { content, executable } = change.action else { panic!("{name}: no create") };
            assert_eq!(content, rendered.files[&change.path].content, "{name}");
            assert!(!executable && !change.reason.is_empty(), "{name}: {}", change.path);
        }
    }
}

#[test]
fn every_text_file_ends_with_one_line_break_and_no_line_with_a_blank() {
    for (name, rendered) in all_examples() {
        for (path, file) in rendered.files {
            let text = String::from_utf8(file.content).unwrap();
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}: {path}");
            assert!(text.lines().all(|line| !line.ends_with([' ', '\t'])), "{name}: {path}");
            assert!(!text.contains("\n\n\n"), "{name}: {path}");
        }
    }
}

#[test]
fn the_state_holds_the_blob_id_of_every_other_file() {
    for (name, rendered) in all_examples() {
        let state: serde_yaml::Value =
            serde_yaml::from_slice(&rendered.files[".flux-forge/state.yaml"].content).unwrap();
        for (path, file) in rendered.files.iter().filter(|(path, _)| *path != ".flux-forge/state.yaml") {
            let id = flux_forge::repo::git::blob_id(&file.content);
            assert_eq!(state["files"][path.as_str()].as_str(), Some(id.as_str()), "{name}: {path}");
        }
        assert_eq!(state["blueprint"]["id"].as_str(), Some("monorepo"));
        assert_eq!(state["tool"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    }
}
