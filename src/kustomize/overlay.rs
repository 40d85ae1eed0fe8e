//! A folder with what Flux lays over it: the fields of `spec` in a Kustomization that applies the folder.
//!
//! Flux writes these fields into the kustomization file of the folder before kustomize builds it, and makes such a file
//! where there is none: `kustomize/kustomize_generator.go` of fluxcd/pkg.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::accumulate::Builder;
use super::failure::Failure;
use super::fields::{Leaf, set_entry};
use super::kustomization::{Entry, Kustomization, PatchEntry};
use super::object::Object;
use super::path::{file_in, is_remote, join};
use super::read::{self, NAMES};
use super::selector::Selector;
use super::{Action, Build, Image, finish};
use crate::place::Place;
use crate::repo::Repo;

/// Builds `folder` as Flux does for a Kustomization with this `spec`, which stands at `place`.
///
/// Of the spec these fields count: `patches`, `patchesStrategicMerge`, `patchesJson6902`, `images`, `targetNamespace`,
/// `namePrefix`, `nameSuffix`, `components`, `ignoreMissingComponents` and `commonMetadata`. Where the folder has no
/// kustomization, all YAML files below it are built that `repo` holds, so it has to hold all.
///
/// # Errors
/// As [`super::build`].
pub fn build_with(repo: &Repo, folder: &str, spec: &Value, place: &Place) -> Result<Build, Failure> {
    let folder = join("", folder).unwrap_or_else(|| folder.to_owned());
    let mut builder = Builder::new(repo);
    let (mut kustomization, has_origins) = match builder.find_kustomization(&folder)? {
        Some((path, text)) => {
            let kustomization = read::read(&path, &text, true)?;
            let has_origins =
                !kustomization.resources.iter().any(|entry| entry.field.starts_with("resources"));
            (kustomization, has_origins)
        }
        None => (generated(repo, &folder), false),
    };
    let overlay = Overlay { spec, place };
    overlay.lay(&builder, &folder, &mut kustomization)?;
    let mut objects = builder.build(&folder, kustomization, Vec::new())?;
    if has_origins {
        objects
            .iter_mut()
            .try_for_each(|object| add_origin(object, &folder))
            .map_err(|message| overlay.failure(message))?;
    }
    let metadata = spec.get("commonMetadata");
    for (key, action) in [("labels", Action::Labels as fn(_) -> _), ("annotations", Action::Annotations)] {
        let Some(Value::Object(pairs)) = metadata.and_then(|metadata| metadata.get(key)) else { continue };
        let pairs = texts(pairs);
        let entry = overlay.entry((), format!("spec.commonMetadata.{key}"));
        builder.change(&entry, action(pairs.clone()), &mut objects, |objects| {
            objects.iter_mut().try_for_each(|object| add_metadata(object, key, &pairs))
        })?;
    }
    finish(builder, objects)
}

struct Overlay<'o> {
    spec: &'o Value,
    place: &'o Place,
}

impl Overlay<'_> {
    fn failure(&self, message: impl Into<String>) -> Failure {
        Failure::at(self.place.clone(), message)
    }

    fn entry<T>(&self, value: T, field: String) -> Entry<T> {
        Entry { value, field, place: self.place.clone() }
    }

    fn word(&self, key: &str) -> Option<Entry<String>> {
        let word = self.spec.get(key).and_then(Value::as_str).filter(|word| !word.is_empty())?;
        Some(self.entry(word.to_owned(), format!("spec.{key}")))
    }

    fn items(&self, key: &str) -> impl Iterator<Item = (String, &Value)> {
        let items = self.spec.get(key).and_then(Value::as_array);
        let field = move |(index, item)| (format!("spec.{key}[{index}]"), item);
        items.into_iter().flatten().enumerate().map(field).collect::<Vec<_>>().into_iter()
    }

    /// `GenerateManifest`
    fn lay(&self, builder: &Builder<'_>, folder: &str, onto: &mut Kustomization) -> Result<(), Failure> {
        onto.namespace = self.word("targetNamespace").or(onto.namespace.take());
        onto.prefix = self.word("namePrefix").or(onto.prefix.take());
        onto.suffix = self.word("nameSuffix").or(onto.suffix.take());
        for (field, item) in self.items("patches") {
            onto.patches.push(self.entry(patch(text_at(item, "patch"), item.get("target")), field));
        }
        for (field, item) in self.items("components") {
            let path = item.as_str().unwrap_or_default();
            if is_remote(path) || path.starts_with('/') {
                return Err(self.failure(format!("the component `{path}` must be local and relative")));
            }
            if self.spec.get("ignoreMissingComponents") == Some(&Value::Bool(true)) {
                let there = join(folder, path).map(|path| builder.find_kustomization(&path)).transpose()?;
                if there.flatten().is_none() {
                    continue;
                }
            }
            onto.components.push(self.entry(path.to_owned(), field));
        }
        for (field, item) in self.items("patchesStrategicMerge") {
            onto.merge_patches.push(self.entry(patch(item.to_string(), None), field));
        }
        for (field, item) in self.items("patchesJson6902") {
            let text = item.get("patch").map(ToString::to_string).unwrap_or_default();
            onto.json_patches.push(self.entry(patch(text, item.get("target")), field));
        }
        for (field, item) in self.items("images") {
            let image = Image {
                name: text_at(item, "name"),
                new_name: text_at(item, "newName"),
                new_tag: text_at(item, "newTag"),
                digest: text_at(item, "digest"),
                tag_suffix: String::new(),
            };
            let own = onto.images.iter_mut().find(|own| own.value.name == image.name);
            let Some(own) = own else {
                onto.images.push(self.entry(image, field));
                continue;
            };
            if !image.new_name.is_empty() {
                own.value.new_name = image.new_name;
            }
            if !image.new_tag.is_empty() || !image.digest.is_empty() {
                own.value.new_tag = image.new_tag;
                own.value.digest = image.digest;
            }
        }
        Ok(())
    }
}

