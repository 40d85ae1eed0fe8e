//! Which files have to be read for this.

use memchr::memmem;

use super::renovate;
use crate::flux::scan::{file_name, folder, is_kustomization};

/// Ends of the names of scripts, of Terraform's files (`OpenTofu`'s too) and of Renovate's configuration.
const ENDS: [&str; 13] = [
    ".tf",
    ".tofu",
    ".sh",
    ".bash",
    ".zsh",
    ".fish",
    ".nu",
    ".ps1",
    ".mk",
    ".just",
    ".json5",
    ".groovy",
    ".jenkinsfile",
];
/// Names of build files and of Renovate's configuration that say nothing by their end.
const NAMES: [&str; 9] = [
    "makefile",
    "gnumakefile",
    "justfile",
    ".justfile",
    ".renovaterc",
    "mise.toml",
    ".mise.toml",
    "earthfile",
    "helmfile",
];
/// Folders whose files are scripts when their names have no end.
const SCRIPTS: [&str; 7] = ["scripts", "script", "hack", "ci", ".ci", "tasks", "hooks"];

/// Whether the file at `path`, which is neither YAML nor JSON, may hold something of this by its name: Terraform,
/// scripts, build files and Renovate's configuration. Dependabot has no configuration that concerns Flux's files.
///
/// A walk reads them with [`crate::repo::Scan::named`], and as texts those that also [`matters`].
pub fn wanted(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let is_script = || {
        let parent = folder(path).rsplit('/').next().unwrap_or_default();
        !name.contains('.') && SCRIPTS.contains(&parent)
    };
    ENDS.iter().any(|end| name.ends_with(end))
        || NAMES.contains(&name.as_str())
        || name.starts_with("jenkinsfile")
        || is_script()
}

/// Whether the file at `path` with these bytes, of whatever kind, has to be read: everything else cannot hold anything
/// that [`super::read`] finds.
pub fn matters(path: &str, bytes: &[u8]) -> bool {
    let is_terraform = path.ends_with(".tf") || path.ends_with(".tofu");
    // A module is called from a file that does not say what it is for.
    is_terraform
        || is_kustomization(path)
        || renovate::is_configuration(path)
        || WORDS.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
}

/// Every file that matters has one of these, but for those that its path tells.
const WORDS: [&str; 8] = [
    "flux",
    "gotk",
    "kyverno.io/",
    "gatekeeper.sh/",
    "ValidatingAdmissionPolicy",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/version",
    "kind: Namespace",
];
