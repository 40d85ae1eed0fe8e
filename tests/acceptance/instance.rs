use serde_json::Value;

use super::Check;
use super::cluster::{Cluster, OPERATOR};
use super::subject::Subject;
use super::value::{at, is_true, list, text};

/// One `FluxInstance` named `flux`, sized, with network policy, and a sync that fits the way of authentication.
pub(super) const SYNC: Check = Check { name: "FluxInstance", find };

fn find(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let instances: Vec<&Value> =
            cluster.all(OPERATOR, "FluxInstance").map(|object| &object.value).collect();
        let [instance] = instances[..] else { return vec![format!("{} FluxInstances", instances.len())] };
        let mut complaints = Vec::new();
        let mut demand = |good: bool, what: &str| {
            if !good {
                complaints.push(what.to_owned());
            }
        };
        let size = if text(&subject.answers, "platform") == "kind-only" { "small" } else { "medium" };
        demand(text(instance, "metadata.name") == "flux", "name");
        demand(text(instance, "metadata.namespace") == "flux-system", "namespace");
        demand(text(instance, "spec.cluster.size") == size, "size");
        demand(is_true(instance, "spec.cluster.networkPolicy"), "network policy");
        demand(is_minor(text(instance, "spec.distribution.version")), "version range of one minor");
        demand(is_true(instance, "spec.cluster.multitenant") == subject.is_multitenant(), "multitenancy");
        let account = text(instance, "spec.cluster.tenantDefaultServiceAccount");
        demand(!subject.is_multitenant() || account == "flux", "default account of tenants");
        demand(text(instance, "spec.sync.path") == format!("clusters/{}", cluster.name), "path");
        authentication(subject, instance, &mut demand);
        channel(subject, cluster, &mut demand);
        complaints
    })
}

fn is_minor(version: &str) -> bool {
    let parts: Vec<&str> = version.split('.').collect();
    matches!(parts[..], ["2", minor, "x"] if minor.parse::<u8>().is_ok())
}

fn authentication(subject: &Subject, instance: &Value, demand: &mut dyn FnMut(bool, &str)) {
    let sync = &instance["spec"]["sync"];
    let (url, provider, secret) = (text(sync, "url"), text(sync, "provider"), text(sync, "pullSecret"));
    if subject.pattern() == "gitless" {
        let host = text(&subject.answers, "registry").split('/').next().unwrap_or_default();
        let clouds = [("aws", ".amazonaws.com"), ("azure", ".azurecr.io"), ("gcp", "-docker.pkg.dev")];
        let own = clouds
            .iter()
            .find(|(cloud, end)| *cloud == text(&subject.answers, "platform") && host.ends_with(end));
        demand(text(sync, "kind") == "OCIRepository" && url.starts_with("oci://"), "an OCI source");
        demand(provider == own.map_or("", |(cloud, _)| cloud), "provider of the registry");
        demand(secret == if own.is_some() { "" } else { "registry-auth" }, "Secret of the registry");
        let identity = is_true(instance, "spec.cluster.objectLevelWorkloadIdentity");
        demand(identity == own.is_some(), "identity of the workload");
        return;
    }
    demand(text(sync, "kind") == "GitRepository", "a Git source");
    let (scheme, wanted, pull) = match text(&subject.answers, "auth") {
        "deploy-key" => ("ssh://", "", "flux-system"),
        "github-app" => ("https://", "github", "flux-system"),
        "token" => ("https://", "", "flux-system"),
        _ => ("https://", "", ""),
    };
    demand(url.starts_with(scheme), "scheme of the URL");
    demand(
        provider == wanted && at(sync, "provider").is_some() != wanted.is_empty(),
        "provider of the Git host",
    );
    demand(secret == pull && at(sync, "pullSecret").is_some() != pull.is_empty(), "Secret of the Git host");
}

/// What the cluster's own source fetches, with the patches of the instance.
fn channel(subject: &Subject, cluster: &Cluster, demand: &mut dyn FnMut(bool, &str)) {
    let kind = if subject.pattern() == "gitless" { "OCIRepository" } else { "GitRepository" };
    let Some(source) = cluster.find(&format!("{kind}/flux-system/flux-system")) else {
        return demand(false, "source");
    };
    let reference = &source.value["spec"]["ref"];
    let by_tags = cluster.production && text(&subject.answers, "promotion") == "git-tags";
    let good = match (subject.pattern(), cluster.production) {
        ("gitless", production) => {
            text(reference, "tag") == if production { "latest-stable" } else { "latest" }
        }
        ("multi-repo", true) => text(reference, "name") == "refs/heads/production",
        ("monorepo", _) if by_tags => {
            text(reference, "semver").starts_with(">=") && reference.get("name").is_none()
        }
        _ => text(reference, "name") == "refs/heads/main",
    };
    demand(good, "channel");
    let instance = &cluster.all(OPERATOR, "FluxInstance").next().expect("it was counted").value;
    let patches = list(instance, "spec.kustomize.patches").iter();
    let patches = patches.filter(|patch| text(patch, "target.kind") == kind).count();
    demand(patches == usize::from(subject.pattern() == "gitless" || by_tags), "patches");
}

#[test]
fn flux_instance_is_named_flux_with_size_network_policy_and_matching_sync() {
    let mono = |path, old, new| ("monorepo/two-clusters", path, old, new);
    let multi = |old, new| {
        (
            "multi-repo/three-clusters",
            "platform-fleet/clusters/prod-eu/flux-system/flux-instance.yaml",
            old,
            new,
        )
    };
    let gitless = |old, new| {
        ("gitless/default", "platform-fleet/clusters/production/flux-system/flux-instance.yaml", old, new)
    };
    let instance = "clusters/production/flux-system/flux-instance.yaml";
    super::proved(
        &SYNC,
        &[
            mono(instance, "name: flux\n", "name: other\n"),
            mono(instance, "    size: medium\n", ""),
            mono(instance, "networkPolicy: true", "networkPolicy: false"),
            mono(instance, "version: 2.9.x", "version: 2.x"),
            mono(instance, "ssh://git@", "https://"),
            mono(instance, "    pullSecret: flux-system\n", ""),
            mono(instance, "path: clusters/production", "path: clusters/staging"),
            mono(instance, "semver:", "branch:"),
            mono(
                instance,
                "kind: GitRepository\n    url",
                "provider: github\n    kind: GitRepository\n    url",
            ),
            mono(instance, "kind: FluxInstance", "kind: Flux"),
            mono("clusters/production/flux-system/kustomization.yaml", "  - flux-instance.yaml\n", ""),
            multi("provider: github", "provider: generic"),
            multi("refs/heads/production", "refs/heads/main"),
            multi("multitenant: true", "multitenant: false"),
            gitless("latest-stable", "latest"),
            gitless("pullSecret: registry-auth", "pullSecret: flux-system"),
        ],
    );
}
