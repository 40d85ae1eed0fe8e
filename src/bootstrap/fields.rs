//! What of a customised installation a field of the FluxInstance says exactly as well: told by the effect that the
//! customisation has, not by how it is written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::flags::Flags;
use super::instance::{Cluster, TenantIdentity};
use super::operator;
use super::release::{Component, Version};

/// The arguments of each controller, by its name, as they are built today.
pub struct Today<'a> {
    /// Its flags.
    pub flags: BTreeMap<&'a str, Flags>,
    /// `spec.serviceAccountName` of the Kustomization of the cluster.
    pub account: Option<&'a str>,
    /// The release that runs.
    pub version: Version,
}

/// What a field sets on a controller, so that no patch has to: the flag (of `--feature-gates` a gate) and its value.
pub type Covered = BTreeMap<String, BTreeMap<String, (String, &'static str)>>;

/// Fields of `spec.cluster`, and what they cover.
#[derive(Debug, Default)]
pub struct Fields {
    /// The controllers and flags that they set.
    pub covered: Covered,
    /// Some controllers have object identity and others do not: their names.
    pub uneven_identity: Vec<String>,
}

impl<'a> Today<'a> {
    /// Reads the Deployments among the `objects` of Flux.
    pub fn new(objects: &[&'a Value], account: Option<&'a str>, version: Version) -> Self {
        let text = |object: &&'a Value, pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let controllers = objects.iter().filter(|object| text(object, "/kind") == Some("Deployment"));
        let flags = controllers.filter_map(|object| {
            let name = text(object, "/metadata/name")?;
            let args = object.pointer("/spec/template/spec/containers/0/args")?.as_array()?;
            Some((name, Flags::of(args)))
        });
        Self { flags: flags.collect(), account, version }
    }

    fn value(&self, controller: &str, flag: &str) -> Option<&str> {
        self.flags.get(controller)?.values.get(flag).map(String::as_str)
    }

    /// The one value that `flag` has on all of `controllers` that there are; `None` where it is not on all, or not the
    /// same.
    fn shared(&self, controllers: &[&str], flag: &str) -> Option<&str> {
        let there = controllers.iter().filter(|name| self.flags.contains_key(**name));
        let values: BTreeSet<Option<&str>> = there.map(|name| self.value(name, flag)).collect();
        match values.into_iter().collect::<Vec<_>>()[..] {
            [value] => value,
            _ => None,
        }
    }

    fn has(&self, controllers: &[&str], flag: &str) -> bool {
        controllers.iter().any(|name| self.value(name, flag).is_some())
    }
}

/// A gate as it stands among the flags.
pub const IDENTITY_GATE: &str = "--feature-gates ObjectLevelWorkloadIdentity";

/// The gate that comes with source-watcher.
pub const ARTIFACT_GATE: &str = "--feature-gates ExternalArtifact";

const ACCOUNT: &str = "--default-service-account";

/// Sets in `cluster` what today's arguments say; unless `all`, only what no patch can stand for.
pub fn read(today: &Today<'_>, cluster: &mut Cluster, all: bool) -> Fields {
    let mut fields = Fields::default();
    if let Some(account) = lockdown(today).filter(|_| all) {
        fields.cover(today, &operator::LOCKED, "--no-cross-namespace-refs", "spec.cluster.multitenant");
        fields.cover(today, &["kustomize-controller"], "--no-remote-bases", "spec.cluster.multitenant");
        fields.cover(today, &operator::APPLIERS, ACCOUNT, "spec.cluster.tenantDefaultServiceAccount");
        cluster.multitenant = Some(account.to_owned());
    }
    identity(today, cluster, &mut fields, all);
    let has_watcher = today.flags.contains_key(Component::SourceWatcher.name());
    if all && has_watcher && today.shared(&operator::APPLIERS, ARTIFACT_GATE) == Some("true") {
        fields.cover(today, &operator::APPLIERS, ARTIFACT_GATE, "spec.components");
    }
    fields
}

/// The service account of a lockdown that is complete, as `spec.cluster.multitenant` makes it.
///
/// Source: fluxcd/website `content/en/flux/installation/configuration/multitenancy.md` and
/// controlplaneio-fluxcd/flux-operator `internal/builder/profiles.go`.
fn lockdown<'a>(today: &'a Today<'_>) -> Option<&'a str> {
    let is_complete = today.shared(&operator::LOCKED, "--no-cross-namespace-refs") == Some("true")
        && today.value("kustomize-controller", "--no-remote-bases") == Some("true")
        && today.account.is_some();
    today.shared(&operator::APPLIERS, ACCOUNT).filter(|_| is_complete)
}

fn identity(today: &Today<'_>, cluster: &mut Cluster, fields: &mut Fields, all: bool) {
    let minor = today.version.minor;
    let known: Vec<&str> = operator::CLOUD
        .into_iter()
        .chain(operator::APPLIERS)
        .filter(|name| minor >= 7 || *name != "helm-controller")
        .filter(|name| today.flags.contains_key(name))
        .collect();
    let on = |name: &&&str| today.value(name, IDENTITY_GATE) == Some("true");
    if !(6..=9).contains(&minor) || !known.iter().any(|name| on(&name)) {
        return;
    }
    if !known.iter().all(|name| on(&name)) {
        fields.uneven_identity =
            known.iter().filter(|name| !on(name)).map(|name| (*name).to_owned()).collect();
        return;
    }
    cluster.object_level_workload_identity = true;
    if all {
        fields.cover(today, &known, IDENTITY_GATE, "spec.cluster.objectLevelWorkloadIdentity");
    }
    let accounts = [
        today.shared(&operator::CLOUD, ACCOUNT),
        today.value("kustomize-controller", "--default-decryption-service-account"),
        today.shared(&operator::APPLIERS, "--default-kubeconfig-service-account"),
    ];
    let [Some(default), Some(decryption), Some(kube_config)] = accounts else { return };
    let agrees = cluster.multitenant.as_ref().is_none_or(|account| account == default);
    if minor < 7 || !agrees || !all {
        return;
    }
    cluster.tenant_identity = Some(TenantIdentity {
        default: default.to_owned(),
        decryption: decryption.to_owned(),
        kube_config: kube_config.to_owned(),
    });
    let field = "spec.cluster.multitenantWorkloadIdentity";
    fields.cover(today, &operator::CLOUD, ACCOUNT, field);
    fields.cover(today, &["kustomize-controller"], "--default-decryption-service-account", field);
    fields.cover(today, &operator::APPLIERS, "--default-kubeconfig-service-account", field);
}

impl Fields {
    fn cover(&mut self, today: &Today<'_>, controllers: &[&str], flag: &str, field: &'static str) {
        for name in controllers {
            if let Some(value) = today.value(name, flag) {
                let flags = self.covered.entry((*name).to_owned()).or_default();
                flags.insert(flag.to_owned(), (value.to_owned(), field));
            }
        }
    }

    /// The field that sets `flag` to `value` on all of `controllers`.
    pub fn covers(&self, controllers: &[String], flag: &str, value: &str) -> Option<&'static str> {
        let mut field = None;
        for controller in controllers {
            let (known, name) = self.covered.get(controller)?.get(flag)?;
            if known != value {
                return None;
            }
            field = Some(*name);
        }
        field
    }
}

/// The size of a cluster whose profile today's arguments have, for a word on it: the profile marks the Deployments, so
/// it is not the same as the patches that say the rest.
///
/// Source: controlplaneio-fluxcd/flux-operator `internal/builder/profiles.go`.
pub fn size_like(today: &Today<'_>) -> Option<&'static str> {
    let sizes = [("small", "5", "10s", "10"), ("medium", "10", "5s", "50"), ("large", "20", "5s", "100")];
    let found = sizes.iter().find(|(_, concurrent, requeue, cache)| {
        today.shared(&operator::APPLIERS, "--concurrent") == Some(concurrent)
            && today.shared(&operator::APPLIERS, "--requeue-dependency") == Some(requeue)
            && today.value("source-controller", "--helm-cache-max-size") == Some(cache)
    });
    found.filter(|_| today.has(&["source-controller"], "--helm-cache-ttl")).map(|(size, ..)| *size)
}
