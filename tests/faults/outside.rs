//! Paths and links that lead out of the folder: nothing there is read or written.

use std::os::unix::fs::symlink;

use super::{OLD, RELEASE, new};
use crate::harness::World;

/// A folder `in` with ways out to the folder `out`, which has old objects and a file that is broken.
fn world() -> World {
    let kustomization = "resources:\n- old.yaml\n- ../out/old.yaml\n- /ROOT/out/old.yaml\n- link/old.yaml\n- link.yaml\n- ../out\n- link\n\
                         patches:\n- path: ../out/patch.yaml\n- path: link/patch.yaml\n- path: /ROOT/out/patch.yaml\n\
                         components:\n- ../../../../../../../../etc\nconfigurations:\n- ../out/broken.yaml\n";
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata: {name: a, namespace: n}\nspec:\n  interval: 1m\n  prune: true\n  path: ../out\n  sourceRef: {kind: GitRepository, name: a}\n";
    let world = World::new()
        .file("out/old.yaml", OLD)
        .file("out/patch.yaml", RELEASE)
        .file("out/broken.yaml", format!("{RELEASE}  - {{{{\n"))
        .file("out/kustomization.yaml", "resources: [old.yaml]\n")
        .file("in/other.yaml", OLD.replace("name: a", "name: other"))
        .file("in/flux.yaml", flux);
    let root = world.root().to_str().unwrap().trim_start_matches('/').to_owned();
    world.put("in/build/kustomization.yaml", kustomization.replace("ROOT", &root));
    world.put("in/build/old.yaml", RELEASE.replace("  values:\n", ""));
    symlink(world.path("out"), world.path("in/build/link")).unwrap();
    symlink("../../out/old.yaml", world.path("in/build/link.yaml")).unwrap();
    world
}

fn out(world: &World) -> Vec<String> {
    ["old.yaml", "patch.yaml", "broken.yaml", "kustomization.yaml"]
        .map(|file| world.read(&format!("out/{file}")))
        .into()
}

#[test]
fn what_lies_outside_is_neither_read_nor_written() {
    let world = world();
    let before = out(&world);
    let report = world.run_in("in", &["migrate", "apis", "--dry-run", "--output", "json"], None);
    let report: serde_json::Value = serde_json::from_str(&report.out).unwrap();
    // What may be a patch out there holds the one object that it may be for; the others move.
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings.iter().all(|finding| finding["path"].as_str().unwrap().starts_with("build/")),
        "{report}"
    );
    assert_eq!(report["counts"]["filesParsed"], 4, "{report}");
    assert_eq!(report["counts"]["errors"], 0, "the broken file is not met: {report}");
    let ran = world.run_in("in", &["migrate", "apis", "--yes", "--allow-dirty"], None);
    assert!(ran.status <= 1, "{ran}");
    assert_eq!(out(&world), before);
    assert_eq!(world.read("in/other.yaml"), new().replace("name: a", "name: other"));
    assert!(world.path("in/build/link.yaml").is_symlink());
}

#[test]
fn paths_that_lead_out_are_refused() {
    let world = world();
    world.git_run(&["init", "-q", "in"]);
    let files = ["in/other.yaml", "in/flux.yaml", "in/build/old.yaml"];
    let inside = || files.map(|file| world.read(file));
    let before = (out(&world), inside());
    let absolute = world.path("out/old.yaml");
    for paths in [
        &[".", "../out"][..],
        &["flux.yaml", "../out/old.yaml"],
        &["flux.yaml", absolute.to_str().unwrap()],
        &["build/link"],
        &["./build/link/old.yaml"],
        &["build/link.yaml"],
        &["build", "build/link"],
    ] {
        let args = [&["migrate", "apis"], paths, &["--yes", "--allow-dirty"]].concat();
        let ran = world.run_in("in", &args, None);
        assert_eq!(ran.status, 2, "{paths:?}: {ran}");
        assert!(ran.err.contains("lies outside of `[ROOT]/in`"), "{paths:?}: {ran}");
    }
    assert_eq!((out(&world), inside()), before);
}

#[test]
fn links_in_circles_come_to_an_end() {
    let world = World::new().file("a/old.yaml", OLD).file(
        "kustomization.yaml",
        "resources: [self.yaml, one.yaml, up/a/old.yaml, a/up/a]\npatches: [{path: one.yaml}]\n",
    );
    for (to, at) in [
        ("self.yaml", "self.yaml"),
        ("two.yaml", "one.yaml"),
        ("one.yaml", "two.yaml"),
        ("..", "a/up"),
        (".", "up"),
        ("kustomization.yaml", "a/kustomization.yaml"),
    ] {
        symlink(to, world.path(at)).unwrap();
    }
    let ran = world.run(&["migrate", "apis", "--yes", "--allow-dirty"]);
    assert!(ran.status <= 1, "{ran}");
    assert!(ran.out.contains("4 skipped (is a symbolic link)"), "{ran}");
    // The links may be patches for the object, which nobody can tell: then it stays, and that is said.
    let stays = world.read("a/old.yaml") == OLD;
    assert!(if stays { ran.out.contains("a/old.yaml") } else { world.read("a/old.yaml") == new() }, "{ran}");
}
