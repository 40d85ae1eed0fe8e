//! The README's migration is a real one: its files, its command, its patch.

use crate::harness::World;

/// The blocks of the README, each with what stands behind its opening fence.
fn blocks() -> Vec<(String, String)> {
    let readme = include_str!("../README.md");
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) {
            let body =
                lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            blocks.push((info.to_owned(), body));
        }
    }
    blocks
}

#[test]
fn the_migration_in_the_readme_gives_the_patch_that_it_shows() {
    let blocks = blocks();
    let mut world = World::new();
    for (info, body) in &blocks {
        if let Some(path) = info.strip_prefix("yaml ") {
            world = world.file(path, body);
        }
    }
    let world = world.git();
    let starts = "flux-forge migrate apis --dead-fields";
    let command = blocks.iter().find(|(info, body)| info == "sh" && body.starts_with(starts));
    let command = command.expect("the README shows the command").1.split('#').next().unwrap();
    let args: Vec<&str> = command.split_whitespace().skip(1).collect();
    let ran = world.run(&args);
    let shown = blocks.iter().find(|(info, _)| info == "diff").expect("the README shows the patch");
    assert_eq!(ran.out, shown.1, "{ran}");
    assert!(world.run(&["migrate", "apis", "--dead-fields", "convert", "--yes"]).status == 0);
    assert_eq!(world.run(&["migrate", "apis", "--check"]).status, 0, "nothing is left after it");
}
