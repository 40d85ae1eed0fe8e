//! Which files are worth reading, told from their bytes without parsing.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Part of the API group of every Flux kind, those of the Flux Operator's `controlplane.io` not included.
static FLUX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("fluxcd.io"));
/// What is left of an API version that is not the first stable one.
static UNSTABLE: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["beta", "alpha"].map(Finder::new));
/// What a Flux Kustomization has that may select objects by an old version without naming it.
static PATCHES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("patches"));
/// What a template or a merge conflict has and a manifest has not.
static SUSPECT: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| ["{{", "{%", "<<<<<<< "].map(Finder::new));

/// Name of the file that `flux bootstrap` writes the controllers and CRDs into. It tells which Flux runs.
pub const COMPONENTS: &str = "gotk-components.yaml";

/// Whether the file at `path` is a kustomization of kustomize, by the names that kustomize accepts.
///
/// Source: kubernetes-sigs/kustomize `api/konfig/general.go`.
pub fn is_kustomization(path: &str) -> bool {
    matches!(file_name(path), "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// Whether `bytes` hold anything that looks like a Flux object.
pub fn looks_like_flux(bytes: &[u8]) -> bool {
    FLUX.find(bytes).is_some() || is_utf16_flux(bytes)
}

/// Why the file at `path` is left alone whatever it holds; `None` for all others.
pub fn set_aside(path: &str, bytes: &[u8]) -> Option<&'static str> {
    if file_name(path) == COMPONENTS {
        return Some("is written by `flux bootstrap`");
    }
    bytes.starts_with(b"\0GITCRYPT\0").then_some("is encrypted by git-crypt")
}

/// Whether a migration of API versions must read the file: it looks like Flux, and it names an old version or may
/// not be plain YAML.
pub fn may_hold_old_version(path: &str, bytes: &[u8]) -> bool {
    if is_kustomization(path) {
        return true;
    }
    let any = |needles: &[Finder<'static>]| needles.iter().any(|needle| needle.find(bytes).is_some());
    looks_like_flux(bytes)
        && (any(&*UNSTABLE)
            || PATCHES.find(bytes).is_some()
            || any(&*SUSPECT)
            || !bytes.is_ascii() && std::str::from_utf8(bytes).is_err())
}

/// UTF-16 in either byte order: the same letters with a NUL between each two.
fn is_utf16_flux(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) {
        return false;
    }
    let letters: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    FLUX.find(&letters).is_some()
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path, empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path`, relative to the folder `base`, as a path below the root; `None` where it leads out of it or is no path.
pub fn resolve(base: &str, path: &str) -> Option<String> {
    if path.contains("://") || path.starts_with('/') || path.contains('?') {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
