//! A kustomization file, read into what it asks for and where each piece of it stands.

use std::ops::Range;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::images::Image;
use super::kustomization::{Entry, Kustomization, Labels, Pairs, PatchEntry, Replica};
use crate::place::Place;
use crate::yaml::{self, Node};

/// Names of kustomization files. A folder has one of them.
///
/// kubernetes-sigs/kustomize api/konfig/general.go
pub(super) const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that are not evaluated, in the order in which kustomize comes to them.
const UNSUPPORTED: [&str; 15] = [
    "openapi",
    "configurations",
    "crds",
    "configMapGenerator",
    "secretGenerator",
    "helmGlobals",
    "helmCharts",
    "helmChartInflationGenerator",
    "generators",
    "replacements",
    "transformers",
    "validators",
    "vars",
    "buildMetadata",
    "generatorOptions",
];

/// Fields that are read here.
const KNOWN: [&str; 17] = [
    "apiVersion",
    "kind",
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "namespace",
    "namePrefix",
    "nameSuffix",
    "labels",
    "commonLabels",
    "commonAnnotations",
    "images",
    "imageTags",
    "replicas",
];

/// Those of them that make or rename objects, so that objects may be missing afterwards.
const MAKERS: [&str; 6] = [
    "configMapGenerator",
    "secretGenerator",
    "helmCharts",
    "helmChartInflationGenerator",
    "generators",
    "transformers",
];

/// The fields as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Fields {
    api_version: String,
    kind: String,
    resources: Vec<String>,
    bases: Vec<String>,
    components: Vec<String>,
    patches: Vec<PatchEntry>,
    patches_strategic_merge: Vec<String>,
    #[serde(rename = "patchesJson6902")]
    patches_json_6902: Vec<PatchEntry>,
    namespace: String,
    name_prefix: String,
    name_suffix: String,
    labels: Vec<Labels>,
    common_labels: Pairs,
    common_annotations: Pairs,
    images: Vec<Image>,
    image_tags: Vec<Image>,
    replicas: Vec<Replica>,
}

/// Reads the kustomization in the file at `path`; with `lenient`, it may be empty and its fields may be unknown.
///
/// kubernetes-sigs/kustomize api/types/kustomization.go
pub(super) fn read(path: &str, text: &str, lenient: bool) -> Result<Kustomization, Failure> {
    let stream = yaml::parse(text);
    let failure =
        |message: String, offset: usize| Failure::at(Place::new(path, text, offset..offset), message);
    let Some(document) = stream.documents.first() else { return empty(path, lenient) };
    let value = document.to_json().map_err(|problem| failure(problem.message, problem.offset))?;
    let Some(mut value) = value.filter(|value| !value.is_null()) else { return empty(path, lenient) };
    strip_nulls(&mut value);
    let Value::Object(map) = &mut value else {
        return Err(failure("a kustomization is a mapping".to_owned(), document.range.start));
    };
    let is_set = |(key, value): (&String, &Value)| key != "apiVersion" && key != "kind" && value != "";
    if !map.iter().any(is_set) && !lenient {
        return empty(path, lenient);
    }
    let sites = Sites { path, text, root: document.node() };
    let unsupported = take_unsupported(map, &sites);
    if lenient {
        map.retain(|key, _| KNOWN.contains(&key.as_str()));
    }
    let fields: Fields = serde_json::from_value(value).map_err(|error| {
        failure(format!("the kustomization cannot be read: {error}"), document.range.start)
    })?;
    let mut kustomization = fields.place(&sites).map_err(|message| failure(message, document.range.start))?;
    kustomization.unsupported = unsupported;
    Ok(kustomization)
}

/// Whether a field that is not evaluated may make objects.
pub(super) fn makes_objects(field: &str) -> bool {
    MAKERS.contains(&field)
}

fn empty(path: &str, lenient: bool) -> Result<Kustomization, Failure> {
    if lenient {
        return Ok(Kustomization::default());
    }
    Err(Failure::at(Place::file(path), "the kustomization is empty"))
}

/// Where the fields stand.
struct Sites<'s> {
    path: &'s str,
    text: &'s str,
    root: Option<&'s Node<'s>>,
}

