//! Every folder of public repositories that kustomize builds without the network.

use std::fs;
use std::path::Path;

use flux_forge::kustomize;
use flux_forge::repo::{Repo, Scan};

use super::judge;
use crate::harness;

/// It takes minutes, for it runs kustomize once for each folder of many repositories.
#[test]
fn public_trees_are_built_alike() {
    if std::env::var_os("FLUX_FORGE_PROVE").is_none_or(|which| which != "all") {
        eprintln!("skipped: this test runs with FLUX_FORGE_PROVE=all");
        return;
    }
    let (Some(corpus), Some(program)) = (harness::shared("corpus"), judge::kustomize()) else { return };
    let mut trees: Vec<_> = fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    trees.sort();
    let (mut built, mut failed, mut left_out, mut different) = (0, 0, 0, Vec::new());
    for tree in trees.iter().filter(|tree| tree.is_dir()) {
        let repo = Repo::walk(tree, &Scan { keep: &|_, _| true, texts: None, named: None }).unwrap();
        for folder in judge::folders(&repo) {
            let own = kustomize::build(&repo, &folder);
            if let Ok(build) = &own
                && (!build.remotes.is_empty() || build.steps.iter().any(is_unsupported))
            {
                left_out += 1;
                continue;
            }
            let theirs = judge::built_by(&program, &tree.join(&folder));
            match judge::difference(&own, &theirs) {
                Some(difference) => different.push(format!("{}: {difference}", shown(tree, &folder))),
                None if own.is_ok() => built += 1,
                None => {
                    failed += 1;
                    eprintln!("{}: {}", shown(tree, &folder), own.unwrap_err());
                }
            }
        }
    }
    eprintln!("{built} folders alike, {failed} fail in both, {left_out} left out");
    assert!(different.is_empty(), "{} differ\n{}", different.len(), different.join("\n\n"));
}

fn is_unsupported(step: &kustomize::Step) -> bool {
    matches!(step.action, kustomize::Action::Unsupported(_))
}

fn shown(tree: &Path, folder: &str) -> String {
    format!("{}/{folder}", tree.file_name().unwrap().to_string_lossy())
}
