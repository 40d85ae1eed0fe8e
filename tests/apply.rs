//! Writing: the guard, all or nothing, and nothing left behind.

use std::fs;

use flux_forge::change::{Change, Edit};
use flux_forge::error::{Kind, Result};
use flux_forge::plan::Plan;
use flux_forge::plan::apply::{Applied, Watch, apply, apply_watched};
use flux_forge::plan::guard::{Undo, guard};
use flux_forge::repo::Repo;

use crate::harness::World;
use crate::plan::{create, delete, modify, plan};

fn write(plan: &Plan, repo: &Repo) -> Result<Applied> {
    apply(plan, repo, &mut |_| {})
}

type Deed<'a> = &'a dyn Fn(&World);

fn three_changes() -> Vec<Change> {
    vec![
        modify("a.yaml", &[Edit::replace(0..1, "A")]),
        delete("b.yaml"),
        create("deep/er/c.yaml", "c\n"),
        modify("z.yaml", &[Edit::insert(0, "Z")]),
    ]
}

fn three_files() -> World {
    World::new().file("a.yaml", "a\n").file("b.yaml", "b\n").file("z.yaml", "z\n")
}

#[test]
fn a_plan_is_written() {
    let world = three_files();
    let repo = world.repo();
    let plan = plan(&repo, three_changes());
    let preview = plan.preview(&repo).unwrap();
    let mut heard = Vec::new();
    let applied = apply(&plan, &repo, &mut |path| heard.push(path.to_owned())).unwrap();
    assert_eq!(applied.folders, [world.path("deep"), world.path("deep/er")]);
    assert_eq!(heard, ["a.yaml", "b.yaml", "deep/er/c.yaml", "z.yaml"]);
    assert_eq!(world.repo().files, preview.files);
    assert_eq!(world.tree(), "=== a.yaml\nA\n=== deep/er/c.yaml\nc\n=== z.yaml\nZz\n");
}

#[test]
fn the_root_is_made_where_it_is_missing() {
    let world = World::new();
    let repo = Repo::empty(world.path("new/repo"));
    let applied = write(&plan(&repo, [create("a.yaml", "a\n")]), &repo).unwrap();
    assert_eq!(applied.folders, [world.path("new"), world.path("new/repo")]);
    assert_eq!(world.tree(), "=== new/repo/a.yaml\na\n");
}

#[test]
fn files_that_changed_meanwhile_are_refused_and_nothing_is_written() {
    let meanwhile: [(Deed, &str); 3] = [
        (&|world| world.put("z.yaml", "mine\n"), "a file was changed by someone else meanwhile: `z.yaml`"),
        (
            &|world| fs::remove_file(world.path("z.yaml")).unwrap(),
            "a file to change is gone by now: `z.yaml`",
        ),
        (&|world| world.put("deep/er/c.yaml", "mine\n"), "a file to create exists by now: `deep/er/c.yaml`"),
    ];
    for (change, message) in meanwhile {
        let world = three_files();
        let repo = world.repo();
        let plan = plan(&repo, three_changes());
        change(&world);
        let before = world.tree();
        let error = write(&plan, &repo).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Refused, message));
        assert_eq!(guard(&plan, &repo, true).unwrap_err().to_string(), message);
        assert_eq!(world.tree(), before);
    }
}

#[test]
fn a_failure_half_way_puts_everything_back() {
    let world = three_files();
    let repo = world.repo();
    let before = world.tree();
    // The last file turns into a folder while the others are already written.
    let plan = plan(&repo, three_changes());
    let error = apply(&plan, &repo, &mut |path| {
        if path == "z.yaml" {
            assert_eq!(world.read("a.yaml"), "A\n");
            fs::remove_file(world.path("z.yaml")).unwrap();
            fs::create_dir(world.path("z.yaml")).unwrap();
        }
    })
    .unwrap_err();
    assert!(error.to_string().starts_with("cannot write `z.yaml`: "), "{error}");
    assert_eq!(error.hints(), ["Nothing was changed: the files written before it are as they were"]);
    fs::remove_dir(world.path("z.yaml")).unwrap();
    world.put("z.yaml", "z\n");
    assert_eq!(world.tree(), before);
    assert!(!world.exists("deep"));
}

#[test]
fn a_file_that_appears_half_way_is_not_overwritten() {
    let world = World::new().file("a.yaml", "a\n");
    let repo = world.repo();
    let plan = plan(&repo, [modify("a.yaml", &[Edit::insert(0, "x")]), create("b.yaml", "ours\n")]);
    let error = apply(&plan, &repo, &mut |path| {
        if path == "b.yaml" {
            world.put("b.yaml", "theirs\n");
        }
    })
    .unwrap_err();
    assert!(error.to_string().starts_with("cannot write `b.yaml`: "), "{error}");
    assert_eq!(world.tree(), "=== a.yaml\na\n=== b.yaml\ntheirs\n");
}

#[test]
fn what_cannot_be_put_back_is_named() {
    let world = World::new().file("x/a.yaml", "a\n").file("z.yaml", "z\n");
    let repo = world.repo();
    let changes = [modify("x/a.yaml", &[Edit::insert(0, "x")]), modify("z.yaml", &[Edit::insert(0, "x")])];
    let plan = plan(&repo, changes);
    let error = apply(&plan, &repo, &mut |path| {
        if path == "z.yaml" {
            fs::remove_dir_all(world.path("x")).unwrap();
            fs::remove_file(world.path("z.yaml")).unwrap();
            fs::create_dir(world.path("z.yaml")).unwrap();
        }
    })
    .unwrap_err();
    let hint = &error.hints()[0];
    assert!(hint.starts_with("These files could not be put back as they were: `x/a.yaml` ("), "{hint}");
}

