//! The proof: what the operator will make of the FluxInstance against what the repository builds today.

mod difference;
mod expected;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::hazard::flux_id;
use super::instance::Instance;
use super::operator;
use super::release::Version;
use crate::kustomize::Id;
pub use difference::Difference;
use difference::differences;

/// What the comparison found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proof {
    /// How many objects are the same on both sides, but for what is known and harmless.
    pub equal: usize,
    /// Differences that are known and harmless, with the number of places.
    pub expected: BTreeMap<&'static str, usize>,
    /// Everything else.
    pub unexpected: Vec<Unexpected>,
}

/// A difference that nobody asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Unexpected {
    /// The object.
    pub object: String,
    /// Where it differs; `None` where only one side has the object, or nothing can be built.
    pub difference: Option<Difference>,
    /// What it means, as a sentence without a final period.
    pub meaning: String,
}

impl Proof {
    /// Whether both sides are the same.
    pub fn holds(&self) -> bool {
        self.unexpected.is_empty()
    }
}

/// Compares what `instance` makes of the `stock` objects of the release `version` with the objects of Flux as they are
/// built `today`.
pub fn prove(instance: &Instance, stock: &[&Value], today: &[&Value], version: Version) -> Proof {
    let mut proof = Proof::default();
    let rendered = match operator::render(instance, stock, version) {
        Ok(rendered) => rendered,
        Err(meaning) => {
            proof.unexpected.push(Unexpected {
                object: "FluxInstance flux".to_owned(),
                difference: None,
                meaning,
            });
            return proof;
        }
    };
    let today = by_id(today.iter().copied());
    let rendered = by_id(rendered.iter());
    let ids: BTreeSet<&Key> = today.keys().chain(rendered.keys()).collect();
    for id in ids {
        match (today.get(id), rendered.get(id)) {
            (Some(today), Some(rendered)) => proof.compare(instance, version, today, rendered),
            (Some(_), None) => {
                proof.one_sided(id, "the operator would not make it, and Flux would delete it");
            }
            (None, Some(_)) => proof.one_sided(id, "the operator would add it"),
            (None, None) => {}
        }
    }
    proof
}

/// An object, its version left out: group, kind, namespace and name.
type Key = [String; 4];

fn by_id<'v>(objects: impl Iterator<Item = &'v Value>) -> BTreeMap<Key, &'v Value> {
    let key = |value: &Value| {
        let Id { group, kind, namespace, name, .. } = Id::of(value);
        [group, kind, namespace.unwrap_or_default(), name]
    };
    objects.map(|value| (key(value), value)).collect()
}

impl Proof {
    fn compare(&mut self, instance: &Instance, version: Version, today: &Value, rendered: &Value) {
        let id = Id::of(rendered);
        let sides = expected::Sides { instance, version, kind: &id.kind, name: &id.name };
        let before = self.unexpected.len();
        let (mut today, mut rendered) = (today.clone(), rendered.clone());
        for reason in expected::spelled_alike(&mut today, &mut rendered) {
            *self.expected.entry(reason).or_default() += 1;
        }
        for difference in differences(&today, &rendered) {
            match expected::reason(&sides, &difference) {
                Some(reason) => *self.expected.entry(reason).or_default() += 1,
                None => self.unexpected.push(Unexpected {
                    object: flux_id(&id).to_string(),
                    meaning: meaning(&difference),
                    difference: Some(difference),
                }),
            }
        }
        self.equal += usize::from(self.unexpected.len() == before);
    }

    fn one_sided(&mut self, [_, kind, namespace, name]: &Key, meaning: &str) {
        let object = if namespace.is_empty() {
            format!("{kind} {name}")
        } else {
            format!("{kind} {namespace}/{name}")
        };
        self.unexpected.push(Unexpected { object, difference: None, meaning: meaning.to_owned() });
    }
}

fn meaning(difference: &Difference) -> String {
    let shown = |value: &Value| match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    };
    let route = difference.route();
    match (&difference.today, &difference.operator) {
        (Some(today), Some(operator)) => {
            format!("`{route}` is {} today, and the operator would make it {}", shown(today), shown(operator))
        }
        (Some(today), None) => {
            format!("`{route}` is {} today, and the operator would leave it out", shown(today))
        }
        (None, Some(operator)) => format!("the operator would add `{route}`: {}", shown(operator)),
        (None, None) => format!("`{route}` differs"),
    }
}
