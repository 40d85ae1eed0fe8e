//! Flags of `flux bootstrap`: those that a field says, and those that only a patch can.

use serde_json::{Value, json};

use super::controllers;
use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::instance::InstancePatch;
use crate::bootstrap::read::Installation;
use crate::bootstrap::release::{Component, DeviationKind, Flag, Flags};
use crate::place::Place;

/// Writes down the flags with which `installation` was made.
pub(super) fn write_down(installation: &Installation, rows: &mut Vec<Row>, patches: &mut Vec<InstancePatch>) {
    let flags = &installation.reading.flags;
    let usual = Flags::default();
    let place = Place::file(&installation.file);
    let mut row = |subject: String, outcome| rows.push(Row::new(subject, place.clone(), outcome));
    let field = |field: &str| Outcome::Field(field.to_owned());
    let components: Vec<&str> = installation.components().iter().map(|one| one.name()).collect();
    row(format!("components: {}", components.join(", ")), field("spec.components"));
    row(format!("release: {}", installation.version()), field("spec.distribution.version"));
    row(format!("namespace: {}", flags.namespace), field("metadata.namespace"));
    row(format!("--network-policy={}", flags.network_policy), field("spec.cluster.networkPolicy"));
    row(format!("--cluster-domain={}", flags.cluster_domain), field("spec.cluster.domain"));
    if let Some(secret) = &flags.image_pull_secret {
        row(format!("--image-pull-secret={secret}"), field("spec.distribution.imagePullSecret"));
    }
    let no_field = "a FluxInstance has no field for it";
    let all = installation.components();
    if flags.watch_all_namespaces != usual.watch_all_namespaces {
        patches.extend(argument(all, Flag::WatchAllNamespaces, &flags.watch_all_namespaces.to_string()));
        row(
            format!("--watch-all-namespaces={}", flags.watch_all_namespaces),
            Outcome::Patch(no_field.into()),
        );
    }
    if flags.log_level != usual.log_level {
        patches.extend(argument(all, Flag::LogLevel, &flags.log_level));
        row(format!("--log-level={}", flags.log_level), Outcome::Patch(no_field.into()));
    }
    if !flags.toleration_keys.is_empty() {
        patches.push(InstancePatch::of_operations(
            "Deployment",
            None,
            &[tolerations(&flags.toleration_keys)],
        ));
        let keys = flags.toleration_keys.join(",");
        row(format!("--toleration-keys={keys}"), Outcome::Patch(no_field.into()));
    }
    for deviation in &installation.reading.deviations {
        let DeviationKind::Uneven { flag, component, found, .. } = &deviation.kind else { continue };
        let Some(own) = uneven(*flag, *component, found) else { continue };
        patches.extend(own);
        row(format!("{flag}={found} of {component} only"), Outcome::Patch("a patch sets it there".into()));
    }
}

/// Patches for a flag that one controller has otherwise than the others; `None` where no patch is made for it.
pub(super) fn uneven(flag: Flag, component: Component, value: &str) -> Option<Vec<InstancePatch>> {
    match flag {
        Flag::WatchAllNamespaces | Flag::LogLevel => Some(argument(&[component], flag, value)),
        Flag::TolerationKeys if value.is_empty() => {
            let removal = json!({ "op": "remove", "path": "/spec/template/spec/tolerations" });
            Some(vec![controllers(&[component], &[removal])])
        }
        Flag::TolerationKeys => {
            let keys: Vec<String> = value.split(',').map(str::to_owned).collect();
            Some(vec![controllers(&[component], &[tolerations(&keys)])])
        }
        _ => None,
    }
}

/// Where the flag stands among the arguments of each controller: notification-controller has no address for events.
///
/// Source: the Deployments of fluxcd/flux2 releases v2.2.3 to v2.9.4.
fn argument(components: &[Component], flag: Flag, value: &str) -> Vec<InstancePatch> {
    let place = usize::from(flag == Flag::LogLevel);
    let (notifier, others): (Vec<Component>, Vec<Component>) =
        components.iter().partition(|component| **component == Component::NotificationController);
    let groups = [(others, place + 1), (notifier, place)];
    groups
        .into_iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, place)| {
            let path = format!("/spec/template/spec/containers/0/args/{place}");
            let operation = json!({ "op": "replace", "path": path, "value": format!("{flag}={value}") });
            controllers(&names, &[operation])
        })
        .collect()
}

fn tolerations(keys: &[String]) -> Value {
    let all: Vec<Value> = keys.iter().map(|key| json!({ "key": key, "operator": "Exists" })).collect();
    json!({ "op": "add", "path": "/spec/template/spec/tolerations", "value": all })
}
