//! Plans as values: merged, previewed, shown as a patch that Git takes.

use flux_forge::change::{Action, Change, Edit};
use flux_forge::plan::{Expect, Plan, diff};
use flux_forge::repo::Repo;
use proptest::prelude::*;

use crate::harness::{World, snapshots};

pub(crate) fn create(path: &str, content: &str) -> Change {
    let action = Action::Create { content: content.into(), executable: false };
    Change { path: path.to_owned(), action, reason: "it is missing".to_owned() }
}

pub(crate) fn modify(path: &str, edits: &[Edit]) -> Change {
    Change { path: path.to_owned(), action: Action::Modify(edits.to_vec()), reason: "it is old".to_owned() }
}

pub(crate) fn delete(path: &str) -> Change {
    Change { path: path.to_owned(), action: Action::Delete, reason: "nothing uses it".to_owned() }
}

pub(crate) fn plan(repo: &Repo, changes: impl IntoIterator<Item = Change>) -> Plan {
    let mut plan = Plan::new("Do something");
    for change in changes {
        plan.add(repo, change).unwrap();
    }
    plan
}

fn refused(repo: &Repo, changes: impl IntoIterator<Item = Change>) -> String {
    let mut plan = Plan::new("Do something");
    let mut last = Ok(());
    for change in changes {
        last = plan.add(repo, change);
    }
    last.expect_err("the last change does not fit").to_string()
}

