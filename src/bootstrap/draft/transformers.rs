//! What kustomizations do to all objects at once: labels, annotations, namespaces, names.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::sharding;
use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::instance::InstancePatch;
use crate::bootstrap::limit::Limit;
use crate::bootstrap::port::{Key, key, targets};
use crate::bootstrap::read::Installation;
use crate::flux::scan::folder;
use crate::kustomize::{self, Action, Id, Step};
use crate::repo::Repo;

/// The annotation that keeps kustomize-controller from applying an object.
///
/// Source: fluxcd/kustomize-controller `internal/controller/kustomization_controller.go`.
const OWNER: &str = "kustomize.toolkit.fluxcd.io/ssa";

/// Labels and annotations of all objects.
type Common = [Vec<(String, String)>; 2];

/// Accounts for every step that is no patch and changes Flux. Returns `spec.commonMetadata`.
pub(super) fn account(
    repo: &Repo,
    installation: &Installation,
    rows: &mut Vec<Row>,
    late: &mut Vec<InstancePatch>,
) -> Common {
    let core: BTreeSet<Key> = installation.stock.iter().map(|value| key(&Id::of(value))).collect();
    let mut common = Common::default();
    for step in &installation.build.steps {
        let is_core = step.selected.iter().any(|id| core.contains(&key(id)));
        let is_beside = folder(&step.path) == installation.folder;
        if sharding::is_of_shard(repo, installation, step) {
            continue;
        }
        let is_above = || is_beside || brings_flux(repo, installation, &step.path);
        let is_near = is_beside || matches!(step.action, Action::Unsupported(_)) && is_above();
        if let Some(outcome) = outcome(installation, step, [is_core, is_near], &mut common, late) {
            rows.push(Row::new(subject(step), step.place.clone(), outcome));
        }
    }
    common
}

fn outcome(
    installation: &Installation,
    step: &Step,
    [is_core, is_beside]: [bool; 2],
    common: &mut Common,
    patches: &mut Vec<InstancePatch>,
) -> Option<Outcome> {
    let human = |limit, why: &str| Some(Outcome::Human(limit, why.to_owned()));
    match &step.action {
        Action::Patch(_) | Action::Image(_) => None,
        Action::Namespace(namespace) if *namespace == installation.namespace => {
            is_beside.then(|| Outcome::Field("metadata.namespace".into()))
        }
        _ if !is_core && !matches!(step.action, Action::Unsupported(_)) => None,
        Action::Namespace(_) => human(
            Limit::RenamedObjects,
            "it moves Flux to another namespace than its files say: bootstrap it there with --namespace first",
        ),
        Action::Prefix(_) | Action::Suffix(_) => {
            human(Limit::RenamedObjects, "the operator gives the controllers the names that Flux gives them")
        }
        Action::Labels(pairs) if selects(installation, pairs) => human(
            Limit::ChangedSelectors,
            "they stand in selectors of the controllers too, which Kubernetes does not let change: the Deployments would \
             have to be deleted and made anew",
        ),
        Action::Annotations(pairs) if pairs.iter().any(|(key, _)| key == OWNER) => human(
            Limit::UnportablePatch,
            "this annotation keeps Flux from undoing what the operator does, and would be replaced by this value: take it \
             out first",
        ),
        Action::Labels(pairs) => {
            let outcome = metadata(installation, "labels", pairs, &mut common[0], patches);
            Some(on_pods(installation, "labels", pairs, outcome, patches))
        }
        Action::Annotations(pairs) => {
            let outcome = metadata(installation, "annotations", pairs, &mut common[1], patches);
            Some(on_pods(installation, "annotations", pairs, outcome, patches))
        }
        Action::Replicas { name, count } => {
            let operation = json!({ "op": "add", "path": "/spec/replicas", "value": count });
            patches.push(InstancePatch::of_operations("Deployment", Some(name.clone()), &[operation]));
            Some(Outcome::Patch("a FluxInstance has no field for it".into()))
        }
        Action::Unsupported(field) => unsupported(installation, field, is_beside),
    }
}

