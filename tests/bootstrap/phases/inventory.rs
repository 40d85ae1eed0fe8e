//! What each Kustomization applies before, after the first step and after the second, and what Flux deletes then.

use std::collections::BTreeSet;

use flux_forge::bootstrap::clusters::{Ready, State, clusters};
use flux_forge::bootstrap::operator;
use flux_forge::flux::Index;
use flux_forge::kustomize::{Id, build_with};
use flux_forge::place::Place;
use flux_forge::repo::Repo;
use serde_json::{Value, json};

use super::{finalize, lab, prepared};
use crate::harness::World;

type Ids = BTreeSet<String>;

/// An object as `Kind namespace/name`.
fn named(id: &Id) -> String {
    format!("{} {}/{}", id.kind, id.namespace.as_deref().unwrap_or_default(), id.name)
}

/// What the Kustomization that applies `folder` applies.
fn applied(repo: &Repo, folder: &str) -> Ids {
    let build = build_with(repo, folder, &json!({}), &Place::file("")).unwrap();
    build.objects.iter().map(|object| named(&object.id())).collect()
}

/// The cluster as it is read from `repo`.
fn with_lab<T>(repo: &Repo, look: impl FnOnce(&Ready) -> T) -> T {
    let index = Index::new(repo);
    let found = clusters(repo, &index);
    let [cluster] = &found[..] else { panic!("one cluster is there: {found:?}") };
    let State::Ready(ready) = &cluster.state else { panic!("it can be taken over: {cluster:?}") };
    look(ready)
}

/// What kustomize-controller deletes of `gone`: what the cluster has and nothing guards.
///
/// Source: fluxcd/kustomize-controller `internal/controller/kustomization_controller.go`, `deleteObjects`.
fn deleted(gone: &Ids, cluster: &[Value]) -> Ids {
    let guarded = |object: &Value| {
        let annotation = |key: &str| {
            let value =
                object["metadata"]["annotations"][format!("kustomize.toolkit.fluxcd.io/{key}")].as_str();
            value.unwrap_or_default().to_ascii_lowercase()
        };
        annotation("prune") == "disabled" || annotation("ssa") == "ignore"
    };
    let there = cluster.iter().filter(|object| !guarded(object)).map(|object| named(&Id::of(object)));
    there.filter(|id| gone.contains(id)).collect()
}

#[test]
fn the_first_step_leaves_what_is_applied_and_the_second_takes_only_what_is_guarded() {
    let world = lab().git();
    let before = world.repo();
    let flux_before = applied(&before, "clusters/lab");
    let apps_before = applied(&before, "apps/lab");
    let components = world.read("clusters/lab/flux-system/gotk-components.yaml");
    let sync = world.read("clusters/lab/flux-system/gotk-sync.yaml");
    // What the cluster has before and after the operator takes over.
    let (today, taken_over) = with_lab(&before, |ready| {
        let stock: Vec<&Value> = ready.installation.stock.iter().collect();
        let rendered = operator::render(&ready.draft.instance, &stock, ready.installation.version()).unwrap();
        let today = ready.installation.build.objects.iter().map(|object| object.value.clone());
        (today.collect::<Vec<_>>(), rendered)
    });

    let world = prepared(world);
    let after = world.repo();
    assert_eq!(
        applied(&after, "clusters/lab"),
        flux_before,
        "moved files are applied from where they are now"
    );
    assert_eq!(applied(&after, "apps/lab"), apps_before);
    assert_eq!(world.read("clusters/lab/flux-system/gotk-components.yaml"), components);
    assert_eq!(world.read("clusters/lab/flux-system/gotk-sync.yaml"), sync);
    assert!(world.exists("clusters/lab/flux-system/flux-instance.yaml"));

    let ran = finalize(&world);
    assert_eq!(ran.status, 0, "{ran}");
    let last = world.repo();
    let flux_last = applied(&last, "clusters/lab");
    let gone: Ids = flux_before.difference(&flux_last).cloned().collect();
    let new: Ids = flux_last.difference(&flux_before).cloned().collect();
    let made: Ids = taken_over.iter().map(|object| named(&Id::of(object))).collect();
    assert_eq!(gone, made, "exactly what the operator makes is no longer applied from Git");
    let instance = ["FluxInstance flux-system/flux", "ResourceSet flux-system/flux-operator"];
    assert_eq!(new, instance.map(str::to_owned).into());
    assert_eq!(applied(&last, "apps/lab"), apps_before);

    assert_eq!(deleted(&gone, &taken_over), Ids::new(), "after the operator took over nothing is deleted");
    assert_eq!(deleted(&gone, &today), gone, "before that all of Flux would be");
}

#[test]
fn no_run_adds_the_instance_and_takes_the_files_away() {
    let world = lab().git();
    for args in [
        &["migrate", "bootstrap", "--yes"][..],
        &["migrate", "bootstrap", "--finalize", "--verified", "lab", "--yes"],
        &["migrate", "bootstrap", "--finalize", "--verified", "lab", "--yes", "--allow-dirty"],
        &["migrate", "bootstrap", "--finalize", "--verified", "lab", "--yes", "--commit"],
    ] {
        let copy = copied(&world);
        copy.run(args);
        let is_there = |path: &str| copy.exists(&format!("clusters/lab/flux-system/{path}"));
        assert!(is_there("gotk-components.yaml") && is_there("gotk-sync.yaml"), "{args:?}");
        copy.run(&["migrate", "bootstrap", "--finalize", "--verified", "lab", "--yes", "--allow-dirty"]);
        assert!(is_there("gotk-components.yaml"), "{args:?}, and then finalized without a commit between");
    }
}

fn copied(world: &World) -> World {
    let copy = World::new();
    crate::harness::copy_tree(world.root(), copy.root());
    copy
}
