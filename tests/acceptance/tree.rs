//! The rendered files as the controllers read them: YAML documents, folders built by kustomize.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::value::{at, list, merge, patch_operations, text};

/// Everything that one set of answers gives.
pub(super) struct Tree {
    pub(super) files: BTreeMap<String, String>,
    /// Folders of the repositories, the fleet's first; the empty text where there is only one.
    pub(super) repositories: Vec<String>,
    /// The documents of every YAML file.
    documents: BTreeMap<String, Vec<Value>>,
}

/// An object with the file that it comes from.
#[derive(Clone)]
pub(super) struct Object {
    pub(super) value: Value,
    pub(super) file: String,
    /// What applies it: kind, namespace and name.
    pub(super) by: String,
}

/// What a kustomization.yaml may hold here.
const KNOWN: [&str; 5] = ["apiVersion", "kind", "resources", "patches", "configMapGenerator"];

impl Tree {
    pub(super) fn new(files: BTreeMap<String, String>, repositories: Vec<String>) -> Result<Self, String> {
        let yaml = files.iter().filter(|(path, _)| path.ends_with(".yaml") || path.ends_with(".yml"));
        let parsed = yaml.map(|(path, text)| Ok((path.clone(), parse(path, text)?)));
        let documents = parsed.collect::<Result<_, String>>()?;
        Ok(Self { files, repositories, documents })
    }

    pub(super) fn fleet(&self) -> &str {
        &self.repositories[0]
    }

    /// The YAML files with their documents.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.documents.iter().flat_map(|(path, values)| values.iter().map(|value| (path.as_str(), value)))
    }

    /// The first document of a file.
    pub(super) fn document(&self, path: &str) -> &Value {
        self.documents.get(path).and_then(|values| values.first()).unwrap_or(&Value::Null)
    }

    /// What a folder holds once kustomize, or Flux for it, has built it.
    pub(super) fn build(&self, folder: &str) -> Result<Vec<Object>, String> {
        let file = join(folder, "kustomization.yaml");
        if !self.files.contains_key(&file) {
            return self.generate(folder);
        }
        let kustomization = self.document(&file);
        let unknown = kustomization
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .find(|key| !KNOWN.contains(&key.as_str()));
        if let Some(key) = unknown {
            return Err(format!("{file}: `{key}` is not understood by this test"));
        }
        let mut objects = Vec::new();
        for resource in list(kustomization, "resources") {
            let path = join(folder, resource.as_str().unwrap_or_default());
            if self.files.contains_key(&path) {
                objects.extend(self.objects(&path));
            } else {
                objects.extend(self.build(&path)?);
            }
        }
        for generator in list(kustomization, "configMapGenerator") {
            objects.push(self.config_map(&file, folder, generator)?);
        }
        for patch in list(kustomization, "patches") {
            self.patch(folder, patch, &mut objects).map_err(|problem| format!("{file}: {problem}"))?;
        }
        Ok(objects)
    }

    /// A folder without kustomization.yaml: all manifests below it, inner kustomizations built.
    fn generate(&self, folder: &str) -> Result<Vec<Object>, String> {
        let inside = format!("{folder}/");
        let mut objects = Vec::new();
        let mut built: Vec<String> = Vec::new();
        let below = self.files.range(inside.clone()..).take_while(|(path, _)| path.starts_with(&inside));
        for (path, _) in below.filter(|(path, _)| path.ends_with(".yaml")) {
            if built.iter().any(|folder| path.starts_with(folder)) {
                continue;
            }
            let inner = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if self.files.contains_key(&join(inner, "kustomization.yaml")) {
                objects.extend(self.build(inner)?);
                built.push(format!("{inner}/"));
            } else {
                objects.extend(self.objects(path));
            }
        }
        if objects.is_empty() { Err(format!("{folder}: there is nothing to apply")) } else { Ok(objects) }
    }

    fn objects(&self, path: &str) -> impl Iterator<Item = Object> {
        let values = self.documents.get(path).into_iter().flatten();
        values.map(move |value| Object { value: value.clone(), file: path.to_owned(), by: String::new() })
    }

    fn config_map(&self, file: &str, folder: &str, generator: &Value) -> Result<Object, String> {
        let mut data = Map::new();
        for entry in list(generator, "files").iter().filter_map(Value::as_str) {
            let (key, path) = entry.split_once('=').ok_or_else(|| format!("{file}: {entry}"))?;
            let content = self.files.get(&join(folder, path)).ok_or_else(|| format!("{file}: no {path}"))?;
            data.insert(key.into(), content.as_str().into());
        }
        let labels = at(generator, "options.labels").cloned().unwrap_or_default();
        let metadata = serde_json::json!({"name": generator["name"], "namespace": generator["namespace"], "labels": labels});
        let value =
            serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data});
        Ok(Object { value, file: file.to_owned(), by: String::new() })
    }

    fn patch(&self, folder: &str, patch: &Value, objects: &mut [Object]) -> Result<(), String> {
        let inline = patch.get("patch").and_then(Value::as_str);
        let content: Value = match (inline, patch.get("path").and_then(Value::as_str)) {
            (Some(text), _) => parse("patch", text)?.into_iter().next().unwrap_or_default(),
            (None, Some(path)) => self.document(&join(folder, path)).clone(),
            _ => return Err("a patch without content".into()),
        };
        let target = patch.get("target").cloned().unwrap_or_else(
            || serde_json::json!({"kind": content["kind"], "name": text(&content, "metadata.name")}),
        );
        apply(&target, &content, objects)
    }
}

/// Applies a patch to the objects of kind and name of `target`; there must be one.
pub(super) fn apply(target: &Value, patch: &Value, objects: &mut [Object]) -> Result<(), String> {
    let fits = |object: &&mut Object| {
        text(&object.value, "kind") == text(target, "kind")
            && (target.get("name").is_none() || text(&object.value, "metadata.name") == text(target, "name"))
    };
    let mut targets = objects.iter_mut().filter(fits).peekable();
    if targets.peek().is_none() {
        return Err(format!("a patch hits nothing: {target}"));
    }
    targets.try_for_each(|object| match patch {
        Value::Array(operations) => patch_operations(&mut object.value, operations),
        patch => {
            merge(&mut object.value, patch);
            Ok(())
        }
    })
}

/// The documents of a YAML text.
pub(super) fn parse(path: &str, text: &str) -> Result<Vec<Value>, String> {
    use serde::Deserialize as _;
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    let values = documents.collect::<Result<Vec<_>, _>>().map_err(|error| format!("{path}: {error}"))?;
    Ok(values.into_iter().filter(|value| !value.is_null()).collect())
}

/// `path` as seen from `folder`.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match part {
            ".." => parts.truncate(parts.len().saturating_sub(1)),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
