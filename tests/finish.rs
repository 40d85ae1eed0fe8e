//! The finish line: five readings of one plan, their exit codes, and the way back.

use std::fmt::Write as _;

use flux_forge::change::{Change, Edit};
use flux_forge::commands::{Consent, Finish, FinishArgs, finish};
use flux_forge::error::Kind;
use flux_forge::repo::Repo;

use crate::harness::{Ran, Screen, World, snapshots};
use crate::plan::{create, delete, modify, plan};

#[derive(Clone, Default)]
struct Call {
    args: FinishArgs,
    asks: bool,
    answers: Option<&'static str>,
    left: usize,
    found: bool,
    cwd: &'static str,
}

/// Runs the finish line as a command would; a failure is shown as `cli` shows it.
fn run(world: &World, repo: &Repo, changes: Vec<Change>, call: &Call) -> Ran {
    let plan = plan(repo, changes);
    let screen = Screen::default();
    let mut ui = screen.ui();
    if let Some(answer) = call.answers {
        ui = ui.answering([answer]);
    }
    let consent = if call.asks { Consent::Ask } else { Consent::Given };
    let cwd = world.path(call.cwd);
    let Call { args, left, found, .. } = call;
    let found: &[String] = if *found { &[String::new()] } else { &[] };
    let run = Finish { cwd: &cwd, repo, plan: &plan, args, consent, left: *left, shown: false, found };
    let status = finish(&mut ui, &run).unwrap_or_else(|error| {
        ui.error(&error);
        assert_ne!(error.kind(), Kind::Internal);
        2
    });
    ui.close().unwrap();
    Ran { status, out: world.shown(&screen.out()), err: world.shown(&screen.err()) }
}

fn world() -> World {
    World::new().file("a.yaml", "a\n").file("b.yaml", "b\n").git()
}

fn changes() -> Vec<Change> {
    vec![modify("a.yaml", &[Edit::replace(0..1, "A")]), delete("b.yaml"), create("c/d.yaml", "d\n")]
}

