//! What was edited in the file with the objects of Flux.

use serde_json::Value;

use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::draft;
use crate::bootstrap::limit::Limit;
use crate::bootstrap::release::{Component, Deviation, DeviationKind, Reading, Version};
use crate::flux;
use crate::kustomize::Id;
use crate::place::Place;
use crate::yaml;

/// The first release with source-watcher.
///
/// Source: fluxcd/flux2 releases v2.7.0.
const WITH_WATCHER: u16 = 7;

/// A row for each object that is not as in the release, but for flags that patches can set and for images.
pub(super) fn rows(file: &str, text: &str, reading: &Reading, version: Version) -> Vec<Row> {
    let rows = reading.deviations.iter().filter_map(|deviation| {
        let (limit, remedy) = told(deviation, version)?;
        let outcome = Outcome::Human(limit, format!("{deviation}: {remedy}"));
        Some(Row::new(deviation.id.to_string(), place_of(file, text, &deviation.id), outcome))
    });
    rows.collect()
}

/// The limit that a deviation comes up against, and what can be done.
fn told(deviation: &Deviation, version: Version) -> Option<(Limit, String)> {
    let anew = format!("write the file anew with `flux install --version={version} --export`");
    Some(match &deviation.kind {
        DeviationKind::Image { .. } => return None,
        DeviationKind::Uneven { flag, component, found, .. } => {
            if draft::is_settable(*flag, *component, found) {
                return None;
            }
            (Limit::EditedObjects, format!("say it by a patch in the kustomization, and {anew}"))
        }
        DeviationKind::Foreign | DeviationKind::OfAnother { .. }
            if version.minor < WITH_WATCHER && is_of_watcher(&deviation.id) =>
        {
            let why = "Flux has it since 2.7: take it out, or upgrade with `flux bootstrap` first";
            (Limit::SourceWatcherTooEarly, why.to_owned())
        }
        DeviationKind::Foreign => {
            (Limit::ForeignObjects, "move it to a file of its own in a folder beside".to_owned())
        }
        DeviationKind::Edited { .. } => {
            (Limit::EditedObjects, format!("say the edit by a patch in the kustomization, and {anew}"))
        }
        DeviationKind::Missing => {
            let remedy =
                format!("where it is not wanted, delete it by a patch in the kustomization, and {anew}");
            (Limit::EditedObjects, remedy)
        }
        DeviationKind::OfAnother { .. } | DeviationKind::Repeated => (Limit::EditedObjects, anew),
    })
}

fn is_of_watcher(id: &flux::Id) -> bool {
    id.name == Component::SourceWatcher.name() || id.name.ends_with(".source.extensions.fluxcd.io")
}

fn place_of(file: &str, text: &str, id: &flux::Id) -> Place {
    let stream = yaml::parse(text);
    let is_it = |value: Value| {
        let own = Id::of(&value);
        (&own.group, &own.kind, &own.name) == (&id.group, &id.kind, &id.name)
    };
    let found = stream.documents.iter().find(|document| document.to_json().ok().flatten().is_some_and(is_it));
    found.map_or_else(|| Place::file(file), |document| Place::new(file, text, document.range.clone()))
}
