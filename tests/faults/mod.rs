//! What goes wrong outside of the program, and input made to harm: a clear message, and nothing is lost.

mod input;
#[cfg(unix)]
mod outside;
#[cfg(unix)]
mod system;

use crate::harness::World;

const OLD: &str = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata:\n  name: a\n  namespace: n\nspec:\n  interval: 1m\n  url: https://example.com\n";
const RELEASE: &str = "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata:\n  name: a\n  namespace: n\nspec:\n  interval: 1m\n  chart:\n    spec:\n      chart: a\n      sourceRef: {kind: HelmRepository, name: a}\n  values:\n";

/// How [`OLD`] is after a migration.
fn new() -> String {
    OLD.replace("v1beta2", "v1")
}

/// No temporary file is left in these folders.
fn is_tidy(world: &World, folders: &[&str]) {
    for folder in folders {
        for entry in world.path(folder).read_dir().unwrap() {
            let name = entry.unwrap().file_name();
            assert!(!name.as_encoded_bytes().starts_with(b".flux-forge-"), "{folder}/{}", name.display());
        }
    }
}
