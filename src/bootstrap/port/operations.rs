//! JSON 6902 operations: which a field of the FluxInstance replaces, and which have to be written otherwise.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Ports;
use super::roles::Told;
use crate::bootstrap::account::Outcome;
use crate::kustomize::Id;

/// Where the arguments of a controller stand.
const ARGUMENTS: &str = "/spec/template/spec/containers/0/args/";

/// The flag whose values add up.
const GATES: &str = "--feature-gates";

/// Kinds of which there are objects without labels before the operator adds its own.
///
/// Source: controlplaneio-fluxcd/flux-operator `config/data/flux`, releases 2.2.3 to 2.9.4.
const UNLABELLED: [&str; 4] = ["NetworkPolicy", "ResourceQuota", "ClusterRole", "ClusterRoleBinding"];

/// The operations of one patch that are kept, and what becomes of the others.
pub(super) struct Operations<'a> {
    ports: &'a Ports<'a>,
    controllers: Vec<String>,
    /// Something that is selected has no labels, or annotations of the operator's own, when patches are applied.
    bare: [bool; 2],
    /// Labels and annotations to be merged.
    pub(super) metadata: Map<String, Value>,
    pub(super) list: Vec<Value>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) why: BTreeSet<&'static str>,
}

impl<'a> Operations<'a> {
    pub(super) fn new(ports: &'a Ports<'a>, selected: &[&Id]) -> Self {
        let names = selected.iter().filter(|id| id.kind == "Deployment").map(|id| id.name.clone());
        let has = |kinds: &[&str]| selected.iter().any(|id| kinds.contains(&id.kind.as_str()));
        Self {
            ports,
            controllers: names.collect(),
            bare: [has(&UNLABELLED), has(&["Namespace"])],
            metadata: Map::new(),
            list: Vec::new(),
            outcomes: Vec::new(),
            why: BTreeSet::new(),
        }
    }

    /// Operations that say the same in a FluxInstance, as the rules of Flux's own role ask for them.
    pub(super) fn told(&mut self, told: Told) {
        self.list.extend(told.operations);
        self.why.extend(told.why);
        self.outcomes.extend(told.dropped.map(|why| Outcome::Dropped(why.into())));
    }

    /// An operation on anything but the rules of Flux's own role.
    pub(super) fn take(&mut self, operation: &Value) {
        if self.merges(operation) {
            return;
        }
        let argument = operation["value"]
            .as_str()
            .filter(|_| operation["op"] == "add" && self.is_on_arguments(operation));
        let Some(argument) = argument.filter(|argument| argument.starts_with("--")) else {
            return self.list.push(operation.clone());
        };
        let (flag, value) = argument.split_once('=').unwrap_or((argument, "true"));
        let left = if flag == GATES { self.gates(value) } else { self.flag(flag, value, argument) };
        let Some(left) = left else { return };
        let mut operation = operation.clone();
        operation["value"] = json!(left);
        if self.ports.moves_flags && operation["path"] != format!("{ARGUMENTS}-") {
            operation["path"] = json!(format!("{ARGUMENTS}-"));
            self.why.insert("with its flag at the end, where it moves no other");
        }
        self.list.push(operation);
    }

    /// Whether it adds labels or annotations that have to be merged: with the operator there is nothing to add them to, or
    /// something that would be replaced.
    fn merges(&mut self, operation: &Value) -> bool {
        let path = operation["path"].as_str().and_then(|path| path.strip_prefix("/metadata/"));
        let Some(path) = path.filter(|_| operation["op"] == "add") else { return false };
        let value = &operation["value"];
        let (map, pairs) = match path.split_once('/') {
            Some((map @ "labels", key)) if self.bare[0] && value.is_string() => {
                let key = key.replace("~1", "/").replace("~0", "~");
                (map, Map::from_iter([(key, value.clone())]))
            }
            None if path == "annotations" && self.bare[1] => {
                (path, value.as_object().cloned().unwrap_or_default())
            }
            _ => return false,
        };
        let all = self.metadata.entry(map).or_insert_with(|| json!({}));
        all.as_object_mut().into_iter().for_each(|all| all.extend(pairs.clone()));
        self.why.insert("as a merge, since the operator has its own labels and annotations there");
        true
    }

    /// Whether it adds an argument where it moves none that another patch may count on.
    fn is_on_arguments(&self, operation: &Value) -> bool {
        let Some(place) = operation["path"].as_str().and_then(|path| path.strip_prefix(ARGUMENTS)) else {
            return false;
        };
        let is_behind = |controller: &String| {
            let count = self.ports.arguments.get(controller);
            place.parse::<usize>().is_ok_and(|place| count.is_some_and(|count| place == 0 || place >= *count))
        };
        place == "-" || self.controllers.iter().all(is_behind)
    }

    fn flag(&mut self, flag: &str, value: &str, argument: &str) -> Option<String> {
        match self.ports.fields.covers(&self.controllers, flag, value) {
            Some(field) => {
                self.outcomes.push(Outcome::Field(format!("{field} for `{argument}`")));
                None
            }
            None => Some(argument.to_owned()),
        }
    }

    /// The gates that no field opens.
    fn gates(&mut self, gates: &str) -> Option<String> {
        let mut left = Vec::new();
        for gate in gates.split(',') {
            let (name, value) = gate.trim().split_once('=').unwrap_or((gate.trim(), "true"));
            let flag = format!("{GATES} {name}");
            match self.ports.fields.covers(&self.controllers, &flag, &value.to_ascii_lowercase()) {
                Some(field) => self.outcomes.push(Outcome::Field(format!("{field} for the gate `{name}`"))),
                None => left.push(gate.trim()),
            }
        }
        (!left.is_empty()).then(|| format!("{GATES}={}", left.join(",")))
    }
}