/// Labels or annotations that all objects have are `spec.commonMetadata`; others are patched where they are.
fn metadata(
    installation: &Installation,
    map: &str,
    pairs: &[(String, String)],
    common: &mut Vec<(String, String)>,
    patches: &mut Vec<InstancePatch>,
) -> Outcome {
    let has = |object: &Value| {
        let there = object["metadata"][map].as_object();
        there.is_some_and(|there| pairs.iter().all(|(key, value)| there.get(key) == Some(&json!(value))))
    };
    let roots = installation.root.iter().flat_map(|root| [&root.source_id, &root.kustomization_id]);
    let mut roots = roots.filter_map(|id| installation.built(id));
    let all: Vec<Id> = installation.core().map(|object| Id::of(&object.value)).collect();
    let with: Vec<Id> =
        installation.core().filter(|object| has(&object.value)).map(|object| Id::of(&object.value)).collect();
    // Where something else has changed them since, the last word is not this one's.
    let is_overridden = with.is_empty();
    if is_overridden || with.len() == all.len() && roots.all(|object| has(&object.value)) {
        add(common, pairs);
        return Outcome::Field(format!("spec.commonMetadata.{map}"));
    }
    let pairs: serde_json::Map<String, Value> =
        pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let patch = json!({ "apiVersion": "v1", "kind": "all", "metadata": { "name": "all", map: pairs } });
    for (kind, name) in targets(&with.iter().collect::<Vec<_>>(), &all.iter().map(key).collect()) {
        patches.push(InstancePatch { name, ..InstancePatch::of_merge(&kind, &patch) });
    }
    Outcome::Patch("not everything has them, which `spec.commonMetadata` would give them to".into())
}

/// Adds pairs; what comes later counts.
fn add(all: &mut Vec<(String, String)>, pairs: &[(String, String)]) {
    for (key, value) in pairs {
        match all.iter_mut().find(|(own, _)| own == key) {
            Some(own) => own.1.clone_from(value),
            None => all.push((key.clone(), value.clone())),
        }
    }
}

/// Whether the kustomization at `path` builds the file with the objects of Flux.
fn brings_flux(repo: &Repo, installation: &Installation, path: &str) -> bool {
    let built = kustomize::build(repo, folder(path));
    built.is_ok_and(|build| build.objects.iter().any(|object| object.written.path == installation.file))
}

/// Objects that are made of files are none of Flux's; everything else may be.
fn unsupported(installation: &Installation, field: &str, is_beside: bool) -> Option<Outcome> {
    if field.ends_with("Generator") && (field.starts_with("configMap") || field.starts_with("secret")) {
        let target = format!("{}/flux-extras", folder(&installation.folder));
        return is_beside.then(|| Outcome::Moved(target.trim_start_matches('/').to_owned()));
    }
    is_beside.then(|| {
        let why = "what it does to the controllers cannot be said by a FluxInstance: write its result as a patch, or \
                   move it to the kustomization of what it is for";
        Outcome::Human(Limit::GeneratedInput, why.to_owned())
    })
}

fn deployments(installation: &Installation) -> impl Iterator<Item = &Value> {
    installation.core().map(|object| &object.value).filter(|value| value["kind"] == "Deployment")
}

/// Whether the labels stand in a selector.
fn selects(installation: &Installation, pairs: &[(String, String)]) -> bool {
    deployments(installation).any(|deployment| {
        let selector = deployment.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
        let is_there = |(key, value): &(String, String)| {
            selector.is_some_and(|selector| selector.get(key).is_some_and(|own| own == value))
        };
        pairs.iter().any(is_there)
    })
}

/// `commonMetadata` reaches the objects, not their pods: where today's build has them there too, a patch adds them.
fn on_pods(
    installation: &Installation,
    map: &str,
    pairs: &[(String, String)],
    outcome: Outcome,
    patches: &mut Vec<InstancePatch>,
) -> Outcome {
    let pointer = format!("/spec/template/metadata/{map}");
    let has = |deployment: &Value| {
        let there = deployment.pointer(&pointer).and_then(Value::as_object);
        there.is_some_and(|there| pairs.iter().all(|(key, value)| there.get(key) == Some(&json!(value))))
    };
    if !deployments(installation).all(has) {
        return outcome;
    }
    let pairs: serde_json::Map<String, Value> =
        pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let patch = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "all" },
        "spec": { "template": { "metadata": { map: pairs } } },
    });
    patches.push(InstancePatch::of_merge("Deployment", &patch));
    match outcome {
        Outcome::Field(field) => Outcome::Field(format!("{field}, and a patch for the pods")),
        other => other,
    }
}

fn subject(step: &Step) -> String {
    let pairs = |pairs: &[(String, String)]| {
        pairs.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ")
    };
    let what = match &step.action {
        Action::Namespace(text) | Action::Prefix(text) | Action::Suffix(text) => text.clone(),
        Action::Labels(all) | Action::Annotations(all) => pairs(all),
        Action::Replicas { name, count } => format!("{name} = {count}"),
        Action::Patch(_) | Action::Image(_) | Action::Unsupported(_) => String::new(),
    };
    if what.is_empty() { format!("`{}`", step.field) } else { format!("`{}`: {what}", step.field) }
}
