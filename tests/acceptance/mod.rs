//! What every generated repository must be. Each check is one function over the tree that lists its complaints; its
//! test shows that the examples give none, and that a tree with the defect does.

mod instance;
mod judge;
mod kustomizations;
mod releases;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use crate::blueprints::all_examples;

type Tree = BTreeMap<String, String>;
type Check = fn(&Tree) -> Vec<String>;

/// Kubernetes objects of a tree with the files they stand in; patches among them.
fn objects(tree: &Tree) -> Vec<(&str, Value)> {
    let mut objects = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with(".yaml") && !path.starts_with('.')) {
        for document in text.split("\n---\n") {
            let value: Value = serde_yaml::from_str(document).unwrap();
            if value.get("kind").is_some() {
                objects.push((path.as_str(), value.clone()));
            }
            for inner in at(&value, "spec.resources").and_then(Value::as_sequence).into_iter().flatten() {
                objects.push((path.as_str(), inner.clone()));
            }
        }
    }
    objects
}

fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

fn of_kind<'t>(tree: &'t Tree, group: &'static str, kind: &'static str) -> Vec<(&'t str, Value)> {
    let fits = |value: &Value| text(value, "apiVersion").starts_with(group) && text(value, "kind") == kind;
    objects(tree).into_iter().filter(|(_, value)| fits(value)).collect()
}

/// Objects that stand for themselves, no patches.
fn whole<'t>(tree: &'t Tree, group: &'static str, kind: &'static str, mark: &str) -> Vec<(&'t str, Value)> {
    of_kind(tree, group, kind).into_iter().filter(|(_, value)| at(value, mark).is_some()).collect()
}

fn kustomizations(tree: &Tree) -> Vec<(&str, Value)> {
    of_kind(tree, "kustomize.toolkit.fluxcd.io", "Kustomization")
}

fn releases(tree: &Tree) -> Vec<(&str, Value)> {
    whole(tree, "helm.toolkit.fluxcd.io", "HelmRelease", "spec.interval")
}

fn clusters(tree: &Tree) -> BTreeSet<String> {
    let folders = tree.keys().filter_map(|path| path.strip_prefix("clusters/")?.split('/').next());
    folders.map(str::to_owned).collect()
}

/// Names of the clusters and environments in production, from the answers of the tree.
fn production(tree: &Tree) -> Vec<(String, String)> {
    let answers: Value = serde_yaml::from_str(&tree[".flux-forge/answers.yaml"]).unwrap();
    let clusters = answers["clusters"].as_sequence().unwrap().iter();
    clusters
        .filter(|cluster| at(cluster, "production").and_then(Value::as_bool) == Some(true))
        .map(|cluster| (text(cluster, "name").to_owned(), text(cluster, "environment").to_owned()))
        .collect()
}

/// `5m` in seconds.
fn seconds(duration: &str) -> u64 {
    let (number, unit) = duration.split_at(duration.len().saturating_sub(1));
    let factor = match unit {
        "h" => 3600,
        "m" => 60,
        _ => 1,
    };
    number.parse::<u64>().unwrap_or_default() * factor
}

fn trees() -> BTreeMap<String, Tree> {
    let tree = |rendered: flux_forge::blueprint::Rendered| {
        rendered
            .files
            .into_iter()
            .map(|(path, file)| (path, String::from_utf8(file.content).unwrap()))
            .collect()
    };
    all_examples().into_iter().map(|(name, rendered)| (name, tree(rendered))).collect()
}

/// The examples pass `check`; with `old` replaced by `new` in the file at `path` of the first they do not.
fn proved(check: Check, defects: &[(&str, &str, &str)]) {
    for (name, tree) in trees() {
        assert_eq!(check(&tree), Vec::<String>::new(), "{name}");
    }
    for (path, old, new) in defects {
        let mut tree = trees().remove("monorepo/two-clusters").unwrap();
        let file = tree.get_mut(*path).unwrap_or_else(|| panic!("no {path}"));
        assert!(file.contains(old), "{path} has no {old}");
        *file = file.replace(old, new);
        assert_ne!(check(&tree), Vec::<String>::new(), "{path}: {old} => {new} goes unseen");
    }
}

fn is_production(tree: &Tree, cluster: &str) -> bool {
    production(tree).iter().any(|(name, _)| name == cluster)
}