fn text_at(item: &Value, key: &str) -> String {
    item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn patch(patch: String, target: Option<&Value>) -> PatchEntry {
    let selector = |target: &Value| Selector {
        group: text_at(target, "group"),
        version: text_at(target, "version"),
        kind: text_at(target, "kind"),
        name: text_at(target, "name"),
        namespace: text_at(target, "namespace"),
        label_selector: Some(text_at(target, "labelSelector")).filter(|text| !text.is_empty()),
        annotation_selector: Some(text_at(target, "annotationSelector")).filter(|text| !text.is_empty()),
    };
    let target = target.filter(|target| target.is_object()).map(selector);
    PatchEntry { patch, target, ..PatchEntry::default() }
}

/// What Flux generates for a folder without a kustomization: all manifests below it, and each folder with a kustomization
/// as a whole.
fn generated(repo: &Repo, folder: &str) -> Kustomization {
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let below: Vec<&str> = repo.files.keys().filter_map(|path| path.strip_prefix(&start)).collect();
    let split =
        |path: &'_ str| path.rsplit_once('/').map(|(folder, name)| (folder.to_owned(), name.to_owned()));
    let whole: BTreeSet<String> = below
        .iter()
        .filter_map(|path| split(path))
        .filter(|(_, name)| NAMES.contains(&name.as_str()))
        .map(|(folder, _)| folder)
        .collect();
    let outermost = |path: &str| {
        let ends = path.match_indices('/').map(|(at, _)| at);
        ends.map(|at| &path[..at]).find(|folder| whole.contains(*folder)).map(str::to_owned)
    };
    let mut resources: BTreeSet<Vec<String>> = BTreeSet::new();
    for path in below {
        let resource = outermost(path).or_else(|| {
            let is_manifest = path.ends_with(".yaml") || path.ends_with(".yml");
            is_manifest.then(|| path.to_owned())
        });
        // They are walked part by part, which is another order than that of the paths as text.
        resources.extend(resource.map(|path| path.split('/').map(str::to_owned).collect()));
    }
    let path = file_in(folder, NAMES[0]);
    let entry = |(index, parts): (usize, Vec<String>)| Entry {
        value: format!("./{}", parts.join("/")),
        field: format!("resources[{index}]"),
        place: Place::file(&path),
    };
    Kustomization {
        resources: resources.into_iter().enumerate().map(entry).collect(),
        ..Kustomization::default()
    }
}

/// Notes where an object is from: Flux asks kustomize for this where the kustomization has no `resources`.
///
/// kubernetes-sigs/kustomize api/resource/origin.go
fn add_origin(object: &mut Object, folder: &str) -> Result<(), String> {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = object.written.path.split('/').collect();
    let common = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    let path = [vec![".."; from.len() - common], to[common..].to_vec()].concat().join("/");
    let pair = ("config.kubernetes.io/origin".to_owned(), format!("path: {path}\n"));
    add_metadata(object, "annotations", &[pair])
}

fn add_metadata(object: &mut Object, key: &str, pairs: &[(String, String)]) -> Result<(), String> {
    let spec = super::fields::FieldSpec {
        path: format!("metadata/{key}"),
        create: true,
        ..super::fields::FieldSpec::default()
    };
    spec.each(&mut object.value, Leaf::Map, &mut |place| {
        pairs.iter().try_for_each(|(key, value)| set_entry(place, key, value))
    })
}

fn texts(pairs: &Map<String, Value>) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}
