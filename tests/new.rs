//! The command `new`, from its arguments to the disk.

use crate::harness::{Ran, World, snapshots};

/// What a run said, with the id of its commit left out.
fn shown(ran: &Ran) -> String {
    let lines = ran.to_string();
    let lines = lines.lines().map(|line| match line.split_once("Committed to `main`: ") {
        Some((before, _)) => format!("{before}Committed to `main`: [ID]\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// A folder in which Git is set up, with one run of `new --defaults`.
fn made() -> World {
    let world = World::new();
    world.git_init();
    let ran = world.run(&["new", "--defaults"]);
    assert_eq!(ran.status, 0, "{ran}");
    world
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
    assert_eq!(world.git_run(&["ls-files"]).lines().count(), 31);
}

#[test]
fn a_new_folder_becomes_a_git_repository_on_main() {
    let world = World::new();
    let ran = world.run(&["new", "a/platform", "--defaults"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(world.read("a/platform/.git/HEAD"), "ref: refs/heads/main\n");
    assert!(ran.out.contains("\n  cd a/platform\n  git remote add origin "), "{ran}");
}

#[test]
fn without_git_there_are_only_files() {
    let world = World::new();
    let ran = world.run(&["new", "platform", "--defaults", "--no-git"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(!world.exists("platform/.git") && world.exists("platform/README.md"));
    assert!(ran.out.contains("\n  git init -b main && "), "{ran}");
}

#[test]
fn in_a_clone_the_undo_leaves_it_as_it_was() {
    let world = made();
    world.git_run(&["rm", "-rqf", "."]);
    world.git_run(&["update-ref", "-d", "HEAD"]);
    assert_eq!((world.tree().as_str(), world.git_run(&["status", "--short"]).as_str()), ("", ""));
    let again = world.run(&["new", "--defaults"]);
    assert_eq!(again.status, 0, "{again}");
}

#[test]
fn over_an_earlier_result_nothing_is_asked() {
    let ran = made().run_answering(&["new"], &["acme/other"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.starts_with("refused: the folder holds a repository that was made before: "), "{ran}");
}

#[test]
fn a_second_run_with_the_same_answers_changes_nothing() {
    let world = made();
    let (tree, head) = (world.tree(), world.git_run(&["rev-parse", "HEAD"]));
    let ran = world.run(&["new", "--defaults"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""), "{ran}");
    assert!(ran.err.ends_with("Nothing to change: the repository was made from these answers\n"), "{ran}");
    assert_eq!((world.tree(), world.git_run(&["rev-parse", "HEAD"])), (tree, head));
}

#[test]
fn a_second_run_leaves_what_the_user_changed() {
    let world = made();
    world.put("README.md", "mine\n");
    std::fs::remove_file(world.path("apps/base/podinfo/release.yaml")).unwrap();
    let ran = world.run(&["new", "--answers", ".flux-forge/answers.yaml"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(world.read("README.md"), "mine\n");
    assert!(!world.exists("apps/base/podinfo/release.yaml"));
}

#[test]
fn other_answers_over_an_earlier_repository_are_refused() {
    let world = made();
    let tree = world.tree();
    let ran = world.run(&["new", "--defaults", "--platform", "aws"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("other-answers", shown(&ran));
    assert_eq!(world.tree(), tree);
}

#[test]
fn folders_that_hold_something_else_are_refused() {
    let world =
        World::new().file("full/notes.txt", "x\n").file("file", "").file("state/.flux-forge/state.yaml", "");
    let tree = world.tree();
    let runs: String =
        ["full", "file", "state"].iter().map(|dir| shown(&world.run(&["new", dir, "--defaults"]))).collect();
    let _guard = snapshots("new");
    insta::assert_snapshot!("foreign", runs);
    assert_eq!(world.tree(), tree);
}

#[test]
fn a_repository_with_commits_but_no_files_is_not_taken_for_a_fresh_clone() {
    let world = World::new().git();
    let ran = world.run(&["new", "--defaults"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert_eq!(world.tree(), "");
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
fn without_a_terminal_every_missing_answer_is_named_at_once() {
    let world = World::new().file("answers.yaml", "version: 1\nplatform: aws\n");
    let all = world.run(&["new", "x"]);
    let some = world.run(&["new", "x", "--answers", "answers.yaml", "--set", "pattern=monorepo"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("missing", format!("{}{}", shown(&all), shown(&some)));
    assert!(!world.exists("x"));
}

#[test]
fn bad_arguments_are_refused_before_anything_is_written() {
    let world = World::new().file("broken.yaml", "version: 1\nplatform: [\n");
    let calls: [&[&str]; 7] = [
        &["--set", "platform"],
        &["--set", "plattform=aws"],
        &["--set", "domain=example.net"],
        &["--pattern", "gitless"],
        &["--clusters", "a, b=base*", "--platform", "vax"],
        &["--answers", "absent.yaml"],
        &["--answers", "broken.yaml"],
    ];
    let runs: String = calls
        .iter()
        .map(|call| {
            let args = [&["new", "x", "--defaults"], *call].concat();
            format!("# {}\n{}", call.join(" "), shown(&world.run(&args)))
        })
        .collect();
    let _guard = snapshots("new");
    insta::assert_snapshot!("bad-arguments", runs);
    assert!(!world.exists("x"));
}

#[test]
fn flags_set_file_and_prompts_give_the_same_bytes() {
    let file = "version: 1\npattern: monorepo\nrepository: acme/platform\nplatform: aws\nclusters:\n  - {name: a, environment: dev}\n  - {name: b, environment: prod, production: true}\n";
    let world = World::new().file("answers.yaml", file);
    let clusters = "a=dev, b=prod*";
    let routes: [&[&str]; 3] = [
        &["--answers", "answers.yaml"],
        &["--pattern=monorepo", "--repository=acme/platform", "--platform=aws", "--clusters", clusters],
        &[
            "--set=repository=acme/platform",
            "--set=platform=aws",
            "--set=clusters=a=dev,b=prod*",
            "--defaults",
        ],
    ];
    let mut trees = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let place = World::new().file("answers.yaml", file);
        let ran = place.run(&[&["new", "out", "--no-git"], *route].concat());
        assert_eq!(ran.status, 0, "route {index}: {ran}");
        trees.push(place.tree());
    }
    let answers = ["acme/platform", "aws: Amazon EKS", clusters, "y"];
    let ran = world.run_answering(&["new", "out", "--no-git"], &answers);
    assert_eq!(ran.status, 0, "{ran}");
    trees.push(world.tree());
    assert!(trees.iter().all(|tree| *tree == trees[0]));
}

#[test]
fn a_set_wins_over_a_flag_and_a_flag_over_the_file() {
    let world = World::new().file("answers.yaml", "version: 1\nplatform: aws\nrepository: a/b\n");
    let given = ["--answers", "answers.yaml", "--platform", "gcp", "--set", "repository=c/d"];
    let ran = world.run(&[&["new", "out", "--no-git", "--defaults"], &given[..]].concat());
    assert_eq!(ran.status, 0, "{ran}");
    let answers = world.read("out/.flux-forge/answers.yaml");
    assert!(answers.contains("platform: gcp\n") && answers.contains("github.com/c/d\n"), "{answers}");
}

#[test]
fn the_interview_asks_what_is_open_and_writes_after_a_yes() {
    let world = World::new();
    world.git_init();
    world.git_run(&["remote", "add", "origin", "git@git.example.com:lab/fleet.git"]);
    let ran = world.run_answering(&["new", "--set", "platform=kind-only"], &["", "1=dev", "y"]);
    assert_eq!(ran.status, 0, "{ran}");
    let answers = world.read(".flux-forge/answers.yaml");
    assert!(answers.contains("repository: ssh://git@git.example.com/lab/fleet.git\n"), "{answers}");
    let _guard = snapshots("new");
    insta::assert_snapshot!("interview", shown(&ran));
}

#[test]
fn a_remote_with_a_credential_is_not_suggested() {
    let world = World::new();
    world.git_init();
    world.git_run(&["remote", "add", "origin", "https://bot:hunter2@github.com/acme/platform"]);
    let ran = world.run_answering(&["new", "--platform", "aws"], &["", "", ""]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(!world.tree().contains("hunter2") && !ran.to_string().contains("hunter2"));
    assert!(world.read(".flux-forge/answers.yaml").contains("github.com/example/platform\n"));
}

#[test]
fn a_no_leaves_no_trace() {
    let world = World::new();
    let ran = world.run_answering(&["new", "x"], &["", "", "", "n"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.ends_with("refused: nothing was written, since the answer was no\n"), "{ran}");
    assert!(!world.exists("x"));
}

#[test]
fn a_dry_run_shows_the_tree_and_writes_nothing() {
    let world = World::new();
    let ran = world.run(&["new", "x", "--defaults", "--dry-run"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.out.starts_with("x/\n├── .flux-forge/ ") && !ran.out.contains("Next steps"), "{ran}");
    assert!(!world.exists("x"));
}

#[test]
fn the_help_tells_all() {
    let ran = World::new().run(&["new", "--help"]);
    let _guard = snapshots("new");
    insta::assert_snapshot!("help", shown(&ran));
}
