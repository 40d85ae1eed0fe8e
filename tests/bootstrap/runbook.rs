//! The page with the steps on each cluster.

use std::io::Write;
use std::process::{Command, Stdio};

use flux_forge::bootstrap::clusters::{Cluster, State, clusters};
use flux_forge::bootstrap::hazard::{Hazard, When};
use flux_forge::bootstrap::runbook::runbook;
use flux_forge::flux::Index;
use flux_forge::place::Place;

use super::fleet::fleet;
use crate::harness::{World, snapshots};

#[test]
fn every_cluster_has_its_own_commands() {
    let _guard = snapshots("bootstrap");
    insta::assert_snapshot!("runbook", page(&fleet(), |_| {}));
}

#[test]
fn hazards_stand_where_they_are_due() {
    let page = page(&fleet(), |clusters| {
        for cluster in clusters.iter_mut() {
            if let State::Ready(ready) = &mut cluster.state {
                ready.hazards = hazards();
            }
        }
    });
    let position = |text: &str| page.find(text).unwrap_or_else(|| panic!("`{text}` is not in\n{page}"));
    let order = [
        "## First of all: Terraform lets go",
        "- `infra/flux.tf:1`: Terraform writes the files (lab, prod)",
        "## Before the first pull request is merged",
        "- `ci.yaml:1`: a workflow writes the files (lab, prod)",
        "## Cluster lab",
        "- a policy refuses the labels\n",
        "### 5. Hand over",
        "### 7. Finalize",
        "- a script reads the files\n",
        "flux-forge migrate bootstrap --finalize --verified lab",
        "Afterwards:\n\n- a dashboard selects pods\n",
    ];
    let positions = order.map(position);
    assert!(positions.is_sorted(), "{positions:?} in\n{page}");
}

#[test]
fn only_what_is_quoted_reaches_the_shell() {
    let world = fleet();
    let page = page(&world, |clusters| "lab's $(reboot)".clone_into(&mut clusters[1].name));
    assert!(page.contains(r"--verified 'lab'\''s $(reboot)'"), "{page}");
    shellcheck(&page);
}

#[test]
fn every_command_is_one_for_a_shell() {
    shellcheck(&page(&fleet(), |_| {}));
}

fn page(world: &World, change: impl FnOnce(&mut Vec<Cluster>)) -> String {
    let repo = world.repo();
    let index = Index::new(&repo);
    let mut found = clusters(&repo, &index);
    change(&mut found);
    runbook(&found.iter().collect::<Vec<_>>())
}

fn hazards() -> Vec<Hazard> {
    let hazard = |when, id, place: Option<&str>, message: &str| Hazard {
        when,
        id,
        place: place.map(Place::file),
        message: message.to_owned(),
    };
    vec![
        hazard(When::Before, "terraform", Some("infra/flux.tf"), "Terraform writes the files"),
        hazard(When::Before, "regenerated-files", Some("ci.yaml"), "a workflow writes the files"),
        hazard(When::Apply, "admission-policy", None, "a policy refuses the labels"),
        hazard(When::Finalize, "reads-gotk-files", None, "a script reads the files"),
        hazard(When::After, "pod-labels", None, "a dashboard selects pods"),
    ]
}

/// Gives all that is to be copied into a shell to shellcheck, where it is in PATH.
fn shellcheck(page: &str) {
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script = format!("#!/bin/sh\n{}", blocks.collect::<String>());
    assert!(script.lines().count() > 50, "{script}");
    // The backup goes into a folder of the user, and variables are set once for each cluster.
    let mut command = Command::new("shellcheck");
    command.args(["--shell=sh", "--severity=warning", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("skipped: this test needs shellcheck in PATH");
        return;
    };
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stdout));
}
