//! What has to be true before the files of `flux bootstrap` go.

use super::{finalize, lab, prepared};
use crate::harness::World;

const INSTANCE: &str = "clusters/lab/flux-system/flux-instance.yaml";
const COMPONENTS: &str = "clusters/lab/flux-system/gotk-components.yaml";

fn refused(world: &World, why: &str) {
    let before = world.tree();
    let ran = finalize(world);
    assert_ne!(ran.status, 0, "{ran}");
    assert!(ran.err.contains(why), "{why}: {ran}");
    assert_eq!(world.tree(), before, "nothing is written");
}

#[test]
fn nothing_goes_before_it_is_prepared() {
    refused(&lab().git(), "run `flux-forge migrate bootstrap` without --finalize first");
}

#[test]
fn nothing_goes_before_what_was_prepared_is_committed() {
    let world = lab().git();
    assert_eq!(world.run(&["migrate", "bootstrap", "--yes"]).status, 0);
    refused(&world, "is not in the last commit");
    world.git_run(&["add", "-A"]);
    refused(&world, "is not in the last commit");
    world.git_run(&["commit", "-qm", "prepared"]);
    assert_eq!(finalize(&world).status, 0);
    assert!(!world.exists(COMPONENTS));
}

#[test]
fn nothing_goes_before_somebody_says_that_the_instance_is_ready() {
    let world = prepared(lab().git());
    let before = world.tree();
    for args in [&["--yes"][..], &["--dry-run"], &["--diff"], &["--check"], &["--yes", "--allow-dirty"]] {
        let args = [&["migrate", "bootstrap", "--finalize"], args].concat();
        let ran = world.run(&args);
        assert_eq!(ran.status, 1, "{args:?}: {ran}");
        assert!(ran.err.contains("--verified lab"), "{ran}");
        assert_eq!(ran.out, "", "no patch and no list: {ran}");
        assert_eq!(world.tree(), before);
    }
}

#[test]
fn the_word_can_be_given_at_the_question() {
    let world = prepared(lab().git());
    let ran = world.run_answering(&["migrate", "bootstrap", "--finalize"], &["n"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(world.exists(COMPONENTS));
    let ran = world.run_answering(&["migrate", "bootstrap", "--finalize"], &["y", "y"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(!world.exists(COMPONENTS));
}

#[test]
fn the_word_for_another_cluster_is_refused() {
    let world = prepared(lab().git());
    let ran = world.run(&["migrate", "bootstrap", "--finalize", "--verified", "prod", "--yes"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.contains("there is no cluster `prod`") && ran.err.contains("`lab`"), "{ran}");
}

#[test]
fn without_git_nobody_can_tell_what_was_prepared() {
    let world = lab();
    assert_eq!(world.run(&["migrate", "bootstrap", "--yes", "--allow-dirty"]).status, 0);
    refused(&world, "this is no Git work tree");
}

#[test]
fn an_instance_that_says_something_else_is_refused() {
    let world = prepared(lab().git());
    let text = world.read(INSTANCE);
    world.put(INSTANCE, text.replace("networkPolicy: true", "networkPolicy: false"));
    world.git_run(&["commit", "-qam", "edited"]);
    refused(&world, "stays");
    // What is only written otherwise is the same.
    world.put(INSTANCE, format!("# Ours.\n{}", text.replace("type: kubernetes", "type: \"kubernetes\"")));
    world.git_run(&["commit", "-qam", "edited again"]);
    assert_eq!(finalize(&world).status, 0);
}

#[test]
fn how_the_commit_came_about_does_not_matter() {
    let world = prepared(lab().git());
    // As a squashed merge: the same content in a commit without a history.
    world.git_run(&["checkout", "-q", "--orphan", "squashed"]);
    world.git_run(&["commit", "-qm", "all at once"]);
    assert_eq!(finalize(&world).status, 0);
}

#[test]
fn what_the_remote_branch_lacks_is_not_merged() {
    let world = lab().git();
    let start = world.git_run(&["rev-parse", "HEAD"]);
    let world = prepared(world);
    world.git_run(&["update-ref", "refs/remotes/origin/main", start.trim()]);
    refused(&world, "is not on `origin/main`");
    world.git_run(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    assert_eq!(finalize(&world).status, 0);
}
