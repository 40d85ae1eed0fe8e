//! Where two objects differ, field by field.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::bootstrap::flags::Flags;
use crate::bootstrap::sync::same_duration;

/// One difference at one field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Keys, indices, names of list items and flags from the root of the object.
    pub path: Vec<String>,
    /// What is built today; `None` where only the operator has it.
    pub today: Option<Value>,
    /// What the operator builds; `None` where it has nothing there.
    pub operator: Option<Value>,
}

impl Difference {
    /// The path as text.
    pub fn route(&self) -> String {
        self.path.join(".")
    }

    /// Whether its path is this one; `*` stands for any step.
    pub(super) fn is_at(&self, steps: &[&str]) -> bool {
        self.path.len() == steps.len()
            && self.path.iter().zip(steps).all(|(step, wanted)| *wanted == "*" || step == wanted)
    }
}

/// The differences between an object as it is built today and as the operator builds it.
///
/// Arguments of controllers are compared by their effect: the last value of a flag counts, and feature gates add up.
/// Lists of named items are compared by name and for the order of what both have, rules of a role and lists of
/// scalars as sets with repetitions.
pub(super) fn differences(today: &Value, operator: &Value) -> Vec<Difference> {
    let mut walk = Walk { path: Vec::new(), found: Vec::new() };
    walk.compare(Some(today), Some(operator));
    walk.found
}

struct Walk {
    path: Vec<String>,
    found: Vec<Difference>,
}

/// Maps that are told entry by entry even where one side has none.
const ENTRYWISE: [&str; 2] = ["labels", "annotations"];

impl Walk {
    fn at(&mut self, step: impl Into<String>, today: Option<&Value>, operator: Option<&Value>) {
        self.path.push(step.into());
        self.compare(today, operator);
        self.path.pop();
    }

    fn add(&mut self, today: Option<&Value>, operator: Option<&Value>) {
        let difference =
            Difference { path: self.path.clone(), today: today.cloned(), operator: operator.cloned() };
        self.found.push(difference);
    }

    fn compare(&mut self, today: Option<&Value>, operator: Option<&Value>) {
        let none = |value: &&Value| !value.is_null();
        match (today.filter(none), operator.filter(none)) {
            (None, None) => {}
            (Some(Value::Object(today)), Some(Value::Object(operator))) => self.maps(today, operator),
            (Some(Value::Array(today)), Some(Value::Array(operator))) => self.lists(today, operator),
            (Some(today), Some(operator)) if self.is_same(today, operator) => {}
            (today, operator) => self.add(today, operator),
        }
    }

    fn maps(&mut self, today: &Map<String, Value>, operator: &Map<String, Value>) {
        let keys: BTreeSet<&String> = today.keys().chain(operator.keys()).collect();
        let nothing = Value::Object(Map::new());
        let in_metadata = self.path.last().is_some_and(|step| step == "metadata");
        for key in keys {
            let entrywise = in_metadata && ENTRYWISE.contains(&key.as_str());
            let side = |map: &Map<String, Value>| match map.get(key) {
                None if entrywise => Some(nothing.clone()),
                other => other.cloned(),
            };
            self.at(key, side(today).as_ref(), side(operator).as_ref());
        }
    }

    fn lists(&mut self, today: &[Value], operator: &[Value]) {
        if today == operator {
            return;
        }
        if self.path.last().is_some_and(|step| step == "args") {
            self.flags(today, operator);
        } else if let (Some(first), Some(second)) = (by_name(today), by_name(operator)) {
            let names: BTreeSet<&str> = first.iter().chain(&second).map(|(name, _)| *name).collect();
            let find = |list: &[(&str, &Value)], name: &str| {
                list.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).clone())
            };
            for name in names {
                self.at(name, find(&first, name).as_ref(), find(&second, name).as_ref());
            }
            let order = |list: &[(&str, &Value)], other: &[(&str, &Value)]| -> Vec<String> {
                let both = list.iter().filter(|(name, _)| other.iter().any(|(known, _)| known == name));
                both.map(|(name, _)| (*name).to_owned()).collect()
            };
            if order(&first, &second) != order(&second, &first) {
                self.add(Some(&today.to_vec().into()), Some(&operator.to_vec().into()));
            }
        } else if self.path == ["rules"] || is_scalars(today) && is_scalars(operator) {
            self.sets(today, operator);
        } else {
            for at in 0..today.len().max(operator.len()) {
                self.at(at.to_string(), today.get(at), operator.get(at));
            }
        }
    }

    fn sets(&mut self, today: &[Value], operator: &[Value]) {
        let mut left: Vec<&Value> = operator.iter().collect();
        let mut gone = Vec::new();
        for value in today {
            match left.iter().position(|other| *other == value) {
                Some(at) => drop(left.remove(at)),
                None => gone.push(value),
            }
        }
        let is_ordered = self.path != ["rules"];
        if gone.is_empty() && left.is_empty() && is_ordered {
            return self.add(Some(&today.to_vec().into()), Some(&operator.to_vec().into()));
        }
        self.path.push("*".to_owned());
        for value in gone {
            self.add(Some(value), None);
        }
        for value in left {
            self.add(None, Some(value));
        }
        self.path.pop();
    }

    fn flags(&mut self, today: &[Value], operator: &[Value]) {
        let (first, second) = (Flags::of(today), Flags::of(operator));
        let names: BTreeSet<&String> = first.values.keys().chain(second.values.keys()).collect();
        for name in names {
            let value = |flags: &Flags| flags.values.get(name).cloned().map(Value::String);
            self.at(name, value(&first).as_ref(), value(&second).as_ref());
        }
        if first.others != second.others {
            self.add(Some(&first.others.into()), Some(&second.others.into()));
        }
    }

    fn is_same(&self, today: &Value, operator: &Value) -> bool {
        if today == operator {
            return true;
        }
        let (Some(one), Some(other)) = (text(today), text(operator)) else { return false };
        match self.path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["spec", "interval" | "timeout" | "retryInterval"] => same_duration(&one, &other),
            [.., "resources", "limits" | "requests", _] => one == other,
            _ => false,
        }
    }
}

/// The items by their names, where all have one and no two the same.
fn by_name(list: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let named: Vec<(&str, &Value)> =
        list.iter().map(|item| Some((item.get("name")?.as_str()?, item))).collect::<Option<_>>()?;
    let distinct: BTreeSet<&str> = named.iter().map(|(name, _)| *name).collect();
    (!named.is_empty() && distinct.len() == named.len()).then_some(named)
}

fn is_scalars(list: &[Value]) -> bool {
    !list.iter().any(|item| item.is_object() || item.is_array())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
