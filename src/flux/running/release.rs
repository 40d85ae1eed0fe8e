//! The Flux that a text names: the file of `flux bootstrap`, or the version of a `FluxInstance`.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;

use super::constraint::Constraint;
use crate::flux::FluxVersion;

/// What stands before the version in the header, in lower case: `flux install` and `flux bootstrap` differ in that.
const HEADER: &str = "# flux version:";
/// The header stands in the first lines.
const HEAD: usize = 1024;
/// The newest minor that a range may stand for: in it every kind has exactly one version.
const NEWEST_OF_RANGE: u16 = 9;

static LABEL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("app.kubernetes.io/version:"));
static TAG: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-controller:"));

/// The Flux in a file that `flux bootstrap` or `flux install --export` wrote, told by its header, else by its first
/// version label, else by the first image of a controller; `None` for a placeholder.
///
/// Source: fluxcd/flux2 `pkg/manifestgen/install/install.go`.
pub fn bootstrapped(bytes: &[u8]) -> Option<FluxVersion> {
    header(bytes).or_else(|| label(bytes)).or_else(|| tag(bytes))
}

fn header(bytes: &[u8]) -> Option<FluxVersion> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix(HEADER)?.trim().parse().ok())
}

fn label(bytes: &[u8]) -> Option<FluxVersion> {
    LABEL.find_iter(bytes).find_map(|at| word(&bytes[at + LABEL.needle().len()..]).parse().ok())
}

fn tag(bytes: &[u8]) -> Option<FluxVersion> {
    TAG.find_iter(bytes).find_map(|at| {
        let name = memchr::memrchr(b'/', &bytes[..at]).map(|slash| &bytes[slash + 1..at])?;
        of_controller(std::str::from_utf8(name).ok()?, word(&bytes[at + TAG.needle().len()..]))
    })
}

/// The text up to the end of the line, without space, quotes, comment or digest.
fn word(bytes: &[u8]) -> &str {
    let line = &bytes[..memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())];
    let text = std::str::from_utf8(line).unwrap_or_default().trim().trim_start_matches(['"', '\'']);
    text.split(['"', '\'', '@', ' ', '\r']).next().unwrap_or_default()
}

/// The Flux whose controller `name` (`source`, `kustomize`, `helm`, `notification`) has `tag`, or the one before where
/// that minor is not known.
fn of_controller(name: &str, tag: &str) -> Option<FluxVersion> {
    let tag: FluxVersion = tag.parse().ok()?;
    let mut found = None;
    let mut last = None;
    for row in CONTROLLERS.iter() {
        let minor = row.minor(name)?;
        if minor <= tag && last != Some(minor) {
            found = Some(row.flux);
        }
        last = Some(minor);
    }
    found
}

/// The newest Flux up to 2.9 that `range`, the `distribution.version` of a `FluxInstance`, allows; a later one only
/// where it allows nothing else.
///
/// Source: controlplaneio-fluxcd/flux-operator `internal/builder/semver.go`: the newest release in the range runs.
pub(super) fn in_range(range: &str) -> Option<FluxVersion> {
    let constraint = Constraint::read(range)?;
    let usual = (0..=NEWEST_OF_RANGE).rev().map(|minor| FluxVersion::new(2, minor));
    let later = std::iter::once(FluxVersion::new(2, NEWEST_OF_RANGE + 1));
    usual.chain(later).find(|flux| constraint.allows_some_of(*flux))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    flux: FluxVersion,
    source: FluxVersion,
    kustomize: FluxVersion,
    helm: FluxVersion,
    notification: FluxVersion,
}

impl Row {
    fn minor(&self, controller: &str) -> Option<FluxVersion> {
        match controller {
            "source" => Some(self.source),
            "kustomize" => Some(self.kustomize),
            "helm" => Some(self.helm),
            "notification" => Some(self.notification),
            _ => None,
        }
    }
}

static CONTROLLERS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("controllers.yaml"))
        .expect("a test reads the embedded table of controllers")
});
