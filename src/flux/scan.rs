//! Which files are worth reading, told from their bytes without parsing.

use std::sync::LazyLock;

use memchr::memmem::Finder;

pub use super::running::bootstrapped;

/// Part of the API group of every kind of Flux and of the Flux Operator, with what ends them.
static FLUX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("fluxcd."));
const ENDS: [&[u8]; 2] = [b"io", b"controlplane.io"];
/// What is left of an API version that is not the first stable one.
static UNSTABLE: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["beta", "alpha"].map(Finder::new));
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
    /// It is read: a kustomization, or it looks like Flux. That it names only current versions tells nothing of its
    /// fields: whoever replaced just the version left old ones there.
    Read,
    /// It holds a Secret; its keys matter where an object names it.
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
    Verdict::Read
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
