//! Fields of the first months of HelmRelease.

use super::super::object::Object;
use super::super::step::Steps;
use crate::yaml::{Node, Operation, Position, Scalar, Value};

pub(super) fn steps(object: &Object<'_>, steps: &mut Steps) {
    chart(object, steps);
    remediation(object, steps);
}

/// What stands directly below `spec.chart`, and its key in `spec.chart.spec`.
/// Source: fluxcd/helm-controller `CHANGELOG.md` 0.0.6.
const CHART: [(&str, &str); 4] =
    [("name", "chart"), ("version", "version"), ("interval", "interval"), ("sourceRef", "sourceRef")];

fn chart(object: &Object<'_>, steps: &mut Steps) {
    let Some(chart) = object.get("spec.chart") else { return };
    let new_key = |key: &str| CHART.iter().find(|(old, _)| *old == key).map(|(_, new)| (*new).to_owned());
    let old: Vec<_> = chart
        .entries()
        .iter()
        .filter_map(|entry| {
            let key = entry.key_text()?;
            Some((key, new_key(key)?, &entry.value))
        })
        .collect();
    let (Some((first, ..)), Some(range)) = (old.first(), object.key_range("spec.chart")) else { return };
    let values: Option<Vec<_>> =
        old.iter().map(|(key, new, value)| Some((new.clone(), value_of(object, key, value)?))).collect();
    let Some(values) = values.filter(|_| chart.get("spec").is_none()) else {
        let message = "`spec.chart` has the shape of 2020: write the name, version, interval and source of the chart \
                       below `spec.chart.spec`, the name as `chart`";
        steps.human(range, message);
        return;
    };
    let at = |key: &str| object.at("spec.chart").key(key);
    let mut operations = vec![
        Operation::Rename { at: at(first), key: "spec".to_owned() },
        Operation::Replace { at: at(first), value: Value::Mapping(values) },
    ];
    operations.extend(old[1..].iter().map(|(key, ..)| Operation::Remove { at: at(key) }));
    let message = "name, version, interval and source of the chart stand in `spec.chart.spec` today";
    steps.change(range, message, operations);
}

/// The value of `key`; a source without a kind was a `HelmRepository`, the only kind there was.
fn value_of(object: &Object<'_>, key: &str, node: &Node) -> Option<Value> {
    let value = Value::of(node)?;
    match value {
        Value::Mapping(mut entries)
            if key == "sourceRef" && object.is_whole() && node.get("kind").is_none() =>
        {
            entries.insert(0, ("kind".to_owned(), "HelmRepository".into()));
            Some(Value::Mapping(entries))
        }
        _ => Some(value),
    }
}

/// `spec.upgrade.maxRetries` and `spec.rollback.enable`, which both became `spec.upgrade.remediation`.
/// Source: fluxcd/helm-controller `CHANGELOG.md` 0.0.5.
fn remediation(object: &Object<'_>, steps: &mut Steps) {
    const RETRIES: &str = "spec.upgrade.maxRetries";
    const ENABLE: &str = "spec.rollback.enable";
    let (retries, enable) = (object.get(RETRIES), object.get(ENABLE));
    let Some(range) = object.key_range(RETRIES).or_else(|| object.key_range(ENABLE)) else { return };
    let mut remediation = Vec::new();
    let mut is_clear = object.get("spec.upgrade.remediation").is_none();
    if let Some(retries) = retries {
        is_clear &= matches!(retries.scalar(), Some(Scalar::Int(_)));
        remediation.extend(Value::of(retries).map(|value| ("retries".to_owned(), value)));
    }
    match enable.map(Node::scalar) {
        Some(Some(Scalar::Bool(true))) => {
            remediation.push(("remediateLastFailure".to_owned(), Value::Bool(true)));
        }
        // In a patch, `false` takes back what the object says.
        Some(Some(Scalar::Bool(false))) if object.is_whole() => {}
        None => {}
        Some(_) => is_clear = false,
    }
    if !is_clear {
        let message = "`spec.upgrade.maxRetries` and `spec.rollback.enable` became `retries` and \
                       `remediateLastFailure` of `spec.upgrade.remediation`: write what is meant there";
        steps.human(range, message);
        return;
    }
    let operations = remediated(object, remediation, retries.is_some(), enable.is_some());
    let message = "retries and rollback of a failed upgrade stand in `spec.upgrade.remediation` today";
    steps.change(range, message, operations);
}

fn remediated(
    object: &Object<'_>,
    remediation: Vec<(String, Value)>,
    retries: bool,
    enable: bool,
) -> Vec<Operation> {
    let is_needed = !remediation.is_empty();
    let value = Value::Mapping(remediation);
    let key = "remediation".to_owned();
    let only_enable = enable && object.get("spec.rollback").is_some_and(|node| node.entries().len() == 1);
    let has_upgrade = object.get("spec.upgrade").is_some_and(Node::is_mapping);
    let mut operations = Vec::new();
    if retries {
        let at = object.at("spec.upgrade.maxRetries");
        operations.push(Operation::Rename { at: at.clone(), key });
        operations.push(Operation::Replace { at, value });
    } else if is_needed && has_upgrade {
        let into = object.at("spec.upgrade");
        operations.push(Operation::Insert { into, position: Position::Last, key, value });
    } else if is_needed {
        if only_enable {
            let (rollback, at) = (object.at("spec.rollback"), object.at("spec.rollback.enable"));
            let upgrade = Operation::Rename { at: rollback, key: "upgrade".to_owned() };
            return vec![
                upgrade,
                Operation::Rename { at: at.clone(), key },
                Operation::Replace { at, value },
            ];
        }
        let value = Value::Mapping(vec![(key, value)]);
        let (into, position) = (object.at("spec"), Position::After("rollback".to_owned()));
        operations.push(Operation::Insert { into, position, key: "upgrade".to_owned(), value });
    }
    if enable {
        let path = if only_enable { "spec.rollback" } else { "spec.rollback.enable" };
        operations.push(Operation::Remove { at: object.at(path) });
    }
    operations
}
