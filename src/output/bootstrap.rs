//! What becomes of clusters that `flux bootstrap` installed: for people, for programs, and as a page.

mod json;
mod markdown;
mod text;

use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::clusters::{Cluster, State};
use crate::bootstrap::draft::Draft;
use crate::bootstrap::hazard::{Hazard, When};
use crate::bootstrap::proof::{Proof, Unexpected};
use crate::change::Action;
use crate::phrase::Count;
use crate::plan::Plan;

pub use json::json;
pub use markdown::markdown;
pub use text::{summary, text};

/// What a run of the command found and would do.
#[derive(Clone, Copy)]
pub struct Handover<'a> {
    /// Which half of the way it is about.
    pub phase: Phase,
    /// The clusters that it was asked about.
    pub clusters: &'a [&'a Cluster],
    /// What it would change.
    pub plan: &'a Plan,
    /// The page with the steps on each cluster, where the repository has it or will have it.
    pub runbook: Option<&'a str>,
}

/// A half of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// What is added before the operator takes Flux over.
    Prepare,
    /// What goes afterwards.
    Finalize,
}

impl Phase {
    const fn word(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Finalize => "finalize",
        }
    }
}

/// The words for outcomes, in the order in which a person wants to see them.
const OUTCOMES: [&str; 5] = ["decide", "dropped", "patch", "moved", "field"];

/// Unknown differences shown for one cluster; programs get all.
const SHOWN: usize = 5;

/// When hazards have to be dealt with, in order, with what stands above them.
const WHENS: [(When, &str, &str); 4] = [
    (When::Before, "before", "Before anything is merged"),
    (When::Apply, "apply", "Before the FluxInstance is applied"),
    (When::Finalize, "finalize", "Before the files of `flux bootstrap` go"),
    (When::After, "after", "Afterwards"),
];

/// A cluster as all formats show it.
struct Shown<'a> {
    cluster: &'a Cluster,
    /// The release that runs; `None` where it could not be read that far.
    version: Option<String>,
    /// The account, in the order of places; of a cluster that is held back what was found so far.
    rows: Vec<&'a Row>,
    draft: Option<&'a Draft>,
    hazards: &'a [Hazard],
}

impl<'a> Shown<'a> {
    fn of(cluster: &'a Cluster) -> Self {
        match &cluster.state {
            State::Ready(ready) => Self {
                cluster,
                version: Some(ready.installation.version().to_string()),
                rows: ready.draft.rows.iter().collect(),
                draft: Some(&ready.draft),
                hazards: &ready.hazards,
            },
            State::Refused(refusal, draft) => {
                let known = draft.iter().flat_map(|draft| &draft.rows).filter(|row| !row.blocks());
                Self {
                    cluster,
                    version: None,
                    rows: refusal.rows.iter().chain(known).collect(),
                    draft: draft.as_deref(),
                    hazards: &[],
                }
            }
        }
    }

    fn is_ready(&self) -> bool {
        matches!(self.cluster.state, State::Ready(_))
    }

    fn proof(&self) -> Option<&'a Proof> {
        self.draft.map(|draft| &draft.proof)
    }

    fn rows_with<'s>(&'s self, word: &'static str) -> impl Iterator<Item = &'a Row> + 's {
        self.rows.iter().copied().filter(move |row| row.outcome.word() == word)
    }

    /// Differences that the proof found and that are not known.
    fn unexpected(&self) -> &'a [Unexpected] {
        self.proof().map(|proof| &proof.unexpected[..]).unwrap_or_default()
    }

    /// How many things a person has to decide: rows of the account; where there are none, differences that the proof
    /// found, which else mostly follow from the rows.
    fn to_decide(&self) -> usize {
        match self.rows.iter().filter(|row| row.blocks()).count() {
            0 => self.unexpected().len(),
            rows => rows,
        }
    }

    /// What came of it, in a line without a final period.
    fn verdict(&self) -> String {
        match self.proof().filter(|_| self.is_ready()) {
            Some(proof) => {
                let places: usize = proof.expected.values().sum();
                format!(
                    "proven equal: {}, {} in {}",
                    Count(proof.equal, "object"),
                    Count(proof.expected.len(), "known difference"),
                    Count(places, "place")
                )
            }
            None => format!("held back: {} to decide first", Count(self.to_decide(), "thing")),
        }
    }
}

impl<'a> Handover<'a> {
    fn shown(&self) -> Vec<Shown<'a>> {
        self.clusters.iter().map(|cluster| Shown::of(cluster)).collect()
    }

    /// What comes next, as sentences; commands stand in backticks.
    fn next(&self) -> Vec<String> {
        let clusters = self.shown();
        let page = self.runbook.map_or_else(
            || "apply the FluxInstance on each cluster, one after the other, and check it".to_owned(),
            |page| format!("go through `{page}` on each cluster, one after the other"),
        );
        let mut steps = Vec::new();
        match self.phase {
            Phase::Prepare if clusters.iter().any(Shown::is_ready) => {
                steps.push("Merge these files; they change no cluster by themselves".to_owned());
                steps.push(format!("With them merged, {page}"));
                steps.push(
                    "For a cluster that was handed over and checked, run `flux-forge migrate bootstrap --finalize \
                     --verified NAME`; the files of `flux bootstrap` go with a pull request of their own"
                        .to_owned(),
                );
            }
            Phase::Finalize if !self.plan.is_empty() => {
                steps.push(
                    "Merge these files alone; kustomize-controller must delete nothing when it applies them"
                        .to_owned(),
                );
            }
            Phase::Prepare | Phase::Finalize => {}
        }
        if clusters.iter().any(|cluster| !cluster.is_ready()) {
            steps.push(
                "Decide what holds clusters back, change it, and run `flux-forge migrate bootstrap` again"
                    .to_owned(),
            );
        }
        steps
    }
}

/// The word for what is done to a file.
const fn verb(action: &Action) -> &'static str {
    match action {
        Action::Create { .. } => "create",
        Action::Modify(_) => "modify",
        Action::Delete => "delete",
    }
}

/// What a row says besides its subject, and the limit that it names.
fn told(row: &Row) -> (String, Option<&'static str>) {
    match &row.outcome {
        Outcome::Human(limit, text) => (text.clone(), Some(limit.id())),
        other => (other.to_string(), None),
    }
}