impl Sites<'_> {
    fn place(&self, field: &str, index: Option<usize>) -> Place {
        let node = self.root.and_then(|root| root.get(field));
        let item = index.and_then(|index| node.and_then(|node| node.items().get(index)));
        let range: Option<Range<usize>> = item.or(node).map(|node| node.range.clone());
        range.map_or_else(|| Place::file(self.path), |range| Place::new(self.path, self.text, range))
    }

    fn one<T>(&self, field: &str, value: T) -> Entry<T> {
        Entry { value, field: field.to_owned(), place: self.place(field, None) }
    }

    fn all<T>(&self, field: &str, values: Vec<T>) -> Vec<Entry<T>> {
        let entry = |(index, value)| Entry {
            value,
            field: format!("{field}[{index}]"),
            place: self.place(field, Some(index)),
        };
        values.into_iter().enumerate().map(entry).collect()
    }

    fn word(&self, field: &str, value: String) -> Option<Entry<String>> {
        (!value.is_empty()).then(|| self.one(field, value))
    }
}

fn take_unsupported(map: &mut Map<String, Value>, sites: &Sites<'_>) -> Vec<Entry<String>> {
    let mut found = Vec::new();
    for field in UNSUPPORTED {
        match map.shift_remove(field) {
            Some(Value::Array(items)) => {
                found.extend(sites.all(field, items.iter().map(|_| field.to_owned()).collect()));
            }
            // It says how generators work, and each of them has an entry of its own.
            Some(_) if field == "generatorOptions" => {}
            Some(_) => found.push(sites.one(field, field.to_owned())),
            None => {}
        }
    }
    // These change nothing that is built: what the kustomization is called, and the order of the result.
    map.shift_remove("metadata");
    map.shift_remove("sortOptions");
    found
}

impl Fields {
    fn place(self, sites: &Sites<'_>) -> Result<Kustomization, String> {
        let is_component = match (self.kind.as_str(), self.api_version.as_str()) {
            ("Kustomization" | "", "kustomize.config.k8s.io/v1beta1" | "") => false,
            ("Component", "kustomize.config.k8s.io/v1alpha1" | "") => true,
            (kind, version) => return Err(format!("`{kind}` of `{version}` is no kustomization")),
        };
        let merge_patch = |patch| PatchEntry { patch, ..PatchEntry::default() };
        let mut kustomization = Kustomization {
            is_component,
            resources: sites.all("resources", self.resources),
            components: sites.all("components", self.components),
            merge_patches: sites.all(
                "patchesStrategicMerge",
                self.patches_strategic_merge.into_iter().map(merge_patch).collect(),
            ),
            patches: sites.all("patches", self.patches),
            json_patches: sites.all("patchesJson6902", self.patches_json_6902),
            namespace: sites.word("namespace", self.namespace),
            prefix: sites.word("namePrefix", self.name_prefix),
            suffix: sites.word("nameSuffix", self.name_suffix),
            labels: sites.all("labels", self.labels),
            replicas: sites.all("replicas", self.replicas),
            images: sites.all("images", self.images),
            ..Kustomization::default()
        };
        kustomization.resources.extend(sites.all("bases", self.bases));
        kustomization.images.extend(sites.all("imageTags", self.image_tags));
        if !self.common_labels.is_empty() {
            let labels = Labels { pairs: self.common_labels, include_selectors: true, ..Labels::default() };
            kustomization.labels.push(sites.one("commonLabels", labels));
        }
        if !self.common_annotations.is_empty() {
            kustomization.annotations = Some(sites.one("commonAnnotations", self.common_annotations));
        }
        Ok(kustomization)
    }
}

/// A field that is null is not there, as everywhere in Kubernetes; pairs keep theirs, which are empty.
fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            let plain = |key: &str| !matches!(key, "pairs" | "commonLabels" | "commonAnnotations");
            map.iter_mut().filter(|(key, _)| plain(key)).for_each(|(_, value)| strip_nulls(value));
        }
        Value::Array(items) => items.iter_mut().for_each(strip_nulls),
        _ => {}
    }
}
