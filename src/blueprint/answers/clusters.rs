//! The clusters and the environments that they belong to, in the order of promotion.

use super::names::{Name, field, made, unknown};
use super::raw::{Field, Problem, Raw, RawValue};

/// What the question `clusters` takes.
pub(super) const ACCEPTED: &str = "a list of clusters in the order of promotion, each with `name` and `environment` and, for production, \
     `production: true`; as one text `NAME=ENVIRONMENT, NAME=ENVIRONMENT*` with `*` for production";
const NAME: &str = "lower-case letters, digits and hyphens, at most 40, beginning and ending with a letter or \
     digit, and none of `base`, `local`, `update`, `flux-system`";
const ORDER: &str = "at least one cluster that is not production, and its environment first: production takes what was tried \
     there";
const FIELDS: &[&str] = &["name", "environment", "production"];
const LABEL: Name = Name { max: 40, reserved: &["base", "local", "update", "flux-system"], accepted: NAME };

/// One cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Names its folder below `clusters/`.
    pub name: String,
    /// Names the overlay below `apps/`.
    pub environment: String,
    /// Whether it follows releases instead of the main branch.
    pub production: bool,
}

/// Reads `NAME=ENVIRONMENT, NAME=ENVIRONMENT*` into the form of the answers file.
fn from_text(text: &str, place: &str) -> Vec<Raw> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(|item| from_item(&Raw::text(item, place))).collect()
}

/// Reads one `NAME=ENVIRONMENT`; what is not of this form stays as it is.
fn from_item(item: &Raw) -> Raw {
    let RawValue::Text(text) = &item.value else { return item.clone() };
    let Some((name, environment)) = text.split_once('=') else { return item.clone() };
    let place = &item.place;
    let environment = environment.trim();
    let starless = environment.strip_suffix('*');
    let value = RawValue::Map(vec![
        made("name", RawValue::Text(name.trim().into()), place),
        made("environment", RawValue::Text(starless.unwrap_or(environment).trim_end().into()), place),
        made("production", RawValue::Bool(starless.is_some(), String::new()), place),
    ]);
    Raw { value, place: place.clone() }
}

/// Reads an answer; every problem is reported.
pub(super) fn read(raw: &Raw) -> Result<Vec<Cluster>, Vec<Problem>> {
    let list = match &raw.value {
        RawValue::List(items) => items.iter().map(from_item).collect(),
        RawValue::Text(text) => from_text(text, &raw.place),
        _ => return Err(vec![raw.problem("clusters", format!("is {}", raw.kind()), ACCEPTED)]),
    };
    if list.is_empty() {
        return Err(vec![raw.problem("clusters", "is empty", ACCEPTED)]);
    }
    let mut problems = Vec::new();
    let mut clusters = Vec::new();
    for (index, item) in list.iter().enumerate() {
        match cluster(item, &format!("clusters[{index}]")) {
            Ok(cluster) => clusters.push(cluster),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        problems = together(&list, &clusters, raw);
    }
    if problems.is_empty() { Ok(clusters) } else { Err(problems) }
}

fn cluster(item: &Raw, key: &str) -> Result<Cluster, Vec<Problem>> {
    let fields = match &item.value {
        RawValue::Map(fields) => fields,
        RawValue::Text(text) => {
            return Err(vec![item.problem(
                key,
                format!("is `{text}`, which names no environment"),
                ACCEPTED,
            )]);
        }
        _ => return Err(vec![item.problem(key, format!("is {}", item.kind()), ACCEPTED)]),
    };
    let mut problems: Vec<_> = unknown(fields, key, FIELDS).collect();
    let mut label = |name: &str| match label(item, fields, key, name) {
        Ok(text) => text,
        Err(problem) => {
            problems.push(problem);
            String::new()
        }
    };
    let (name, environment) = (label("name"), label("environment"));
    let production = match field(fields, "production").map(|raw| (&raw.value, raw)) {
        None => false,
        Some((RawValue::Bool(value, _), _)) => *value,
        Some((_, raw)) => {
            let key = format!("{key}.production");
            problems.push(raw.problem(&key, format!("is {}", raw.kind()), "`true` or `false`"));
            false
        }
    };
    if problems.is_empty() { Ok(Cluster { name, environment, production }) } else { Err(problems) }
}

fn label(item: &Raw, fields: &[Field], key: &str, name: &str) -> Result<String, Problem> {
    match field(fields, name) {
        Some(raw) => LABEL.read(raw, &format!("{key}.{name}")),
        None => {
            Err(item.problem(key, format!("has no `{name}`"), "`name` and `environment` for each cluster"))
        }
    }
}

/// The rules between clusters.
fn together(list: &[Raw], clusters: &[Cluster], raw: &Raw) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, (item, cluster)) in list.iter().zip(clusters).enumerate() {
        let before = &clusters[..index];
        let key = format!("clusters[{index}]");
        if before.iter().any(|other| other.name == cluster.name) {
            let message = format!("is a second cluster named `{}`", cluster.name);
            problems.push(item.problem(&key, message, "a name for each cluster that no other one has"));
        }
        let elsewhere = clusters.iter().find(|other| {
            other.name != cluster.name
                && other.environment == cluster.name
                && cluster.environment != cluster.name
        });
        if let Some(other) = elsewhere {
            let message =
                format!("is named `{}`, like the environment of the cluster `{}`", cluster.name, other.name);
            problems.push(item.problem(
                &key,
                message,
                "a name that is not the environment of another cluster",
            ));
        }
        let peer = before
            .iter()
            .find(|other| other.environment == cluster.environment && other.production != cluster.production);
        if let Some(peer) = peer {
            let (yes, no) = if cluster.production { (cluster, peer) } else { (peer, cluster) };
            let message = format!(
                "puts the environment `{}` into production with `{}` but not with `{}`",
                cluster.environment, yes.name, no.name
            );
            problems.push(item.problem(&key, message, "environments that are production as a whole"));
        }
    }
    if clusters.iter().all(|cluster| cluster.production) {
        problems.push(raw.problem("clusters", "has production clusters only", ORDER));
    } else if let Some(first) = clusters.first().filter(|cluster| cluster.production) {
        let message = format!("begins with the production cluster `{}`", first.name);
        problems.push(raw.problem("clusters", message, ORDER));
    }
    problems
}
