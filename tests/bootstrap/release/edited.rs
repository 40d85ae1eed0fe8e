//! Edits show, wherever they are.

use flux_forge::bootstrap::release::{Component, DeviationKind, Flag, Release};
use serde_json::{Value, json};

use super::{deviations, reading};
use crate::bootstrap::stock::{Stock, base, objects};

fn stock() -> Vec<Value> {
    objects(&base("2.9.4"))
}

/// The object of this kind and name.
fn object<'o>(objects: &'o mut [Value], kind: &str, name: &str) -> &'o mut Value {
    let same = |object: &&mut Value| object["kind"] == kind && object["metadata"]["name"] == name;
    objects.iter_mut().find(same).unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// What is said once `change` is made to an object of the stock file.
fn said(kind: &str, name: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut objects = stock();
    change(object(&mut objects, kind, name));
    deviations(&reading("2.9.4", &objects))
}

/// The pointers to all scalars.
fn leaves(value: &Value, path: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                leaves(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), into);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                leaves(value, &format!("{path}/{at}"), into);
            }
        }
        _ => into.push(path.to_owned()),
    }
}

fn changed(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(format!("{text}x")),
        Value::Number(number) => json!(number.as_i64().unwrap_or_default() + 1),
        Value::Bool(value) => json!(!value),
        _ => json!("x"),
    }
}

/// Changes leaves of `objects[at]` one by one: each must show in a deviation of that object.
fn mutate(objects: &mut [Value], at: usize, step: usize) -> usize {
    let before = reading("2.9.4", objects);
    let original = objects[at].clone();
    let called = |object: &Value| (object["kind"].clone(), object["metadata"]["name"].clone());
    let mut paths = Vec::new();
    leaves(&original, "", &mut paths);
    let paths: Vec<_> = paths.iter().step_by(step).collect();
    for path in &paths {
        let leaf = objects[at].pointer_mut(path).unwrap();
        *leaf = changed(leaf);
        let after = reading("2.9.4", objects);
        let names = [called(&original), called(&objects[at])];
        let mut new = after.deviations.iter().filter(|deviation| !before.deviations.contains(deviation));
        let told = new.any(|it| names.contains(&(json!(it.id.kind), json!(it.id.name))));
        assert!(told, "{} of {}: {:?}", path, names[0].1, deviations(&after));
        objects[at] = original.clone();
    }
    paths.len()
}

