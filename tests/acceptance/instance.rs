use std::collections::BTreeSet;

use serde_yaml::Value;

use super::{Tree, at, clusters, of_kind, production, proved, text};

#[test]
fn flux_instance_is_named_flux_with_size_network_policy_and_matching_sync() {
    fn check(tree: &Tree) -> Vec<String> {
        let instances = of_kind(tree, "fluxcd.controlplane.io", "FluxInstance");
        let mut complaints = Vec::new();
        let found: BTreeSet<_> =
            instances.iter().filter_map(|(path, _)| path.split('/').nth(1).map(str::to_owned)).collect();
        if found != clusters(tree) || instances.len() != found.len() {
            complaints.push("not one FluxInstance for each cluster".into());
        }
        for (path, instance) in &instances {
            let mut demand = |good: bool, what: &str| {
                if !good {
                    complaints.push(format!("{path}: {what}"));
                }
            };
            demand(text(instance, "metadata.name") == "flux", "name");
            demand(text(instance, "metadata.namespace") == "flux-system", "namespace");
            demand(matches!(text(instance, "spec.cluster.size"), "small" | "medium"), "size");
            demand(at(instance, "spec.cluster.networkPolicy") == Some(&Value::Bool(true)), "network policy");
            demand(text(instance, "spec.distribution.version") == "2.9.x", "version range");
            demand(text(instance, "spec.sync.url").starts_with("ssh://"), "deploy key with ssh");
            demand(text(instance, "spec.sync.pullSecret") == "flux-system", "pull secret");
            demand(at(instance, "spec.sync.provider").is_none(), "provider with a deploy key");
            let folder = path.split('/').take(2).collect::<Vec<_>>().join("/");
            demand(text(instance, "spec.sync.path") == folder, "path");
            let cluster = folder.rsplit('/').next().unwrap();
            let productive = production(tree).iter().any(|(name, _)| name == cluster);
            let patches = at(instance, "spec.kustomize.patches").map(|_| tree[*path].contains("semver:"));
            demand(patches == productive.then_some(true), "production follows tags, others the branch");
        }
        complaints
    }
    let instance = "clusters/production/flux-system/flux-instance.yaml";
    proved(
        check,
        &[
            (instance, "name: flux\n", "name: other\n"),
            (instance, "    size: medium\n", ""),
            (instance, "networkPolicy: true", "networkPolicy: false"),
            (instance, "ssh://git@", "https://"),
            (instance, "path: clusters/production", "path: clusters/staging"),
            (instance, "semver:", "branch:"),
            (instance, "kind: GitRepository\n    url", "provider: github\n    kind: GitRepository\n    url"),
            (instance, "kind: FluxInstance", "kind: Flux"),
        ],
    );
}
