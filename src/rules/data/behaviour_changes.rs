//! What changes with a Flux minor although no API version says so: the reader of `behaviour-changes.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Certainty;
use crate::flux::FluxVersion;
use crate::yaml::{Node, NodeKind};

/// A change of behaviour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BehaviourChange {
    /// Its name.
    pub id: String,
    /// The Flux minor that brings it.
    pub flux: FluxVersion,
    /// The release, where it came with a later patch of that minor.
    pub release: Option<String>,
    /// How sure it is.
    #[serde(default)]
    pub certainty: Certainty,
    /// When there is something to do.
    pub when: When,
    /// What changes, as a sentence without a final period.
    pub change: String,
    /// What to do, as an imperative without a final period.
    pub todo: String,
    /// Where it shows; one of these holds for an object that it touches.
    #[serde(default)]
    look: Vec<Look>,
    /// Where the row comes from.
    pub source: String,
}

/// When there is something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the upgrade.
    Before,
    /// Once the new Flux runs.
    After,
    /// Nothing must be done; a default may be pinned.
    Know,
}

type Values = BTreeMap<String, Vec<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Look {
    kinds: Vec<String>,
    set: Vec<String>,
    unset: Vec<String>,
    equals: Values,
    differs: Values,
    begins: Values,
    holds: Values,
    lacks: Values,
    text: Vec<String>,
}

/// Every row, by Flux minor.
pub fn behaviour_changes() -> &'static [BehaviourChange] {
    &TABLE
}

static TABLE: LazyLock<Vec<BehaviourChange>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("behaviour-changes.yaml"))
        .expect("a test reads the embedded table of changes")
});

impl BehaviourChange {
    /// Whether it concerns every cluster, whatever is in its repository.
    pub fn is_general(&self) -> bool {
        self.look.is_empty()
    }

    /// Whether it touches the object `node` of `kind`, written as `text`; `whole` is false for a merge patch.
    pub fn touches(&self, kind: &str, node: &Node<'_>, text: &str, whole: bool) -> bool {
        self.look.iter().any(|look| look.holds_for(kind, node, text, whole))
    }
}

impl Look {
    fn holds_for(&self, kind: &str, node: &Node<'_>, text: &str, whole: bool) -> bool {
        let is_set = |path: &String| !at(node, path).is_empty();
        let any = |wanted: &Values, holds: fn(&str, &str) -> bool| {
            wanted.iter().all(|(path, values)| {
                texts(node, path).iter().any(|text| values.iter().any(|value| holds(text, value)))
            })
        };
        let no = |wanted: &Values, holds: fn(&str, &str) -> bool| {
            wanted.iter().all(|(path, values)| {
                texts(node, path).iter().any(|text| !values.iter().any(|value| holds(text, value)))
            })
        };
        (self.kinds.is_empty() || self.kinds.iter().any(|one| one == kind))
            && (whole || self.unset.is_empty())
            && self.set.iter().all(is_set)
            && !self.unset.iter().any(is_set)
            && any(&self.equals, |text, value| text == value)
            && any(&self.begins, |text, value| text.starts_with(value))
            && any(&self.holds, |text, value| text.contains(value))
            && no(&self.differs, |text, value| text == value)
            && no(&self.lacks, |text, value| text.contains(value))
            && self.text.iter().all(|wanted| text.contains(wanted.as_str()))
    }
}

/// The nodes at `path`: keys with dots between, `[]` behind one for any item of its list.
fn at<'n, 't>(node: &'n Node<'t>, path: &str) -> Vec<&'n Node<'t>> {
    path.split('.').fold(vec![node], |nodes, step| {
        let (key, is_list) = step.strip_suffix("[]").map_or((step, false), |key| (key, true));
        let values = nodes.into_iter().filter_map(|node| node.get(key));
        if is_list { values.flat_map(Node::items).collect() } else { values.collect() }
    })
}

fn texts<'n>(node: &'n Node<'_>, path: &str) -> Vec<&'n str> {
    let text = |node: &'n Node<'_>| match &node.kind {
        NodeKind::Scalar { text, .. } => Some(text.as_ref()),
        _ => None,
    };
    at(node, path).into_iter().filter_map(text).collect()
}
