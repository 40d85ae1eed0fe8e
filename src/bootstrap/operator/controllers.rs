//! The Deployments of the controllers.

use serde_json::{Value, json};

use super::{has, set, text};
use crate::bootstrap::instance::Instance;
use crate::bootstrap::release::{Component, Version};

/// Controllers that tenants may not refer across namespaces with.
pub const LOCKED: [&str; 6] = [
    "kustomize-controller",
    "helm-controller",
    "notification-controller",
    "image-reflector-controller",
    "image-automation-controller",
    "source-watcher",
];

/// Controllers that apply what tenants write.
pub const APPLIERS: [&str; 2] = ["kustomize-controller", "helm-controller"];

/// Controllers that talk to cloud providers for tenants.
pub const CLOUD: [&str; 4] = [
    "source-controller",
    "notification-controller",
    "image-reflector-controller",
    "image-automation-controller",
];

/// The gate that `flux bootstrap` opens with source-watcher, as the operator does.
const EXTERNAL_ARTIFACT: &str = "--feature-gates=ExternalArtifact=true";

/// A controller as it stands when the patches are applied: what has a field in the FluxInstance is set from that, what
/// has none is as the operator has it.
pub(super) fn base(instance: &Instance, object: &mut Value, version: Version) {
    let name = text(object, &["metadata", "name"]).to_owned();
    // What is no such object is in no release, and told elsewhere.
    if !object.pointer("/spec/template/spec/containers/0").is_some_and(Value::is_object) {
        return;
    }
    let template = &mut object["spec"]["template"];
    set(
        template,
        &["metadata", "annotations"],
        "cluster-autoscaler.kubernetes.io/safe-to-evict",
        json!("true"),
    );
    set(template, &["metadata", "labels"], "app.kubernetes.io/part-of", json!("flux"));
    if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
        labels.shift_remove("app.kubernetes.io/instance");
        labels.shift_remove("app.kubernetes.io/version");
    }
    let pod = &mut template["spec"];
    if let Some(pod) = pod.as_object_mut() {
        pod.shift_remove("tolerations");
        pod.shift_remove("imagePullSecrets");
    }
    if let Some(secret) = &instance.distribution.image_pull_secret {
        set(pod, &[], "imagePullSecrets", json!([{ "name": secret }]));
    }
    let manager = &mut pod["containers"][0];
    let image = manager["image"].as_str().unwrap_or_default();
    let reference = image.rsplit('/').next().unwrap_or_default();
    manager["image"] = json!(format!("{UNPATCHED}{reference}"));
    if let Some(args) = manager["args"].as_array_mut() {
        set_flags(instance, &name, args);
        args.extend(profile(instance, &name, version).into_iter().map(Value::String));
    }
}

/// What images are named after before the operator puts the registry in: a patch that names another one keeps it.
const UNPATCHED: &str = "fluxcd/";

/// A controller behind the patches.
pub(super) fn finish(instance: &Instance, object: &mut Value) {
    let registry = instance.distribution.registry.trim_end_matches('/');
    let containers = object.pointer_mut("/spec/template/spec/containers").and_then(Value::as_array_mut);
    for container in containers.into_iter().flatten() {
        let image = container.get("image").and_then(Value::as_str);
        if let Some(rest) = image.and_then(|image| image.strip_prefix(UNPATCHED)) {
            container["image"] = json!(format!("{registry}/{rest}"));
        }
    }
}

fn set_flags(instance: &Instance, name: &str, args: &mut Vec<Value>) {
    let Instance { namespace, cluster, .. } = instance;
    let events = if has(instance, Component::NotificationController) {
        format!("http://notification-controller.{namespace}.svc.{}./", cluster.domain)
    } else {
        String::new()
    };
    let storage = format!("{name}.$(RUNTIME_NAMESPACE).svc.{}.", cluster.domain);
    args.retain(|arg| arg != EXTERNAL_ARTIFACT);
    for arg in args {
        let flag = arg.as_str().and_then(|arg| arg.split_once('=')).map_or("", |(flag, _)| flag);
        let value = match flag {
            "--events-addr" => &events,
            "--watch-all-namespaces" => "true",
            "--log-level" => "info",
            "--storage-adv-addr" => &storage,
            _ => continue,
        };
        *arg = json!(format!("{flag}={value}"));
    }
}

/// Arguments that the fields of the FluxInstance add, in the order in which the operator adds them.
fn profile(instance: &Instance, name: &str, Version { minor, .. }: Version) -> Vec<String> {
    let cluster = &instance.cluster;
    let mut args = Vec::new();
    if let Some(account) = &cluster.multitenant {
        args.extend(LOCKED.contains(&name).then(|| "--no-cross-namespace-refs=true".to_owned()));
        args.extend((name == "kustomize-controller").then(|| "--no-remote-bases=true".to_owned()));
        args.extend(APPLIERS.contains(&name).then(|| format!("--default-service-account={account}")));
    }
    if has(instance, Component::SourceWatcher) && APPLIERS.contains(&name) {
        args.push(EXTERNAL_ARTIFACT.to_owned());
    }
    let on = cluster.object_level_workload_identity;
    let gated = match minor {
        6 => on && name != "helm-controller",
        7..=9 => true,
        _ => false,
    };
    if gated && (CLOUD.contains(&name) || APPLIERS.contains(&name)) {
        args.push(format!("--feature-gates=ObjectLevelWorkloadIdentity={on}"));
    }
    if let Some(identity) = cluster.tenant_identity.as_ref().filter(|_| on) {
        args.extend(CLOUD.contains(&name).then(|| format!("--default-service-account={}", identity.default)));
        if name == "kustomize-controller" {
            args.push(format!("--default-decryption-service-account={}", identity.decryption));
        }
        if APPLIERS.contains(&name) {
            args.push(format!("--default-kubeconfig-service-account={}", identity.kube_config));
        }
    }
    args
}
