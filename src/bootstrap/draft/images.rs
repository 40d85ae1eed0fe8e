//! Where the images come from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::instance::{Instance, InstancePatch};
use crate::bootstrap::limit::Limit;
use crate::bootstrap::operator;
use crate::bootstrap::read::Installation;
use crate::bootstrap::release::Component;
use crate::kustomize::{Action, Object};
use crate::place::Place;

/// The registry that most controllers come from, as they are built today. An image of another release is for a person
/// to decide.
pub(super) fn registry(installation: &Installation, rows: &mut Vec<Row>) -> String {
    let images: Vec<(Component, &str, &Object)> = installation
        .core()
        .filter_map(|object| {
            let component = Component::from_name(object.value["metadata"]["name"].as_str()?)?;
            let image = object.value.pointer("/spec/template/spec/containers/0/image")?.as_str()?;
            Some((component, image, object))
        })
        .collect();
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for (component, image, _) in &images {
        if let Some(registry) = stock_registry(installation, *component, image) {
            *votes.entry(registry.to_owned()).or_default() += 1;
        }
    }
    let written = &installation.reading.flags.registry;
    let most = votes.iter().max_by_key(|(registry, count)| (**count, *registry == written));
    let registry = most.map_or_else(|| written.clone(), |(registry, _)| registry.clone());
    for (component, image, object) in images {
        if let Some(outcome) = outcome(installation, &registry, component, image) {
            rows.push(Row::new(format!("image {image}"), place(installation, object), outcome));
        }
    }
    let subject = format!("registry: {registry}");
    let steps = || installation.build.steps.iter().filter(|step| matches!(step.action, Action::Image(_)));
    let place = steps().next().map_or_else(|| Place::file(&installation.file), |step| step.place.clone());
    rows.push(Row::new(subject, place, Outcome::Field("spec.distribution.registry".into())));
    for step in steps() {
        if let Action::Image(image) = &step.action {
            let outcome = if step.selected.is_empty() {
                Outcome::Dropped("it finds nothing today".into())
            } else {
                Outcome::Field("spec.distribution.registry, or a patch of what deviates from it".into())
            };
            rows.push(Row::new(format!("`{}`: {}", step.field, image.name), step.place.clone(), outcome));
        }
    }
    registry
}

/// What becomes of an image that is not that of the release from `registry`.
fn outcome(
    installation: &Installation,
    registry: &str,
    component: Component,
    image: &str,
) -> Option<Outcome> {
    match stock_registry(installation, component, image) {
        Some(own) if own == registry => return None,
        Some(_) => {
            let why = "it comes from another registry than most: while this patch is there, newer releases do not reach this \
                       controller";
            return Some(Outcome::Patch(why.into()));
        }
        None => {}
    }
    let (tagged, is_pinned) = image.split_once('@').map_or((image, false), |(tagged, _)| (tagged, true));
    let name = tagged.rsplit('/').next().unwrap_or(tagged);
    if is_pinned && (name == component.name() || stock_registry(installation, component, tagged).is_some()) {
        let why = "a digest pins it: while this patch is there, newer releases do not reach this controller";
        return Some(Outcome::Patch(why.into()));
    }
    let version = installation.version();
    if name.split(':').next() != Some(component.name()) {
        let why = format!(
            "it is no {component} of Flux, and the operator knows no other: run it beside Flux, or go back to it"
        );
        return Some(Outcome::Human(Limit::ForeignObjects, why));
    }
    let stock = installation.release.image_tag(component).unwrap_or("none");
    let why = format!("{version} has {component} {stock}: bring all controllers to one release first");
    Some(Outcome::Human(Limit::MixedVersions, why))
}

/// Patches for every image that `instance` would not make as it is today.
pub(super) fn patches(installation: &Installation, instance: &Instance) -> Vec<InstancePatch> {
    let is_controller = |object: &&Value| object["kind"] == "Deployment";
    let stock: Vec<&Value> = installation.stock.iter().filter(is_controller).collect();
    let roots = Instance { sync: None, ..instance.clone() };
    let rendered = operator::render(&roots, &stock, installation.version()).unwrap_or_default();
    let mut patches = Vec::new();
    for object in installation.core().map(|object| &object.value).filter(is_controller) {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let Some(other) = rendered.iter().find(|other| other["metadata"]["name"] == name) else { continue };
        let mut operations = Vec::new();
        for list in ["containers", "initContainers"] {
            let pointer = format!("/spec/template/spec/{list}");
            let containers = |object: &Value| object.pointer(&pointer).and_then(Value::as_array).cloned();
            let pairs = containers(object).into_iter().flatten().zip(containers(other).into_iter().flatten());
            for (at, (today, operator)) in pairs.enumerate() {
                if today["name"] == operator["name"] && today["image"] != operator["image"] {
                    let path = format!("{pointer}/{at}/image");
                    operations.push(json!({ "op": "replace", "path": path, "value": today["image"] }));
                }
            }
        }
        if !operations.is_empty() {
            patches.push(InstancePatch::of_operations("Deployment", Some(name.to_owned()), &operations));
        }
    }
    patches
}

/// The registry of an image that is that of the release.
fn stock_registry<'i>(installation: &Installation, component: Component, image: &'i str) -> Option<&'i str> {
    let tag = installation.release.image_tag(component)?;
    image.strip_suffix(&format!("/{component}:{tag}"))
}

fn place(installation: &Installation, object: &Object) -> Place {
    let steps = object.steps.iter().rev().map(|at| &installation.build.steps[*at]);
    let image = steps.into_iter().find(|step| matches!(step.action, Action::Image(_)));
    image.map_or_else(|| object.written.place.clone(), |step| step.place.clone())
}
