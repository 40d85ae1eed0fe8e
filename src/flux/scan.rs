//! Which files are worth reading, told from their bytes without parsing.

use std::sync::LazyLock;

use memchr::memmem::Finder;

pub use super::running::bootstrapped;

/// Part of the API group of every kind of Flux and of the Flux Operator, with what ends them.
static FLUX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("fluxcd."));
const ENDS: [&[u8]; 2] = [b"io", b"controlplane.io"];
/// What is left of an API version that is not the first stable one.
static UNSTABLE: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["beta", "alpha"].map(Finder::new));
/// What a template or a merge conflict has and a manifest has not.
static SUSPECT: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| ["{{", "{%", "<<<<<<< "].map(Finder::new));

/// Fields, template data and annotations that Flux no longer has; whoever replaced only the version left them there.
static GONE: LazyLock<[Finder<'static>; 10]> = LazyLock::new(|| {
    [
        "validation",
        "patchesStrategicMerge",
        "patchesJson6902",
        "valuesFile",
        "gitImplementation",
        "accessFrom",
        "gitRepositoryRef",
        ".Updated",
        ".ImageResult",
        "fluxcd.io/reconcileAt",
    ]
    .map(Finder::new)
});

/// End of the kinds of Kubernetes and of Sealed Secrets that hold data under keys.
static SECRET: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Secret\n"));

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
    names_flux(bytes) || is_utf16_flux(bytes)
}

fn names_flux(bytes: &[u8]) -> bool {
    let mut ends = FLUX.find_iter(bytes).map(|at| &bytes[at + FLUX.needle().len()..]);
    ends.any(|rest| ENDS.iter().any(|end| rest.starts_with(end)))
}

/// What a migration of API versions does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is read: a kustomization, or it looks like Flux and names an old version or a field that is gone, or may not
    /// be plain YAML.
    Read,
    /// It looks like Flux; it matters only if something old is found elsewhere.
    Later,
    /// It holds a Secret; its keys matter if something old is found elsewhere that names it.
    Beside,
    /// It is left alone whatever it holds, for this reason.
    Aside(&'static str),
    /// It has nothing to do with Flux.
    Foreign,
}

/// Judges the file at `path` by its bytes.
pub fn judge(path: &str, bytes: &[u8]) -> Verdict {
    if file_name(path) == COMPONENTS {
        return Verdict::Aside("is written by `flux bootstrap`");
    }
    if bytes.starts_with(b"\0GITCRYPT\0") {
        return Verdict::Aside("is encrypted by git-crypt");
    }
    if is_kustomization(path) {
        return Verdict::Read;
    }
    if !looks_like_flux(bytes) {
        return if holds_secret(bytes) { Verdict::Beside } else { Verdict::Foreign };
    }
    let any = |needles: &[Finder<'static>]| needles.iter().any(|needle| needle.find(bytes).is_some());
    let is_text = || bytes.is_ascii() || std::str::from_utf8(bytes).is_ok();
    if any(&*UNSTABLE) || any(&*SUSPECT) || any(&*GONE) || !is_text() {
        Verdict::Read
    } else {
        Verdict::Later
    }
}

/// Whether `bytes` name Flux and a version that is not stable: for texts in which manifests are only written down.
pub fn names_old_flux(bytes: &[u8]) -> bool {
    names_flux(bytes) && UNSTABLE.iter().any(|needle| needle.find(bytes).is_some())
}

/// Whether a Secret or a SealedSecret may be in `bytes`.
fn holds_secret(bytes: &[u8]) -> bool {
    let is_kind = |at: usize| {
        let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        let kind = bytes[line..at].trim_ascii_start().strip_prefix(b"kind:");
        kind.is_some_and(|kind| matches!(kind.trim_ascii_start(), b"" | b"Sealed"))
    };
    SECRET.find_iter(bytes).any(is_kind)
}

/// UTF-16 in either byte order: the same letters with a NUL between each two.
fn is_utf16_flux(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) {
        return false;
    }
    let letters: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    names_flux(&letters)
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
