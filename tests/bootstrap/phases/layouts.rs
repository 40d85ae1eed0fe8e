//! Where the files of Flux lie, and what lists them.

use super::{ALERTS, KUSTOMIZATION, files, finalize, lab, prepared, sync};
use crate::harness::{World, snapshots};

/// Everything but the objects of Flux and the page for the clusters.
fn tree(world: &World) -> String {
    let tree = world.tree();
    let is_shown = |file: &&str| !file.contains("gotk-components.yaml\n---") && !file.starts_with("docs/");
    let files = tree.split("=== ").filter(is_shown);
    files.collect::<Vec<_>>().join("=== ")
}

/// The tree after both steps.
fn both(world: World) -> String {
    let world = prepared(world);
    let middle = tree(&world);
    assert_eq!(world.run(&["migrate", "bootstrap", "--check"]).status, 0, "a second run has nothing to do");
    let ran = finalize(&world);
    assert_eq!(ran.status, 0, "{ran}");
    format!("##### prepared\n{middle}\n##### finalized\n{}", tree(&world))
}

#[test]
fn the_usual_one() {
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("usual", both(lab().git()));
}

#[test]
fn a_kustomization_above_lists_the_folder() {
    let above = "resources:\n  - flux-system # Flux\n  - apps.yaml\n";
    let world = lab().file("clusters/lab/kustomization.yaml", above);
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("listed-folder", both(world.git()));
}

#[test]
fn a_kustomization_above_lists_the_files_and_patches_them() {
    let above = "\
resources:
  - ./flux-system/gotk-components.yaml
  - ./flux-system/gotk-sync.yaml
  - alerts.yaml
patches:
  # One at a time is too slow for us.
  - target: {kind: Deployment, name: kustomize-controller, namespace: flux-system}
    patch: |
      - op: add
        path: /spec/template/spec/containers/0/args/-
        value: --concurrent=7
  - target: {kind: Provider}
    patch: |
      - op: add
        path: /spec/channel
        value: lab
";
    let world = files("clusters/lab/flux-system", "./clusters/lab")
        .file("clusters/lab/kustomization.yaml", above)
        .file("clusters/lab/alerts.yaml", ALERTS);
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("listed-files", both(world.git()));
}

#[test]
fn nothing_lists_the_files() {
    let world = files("clusters/lab/flux-system", "./clusters/lab")
        .file("clusters/lab/flux-system/alerts.yaml", ALERTS);
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("unlisted", both(world.git()));
}

#[test]
fn the_cluster_applies_the_folder_itself() {
    let listed = format!("{KUSTOMIZATION}  - alerts.yaml # stays\n");
    let world = files("lab", "./lab").file("lab/kustomization.yaml", listed).file("lab/alerts.yaml", ALERTS);
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("applied-folder", both(world.git()));
}

#[test]
fn the_cluster_applies_the_folder_itself_and_nothing_lists_it() {
    let world = files("lab", "./lab").git();
    let ran = world.run(&["migrate", "bootstrap", "--dry-run"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.out.contains("kustomize create --autodetect"), "{ran}");
}

#[test]
fn the_files_lie_outside_of_what_the_cluster_applies() {
    let world = files("bootstrap/lab/flux-system", "./clusters/lab")
        .file("bootstrap/lab/flux-system/kustomization.yaml", KUSTOMIZATION)
        .file("clusters/lab/alerts.yaml", ALERTS);
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("outside", both(world.git()));
}

#[test]
fn other_objects_stand_in_the_file_with_the_source() {
    let more = format!("{}---\n# Ours.\n{}", sync("./clusters/lab"), super::apps());
    let world = files("clusters/lab/flux-system", "./clusters/lab")
        .file("clusters/lab/flux-system/kustomization.yaml", KUSTOMIZATION)
        .file("clusters/lab/flux-system/gotk-sync.yaml", more);
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("more-in-sync", both(world.git()));
}

#[test]
fn nothing_here_makes_the_cluster_follow_git() {
    let world = World::new()
        .file("lab/gotk-components.yaml", super::Stock::of("2.9.4").text())
        .file("lab/kustomization.yaml", "resources: [gotk-components.yaml]\n");
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("no-sync", both(world.git()));
}

#[test]
fn generators_move_with_their_files() {
    let listed = format!(
        "{KUSTOMIZATION}configMapGenerator:\n  - name: dashboards\n    files: [cpu=dashboards/cpu.json, hint.txt]\n"
    );
    let world = files("clusters/lab/flux-system", "./clusters/lab")
        .file("clusters/lab/flux-system/kustomization.yaml", listed)
        .file("clusters/lab/flux-system/dashboards/cpu.json", "{}\n")
        .file("clusters/lab/flux-system/hint.txt", "Look at the processor.\n");
    let _guard = snapshots("bootstrap/layouts");
    insta::assert_snapshot!("generators", both(world.git()));
}
