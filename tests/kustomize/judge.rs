//! The real kustomize, where it is installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use flux_forge::kustomize::{Build, Failure, Id};
use flux_forge::repo::Repo;
use flux_forge::yaml;
use serde_json::Value;

/// What is built, by id.
pub(super) type Objects = BTreeMap<Id, Value>;

/// The kustomize of the variable `KUSTOMIZE`, or of `PATH`; where there is none, says so.
pub(super) fn kustomize() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("KUSTOMIZE") {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join("kustomize")).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: this test needs kustomize, in PATH or named by KUSTOMIZE");
    }
    found
}

/// What kustomize makes of a folder, or why it cannot.
pub(super) fn built_by(kustomize: &Path, folder: &Path) -> Result<Objects, String> {
    let output = Command::new(kustomize)
        .args(["build", "--load-restrictor", "LoadRestrictionsNone"])
        .arg(folder)
        .output()
        .expect("kustomize can be run");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).expect("kustomize prints text");
    Ok(objects_in(&text))
}

/// The objects in a text.
pub(super) fn objects_in(text: &str) -> Objects {
    let documents = yaml::parse(text).documents;
    let values = documents.iter().filter_map(|document| document.to_json().expect("it is well-formed"));
    values.map(|value| (Id::of(&value), value)).collect()
}

/// What we made of it.
pub(super) fn own(build: &Build) -> Objects {
    build.objects.iter().map(|object| (object.id(), object.value.clone())).collect()
}

/// How both differ, if they do.
pub(super) fn difference(own: &Result<Build, Failure>, theirs: &Result<Objects, String>) -> Option<String> {
    match (own, theirs) {
        (Ok(build), Ok(theirs)) => {
            let own = self::own(build);
            if own.len() != build.objects.len() {
                return Some("an id is there twice".to_owned());
            }
            let ids: std::collections::BTreeSet<&Id> = own.keys().chain(theirs.keys()).collect();
            let different = ids.into_iter().find(|id| own.get(id) != theirs.get(id))?;
            let shown = |objects: &Objects| {
                objects.get(different).map_or_else(
                    || "not there".to_owned(),
                    |value| serde_json::to_string_pretty(&sorted(value)).expect("a value can be printed"),
                )
            };
            let diff = similar::TextDiff::from_lines(shown(theirs), shown(&own)).unified_diff().to_string();
            Some(format!("{different} (-kustomize +ours)\n{diff}"))
        }
        (Err(_), Err(_)) => None,
        (Ok(_), Err(theirs)) => Some(format!("kustomize fails, we do not: {theirs}")),
        (Err(own), Ok(_)) => Some(format!("we fail, kustomize does not: {own}")),
    }
}

/// Folders with a kustomization file.
pub(super) fn folders(repo: &Repo) -> Vec<String> {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let split = |path: &str| {
        path.rsplit_once('/')
            .map_or((String::new(), path.to_owned()), |(folder, name)| (folder.to_owned(), name.to_owned()))
    };
    let paths = repo.files.keys().map(|path| split(path));
    paths.filter(|(_, name)| names.contains(&name.as_str())).map(|(folder, _)| folder).collect()
}

/// The value with its keys in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(map) => {
            let map: BTreeMap<&String, Value> = map.iter().map(|(key, value)| (key, sorted(value))).collect();
            map.into_iter().map(|(key, value)| (key.clone(), value)).collect::<serde_json::Map<_, _>>().into()
        }
        value => value.clone(),
    }
}
