//! For programs: everything, in a shape that stays.

use serde::Serialize;
use serde_json::Value;

use super::{Handover, Shown, WHENS, told, verb};
use crate::bootstrap::account::Row;
use crate::bootstrap::clusters::State;
use crate::bootstrap::hazard::Hazard;
use crate::bootstrap::proof::Proof;
use crate::place::Place;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    api_version: &'a str,
    kind: &'a str,
    /// `prepare` or `finalize`.
    phase: &'a str,
    runbook: Option<&'a str>,
    clusters: Vec<JsonCluster<'a>>,
    /// What would happen to files, by path.
    files: Vec<File<'a>>,
    counts: Counts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonCluster<'a> {
    name: &'a str,
    folder: &'a str,
    /// `ready` or `refused`.
    state: &'a str,
    /// The release that runs; null where it is not known.
    version: Option<&'a str>,
    namespace: Option<&'a str>,
    components: Vec<&'a str>,
    /// The file with the FluxInstance.
    instance: Option<&'a str>,
    /// The file with the operator's own installation.
    install: Option<&'a str>,
    account: Vec<JsonRow<'a>>,
    proof: Option<JsonProof<'a>>,
    hazards: Vec<JsonHazard<'a>>,
    moved: Vec<JsonMoved<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    /// `field`, `patch`, `moved`, `dropped` or `decide`.
    outcome: &'a str,
    subject: &'a str,
    text: String,
    /// Why a person has to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'a str>,
    #[serde(flatten)]
    place: Location<'a>,
}

#[derive(Serialize)]
struct JsonProof<'a> {
    holds: bool,
    equal: usize,
    expected: Vec<Expected<'a>>,
    unexpected: Vec<JsonUnexpected<'a>>,
}

#[derive(Serialize)]
struct Expected<'a> {
    reason: &'a str,
    places: usize,
}

#[derive(Serialize)]
struct JsonUnexpected<'a> {
    object: &'a str,
    /// Where in the object; null where only one side has the object.
    field: Option<String>,
    today: Option<&'a Value>,
    operator: Option<&'a Value>,
    meaning: &'a str,
}

#[derive(Serialize)]
struct JsonHazard<'a> {
    id: &'a str,
    /// `before`, `apply`, `finalize` or `after`.
    when: &'a str,
    message: &'a str,
    place: Option<Location<'a>>,
}

#[derive(Serialize)]
struct JsonMoved<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    /// `create`, `modify` or `delete`.
    action: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    ready: usize,
    refused: usize,
    to_decide: usize,
    files: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// The report as one JSON document with a line break at its end.
///
/// # Panics
/// Never: the envelope holds only values that have a JSON form.
pub fn json(report: &Handover<'_>) -> String {
    let clusters = report.shown();
    let ready = clusters.iter().filter(|cluster| cluster.is_ready()).count();
    let files = report.plan.entries().iter().map(|(path, entry)| File {
        path,
        action: verb(&entry.change.action),
        reason: &entry.change.reason,
    });
    let envelope = Envelope {
        api_version: crate::output::json::API_VERSION,
        kind: "BootstrapMigration",
        phase: report.phase.word(),
        runbook: report.runbook,
        files: files.collect(),
        counts: Counts {
            ready,
            refused: clusters.len() - ready,
            to_decide: clusters.iter().map(Shown::to_decide).sum(),
            files: report.plan.len(),
        },
        clusters: clusters.iter().map(cluster).collect(),
    };
    serde_json::to_string_pretty(&envelope).expect("strings and numbers have a JSON form") + "\n"
}

fn cluster<'a>(shown: &'a Shown<'_>) -> JsonCluster<'a> {
    let prepared = match &shown.cluster.state {
        State::Ready(ready) => Some(&ready.prepared),
        State::Refused(..) => None,
    };
    let instance = shown.draft.map(|draft| &draft.instance);
    let components = instance.iter().flat_map(|instance| &instance.components);
    let moved = prepared.iter().flat_map(|prepared| &prepared.moved);
    JsonCluster {
        name: &shown.cluster.name,
        folder: &shown.cluster.site.folder,
        state: if shown.is_ready() { "ready" } else { "refused" },
        version: shown.version.as_deref(),
        namespace: instance.map(|instance| instance.namespace.as_str()),
        components: components.map(|component| component.name()).collect(),
        instance: prepared.map(|prepared| prepared.instance.as_str()),
        install: prepared.and_then(|prepared| prepared.install.as_deref()),
        account: shown.rows.iter().map(|row| json_row(row)).collect(),
        proof: shown.proof().map(json_proof),
        hazards: shown.hazards.iter().map(json_hazard).collect(),
        moved: moved.map(|one| JsonMoved { from: &one.from, to: &one.to }).collect(),
    }
}

fn json_row(row: &Row) -> JsonRow<'_> {
    let (text, limit) = told(row);
    JsonRow { outcome: row.outcome.word(), subject: &row.subject, text, limit, place: location(&row.place) }
}

fn json_proof(proof: &Proof) -> JsonProof<'_> {
    let expected = proof.expected.iter().map(|(reason, places)| Expected { reason, places: *places });
    let unexpected = proof.unexpected.iter().map(|one| JsonUnexpected {
        object: &one.object,
        field: one.difference.as_ref().map(crate::bootstrap::proof::Difference::route),
        today: one.difference.as_ref().and_then(|difference| difference.today.as_ref()),
        operator: one.difference.as_ref().and_then(|difference| difference.operator.as_ref()),
        meaning: &one.meaning,
    });
    JsonProof {
        holds: proof.holds(),
        equal: proof.equal,
        expected: expected.collect(),
        unexpected: unexpected.collect(),
    }
}

fn json_hazard(hazard: &Hazard) -> JsonHazard<'_> {
    let when = WHENS.iter().find(|(when, ..)| *when == hazard.when).map_or("", |(_, word, _)| word);
    JsonHazard { id: hazard.id, when, message: &hazard.message, place: hazard.place.as_ref().map(location) }
}

fn location(place: &Place) -> Location<'_> {
    Location {
        path: &place.path,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    }
}
