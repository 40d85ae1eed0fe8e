//! Commits made without the Git program are what Git would have made.

use flux_forge::change::{Action, Change, Edit};
use flux_forge::error::Result;
use flux_forge::plan::apply::apply;
use flux_forge::plan::commit::{Committer, Outcome, init};
use flux_forge::repo::{Repo, Scan};

use crate::harness::{World, snapshots};
use crate::plan::{create, delete, modify, plan};

fn commit(world: &World, changes: Vec<Change>, branch: Option<&str>) -> Result<Outcome> {
    let repo = world.repo();
    let plan = plan(&repo, changes);
    let committer = Committer::new(world.root(), branch)?;
    apply(&plan, &repo, &mut |_| {})?;
    committer.commit(&plan)
}

fn is_sound(world: &World) {
    world.git_run(&["fsck", "--strict", "--no-dangling"]);
}

fn changes() -> Vec<Change> {
    let mut script = create("deep/run.sh", "#!/bin/sh\n");
    script.action = Action::Create { content: b"#!/bin/sh\n".to_vec(), executable: true };
    vec![
        modify("a.yaml", &[Edit::replace(0..1, "A")]),
        delete("gone/b.yaml"),
        create("n/c.yaml", "c\n"),
        script,
    ]
}

fn repository() -> World {
    World::new().file("a.yaml", "a\n").file("gone/b.yaml", "b\n").file("z.yaml", "z\n").git()
}

#[test]
fn exactly_the_paths_of_the_plan_are_committed() {
    let world = repository();
    world.put("z.yaml", "edited\n");
    world.put("staged.yaml", "staged\n");
    world.git_run(&["add", "staged.yaml"]);
    world.put("untracked.yaml", "");
    let Outcome::Committed { id, branch, first, left: None } = commit(&world, changes(), None).unwrap()
    else {
        panic!("nothing keeps it from committing")
    };
    assert_eq!((branch.as_deref(), first), (Some("main"), false));
    assert_eq!(world.git_run(&["rev-parse", "HEAD"]).trim(), id);
    let shown = world.git_run(&["show", "--raw", "--abbrev=4", "--format=%an <%ae>%n%cn%n%B", "HEAD"]);
    let _guard = snapshots("commit");
    insta::assert_snapshot!("commit", shown);
    insta::assert_snapshot!("other_files_stay", world.git_run(&["status", "--short"]));
    is_sound(&world);
}

#[test]
fn nothing_is_pending_afterwards() {
    let world = repository();
    commit(&world, changes(), None).unwrap();
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
    assert_eq!(world.git_run(&["diff", "HEAD"]), "");
    let reflog = world.git_run(&["reflog", "-1", "--format=%gs"]);
    assert_eq!(reflog, "commit: Do something\n");
}

#[test]
fn a_new_branch_is_made_and_switched_to() {
    let world = repository();
    let main = world.git_run(&["rev-parse", "main"]);
    let outcome = commit(&world, changes(), Some("flux/next")).unwrap();
    assert!(matches!(outcome,
        Outcome::Committed { branch: Some(name), left: Some(left), .. } if name == "flux/next" && left == "main"
    ));
    assert_eq!(world.git_run(&["symbolic-ref", "HEAD"]), "refs/heads/flux/next\n");
    assert_eq!(world.git_run(&["rev-parse", "HEAD~1", "main"]), format!("{main}{main}"));
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
    assert_eq!(world.git_run(&["reflog", "-1", "--format=%gs"]), "commit: Do something\n");
    world.git_run(&["checkout", "-q", "main"]);
    assert_eq!(world.read("gone/b.yaml"), "b\n");
    is_sound(&world);
}

#[test]
fn branches_that_cannot_be_made_are_refused_before_anything_is_written() {
    let world = repository();
    world.git_run(&["branch", "flux/old"]);
    world.git_run(&["branch", "taken"]);
    let before = world.tree();
    let messages: Vec<String> = ["taken", "flux", "taken/too", "bad..name", "-f", "HEAD", ""]
        .iter()
        .map(|branch| commit(&world, changes(), Some(branch)).unwrap_err().to_string())
        .collect();
    let _guard = snapshots("commit");
    insta::assert_snapshot!("branches_refused", messages.join("\n"));
    assert_eq!(world.tree(), before);
}

#[test]
fn the_first_commit_of_a_repository() {
    for branch in [None, Some("trunk")] {
        let world = World::new().file("a.yaml", "a\n").file("other.yaml", "");
        world.git_init();
        let outcome = commit(&world, vec![create("new.yaml", "n\n")], branch).unwrap();
        let expected = branch.unwrap_or("main");
        assert!(
            matches!(outcome, Outcome::Committed { branch: Some(name), first: true, .. } if name == expected)
        );
        assert_eq!(world.git_run(&["ls-tree", "-r", "--name-only", "HEAD"]), "new.yaml\n");
        assert_eq!(world.git_run(&["branch", "--show-current"]).trim(), expected);
        assert_eq!(world.git_run(&["status", "--porcelain"]), "?? a.yaml\n?? other.yaml\n");
        is_sound(&world);
    }
}