#[test]
fn bytes_are_kept() {
    let world = World::new().file("a.yaml", "\u{feff}a: 1\r\nb: 2\r\nc: 3");
    let repo = world.repo();
    let at = world.read("a.yaml").find('2').unwrap();
    write(&plan(&repo, [modify("a.yaml", &[Edit::replace(at..at + 1, "two")])]), &repo).unwrap();
    assert_eq!(world.read("a.yaml"), "\u{feff}a: 1\r\nb: two\r\nc: 3");
}

#[test]
fn leftovers_of_a_killed_run_are_removed() {
    let world = World::new()
        .file("x/a.yaml", "a\n")
        .file("x/.flux-forge-Ab12Cd.tmp", "half")
        .file("x/.flux-forge.yaml", "not ours to remove")
        .file("x/.flux-forge-notes.md", "neither");
    let repo = world.repo();
    assert_eq!(repo.files.keys().collect::<Vec<_>>(), ["x/.flux-forge.yaml", "x/a.yaml"]);
    write(&plan(&repo, [modify("x/a.yaml", &[Edit::insert(0, "x")])]), &repo).unwrap();
    assert!(!world.exists("x/.flux-forge-Ab12Cd.tmp"));
    assert!(world.exists("x/.flux-forge.yaml") && world.exists("x/.flux-forge-notes.md"));
}

#[cfg(unix)]
#[test]
fn permissions_are_kept() {
    use flux_forge::change::Action;
    use std::os::unix::fs::PermissionsExt;

    let world = World::new().file("a.yaml", "a\n");
    fs::set_permissions(world.path("a.yaml"), PermissionsExt::from_mode(0o640)).unwrap();
    let repo = world.repo();
    let mut script = create("run.sh", "#!/bin/sh\n");
    script.action = Action::Create { content: b"#!/bin/sh\n".to_vec(), executable: true };
    let changes = [modify("a.yaml", &[Edit::insert(0, "x")]), script, create("b.yaml", "b\n")];
    write(&plan(&repo, changes), &repo).unwrap();
    let mode = |path: &str| fs::metadata(world.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("a.yaml"), 0o640);
    assert_eq!(mode("run.sh") & 0o700, 0o700);
    assert_eq!(mode("b.yaml") & 0o711, 0o600);
}

#[cfg(unix)]
#[test]
fn links_are_never_written_through() {
    let outside = World::new().file("a.yaml", "theirs\n");
    let world = World::new().file("real/b.yaml", "b\n");
    let repo = world.repo();
    let create = plan(&repo, [create("out/new.yaml", "x\n"), modify("real/b.yaml", &[Edit::insert(0, "x")])]);
    // The folder becomes a link after the plan was made.
    std::os::unix::fs::symlink(outside.root(), world.path("out")).unwrap();
    let error = write(&create, &repo).unwrap_err();
    assert_eq!(error.to_string(), "the path leads through a symbolic link: `out/new.yaml`");
    assert_eq!(outside.tree(), "=== a.yaml\ntheirs\n");
    assert_eq!(world.read("real/b.yaml"), "b\n");
}

#[test]
fn the_guard_wants_git_to_have_the_files() {
    let refusal = |world: &World, changes: Vec<Change>| {
        let repo = world.repo();
        let plan = plan(&repo, changes);
        assert!(guard(&plan, &repo, true).is_ok());
        let error = guard(&plan, &repo, false).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.hints()[0].ends_with("--allow-dirty"));
        error.to_string()
    };
    let world = three_files();
    let message = refusal(&world, three_changes());
    assert_eq!(
        message,
        "there is no Git work tree that could undo the change of `a.yaml`, `b.yaml`, `z.yaml`"
    );

    let world = world.git();
    let repo = world.repo();
    assert_eq!(guard(&plan(&repo, three_changes()), &repo, false).unwrap(), Undo::Git);
    world.put("b.yaml", "changed\n");
    assert_eq!(refusal(&world, three_changes()), "there are uncommitted changes in `b.yaml`");
    world.put("n.yaml", "new\n");
    let more = three_changes().into_iter().chain([delete("n.yaml")]).collect();
    assert_eq!(refusal(&world, more), "Git does not track, so could not bring back, `n.yaml`");
    // Other files may be as dirty as they like.
    let repo = world.repo();
    let clean = plan(&repo, [modify("a.yaml", &[Edit::insert(0, "x")])]);
    assert_eq!(guard(&clean, &repo, false).unwrap(), Undo::Git);
}

#[test]
fn a_plan_of_creates_needs_no_git() {
    let world = World::new();
    let repo = world.repo();
    assert_eq!(guard(&plan(&repo, [create("a.yaml", "")]), &repo, false).unwrap(), Undo::Git);
}

#[test]
fn a_write_that_is_stopped_leaves_nothing() {
    for stop_at in ["a.yaml", "z.yaml", "deep/er/c.yaml"] {
        let world = three_files();
        let repo = world.repo();
        let before = world.tree();
        let plan = plan(&repo, three_changes());
        let watch = Watch {
            prepare: &|path| path != stop_at,
            replace: &mut |path| panic!("{path} must not take its place"),
        };
        let error = apply_watched(&plan, &repo, watch).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (Kind::Refused, "nothing was written, since you stopped it")
        );
        assert_eq!(world.tree(), before);
        assert!(!world.exists("deep"), "{stop_at}: a folder that was made for it is gone again");
    }
}
