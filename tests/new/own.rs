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
    for (id, after) in [("kyverno", "external-secrets"), ("external-secrets", "kyverno")] {
        let path = format!("own/components/{id}/component.yaml");
        let lines = world.read(&path);
        let others = lines.lines().filter(|line| !line.starts_with("after:")).map(|line| format!("{line}\n"));
        world.put(&path, format!("{}after: [{after}]\n", others.collect::<String>()));
    }
    let ran = world.run(&["new", "out", "--defaults", "--blueprint", "own"]);
    assert_eq!(ran.status, 2, "{ran}");
    let expected = "error: components wait for each other: external-secrets → kyverno → external-secrets\n";
    assert!(ran.err.starts_with(expected), "{ran}");
    assert!(!world.exists("out"));
}