#[test]
fn a_repository_made_here_is_one_for_git() {
    let world = World::new();
    init(world.root()).unwrap();
    // Whoever runs the tests may have hooks and an identity of their own.
    world.git_run(&["config", "core.hooksPath", ".git/hooks"]);
    world.git_run(&["config", "commit.gpgsign", "false"]);
    commit(&world, vec![create("a/b.yaml", "b\n")], None).unwrap();
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
    assert_eq!(world.git_run(&["rev-list", "--count", "HEAD"]), "1\n");
    is_sound(&world);
}

#[test]
fn a_detached_head_stays_detached() {
    let world = repository();
    world.git_run(&["checkout", "-q", "--detach"]);
    let outcome = commit(&world, changes(), None).unwrap();
    assert!(matches!(outcome, Outcome::Committed { branch: None, .. }));
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
    assert_eq!(world.git_run(&["rev-list", "--count", "main..HEAD"]), "1\n");
}

#[test]
fn line_endings_are_stored_as_git_would() {
    let world = World::new().file(".gitattributes", "* text eol=crlf\n").file("a.yaml", "a\r\nb\r\n").git();
    commit(&world, vec![modify("a.yaml", &[Edit::replace(0..1, "A")]), create("b.yaml", "b\r\n")], None)
        .unwrap();
    assert_eq!(world.git_run(&["show", "HEAD:a.yaml"]), "A\nb\n");
    assert_eq!(world.git_run(&["show", "HEAD:b.yaml"]), "b\n");
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
}

#[test]
fn a_folder_below_the_top_is_enough() {
    let world = World::new().file("sub/a.yaml", "a\n").file("z.yaml", "z\n").git();
    let repo =
        Repo::walk(&world.path("sub"), &Scan { keep: &|_, _| true, texts: None, named: None }).unwrap();
    let plan = plan(&repo, [modify("a.yaml", &[Edit::insert(0, "x")])]);
    apply(&plan, &repo, &mut |_| {}).unwrap();
    Committer::new(&repo.root, None).unwrap().commit(&plan).unwrap();
    assert_eq!(world.git_run(&["show", "HEAD:sub/a.yaml"]), "xa\n");
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
}

#[cfg(unix)]
type Deed<'a> = &'a dyn Fn(&World);

#[cfg(unix)]
fn hook(world: &World, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    world.put(path, "#!/bin/sh\nexit 1\n");
    std::fs::set_permissions(world.path(path), PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn hooks_and_signing_are_left_to_git() {
    let cases: [(Deed, &str); 3] = [
        (
            &|world| hook(world, ".git/hooks/pre-commit", 0o755),
            "Git has a `pre-commit` hook, which has to run",
        ),
        (
            &|world| {
                world.git_run(&["config", "core.hooksPath", ".git/mine"]);
                hook(world, ".git/mine/commit-msg", 0o755);
            },
            "Git has a `commit-msg` hook, which has to run",
        ),
        (
            &|world| drop(world.git_run(&["config", "commit.gpgsign", "true"])),
            "Git is configured to sign commits (`commit.gpgsign`)",
        ),
    ];
    for (prepare, expected) in cases {
        let world = repository();
        prepare(&world);
        let outcome = commit(&world, changes(), Some("next")).unwrap();
        let Outcome::Staged { reason, command } = outcome else { panic!("{expected}: it was committed") };
        assert_eq!(reason, expected);
        assert_eq!(command, "git switch -c next && git commit -m 'Do something'");
        let staged = world.git_run(&["status", "--short"]);
        assert_eq!(staged, "M  a.yaml\nA  deep/run.sh\nD  gone/b.yaml\nA  n/c.yaml\n");
        assert_eq!(world.git_run(&["branch", "--show-current"]), "main\n");
    }
}

#[cfg(unix)]
#[test]
fn hooks_that_git_would_not_run_keep_nothing_from_being_committed() {
    let world = repository();
    hook(&world, ".git/hooks/pre-commit.sample", 0o755);
    hook(&world, ".git/hooks/commit-msg", 0o644);
    assert!(matches!(commit(&world, changes(), None).unwrap(), Outcome::Committed { .. }));
}

#[test]
fn work_trees_that_cannot_take_a_commit_are_refused() {
    let world = World::new();
    let refusal = |world: &World| world.shown(&Committer::new(world.root(), None).err().unwrap().to_string());
    assert_eq!(refusal(&world), "there is no Git work tree to commit to: `[ROOT]`");
    let world = repository();
    world.put(".git/MERGE_HEAD", world.git_run(&["rev-parse", "HEAD"]));
    assert_eq!(refusal(&world), "a merge, rebase or the like is going on in this work tree");
}
