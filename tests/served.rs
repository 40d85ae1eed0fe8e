//! What is written where the repository tells which Flux runs: as far as that serves, cluster by cluster.

use crate::harness::{Ran, World};

const OLD: &str = "apiVersion: source.toolkit.fluxcd.io/v1beta2
kind: OCIRepository
metadata: {name: charts}
spec: {interval: 5m, url: oci://ghcr.io/acme/charts}
";

/// Two clusters: one with a Flux that does not serve OCIRepository v1 yet, one with a Flux that does.
fn fleet() -> World {
    let world = World::new();
    for (cluster, flux) in [("old", "2.5"), ("new", "2.9")] {
        let components = format!("clusters/{cluster}/flux-system/gotk-components.yaml");
        world.put(&components, format!("# Flux Version: v{flux}.0\n"));
        world.put(&format!("clusters/{cluster}/charts.yaml"), OLD);
    }
    world.git()
}

fn is_moved(world: &World, cluster: &str) -> bool {
    let text = world.read(&format!("clusters/{cluster}/charts.yaml"));
    assert!(text == OLD || text == OLD.replace("/v1beta2", "/v1"), "{text}");
    text != OLD
}

fn migrate(world: &World, flags: &[&str]) -> Ran {
    world.run(&[&["migrate", "apis", "--yes"], flags].concat())
}

#[test]
fn each_object_goes_as_far_as_its_cluster_serves() {
    let world = fleet();
    let ran = migrate(&world, &[]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(is_moved(&world, "new") && !is_moved(&world, "old"), "{ran}");
    let note = "Flux 2.5 on cluster `old` does not serve OCIRepository `source.toolkit.fluxcd.io/v1`, which 1 object here \
                would become; run this again when Flux 2.6 runs there";
    assert!(ran.out.contains(note), "{ran}");
}

#[test]
fn a_target_that_is_asked_for_and_not_served_stops_the_run() {
    let world = fleet();
    let ran = migrate(&world, &["--target", "2.9"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{ran}");
    assert!(!is_moved(&world, "new") && !is_moved(&world, "old"), "{ran}");
    for part in [
        "OCIRepository charts at clusters/old/charts.yaml:1 would become",
        "which Flux 2.5 on cluster `old` does not serve",
        "hint: `clusters/old/flux-system/gotk-components.yaml` has Flux 2.5",
        "--force-target",
    ] {
        assert!(ran.err.contains(part), "{part}: {ran}");
    }
    let forced = migrate(&world, &["--target", "2.9", "--force-target"]);
    assert_eq!(forced.status, 0, "{forced}");
    assert!(is_moved(&world, "new") && is_moved(&world, "old"), "{forced}");
}

#[test]
fn a_cluster_narrows_what_changes_and_what_a_target_is_held_to() {
    let world = fleet();
    let ran = migrate(&world, &["--cluster", "new", "--target", "2.9"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(is_moved(&world, "new") && !is_moved(&world, "old"), "{ran}");
    assert!(!ran.out.contains("clusters/old"), "{ran}");
    let unknown = migrate(&world, &["--cluster", "stage"]);
    assert_eq!(unknown.status, 2, "{unknown}");
    assert!(
        unknown.err.contains("there is no cluster `stage` here\nhint: those here: `new` and `old`"),
        "{unknown}"
    );
}

#[test]
fn a_field_that_was_left_behind_is_found_where_no_version_is_old() {
    let world = World::new();
    let automation = "apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all}
spec:
  interval: 5m
  sourceRef: {kind: GitRepository, name: fleet}
  git:
    commit:
      author: {email: bot@example.com}
      messageTemplate: '{{ range .Updated.Images }}{{ . }}{{ end }}'
";
    world.put("automation.yaml", automation);
    let world = world.git();
    let ran = migrate(&world, &[]);
    assert_eq!(ran.status, 0, "{ran}");
    let wanted = automation.replace(".Updated.Images }}{{ .", ".Changed.Changes }}{{ .NewValue");
    assert_eq!(world.read("automation.yaml"), wanted, "{ran}");
}