#[test]
fn edits_of_one_file_are_merged_in_any_order() {
    let world = World::new().file("a.yaml", "one two three\n");
    let repo = world.repo();
    let mut changes = vec![
        modify("a.yaml", &[Edit::replace(0..3, "1")]),
        modify("a.yaml", &[Edit::replace(4..7, "2"), Edit::replace(0..3, "1")]),
        modify("a.yaml", &[Edit::replace(8..13, "3")]),
    ];
    changes[2].reason = "another reason".to_owned();
    let forth = plan(&repo, changes.clone());
    changes.reverse();
    assert_eq!(forth, plan(&repo, changes));
    let entry = &forth.entries()["a.yaml"];
    assert_eq!(entry.change.reason, "another reason; it is old");
    assert_eq!(entry.expect, Expect::Content(repo.files["a.yaml"].bytes.clone()));
    assert_eq!(&*forth.preview(&repo).unwrap().files["a.yaml"].bytes, b"1 2 3\n");
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_the_plan_alone() {
    let world = World::new().file("a.yaml", "abc\n").file("latin.yaml", b"caf\xe9\n");
    let repo = world.repo();
    let edit = |text: &str| modify("a.yaml", &[Edit::replace(0..2, text)]);
    let _guard = snapshots("plan");
    insta::assert_snapshot!(
        "conflicts",
        [
            refused(&repo, [edit("x"), edit("y")]),
            refused(&repo, [edit("x"), delete("a.yaml")]),
            refused(&repo, [create("a.yaml", "")]),
            refused(&repo, [create("b.yaml", "1"), create("b.yaml", "2")]),
            refused(&repo, [create("b", "1"), create("b/c.yaml", "2")]),
            refused(&repo, [create("b/c.yaml", "1"), create("b", "2")]),
            refused(&repo, [modify("none.yaml", &[])]),
            refused(&repo, [delete("none.yaml")]),
            refused(&repo, [modify("a.yaml", &[Edit::replace(3..9, "x")])]),
            refused(&repo, [modify("latin.yaml", &[Edit::insert(0, "x")])]),
            refused(&repo, [create("../b.yaml", "1")]),
            refused(&repo, [create(".git/config", "1")]),
        ]
        .join("\n")
    );
    let mut kept = plan(&repo, [edit("x")]);
    let before = kept.clone();
    assert!(kept.add(&repo, edit("y")).is_err());
    assert_eq!(kept, before);
}

#[test]
fn a_change_that_does_nothing_is_no_change() {
    let world = World::new().file("a.yaml", "abc\n");
    let same = plan(&world.repo(), [modify("a.yaml", &[Edit::replace(0..1, "a")]), modify("a.yaml", &[])]);
    assert!(same.is_empty());
    assert_eq!(diff(&same, &world.repo()).unwrap(), b"");
}

#[test]
fn a_preview_is_a_repository() {
    let world = World::new().file("a.yaml", "abc\n").file("b.yaml", "b\n").file("c.yaml", "c\n");
    let repo = world.repo();
    let changes = [modify("a.yaml", &[Edit::insert(0, "x")]), delete("b.yaml"), create("n/d.yaml", "d\n")];
    let after = plan(&repo, changes).preview(&repo).unwrap();
    assert_eq!(after.files.keys().collect::<Vec<_>>(), ["a.yaml", "c.yaml", "n/d.yaml"]);
    assert_eq!(&*after.read("a.yaml").unwrap().unwrap().bytes, b"xabc\n");
    assert_eq!(after.read("b.yaml").unwrap(), None);
    // A second plan is computed from the preview, not from the disk.
    plan(&after, [delete("n/d.yaml"), create("b.yaml", "again\n")]);
    assert_eq!(world.read("a.yaml"), "abc\n");
}

/// A patch made from `before` and `changes`, applied by Git, must give what the preview says.
fn git_takes_it(before: &[(&str, &str)], changes: Vec<Change>) -> String {
    let mut world = World::new();
    for (path, content) in before {
        world = world.file(path, content);
    }
    world.git_init();
    let repo = world.repo();
    let plan = plan(&repo, changes);
    let patch = diff(&plan, &repo).unwrap();
    let preview = plan.preview(&repo).unwrap();
    std::fs::write(world.path(".git/patch"), &patch).unwrap();
    world.git_run(&["apply", "--whitespace=nowarn", ".git/patch"]);
    assert_eq!(world.repo().files, preview.files);
    String::from_utf8(patch).unwrap()
}

#[test]
fn git_takes_the_patch() {
    let long = (1..=30).map(|line| format!("line {line}\n")).collect::<Vec<_>>().concat();
    let (second, last) = (long.find("line 2\n").unwrap(), long.find("line 30").unwrap());
    let mut script = create("run.yaml", "x: 1\n");
    script.action = Action::Create { content: b"x: 1\n".to_vec(), executable: true };
    let patch = git_takes_it(
        &[
            ("long.yaml", &long),
            ("gone.yaml", "a\nb\n"),
            ("open.yaml", "no newline"),
            ("crlf.yaml", "a\r\nb\r\nc\r\n"),
        ],
        vec![
            modify("long.yaml", &[Edit::insert(second, "new\n"), Edit::delete(last..long.len())]),
            delete("gone.yaml"),
            modify("open.yaml", &[Edit::insert(10, " here")]),
            modify("crlf.yaml", &[Edit::replace(3..4, "B")]),
            create("n/new.yaml", "a\nb"),
            create("empty.yaml", ""),
            script,
        ],
    );
    let _guard = snapshots("plan");
    insta::assert_snapshot!("patch", patch.replace('\r', "␍"));
}

#[test]
fn git_takes_odd_names() {
    let patch = git_takes_it(
        &[("with space.yaml", "a\n"), ("ünï.yaml", "a\n")],
        vec![
            modify("with space.yaml", &[Edit::replace(0..1, "b")]),
            modify("ünï.yaml", &[Edit::replace(0..1, "b")]),
            create("quo\"te\\tab\t.yaml", "x\n"),
            create("new space.yaml", "x\n"),
        ],
    );
    let _guard = snapshots("plan");
    insta::assert_snapshot!("patch_names", patch);
}

#[test]
fn git_takes_a_file_that_loses_or_gains_all_of_its_lines() {
    git_takes_it(&[("a.yaml", "a\nb")], vec![modify("a.yaml", &[Edit::delete(0..3)])]);
    git_takes_it(&[("a.yaml", "")], vec![modify("a.yaml", &[Edit::insert(0, "a\nb")])]);
    git_takes_it(&[("a.yaml", "")], vec![delete("a.yaml")]);
    git_takes_it(&[("a.yaml", "a")], vec![modify("a.yaml", &[Edit::insert(1, "\n")])]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn git_takes_any_patch(old in "([ab]?(\n|\r\n)){0,12}[ab]?", new in "([ab]?(\n|\r\n)){0,12}[ab]?") {
        // Git refuses a patch that changes nothing.
        prop_assume!(old != new);
        git_takes_it(&[("a.yaml", &old)], vec![modify("a.yaml", &[Edit::replace(0..old.len(), new)])]);
    }
}
