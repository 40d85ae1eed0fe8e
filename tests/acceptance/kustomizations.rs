use std::collections::BTreeSet;
use std::path::Path;

use serde_yaml::Value;

use super::{Tree, at, clusters, kustomizations, proved, releases, seconds, text};

#[test]
fn kustomizations_prune_with_timeout_and_retry_interval() {
    fn check(tree: &Tree) -> Vec<String> {
        let bad = |value: &Value| {
            at(value, "spec.prune") != Some(&Value::Bool(true))
                || ["spec.timeout", "spec.retryInterval", "spec.interval"]
                    .iter()
                    .any(|field| seconds(text(value, field)) == 0)
                || text(value, "spec.sourceRef.name") != "flux-system"
        };
        let all = kustomizations(tree);
        let mut complaints: Vec<_> =
            all.iter().filter(|(_, value)| bad(value)).map(|(path, _)| (*path).to_owned()).collect();
        if all.len() != 3 * clusters(tree).len() {
            complaints.push(format!("{} Kustomizations", all.len()));
        }
        complaints
    }
    let infrastructure = "clusters/staging/infrastructure.yaml";
    proved(
        check,
        &[
            (infrastructure, "  prune: true\n", ""),
            (infrastructure, "  timeout: 10m\n", ""),
            (infrastructure, "  retryInterval: 5m\n", ""),
            ("clusters/staging/apps.yaml", "kind: Kustomization", "kind: Kustomisation"),
        ],
    );
}

#[test]
fn kustomizations_that_others_depend_on_wait() {
    fn check(tree: &Tree) -> Vec<String> {
        let all = kustomizations(tree);
        let mut complaints = Vec::new();
        for (path, name) in dependencies(&all).into_iter().map(|(path, _, on)| (path, on)) {
            let folder = Path::new(path).parent();
            let target = all.iter().find(|(other, value)| {
                Path::new(other).parent() == folder && text(value, "metadata.name") == name
            });
            match target {
                Some((_, value)) if at(value, "spec.wait") == Some(&Value::Bool(true)) => {}
                _ => complaints.push(format!("{path}: `{name}` is depended on and does not wait")),
            }
        }
        if complaints.is_empty() && dependencies(&all).len() != 2 * clusters(tree).len() {
            complaints.push("a layer waits for none".into());
        }
        complaints
    }
    let (infrastructure, apps) = ("clusters/staging/infrastructure.yaml", "clusters/staging/apps.yaml");
    proved(
        check,
        &[
            (infrastructure, "  wait: true\n", ""),
            (apps, "    - name: infra-configs\n", "    - name: infra\n"),
            (apps, "  dependsOn:\n    - name: infra-configs\n", ""),
        ],
    );
}

/// File, name and dependency of each `dependsOn`.
fn dependencies<'t>(all: &[(&'t str, Value)]) -> Vec<(&'t str, String, String)> {
    let mut pairs = Vec::new();
    for (path, value) in all {
        for on in at(value, "spec.dependsOn").and_then(Value::as_sequence).into_iter().flatten() {
            pairs.push((*path, text(value, "metadata.name").to_owned(), text(on, "name").to_owned()));
        }
    }
    pairs
}

#[test]
fn kustomizations_wait_for_each_other_without_a_cycle() {
    fn check(tree: &Tree) -> Vec<String> {
        let all = kustomizations(tree);
        let mut complaints = Vec::new();
        for cluster in clusters(tree) {
            let inside = format!("clusters/{cluster}/");
            let mut open: Vec<_> =
                dependencies(&all).into_iter().filter(|(path, ..)| path.starts_with(&inside)).collect();
            // What depends on nothing open is ready; what is left when nothing more becomes ready is a cycle.
            loop {
                let waiting: BTreeSet<_> = open.iter().map(|(_, name, _)| name.clone()).collect();
                let before = open.len();
                open.retain(|(_, _, on)| waiting.contains(on));
                if open.len() == before {
                    break;
                }
            }
            complaints.extend(open.iter().map(|(path, name, on)| format!("{path}: {name} → {on}")));
        }
        complaints
    }
    let infrastructure = "clusters/staging/infrastructure.yaml";
    proved(check, &[(infrastructure, "    - name: infra-controllers\n", "    - name: infra-configs\n")]);
}

#[test]
fn paths_of_one_source_do_not_overlap() {
    fn check(tree: &Tree) -> Vec<String> {
        let mut complaints = Vec::new();
        for cluster in clusters(tree) {
            let inside = format!("clusters/{cluster}/");
            let own = [format!("clusters/{cluster}")];
            let all = kustomizations(tree);
            let of_cluster = all.iter().filter(|(path, _)| path.starts_with(&inside));
            let named =
                of_cluster.map(|(_, value)| text(value, "spec.path").trim_start_matches("./").to_owned());
            let paths: Vec<_> = own.into_iter().chain(named).collect();
            for (index, path) in paths.iter().enumerate() {
                let others = paths.iter().enumerate().filter(|(other, _)| *other != index);
                let hit = others.map(|(_, other)| other).find(|other| Path::new(path).starts_with(other));
                complaints.extend(hit.map(|other| format!("{cluster}: {path} lies in {other}")));
                if !tree.keys().any(|file| Path::new(file).starts_with(path)) {
                    complaints.push(format!("{cluster}: {path} does not exist"));
                }
            }
        }
        complaints
    }
    let infrastructure = "clusters/staging/infrastructure.yaml";
    proved(
        check,
        &[
            (infrastructure, "path: ./infrastructure/configs", "path: ./infrastructure/controllers/more"),
            (infrastructure, "path: ./infrastructure/configs", "path: ./infrastructure"),
            (infrastructure, "path: ./infrastructure/configs", "path: ./clusters/staging/x"),
        ],
    );
}

#[test]
fn timeouts_grow_outwards() {
    fn check(tree: &Tree) -> Vec<String> {
        let inner = releases(tree).iter().map(|(_, value)| seconds(text(value, "spec.timeout"))).max();
        let outer = kustomizations(tree).iter().map(|(_, value)| seconds(text(value, "spec.timeout"))).min();
        if inner < outer && inner > Some(0) { Vec::new() } else { vec![format!("{inner:?} {outer:?}")] }
    }
    proved(
        check,
        &[
            ("apps/base/podinfo/release.yaml", "timeout: 5m", "timeout: 15m"),
            ("clusters/staging/apps.yaml", "timeout: 10m", "timeout: 5m"),
        ],
    );
}