#[test]
fn any_change_of_a_scalar_shows() {
    let (mut definitions, mut others): (Vec<_>, Vec<_>) =
        stock().into_iter().partition(|object| object["kind"] == "CustomResourceDefinition");
    let mut count: usize = (0..others.len()).map(|at| mutate(&mut others, at, 1)).sum();
    for definition in &mut definitions {
        count += mutate(std::slice::from_mut(definition), 0, 7);
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn a_flag_of_one_deployment_is_uneven() {
    let mut objects = stock();
    let helm = object(&mut objects, "Deployment", "helm-controller");
    helm["spec"]["template"]["spec"]["containers"][0]["args"][2] = json!("--log-level=debug");
    helm["spec"]["template"]["spec"]["imagePullSecrets"] = json!([{"name": "regcred"}]);
    let reading = reading("2.9.4", &objects);
    let mut said = deviations(&reading);
    said.sort();
    assert_eq!(
        said,
        [
            "Deployment flux-system/helm-controller has `debug` as `--log-level` instead of `info`",
            "Deployment flux-system/helm-controller has `regcred` as `--image-pull-secret` instead of nothing",
        ]
    );
    assert_eq!(reading.flags, flux_forge::bootstrap::release::Flags::default());
    let levels = reading.per_deployment.iter().filter(|setting| setting.flag == Flag::LogLevel);
    let debug = levels.clone().filter(|setting| setting.value == "debug");
    assert_eq!(
        (levels.count(), debug.map(|it| it.component).collect()),
        (7, vec![Component::HelmController])
    );
}

#[test]
fn what_follows_from_the_components_is_expected_of_each() {
    let text = Stock::of("2.9.4").text();
    let silent = text.replacen(
        "--events-addr=http://notification-controller.$(RUNTIME_NAMESPACE).svc.cluster.local./",
        "--events-addr=",
        1,
    );
    assert_eq!(
        deviations(&reading("2.9.4", &objects(&silent))),
        ["Deployment flux-system/source-controller has nothing as `--events-addr` instead of \
          `http://notification-controller.$(RUNTIME_NAMESPACE).svc.cluster.local./`"]
    );
    let said = said("Deployment", "kustomize-controller", |deployment| {
        let arguments = &mut deployment["spec"]["template"]["spec"]["containers"][0]["args"];
        arguments.as_array_mut().unwrap().pop();
    });
    assert_eq!(
        said,
        [
            "Deployment flux-system/kustomize-controller has `false` as `--feature-gates=ExternalArtifact` instead of `true`"
        ]
    );
}

#[test]
fn another_spelling_is_no_edit() {
    let text = base("2.9.4")
        .replace("notification-controller.$(RUNTIME_NAMESPACE)", "notification-controller.flux-system");
    let reading =
        reading("2.9.4", &objects(&text.replace("addr=source-watcher.", "addr=source-controller.")));
    assert_eq!(deviations(&reading), [""; 0]);
    assert!(!reading.spelling.runtime_namespace && !reading.spelling.own_storage_address);
    assert!(reading.spelling.pod_labels);
}

#[test]
fn a_version_may_do_without_its_letter() {
    let text = base("2.9.4").replace("app.kubernetes.io/version: v2.9.4", "app.kubernetes.io/version: 2.9.4");
    assert_eq!(deviations(&reading("2.9.4", &objects(&text))), [""; 0]);
    let one =
        base("2.9.4").replacen("app.kubernetes.io/version: v2.9.4", "app.kubernetes.io/version: 2.9.4", 1);
    assert_eq!(deviations(&reading("2.9.4", &objects(&one))), ["Namespace flux-system was edited"]);
}

#[test]
fn images_by_hand_are_told_with_the_right_one() {
    let set = |image: &'static str| {
        said("Deployment", "source-controller", |deployment| {
            deployment["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        })
    };
    let expected = "instead of `ghcr.io/fluxcd/source-controller:v1.9.4`";
    for image in [
        "ghcr.io/fluxcd/source-controller:v1.9.5",
        "ghcr.io/fluxcd/source-controller",
        "ghcr.io/fluxcd/source-controller:v1.9.4@sha256:0123",
        "ghcr.io/fluxcd/source-controller@sha256:0123",
        "source-controller:v1.9.4",
        "example.com/mine:v1",
        "",
    ] {
        let line = format!("Deployment flux-system/source-controller runs `{image}` {expected}");
        assert_eq!(set(image), [line], "{image}");
    }
    assert_eq!(
        set("quay.io/fluxcd/source-controller:v1.9.4"),
        [
            "Deployment flux-system/source-controller has `quay.io/fluxcd` as `--registry` instead of `ghcr.io/fluxcd`"
        ]
    );
}

#[test]
fn objects_of_other_releases_are_known() {
    let said = said("NetworkPolicy", "allow-webhooks", |policy| {
        policy["spec"]["ingress"][0].as_object_mut().unwrap().remove("ports");
    });
    assert_eq!(said, ["NetworkPolicy flux-system/allow-webhooks is as in v2.9.3"]);
    let mut mixed = objects(&base("2.3.0"));
    let newer = object(&mut stock(), "CustomResourceDefinition", "buckets.source.toolkit.fluxcd.io").clone();
    *object(&mut mixed, "CustomResourceDefinition", "buckets.source.toolkit.fluxcd.io") = newer;
    mixed.push(object(&mut stock(), "ServiceAccount", "source-watcher").clone());
    assert_eq!(
        deviations(&reading("2.3.0", &mixed)),
        [
            "CustomResourceDefinition buckets.source.toolkit.fluxcd.io is as in v2.9.4",
            "ServiceAccount flux-system/source-watcher is not in this release, but in v2.7.0",
        ]
    );
}

#[test]
fn what_is_missing_foreign_or_twice_is_told() {
    let mut objects = Stock::of("2.9.4").flags(|flags| flags.namespace = String::from("gotk")).objects();
    objects
        .retain(|object| object["kind"] != "ResourceQuota" && object["metadata"]["name"] != "allow-egress");
    objects.push(objects[0].clone());
    objects.push(
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "gotk"}}),
    );
    assert_eq!(
        deviations(&reading("2.9.4", &objects)),
        [
            "Namespace gotk is there twice",
            "ConfigMap gotk/a is in no release of Flux",
            "ResourceQuota gotk/critical-pods-gotk is missing",
            "NetworkPolicy gotk/allow-egress is missing",
        ]
    );
    let reading = reading("2.9.4", &[]);
    let kinds = reading.deviations.iter().all(|deviation| deviation.kind == DeviationKind::Missing);
    assert!(kinds && reading.components.is_empty() && !reading.is_stock());
    assert_eq!(reading.deviations.len(), Release::of("2.9.4").unwrap().objects(&[]).len() - 3);
}
