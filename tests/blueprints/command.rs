//! `flux-forge blueprint`, and `new` from a blueprint of one's own.

use crate::harness::{World, snapshots};

#[test]
fn list_names_every_blueprint_and_show_tells_what_is_in_one() {
    let world = World::new();
    let list = world.run(&["blueprint", "list"]);
    let show = world.run(&["blueprint", "show", "multi-repo"]);
    let unknown = world.run(&["blueprint", "show", "monolith"]);
    assert_eq!(unknown.status, 2, "{unknown}");
    let _guard = snapshots("blueprints");
    insta::assert_snapshot!("command", format!("{list}\n{show}\n{unknown}"));
}

#[test]
fn an_ejected_blueprint_passes_the_check_and_writes_the_same() {
    for id in ["gitless", "monorepo", "multi-repo"] {
        let world = World::new();
        let ejected = world.run(&["blueprint", "eject", id, "own"]);
        assert_eq!(ejected.status, 0, "{ejected}");
        let again = world.run(&["blueprint", "eject", id, "own"]);
        assert!(again.status == 2 && again.err.contains("not empty"), "{again}");
        let checked = world.run(&["blueprint", "check", "own"]);
        assert_eq!((checked.status, checked.err.as_str()), (0, ""), "{checked}");
        assert!(checked.out.contains(" files"), "{checked}");

        let new = |folder: &str, more: &[&str]| {
            let run = ["new", folder, "--defaults", "--set", &format!("pattern={id}"), "--no-git"];
            let ran = world.run(&[&run[..], more].concat());
            assert_eq!(ran.status, 0, "{ran}");
        };
        new("by-program", &[]);
        new("by-own", &["--blueprint", "own"]);
        let tree = |folder: &str| {
            let prefix = format!("=== {folder}/");
            let tree = world.tree();
            let files = tree.split("=== ").map(|file| format!("=== {file}"));
            files.filter_map(|file| file.strip_prefix(&prefix).map(str::to_owned)).collect::<Vec<_>>()
        };
        let (first, second) = (tree("by-program"), tree("by-own"));
        assert!(first.len() > 20 && first.len() == second.len(), "{id}");
        for (first, second) in first.iter().zip(&second).filter(|(first, _)| !first.contains("/state.yaml")) {
            assert_eq!(first, second);
        }
    }
}

#[test]
fn check_tells_what_flux_would_not_take() {
    let world = World::new();
    world.run(&["blueprint", "eject", "monorepo", "own"]);
    let path = "own/files/clusters/{{cluster.name}}/apps.yaml.hbs";
    let good = world.read(path);
    world.put(path, good.replace("prune: true", "prune: maybe"));
    let bad = world.run(&["blueprint", "check", "own"]);
    assert!(bad.status == 2 && bad.err.contains("clusters/") && bad.err.contains("prune"), "{bad}");
    world.put(
        path,
        good.replace("{{yaml facts.intervals.kustomizations}}", "{{yaml facts.intervals.kustomization}}"),
    );
    let bad = world.run(&["blueprint", "check", "own"]);
    assert!(
        bad.status == 2 && bad.err.contains("there is no value `facts.intervals.kustomization`"),
        "{bad}"
    );
    let nothing = world.run(&["blueprint", "check", "nowhere"]);
    assert!(nothing.status == 2 && nothing.err.contains("no blueprint.yaml"), "{nothing}");
    world.put(path, good);
    let good = world.run(&["blueprint", "check", "own"]);
    assert_eq!(good.status, 0, "{good}");
}
