//! The role for Flux's own kinds: patches name its rules by their places, and the operator has other places.

use serde_json::{Value, json};

use crate::kustomize::{self, Object, Patch, Selector, Written};
use crate::place::Place;

/// The role while patches change it: as it is built today, and as the operator builds it.
pub(super) struct Roles {
    today: Value,
    operator: Value,
}

/// What an operation has to be.
#[derive(Default)]
pub(super) struct Told {
    /// Operations that do there what it does here.
    pub(super) operations: Vec<Value>,
    /// Why they are others.
    pub(super) why: Option<&'static str>,
    /// Why none is needed.
    pub(super) dropped: Option<&'static str>,
}

impl Roles {
    pub(super) fn new([today, operator]: &[Value; 2]) -> Self {
        Self { today: today.clone(), operator: operator.clone() }
    }

    /// An operation on a rule, told by the rule that it means.
    pub(super) fn tell(&mut self, operation: &Value) -> Told {
        let place = place(operation);
        let rule = place.and_then(|(place, _)| self.today["rules"].get(place)).cloned();
        change(&mut self.today, std::slice::from_ref(operation));
        let told = match (place, rule) {
            (Some((place, inside)), Some(rule)) => self.told(operation, place, inside, &rule),
            _ => Told { operations: vec![operation.clone()], ..Told::default() },
        };
        change(&mut self.operator, &told.operations);
        told
    }

    fn told(&self, operation: &Value, place: usize, inside: &str, rule: &Value) -> Told {
        let rules = self.operator["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
        let there = rules.iter().position(|other| other == rule);
        let whole = inside.is_empty();
        let append = |value: &Value| Told {
            operations: vec![json!({ "op": "add", "path": "/rules/-", "value": value })],
            why: Some("as a rule of its own, which may stand anywhere"),
            dropped: None,
        };
        match (operation["op"].as_str(), there) {
            (Some("add"), _) if whole => append(&operation["value"]),
            (Some("remove"), Some(there)) if whole => {
                let path = format!("/rules/{there}");
                Told {
                    operations: vec![
                        json!({ "op": "test", "path": path, "value": rule }),
                        json!({ "op": "remove", "path": path }),
                    ],
                    why: Some("with a test for the rule that it means, where the operator has it"),
                    dropped: None,
                }
            }
            (Some("remove"), None) if whole => {
                Told { dropped: Some("the operator leaves that rule out itself"), ..Told::default() }
            }
            (Some("test"), None) => {
                Told { dropped: Some("the operator has no such rule"), ..Told::default() }
            }
            (_, None) => append(&self.today["rules"][place]),
            (_, Some(there)) => {
                let mut moved = operation.clone();
                moved["path"] = json!(format!("/rules/{there}{inside}"));
                let why = (there != place).then_some("at the place where the operator has that rule");
                Told { operations: vec![moved], why, dropped: None }
            }
        }
    }

    /// A patch that is not told operation by operation.
    pub(super) fn merge(&mut self, today: &Patch, operator: &[&str]) {
        apply(&mut self.today, today.text.clone());
        for text in operator {
            apply(&mut self.operator, (*text).to_owned());
        }
    }
}

/// Whether an operation is about the rules of a role.
pub(super) fn is_on_rules(operation: &Value) -> bool {
    operation["path"].as_str().is_some_and(|path| path.starts_with("/rules/"))
}

/// The place of the rule that an operation is about, and what in it.
fn place(operation: &Value) -> Option<(usize, &str)> {
    let rest = operation["path"].as_str()?.strip_prefix("/rules/")?;
    let end = rest.find('/').unwrap_or(rest.len());
    Some((rest[..end].parse().ok()?, &rest[end..]))
}

fn change(role: &mut Value, operations: &[Value]) {
    if !operations.is_empty() {
        apply(role, json!(operations).to_string());
    }
}

/// What cannot be applied changes nothing: the proof tells.
fn apply(role: &mut Value, text: String) {
    let target = Some(Selector { kind: "ClusterRole".to_owned(), ..Selector::default() });
    let patch = Patch { target, text, ..Patch::default() };
    let written = Written { path: String::new(), document: 0, place: Place::file("") };
    let mut objects = vec![Object::new(role.clone(), written)];
    if kustomize::apply(&patch, &mut objects, 0).is_ok() {
        *role = objects.pop().map(|object| object.value).unwrap_or_default();
    }
}
