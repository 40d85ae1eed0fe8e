//! Outside judges agree: the operator's own program makes of each FluxInstance what kustomize builds today.
//!
//! A handful of fixtures are judged in every run where the judges are at hand; all of them with `FLUX_FORGE_PROVE=all`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::cases::fixture::{self, Fixture, Verdict};
use crate::harness::{copy_tree, shared};

/// Those that are judged in every run: one of each kind.
const HANDFUL: [&str; 6] = [
    "flag-all",
    "idiom-lockdown",
    "idiom-token-rule-wrong",
    "layout-two-clusters",
    "port-path",
    "root-names",
];

#[test]
fn the_operator_makes_what_is_there() {
    let Some(judges) = judges() else { return };
    let all = std::env::var("FLUX_FORGE_PROVE").is_ok_and(|which| which == "all");
    let only = std::env::var("FLUX_FORGE_FIXTURE").unwrap_or_default();
    let fixtures: Vec<(String, Fixture)> = fixture::groups()
        .iter()
        .flat_map(|group| fixture::group(group))
        .filter(|(name, fixture)| {
            let is_asked = all || HANDFUL.contains(&name.as_str());
            is_asked && name.contains(&only) && fixture.verdict() == Verdict::Equal
        })
        .collect();
    assert!(!fixtures.is_empty() || !only.is_empty(), "there is nothing to judge");
    let found: Vec<Vec<String>> =
        fixtures.into_par_iter().map(|(name, fixture)| judge(&judges, &name, &fixture)).collect();
    let equal = found.iter().filter(|wrong| wrong.is_empty()).count();
    eprintln!("{equal} of {} are equal", found.len());
    assert_eq!(equal, found.len(), "\n{}", found.concat().join("\n"));
}

/// The folder of the judges, where they and what they need are at hand.
fn judges() -> Option<PathBuf> {
    let folder = shared("tools")?;
    for program in ["kustomize", "flux-operator"] {
        if Command::new(program).arg("version").output().is_err() {
            eprintln!("skipped: this test needs {program} in PATH");
            return None;
        }
    }
    ["prove-instance", "check-repo"].iter().all(|judge| folder.join(judge).is_file()).then_some(folder)
}

/// What the judges find wrong.
fn judge(judges: &Path, name: &str, fixture: &Fixture) -> Vec<String> {
    let world = fixture.world();
    let before = tempfile::tempdir().unwrap();
    copy_tree(world.root(), before.path());
    let ran = world.run(&["migrate", "bootstrap", "--yes"]);
    if ran.status != 0 {
        return vec![format!("{name}: {ran}")];
    }
    let mut wrong = Vec::new();
    let proof = Command::new(judges.join("prove-instance"))
        .args([before.path(), world.root()])
        .args(["--no-profiles", "-q"])
        .args(&fixture.judge)
        .output()
        .unwrap();
    if !proof.status.success() {
        wrong.push(format!("{name}: prove-instance: {}", told(&proof)));
    }
    let check = Command::new(judges.join("check-repo")).arg(world.root()).output().unwrap();
    // Until the files of Flux go, both they and the FluxInstance bring source and Kustomization.
    let is_twice = |line: &str| line.contains("applied by more than one: FluxInstance/");
    let own =
        |line: &&str| (line.contains("FluxInstance") || line.contains("ResourceSet")) && !is_twice(line);
    let text = told(&check);
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("error")).filter(own).collect();
    if !errors.is_empty() {
        wrong.push(format!("{name}: check-repo: {}", errors.join("\n")));
    }
    wrong
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
