//! What is written where: files, repositories, first commits.

use super::{PATTERNS, made, shown, written};
use crate::harness::{World, snapshots};

/// The repositories of the defaults of a pattern, below `platform`.
fn folders(pattern: &str) -> &'static [&'static str] {
    match pattern {
        "monorepo" => &["platform"],
        "multi-repo" => &["platform/platform-fleet", "platform/platform-infra", "platform/platform-demo"],
        _ => &["platform/platform-fleet", "platform/platform-infra", "platform/platform-apps"],
    }
}

#[test]
fn defaults_write_a_repository_with_one_commit() {
    let world = World::new();
    world.git_init();
    let ran = world.run(&["new", ".", "--defaults"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("defaults", shown(&ran));
    assert_eq!(world.git_run(&["status", "--short"]), "");
    assert_eq!(world.git_run(&["log", "--format=%s", "main"]), "Let Flux manage staging and production\n");
    assert!(world.git_run(&["ls-files"]).lines().count() > 50);
}

#[test]
fn each_repository_gets_a_first_commit_of_all_its_files() {
    for pattern in PATTERNS {
        let world = written(pattern);
        for folder in folders(pattern) {
            let git = |args: &[&str]| world.git_run(&[&["-C", folder], args].concat());
            assert_eq!(git(&["symbolic-ref", "HEAD"]), "refs/heads/main\n", "{folder}");
            assert_eq!(git(&["log", "--format=%s"]), "Let Flux manage staging and production\n", "{folder}");
            assert_eq!(git(&["status", "--short"]), "", "{folder}");
            let files = git(&["ls-files"]);
            assert!(files.contains("README.md\n") && files.contains(".flux-forge/state.yaml\n"), "{files}");
        }
        let answers = folders(pattern)
            .iter()
            .filter(|folder| world.exists(&format!("{folder}/.flux-forge/answers.yaml")));
        assert_eq!(answers.count(), 1, "{pattern}: the answers lie in one repository");
        let outside =
            world.tree().lines().filter(|line| line.starts_with("=== ")).map(str::to_owned).find(|line| {
                folders(pattern).iter().all(|folder| !line.starts_with(&format!("=== {folder}/")))
            });
        assert_eq!(outside, None, "{pattern}");
    }
}

#[test]
fn several_repositories_are_told_of() {
    let world = World::new();
    let ran = world.run(&["new", "platform", "--defaults", "--pattern", "multi-repo"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("several", shown(&ran));
}

#[test]
fn without_git_there_are_only_files() {
    for pattern in PATTERNS {
        let world = World::new();
        let ran = world.run(&["new", "platform", "--defaults", "--no-git", "--pattern", pattern]);
        assert_eq!(ran.status, 0, "{ran}");
        for folder in folders(pattern) {
            assert!(!world.exists(&format!("{folder}/.git")) && world.exists(&format!("{folder}/README.md")));
        }
        assert!(ran.out.contains("git init -b main && "), "{ran}");
        let commits = written(pattern);
        assert!(world.tree() == commits.tree(), "{pattern}: Git makes no difference to the files");
    }
}

#[test]
fn a_dry_run_shows_the_tree_and_writes_nothing() {
    for pattern in PATTERNS {
        let world = World::new();
        let ran = world.run(&["new", "x", "--defaults", "--dry-run", "--pattern", pattern]);
        assert_eq!(ran.status, 1, "{ran}");
        assert!(ran.out.starts_with("x/\n├── ") && !ran.out.contains("Next steps"), "{ran}");
        assert!(ran.err.ends_with(" files would be created\n"), "{ran}");
        assert!(!world.exists("x"));
    }
}

#[test]
fn a_second_run_with_the_same_answers_changes_nothing() {
    for pattern in PATTERNS {
        let world = written(pattern);
        let tree = world.tree();
        let heads = || -> Vec<String> {
            folders(pattern)
                .iter()
                .map(|folder| world.git_run(&["-C", folder, "rev-parse", "HEAD"]))
                .collect()
        };
        let before = heads();
        let ran = world.run(&["new", "platform", "--defaults", "--pattern", pattern]);
        assert_eq!((ran.status, ran.out.as_str()), (0, ""), "{ran}");
        assert!(ran.err.ends_with("Nothing to change: this was made from the same answers\n"), "{ran}");
        assert!(world.tree() == tree && heads() == before, "{pattern}");
    }
}

#[test]
fn a_second_run_leaves_what_the_user_changed() {
    let world = made();
    world.put("README.md", "mine\n");
    std::fs::remove_file(world.path("clusters/staging/artifacts.yaml")).unwrap();
    let ran = world.run(&["new", "--answers", ".flux-forge/answers.yaml"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(world.read("README.md"), "mine\n");
    assert!(!world.exists("clusters/staging/artifacts.yaml"));
}

#[test]
fn fresh_clones_side_by_side_are_filled() {
    let world = World::new();
    for folder in folders("gitless") {
        world.put(&format!("{folder}/.keep"), "");
        std::fs::remove_file(world.path(&format!("{folder}/.keep"))).unwrap();
        world.git_run(&["init", "-q", "-b", "trunk", folder]);
    }
    let ran = world.run(&["new", "platform", "--defaults", "--pattern", "gitless"]);
    assert_eq!(ran.status, 0, "{ran}");
    for folder in folders("gitless") {
        let log = world.git_run(&["-C", folder, "log", "--format=%s", "trunk"]);
        assert_eq!(log, "Let Flux manage staging and production\n", "{ran}");
    }
}

#[test]
fn inside_another_work_tree_the_commit_is_left_to_the_user() {
    let world = World::new().file("a.txt", "a\n").git();
    let ran = world.run(&["new", "platform", "--defaults"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.err.contains("in a Git work tree already"), "{ran}");
    assert!(!world.exists("platform/.git"));
    assert!(ran.out.contains("\n  cd platform\n  git init -b main && "), "{ran}");
    assert_eq!(world.git_run(&["status", "--short"]), "?? platform/\n");
}

#[test]
fn printed_answers_lead_to_the_same_bytes() {
    for pattern in PATTERNS {
        let world = written(pattern);
        let printed = World::new();
        let ran = printed.run(&["new", "x", "--defaults", "--pattern", pattern, "--print-answers"]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran}");
        assert_eq!(printed.tree(), "");
        printed.put("answers.yaml", &ran.out);
        let again = printed.run(&["new", "platform", "--answers", "answers.yaml"]);
        assert_eq!(again.status, 0, "{again}");
        std::fs::remove_file(printed.path("answers.yaml")).unwrap();
        assert!(printed.tree() == world.tree(), "{pattern}");
    }
}

#[test]
fn the_answers_come_first_from_set_then_from_flags_then_from_the_file() {
    let world = World::new().file("answers.yaml", "version: 1\nplatform: aws\nrepository: a/b\n");
    let given = ["--answers", "answers.yaml", "--platform", "gcp", "--set", "repository=c/d"];
    let ran = world.run(&[&["new", "out", "--no-git", "--defaults"], &given[..]].concat());
    assert_eq!(ran.status, 0, "{ran}");
    let answers = world.read("out/.flux-forge/answers.yaml");
    assert!(answers.contains("platform: gcp\n") && answers.contains("github.com/c/d\n"), "{answers}");
}
