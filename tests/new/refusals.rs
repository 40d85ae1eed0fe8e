//! Calls that end before anything is written.

use super::{made, shown, written};
use crate::harness::{World, snapshots};

#[test]
fn over_an_earlier_result_nothing_is_asked() {
    let ran = made().run_answering(&["new"], &["monorepo", "acme/other"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.starts_with("refused: the folder holds what was made before: "), "{ran}");
}

#[test]
fn other_answers_over_an_earlier_result() {
    let world = made();
    let tree = world.tree();
    let ran = world.run(&["new", "--defaults", "--platform", "aws"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("other-answers", shown(&ran));
    assert_eq!(world.tree(), tree);
}

#[test]
fn an_earlier_result_that_is_not_whole() {
    let world = written("multi-repo");
    std::fs::remove_dir_all(world.path("platform/platform-infra")).unwrap();
    let tree = world.tree();
    let call = ["new", "platform", "--defaults", "--pattern", "multi-repo"];
    let part = world.run(&call);
    std::fs::remove_file(world.path("platform/platform-fleet/.flux-forge/answers.yaml")).unwrap();
    let unknown = world.run(&call);
    let other = written("gitless");
    let another = other.run(&call);
    let _guard = snapshots("new");
    insta::assert_snapshot!("not-whole", [part, unknown, another].iter().map(shown).collect::<String>());
    assert_ne!(world.tree(), tree, "the test took a file away");
    assert!(!world.exists("platform/platform-infra"));
}

#[test]
fn folders_that_hold_something_else() {
    let world = World::new()
        .file("full/notes.txt", "x\n")
        .file("file", "")
        .file("state/.flux-forge/state.yaml", "")
        .file("beside/platform-fleet/notes.txt", "x\n")
        .file("hidden/.env", "x\n");
    std::fs::create_dir_all(world.path("stranger/other")).unwrap();
    let tree = world.tree();
    let dirs = ["full", "file", "state", "beside", "hidden", "stranger", "full/notes.txt/x"];
    let call = |dir: &&str| world.run(&["new", dir, "--defaults", "--pattern", "gitless"]);
    let runs: String = dirs.iter().map(|dir| shown(&call(dir))).collect();
    let _guard = snapshots("new");
    insta::assert_snapshot!("foreign", runs);
    assert_eq!(world.tree(), tree);
}

#[test]
fn a_repository_with_commits_but_no_files_is_not_taken_for_a_fresh_clone() {
    let world = World::new().git();
    let ran = world.run(&["new", "--defaults"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.starts_with("refused: "), "{ran}");
    assert_eq!(world.tree(), "");
}

#[test]
fn without_a_terminal_every_missing_answer_is_named_at_once() {
    let world = World::new().file("answers.yaml", "version: 1\nplatform: aws\n");
    let all = world.run(&["new", "x"]);
    let some = world.run(&["new", "x", "--answers", "answers.yaml", "--set", "pattern=gitless"]);
    let without = world.run(&["new", "x", "--defaults", "--repository", "ssh://git@git.lab/acme/platform"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("missing", [all, some, without].iter().map(shown).collect::<String>());
    assert!(!world.exists("x"));
}

#[test]
fn bad_arguments() {
    let world = World::new().file("broken.yaml", "version: 1\nplatform: [\n");
    let calls: [&[&str]; 11] = [
        &["--set", "platform"],
        &["--set", "plattform=aws"],
        &["--set", "updates.by=renovate"],
        &["--set", "https://bot:hunter2@github.com/acme/platform"],
        &["--pattern", "mono"],
        &["--clusters", "a, b=base*", "--platform", "vax"],
        &["--registry", "ghcr.io/acme"],
        &["--issuer", "dns01"],
        &["--answers", "absent.yaml"],
        &["--answers", "broken.yaml"],
        &["--blueprint", "absent"],
    ];
    let runs: String = calls
        .iter()
        .map(|call| {
            let args = [&["new", "x", "--defaults"], *call].concat();
            let ran = world.run(&args);
            assert!(!ran.to_string().contains("hunter2"), "{ran}");
            format!("# {}\n{}", call.join(" ").replace("hunter2", "***"), shown(&ran))
        })
        .collect();
    let _guard = snapshots("new");
    insta::assert_snapshot!("bad-arguments", runs);
    assert!(!world.exists("x"));
}

#[test]
fn the_help_tells_all() {
    let ran = World::new().run(&["new", "--help"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("help", shown(&ran));
}
