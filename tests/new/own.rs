//! `new --blueprint`: a blueprint of one's own.

use crate::harness::World;

/// A folder with the blueprint of a pattern in `own`.
fn ejected(pattern: &str) -> World {
    let world = World::new();
    let ran = world.run(&["blueprint", "eject", pattern, "own"]);
    assert_eq!(ran.status, 0, "{ran}");
    world
}

#[test]
fn an_ejected_blueprint_writes_the_same_and_can_be_changed() {
    let world = ejected("gitless");
    let own = world.run(&["new", "a", "--defaults", "--no-git", "--blueprint", "own"]);
    assert_eq!(own.status, 0, "{own}");
    let other = world.run(&["new", "b", "--defaults", "--no-git", "--pattern", "gitless"]);
    assert_eq!(other.status, 0, "{other}");
    let readme = |folder: &str| world.read(&format!("{folder}/platform-fleet/README.md"));
    assert_eq!(readme("a"), readme("b"));

    let path = "own/files/{{repositories.fleet.name}}/README.md.hbs";
    world.put(path, format!("Call {{{{owner}}}} first.\n\n{}", world.read(path)));
    let changed = world.run(&["new", "c", "--defaults", "--no-git", "--blueprint", "own"]);
    assert_eq!(changed.status, 0, "{changed}");
    assert_eq!(readme("c"), format!("Call example first.\n\n{}", readme("b")));
}

#[test]
fn its_pattern_is_not_asked_for_and_cannot_be_changed() {
    let world = ejected("monorepo");
    let typed = ["acme/x", "1=dev", "", "kind-only", "metrics-server", "", "token", "none"];
    let call = ["new", "out", "--no-git", "--blueprint", "own"];
    let ran = world.run_answering(&call, &[&typed[..], &["Change", "pattern"]].concat());
    assert!(ran.err.ends_with("error: this is not offered: `pattern`\n"), "{ran}");
    assert!(!world.exists("out"));
    let ran = world.run_answering(&call, &[&typed[..], &["Write"]].concat());
    assert_eq!(ran.status, 0, "{ran}");
    let ran = world.run(&["new", "other", "--defaults", "--blueprint", "own", "--pattern", "gitless"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(
        ran.err.contains("--pattern: `pattern` is `gitless`, but the blueprint is made for another"),
        "{ran}"
    );
}

#[test]
fn components_that_wait_for_each_other_are_refused() {
    let world = ejected("monorepo");
    with_line(&world, "kyverno", "after: [external-secrets]");
    with_line(&world, "external-secrets", "after: [kyverno]");
    let ran = world.run(&["new", "out", "--defaults", "--blueprint", "own"]);
    assert_eq!(ran.status, 2, "{ran}");
    let expected = "error: components wait for each other: external-secrets → kyverno → external-secrets\n";
    assert!(ran.err.starts_with(expected), "{ran}");
    assert!(!world.exists("out"));
}

/// Puts a line in place of the one with the same key.
fn with_line(world: &World, id: &str, line: &str) {
    let path = format!("own/components/{id}/component.yaml");
    let key = line.split(':').next().unwrap();
    let text = world.read(&path);
    let others =
        text.lines().filter(|old| !old.starts_with(&format!("{key}:"))).map(|old| format!("{old}\n"));
    world.put(&path, format!("{}{line}\n", others.collect::<String>()));
}

#[test]
fn what_a_component_needs_is_added_and_told() {
    let world = ejected("monorepo");
    with_line(&world, "external-secrets", "needs: [policy]");
    let call =
        ["new", "out", "--defaults", "--no-git", "--blueprint", "own", "--components", "external-secrets"];
    let ran = world.run(&call);
    assert_eq!(ran.status, 0, "{ran}");
    let note = "`components`: `kyverno` added, since others need what comes with it\n";
    assert!(ran.err.starts_with(note), "{ran}");
    assert!(world.exists("out/infrastructure/components/kyverno"), "{ran}");
    let typed = ["acme/x", "1=dev", "", "", "external-secrets", "", "token", "none", "Write"];
    let ran = world.run_answering(&["new", "other", "--no-git", "--blueprint", "own"], &typed);
    assert!(ran.err.contains(&format!("Platform components: external-secrets\n{note}")), "{ran}");
}

#[test]
fn components_that_cannot_be_beside_each_other_are_refused() {
    let world = ejected("monorepo");
    with_line(&world, "external-secrets", "conflicts: [kyverno]");
    let call =
        ["new", "out", "--defaults", "--blueprint", "own", "--components", "kyverno, external-secrets"];
    let ran = world.run(&call);
    let expected = "error: --components: `components` has both `external-secrets` and `kyverno`; accepted: one of the two\n";
    assert_eq!((ran.status, ran.err.as_str()), (2, expected));
    assert!(!world.exists("out"));
}
