//! Advice for programs.

use serde::Serialize;

use super::Advised;
use crate::flux::FluxVersion;
use crate::rules::advice::{Change, Object, Removed, StepKind};
use crate::rules::data::{Certainty, When};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    api_version: &'a str,
    kind: &'a str,
    advice: Vec<JsonAdvice<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonAdvice<'a> {
    from: String,
    to: String,
    clusters: Vec<JsonCluster<'a>>,
    work_before: bool,
    removed: Vec<JsonRemoved<'a>>,
    changes: Vec<JsonChange<'a>>,
    steps: Vec<JsonStep<'a>>,
}

#[derive(Serialize)]
struct JsonCluster<'a> {
    name: &'a str,
    evidence: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonRemoved<'a> {
    group: &'a str,
    version: &'a str,
    kind: &'a str,
    removed_in: Option<String>,
    certainty: &'a str,
    successor: Option<String>,
    objects: Vec<JsonObject<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonChange<'a> {
    id: &'a str,
    flux: String,
    release: Option<&'a str>,
    certainty: &'a str,
    when: When,
    change: &'a str,
    todo: &'a str,
    source: &'a str,
    objects: Vec<JsonObject<'a>>,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    place: &'a str,
    text: &'a str,
    commands: &'a [String],
}

#[derive(Serialize)]
struct JsonObject<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    object: &'a str,
}

/// The report as one JSON document with a line break at its end.
///
/// # Panics
/// Never: the envelope holds only strings and numbers.
pub fn json(all: &[Advised]) -> String {
    let envelope = Envelope {
        api_version: crate::output::json::API_VERSION,
        kind: "UpgradeAdvice",
        advice: all.iter().map(json_advice).collect(),
    };
    serde_json::to_string_pretty(&envelope).expect("strings and numbers have a JSON form") + "\n"
}

fn json_advice(advised: &Advised) -> JsonAdvice<'_> {
    let advice = &advised.advice;
    let kind = |kind| match kind {
        StepKind::Git => "git",
        StepKind::Cluster => "cluster",
        StepKind::Upgrade => "upgrade",
    };
    JsonAdvice {
        from: advice.from.to_string(),
        to: advice.to.to_string(),
        clusters: advised.clusters.iter().map(|(name, evidence)| JsonCluster { name, evidence }).collect(),
        work_before: advice.has_work_before(),
        removed: advice.removed.iter().map(json_removed).collect(),
        changes: advice.changes.iter().map(json_change).collect(),
        steps: advice
            .steps
            .iter()
            .map(|step| JsonStep { place: kind(step.kind), text: &step.text, commands: &step.commands })
            .collect(),
    }
}

fn json_removed(removed: &Removed) -> JsonRemoved<'_> {
    let row = removed.row;
    JsonRemoved {
        group: &row.group,
        version: &row.version,
        kind: &row.kind,
        removed_in: row.removed.as_ref().map(FluxVersion::to_string),
        certainty: certainty(row.certainty),
        successor: removed.successor.map(|next| format!("{}/{}", next.group, next.version)),
        objects: objects(&removed.objects),
    }
}

fn json_change(found: &Change) -> JsonChange<'_> {
    let change = found.change;
    JsonChange {
        id: &change.id,
        flux: change.flux.to_string(),
        release: change.release.as_deref(),
        certainty: certainty(change.certainty),
        when: change.when,
        change: &change.change,
        todo: &change.todo,
        source: &change.source,
        objects: objects(&found.objects),
    }
}

fn objects<'a>(objects: &'a [Object]) -> Vec<JsonObject<'a>> {
    let object = |object: &'a Object| {
        let Object { place, subject } = object;
        JsonObject { path: &place.path, line: place.line, column: place.column, object: subject }
    };
    objects.iter().map(object).collect()
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
    }
}
