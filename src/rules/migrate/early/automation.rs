//! Fields of the first months of ImageUpdateAutomation.

use super::super::object::Object;
use super::super::step::Steps;
use crate::yaml::{Node, Operation, Position};

/// `spec.update.setters`. Source: the CRD of fluxcd/image-automation-controller before 0.4.0.
pub(super) fn steps(object: &Object<'_>, steps: &mut Steps) {
    const OLD: &str = "spec.update.setters";
    let (Some(range), Some(setters)) = (object.key_range(OLD), object.get(OLD)) else { return };
    let paths = setters.get("paths").map(Node::items).unwrap_or_default();
    let is_known = setters.entries().iter().all(|entry| entry.key_text() == Some("paths"));
    let path = match paths {
        [only] => only.as_str(),
        _ => None,
    };
    let Some(path) = path.filter(|_| is_known && object.get("spec.update.path").is_none()) else {
        let message = format!(
            "`{OLD}` names other than one path, and an automation has one today: choose the folder above all of them \
             as `spec.update.path`, or make several automations"
        );
        steps.human(range, message);
        return;
    };
    let at = object.at(OLD);
    let mut operations = vec![
        Operation::Rename { at: at.clone(), key: "path".to_owned() },
        Operation::Replace { at, value: path.into() },
    ];
    if object.get("spec.update.strategy").is_none() {
        operations.push(Operation::Insert {
            into: object.at("spec.update"),
            position: Position::First,
            key: "strategy".to_owned(),
            value: "Setters".into(),
        });
    }
    steps.change(range, format!("`{OLD}` is the strategy `Setters` with one path today"), operations);
}
