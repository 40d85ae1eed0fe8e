//! The command `new`, from its arguments to the disk.

mod interview;
mod own;
mod refusals;
#[cfg(unix)]
mod terminal;
mod undo;
mod writing;

use crate::harness::{Ran, World};

pub(crate) const PATTERNS: [&str; 3] = ["monorepo", "multi-repo", "gitless"];

/// What a run said, with the ids of its commits left out.
fn shown(ran: &Ran) -> String {
    let lines = ran.to_string();
    let lines = lines.lines().map(|line| match line.split_once("to `main`: ") {
        Some((before, _)) if line.starts_with("Committed") => format!("{before}to `main`: [ID]\n"),
        _ => format!("{line}\n"),
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

/// A new folder `platform` with the defaults of `pattern`.
fn written(pattern: &str) -> World {
    let world = World::new();
    let ran = world.run(&["new", "platform", "--defaults", "--pattern", pattern]);
    assert_eq!(ran.status, 0, "{ran}");
    world
}
