//! Installations whose objects are not in the repository.

use super::find::{self, Manifests};
use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::limit::Limit;
use crate::bootstrap::release::Absence;
use crate::place::Place;

/// Why an installation whose objects are not here cannot be taken over.
pub(super) fn row(manifests: &Manifests) -> Row {
    match manifests {
        Manifests::File(path) | Manifests::Placeholder(path) => Row::new(
            format!("`{path}`"),
            Place::file(path),
            Outcome::Human(
                Limit::UnknownInstallation,
                "it holds no objects, so neither the release nor its components are known: `flux bootstrap` fills it"
                    .into(),
            ),
        ),
        Manifests::Missing(path) => Row::new(
            format!("`{path}`"),
            Place::file(path),
            Outcome::Human(
                Limit::UnknownInstallation,
                "the objects of Flux are not in this repository: export them beside it with `flux install --version=… \
                 --export > gotk-components.yaml`"
                    .into(),
            ),
        ),
        Manifests::Remote(_, place) | Manifests::Artifact(_, place) if absence(manifests).is_some() => Row::new(
            "the release of Flux".to_owned(),
            place.clone(),
            Outcome::Human(Limit::UnsupportedVersion, absence(manifests).map_or_else(String::new, unsupported)),
        ),
        Manifests::Remote(url, place) => {
            let release = find::release_in(url).unwrap_or("…");
            Row::new(
                format!("`{url}`"),
                place.clone(),
                Outcome::Human(
                    Limit::RemoteManifests,
                    format!(
                        "the objects of Flux are fetched from there, so nothing can be proven: write them down with `flux \
                         install --version={release} --export > gotk-components.yaml` and name that file here instead"
                    ),
                ),
            )
        }
        Manifests::Artifact(release, place) => Row::new(
            "an OCIRepository of flux-manifests".to_owned(),
            place.clone(),
            Outcome::Human(
                Limit::RemoteManifests,
                format!(
                    "Flux {release} is installed from an artifact, so nothing can be proven: write it down with `flux \
                     install --version={release} --export > gotk-components.yaml` and apply that file instead"
                ),
            ),
        ),
    }
}

/// Why the release that is fetched from elsewhere is not known.
fn absence(manifests: &Manifests) -> Option<Absence> {
    let release = match manifests {
        Manifests::Remote(url, _) => find::release_in(url)?,
        Manifests::Artifact(release, _) => release,
        _ => return None,
    };
    Absence::of(release.parse().ok()?)
}

/// What to do about a release that is not known.
pub(super) fn unsupported(absence: Absence) -> String {
    format!("{absence}: bring it to a release that is known with `flux bootstrap`")
}
