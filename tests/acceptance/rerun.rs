//! What was written is left alone by a second run, and goes away without a trace.

use std::process::Command;

use flux_forge::blueprint::{embedded, patterns};

use crate::harness::World;

/// Every example with its answers file.
fn examples() -> Vec<(String, String)> {
    let of = |id: &str| {
        let blueprint = embedded(id).unwrap().unwrap();
        let all = blueprint.examples().iter();
        all.map(|(name, text)| (format!("{id}/{name}"), text.clone())).collect::<Vec<_>>()
    };
    patterns().into_iter().flat_map(of).collect()
}

#[test]
fn a_second_run_changes_nothing_and_the_undo_leaves_no_trace() {
    for (name, answers) in examples() {
        let world = World::new().file("answers.yaml", &answers);
        let run = ["new", "made", "--answers", "answers.yaml"];
        let first = world.run(&run);
        assert_eq!(first.status, 0, "{name}: {first}");
        let written = world.tree();
        let again = world.run(&run);
        assert_eq!((again.status, again.out.as_str()), (0, ""), "{name}: {again}");
        assert!(again.err.contains("Nothing to change"), "{name}: {again}");
        assert_eq!(world.tree(), written, "{name}");

        let undo = first.err.lines().find_map(|line| line.split_once("Undo this with "));
        let (_, command) = undo.unwrap_or_else(|| panic!("{name}: {first}"));
        let done = Command::new("sh").args(["-c", command]).current_dir(world.root()).status().unwrap();
        assert!(done.success(), "{name}: {command}");
        assert!(!world.exists("made"), "{name}: {command}");
        assert_eq!(world.tree(), format!("=== answers.yaml\n{answers}"), "{name}");
    }
}

#[test]
fn each_repository_has_one_commit_of_everything() {
    for (name, answers) in examples() {
        let world = World::new().file("answers.yaml", &answers);
        let ran = world.run(&["new", "made", "--answers", "answers.yaml"]);
        assert_eq!(ran.status, 0, "{name}: {ran}");
        let mut repositories = 0;
        let folders = std::fs::read_dir(world.path("made")).unwrap().map(|entry| entry.unwrap().file_name());
        let folders =
            folders.map(|folder| format!("made/{}", folder.to_string_lossy())).chain(["made".to_owned()]);
        for folder in folders.filter(|folder| world.exists(&format!("{folder}/.git"))) {
            repositories += 1;
            assert_eq!(world.git_run(&["-C", &folder, "status", "--short"]), "", "{name}: {folder}");
            let commits = world.git_run(&["-C", &folder, "rev-list", "--count", "HEAD"]);
            assert_eq!(commits.trim(), "1", "{name}: {folder}");
        }
        assert!(repositories >= if name.starts_with("monorepo") { 1 } else { 3 }, "{name}: {ran}");
    }
}