fn modes() -> [(&'static str, FinishArgs); 5] {
    let none = FinishArgs::default();
    [
        ("--check", FinishArgs { check: true, ..none.clone() }),
        ("--dry-run", FinishArgs { dry_run: true, ..none.clone() }),
        ("--diff", FinishArgs { diff: true, ..none.clone() }),
        ("write", FinishArgs { yes: true, ..none.clone() }),
        ("--commit", FinishArgs { yes: true, commit: true, ..none }),
    ]
}

#[test]
fn exit_codes() {
    let mut table = String::from("mode       pending  left  code\n");
    for (name, args) in modes() {
        for (pending, left) in [(0, 0), (0, 1), (3, 0), (3, 1)] {
            let world = world();
            let changes = if pending == 0 { vec![] } else { changes() };
            let call = Call { args: args.clone(), asks: true, left, ..Call::default() };
            let ran = run(&world, &world.repo(), changes, &call);
            let written = pending > 0 && (args.yes || args.commit);
            assert_eq!(world.exists("c/d.yaml"), written, "{name} {pending} {left}");
            writeln!(table, "{name:<9}  {pending:>7}  {left:>4}  {:>4}", ran.status).unwrap();
        }
    }
    let _guard = snapshots("finish");
    insta::assert_snapshot!("exit_codes", table);
}

#[test]
fn what_each_mode_says() {
    let mut shown = String::new();
    for (name, args) in modes() {
        let world = world();
        let ran = run(&world, &world.repo(), changes(), &Call { args, ..Call::default() });
        writeln!(shown, "##### {name}\n{ran}").unwrap();
    }
    let _guard = snapshots("finish");
    insta::assert_snapshot!("modes", shown);
}

#[test]
fn a_write_is_asked_for() {
    let mut shown = String::new();
    for (name, yes, answers) in [
        ("nobody to ask", false, None),
        ("nobody to ask, --yes", true, None),
        ("no", false, Some("n")),
        ("yes", false, Some("y")),
        ("just enter", false, Some("")),
    ] {
        let world = world();
        let args = FinishArgs { yes, ..FinishArgs::default() };
        let ran =
            run(&world, &world.repo(), changes(), &Call { args, asks: true, answers, ..Call::default() });
        writeln!(shown, "##### {name}: written {}\n{ran}", world.exists("c/d.yaml")).unwrap();
    }
    let _guard = snapshots("finish");
    insta::assert_snapshot!("consent", shown);
}

#[test]
fn the_guard_stands_before_the_question() {
    let world = world();
    world.put("a.yaml", "b\n");
    let ran =
        run(&world, &world.repo(), changes(), &Call { asks: true, answers: Some("y"), ..Call::default() });
    let _guard = snapshots("finish");
    insta::assert_snapshot!("dirty", ran);
    let args = FinishArgs { allow_dirty: true, ..FinishArgs::default() };
    insta::assert_snapshot!(
        "allow_dirty",
        run(&world, &world.repo(), changes(), &Call { args, ..Call::default() })
    );
}

/// The commands shown after a write, run by a shell, must bring the folder back.
#[cfg(unix)]
#[test]
fn the_way_back_works() {
    let many: Vec<(String, String)> = (0..30).map(|at| (format!("m/{at}.yaml"), format!("{at}\n"))).collect();
    let branch = Some("next".to_owned());
    let commit = FinishArgs { commit: true, ..FinishArgs::default() };
    for (cwd, args, hook) in [
        ("", FinishArgs::default(), false),
        ("sub dir", FinishArgs::default(), false),
        ("", commit.clone(), false),
        ("sub dir", FinishArgs { branch, ..commit.clone() }, false),
        ("", commit, true),
    ] {
        let mut world =
            World::new().file("a.yaml", "a\n").file("b.yaml", "b\n").file("sub dir/e.yaml", "e\n");
        for (path, content) in &many {
            world = world.file(path, content);
        }
        let world = world.git();
        if hook {
            use std::os::unix::fs::PermissionsExt;
            world.put(".git/hooks/pre-commit", "#!/bin/sh\n");
            std::fs::set_permissions(world.path(".git/hooks/pre-commit"), PermissionsExt::from_mode(0o755))
                .unwrap();
        }
        let before = world.tree();
        let all: Vec<Change> = changes()
            .into_iter()
            .chain(many.iter().map(|(path, _)| modify(path, &[Edit::insert(0, "x")])))
            .chain([create("it's.yaml", "i\n"), create("sub dir/n.yaml", "n\n")])
            .collect();
        let ran = run(&world, &world.repo(), all, &Call { args, cwd, ..Call::default() });
        assert_eq!(ran.status, 0, "{ran}");
        assert_ne!(world.tree(), before);
        take_back(&world, cwd, &ran);
        assert_eq!(world.tree(), before, "{ran}");
        assert_eq!(world.git_run(&["status", "--porcelain"]), "", "{ran}");
        assert!(!world.exists("c"), "{ran}");
    }
}

#[cfg(unix)]
fn take_back(world: &World, cwd: &str, ran: &Ran) {
    for line in ran.err.lines().filter(|line| line.contains("Undo this")) {
        let (_, command) = line.split_once(" with ").unwrap();
        let command = command.replace(crate::harness::ROOT, world.root().to_str().unwrap());
        let output = std::process::Command::new("sh")
            .args(["-c", &command])
            .current_dir(world.path(cwd))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[cfg(unix)]
#[test]
fn a_new_repository_is_founded_and_can_be_taken_back() {
    let world = World::new();
    let repo = Repo::empty(world.path("fleet"));
    let call = Call { found: true, ..Call::default() };
    let ran = run(&world, &repo, vec![create("a.yaml", "a\n"), create("b/c.yaml", "c\n")], &call);
    let shown = ran.to_string();
    assert!(shown.contains("Committed to `"), "{shown}");
    assert!(world.exists("fleet/.git/HEAD"));
    take_back(&world, "", &ran);
    assert!(!world.exists("fleet"));
}

#[test]
fn founding_leaves_other_repositories_alone() {
    // Without a commit yet, the folder's own repository gets its first one.
    let world = World::new();
    world.git_init();
    let call = Call { found: true, ..Call::default() };
    let ran = run(&world, &Repo::empty(world.root()), vec![create("a.yaml", "a\n")], &call);
    assert_eq!(world.git_run(&["log", "--format=%s"]), "Do something\n", "{ran}");
    // With one, the commit is the user's.
    let ran = run(&world, &Repo::empty(world.root()), vec![create("b.yaml", "b\n")], &call);
    assert_eq!(world.git_run(&["status", "--short"]), "?? b.yaml\n", "{ran}");
    assert!(ran.err.contains("in a Git work tree already"), "{ran}");
    // So it is in a folder below.
    run(&world, &Repo::empty(world.path("sub/dir")), vec![create("c.yaml", "c\n")], &call);
    assert!(!world.exists("sub/dir/.git"));
}

#[test]
fn a_commit_needs_git_before_anything_is_written() {
    let world = World::new();
    let args = FinishArgs { commit: true, ..FinishArgs::default() };
    let ran = run(&world, &world.repo(), vec![create("a.yaml", "a\n")], &Call { args, ..Call::default() });
    assert_eq!(ran.status, 2);
    assert!(ran.err.starts_with("refused: there is no Git work tree to commit to"), "{ran}");
    assert!(!world.exists("a.yaml"));
}
