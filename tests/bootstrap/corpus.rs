//! Public repositories: what becomes of each of their clusters.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use flux_forge::bootstrap::account::Outcome;
use flux_forge::bootstrap::clusters::{Cluster, State, clusters};
use flux_forge::flux::Index;
use flux_forge::repo::{Repo, Scan};

use crate::harness::{World, copy_tree, shared, snapshots};

/// The repository with three clusters that run a release which is known.
const CURRENT: &str = "PingCAP-QE__ee-ops__3efc2186";

fn verdict(cluster: &Cluster) -> String {
    match &cluster.state {
        State::Ready(ready) => {
            format!("{}: proven equal, {} objects", ready.installation.version(), ready.draft.proof.equal)
        }
        State::Refused(refusal, _) => {
            let limit = |outcome: &Outcome| match outcome {
                Outcome::Human(limit, why) => format!("{}: {why}", limit.id()),
                other => panic!("a refusal is a thing to decide: {other:?}"),
            };
            let all: Vec<String> = refusal.rows.iter().map(|row| limit(&row.outcome)).collect();
            format!("held back: {}", all.join("; "))
        }
    }
}

#[test]
fn every_bootstrapped_cluster_is_proven_equal_or_held_back_with_a_reason() {
    let Some(corpus) = shared("corpus") else { return };
    let mut trees: Vec<_> = fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    trees.retain(|path| path.is_dir());
    trees.sort();
    let mut table = String::new();
    for tree in trees {
        let repo = Repo::walk(&tree, &Scan { keep: &|_, _| true, texts: None, named: None }).unwrap();
        let index = Index::new(&repo);
        writeln!(table, "{}", tree.file_name().unwrap().display()).unwrap();
        for cluster in clusters(&repo, &index) {
            writeln!(table, "  {} ({}): {}", cluster.name, cluster.site.folder, verdict(&cluster)).unwrap();
        }
    }
    let _guard = snapshots("bootstrap");
    insta::assert_snapshot!("corpus", table);
}

#[test]
fn the_clusters_at_a_known_release_pass_the_judge() {
    let (Some(corpus), Some(tools)) = (shared("corpus"), shared("tools")) else { return };
    let before = corpus.join(CURRENT);
    let world = World::new();
    copy_tree(&before, world.root());
    let world = world.git();
    let ran = world.run(&["migrate", "bootstrap", "--yes"]);
    assert_eq!(ran.status, 1, "one of the four is too old: {ran}");
    let judged = Command::new(tools.join("prove-instance"))
        .args([&before, world.root()])
        .args(["--no-profiles", "-q"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&judged.stdout);
    let could_not = judged.status.code() == Some(2) && !said.contains("UNEXPECTED");
    if could_not {
        eprintln!("skipped: the judge could not run: {}", String::from_utf8_lossy(&judged.stderr));
        return;
    }
    for cluster in ["gcp", "prod2", "tencentcloud"] {
        assert!(said.contains(&format!("EQUAL: clusters/{cluster}/flux-system")), "{said}");
    }
    assert_eq!(judged.status.code(), Some(0), "{said}");
}
