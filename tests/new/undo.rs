//! The command that takes a run back, as it is shown, is run.

use std::process::Command;

use super::PATTERNS;
use crate::harness::{Ran, World};

/// Runs each undo that was shown, in the folder of the call.
fn undo(world: &World, ran: &Ran) {
    let lines: Vec<&str> =
        ran.err.lines().filter_map(|line| line.strip_prefix("hint: Undo this with ")).collect();
    assert!(!lines.is_empty(), "an undo is shown: {ran}");
    for line in lines {
        let output = Command::new("sh").args(["-c", line]).current_dir(world.root()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_new_folder_goes_away() {
    for pattern in PATTERNS {
        let world = World::new();
        let call = ["new", "a/platform", "--defaults", "--pattern", pattern];
        let ran = world.run(&call);
        assert_eq!(ran.status, 0, "{ran}");
        undo(&world, &ran);
        assert!(!world.exists("a/platform"), "{ran}");
        assert_eq!(world.run(&call).status, 0, "{pattern}");
    }
}

#[test]
fn a_clone_is_fresh_again() {
    let world = World::new();
    world.git_init();
    let ran = world.run(&["new", "--defaults"]);
    undo(&world, &ran);
    assert_eq!((world.tree().as_str(), world.git_run(&["status", "--short"]).as_str()), ("", ""), "{ran}");
    assert!(world.exists(".git"));
    let again = world.run(&["new", "--defaults"]);
    assert_eq!(again.status, 0, "{again}");
}

#[test]
fn clones_side_by_side_are_fresh_again() {
    let world = World::new();
    let folders = ["platform-fleet", "platform-infra", "platform-apps"];
    for folder in folders {
        world.git_run(&["init", "-q", "-b", "main", folder]);
    }
    let call = ["new", "--defaults", "--pattern", "gitless"];
    let ran = world.run(&call);
    assert_eq!(ran.status, 0, "{ran}");
    undo(&world, &ran);
    assert_eq!(world.tree(), "", "{ran}");
    assert!(folders.iter().all(|folder| world.exists(&format!("{folder}/.git"))));
    let again = world.run(&call);
    assert_eq!(again.status, 0, "{again}");
}

#[test]
fn a_folder_with_an_unusual_name_goes_away() {
    let world = World::new();
    for dir in ["it's new", "-x", "$(id)"] {
        let ran = world.run(&["new", "--defaults", "--no-git", "--", dir]);
        assert_eq!(ran.status, 0, "{ran}");
        assert!(world.exists(dir));
        undo(&world, &ran);
        assert!(!world.exists(dir), "{ran}");
    }
}
