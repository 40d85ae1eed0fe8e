//! What stands around an installation is found, with its line, and what only looks like it is not.

mod charts;
mod corpus;
mod links;
mod policies;
mod renovate;
mod selectors;
mod terraform;
mod writers;

use flux_forge::bootstrap::surroundings::{self, Surroundings, matters, wanted};
use flux_forge::flux::Index;
use flux_forge::place::Place;
use flux_forge::repo::{Repo, Scan};

use crate::harness::World;

/// What is found around installations in `flux-system`.
fn seen(files: &[(&str, &str)]) -> Surroundings {
    let world = files.iter().fold(World::new(), |world, (path, text)| world.file(path, text));
    seen_in(world.root())
}

fn seen_in(root: &std::path::Path) -> Surroundings {
    let repo = repo(root);
    surroundings::read(&repo, &Index::new(&repo), &["flux-system"])
}

/// What a command reads that only wants this.
fn repo(root: &std::path::Path) -> Repo {
    let texts = |path: &str, bytes: &[u8]| wanted(path) && matters(path, bytes);
    let scan = Scan { keep: &matters, texts: Some(&texts), named: Some(&wanted) };
    Repo::walk(root, &scan).unwrap()
}

/// `path:line`.
fn at(place: &Place) -> String {
    format!("{}:{}", place.path, place.line)
}

#[test]
fn only_files_that_can_matter_are_wanted() {
    let names = [
        "infra/main.tf",
        "infra/main.tofu",
        "scripts/update.sh",
        "Makefile",
        "flux.mk",
        "Jenkinsfile",
        "ci/Jenkinsfile.update",
        "justfile",
        ".renovaterc",
        "renovate.json5",
        ".github/renovate.json5",
        "hack/update",
        ".mise.toml",
    ];
    assert_eq!(names.into_iter().filter(|name| !wanted(name)).collect::<Vec<_>>(), [""; 0]);
    let others = ["README.md", "main.go", "hack/update.py", "src/update", "terraform.tfvars", "Makefile.md"];
    assert_eq!(others.into_iter().filter(|name| wanted(name)).collect::<Vec<_>>(), [""; 0]);
    assert!(matters("a.yaml", b"kind: FluxInstance") || matters("a.yaml", b"fluxcd.controlplane.io"));
    assert!(matters("a/kustomization.yaml", b"resources: []"));
    assert!(matters("main.tf", b"module \"x\" {}"));
    assert!(!matters("a.yaml", b"kind: Deployment"));
}

#[test]
fn a_plain_repository_has_nothing_around() {
    let found = seen(&[
        ("clusters/lab/flux-system/gotk-components.yaml", "kind: Namespace\n"),
        ("apps/kustomization.yaml", "resources:\n  - web.yaml\n"),
        ("apps/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"),
    ]);
    assert!(found.terraform.is_empty() && found.installs.is_empty() && found.writers.is_empty());
    assert!(found.policies.is_empty() && found.selectors.is_empty() && found.namespaces.is_empty());
}
