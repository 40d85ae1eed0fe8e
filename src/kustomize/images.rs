//! Images of containers, replaced by `images` of a kustomization.
//!
//! A port of kubernetes-sigs/kustomize api/filters/imagetag and api/internal/image. It is done twice there, once in all
//! lists called `containers` and once at known paths, and so it is here: a suffix is added twice.

use serde::Deserialize;
use serde_json::Value;

use super::fields::{Leaf, known};
use super::id::{kind, text};
use super::object::Object;
use super::pattern::compile;

/// An item of `images`: which image, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Image {
    /// The name of the image, which kustomize takes for a pattern.
    pub name: String,
    /// The new name, if any.
    pub new_name: String,
    /// What is added to the tag.
    pub tag_suffix: String,
    /// The new tag, if any.
    pub new_tag: String,
    /// The new digest, if any.
    pub digest: String,
}

/// Replaces an image in all objects and tells which objects have it.
pub(super) fn replace(objects: &mut [Object], image: &Image) -> Result<Vec<usize>, String> {
    let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", image.name);
    let pattern = compile(&pattern).map_err(|_| format!("the image name `{}` is no pattern", image.name))?;
    let mut found = Vec::new();
    for (index, object) in objects.iter_mut().enumerate() {
        if kind(&object.value) == "CustomResourceDefinition" {
            continue;
        }
        let mut is_there = false;
        let mut set = |place: &mut Value| {
            if place.is_object() || place.is_array() {
                return Err("an image is no text".to_owned());
            }
            if pattern.is_match(&text(place)) {
                is_there = true;
                *place = Value::String(image.apply(&text(place)));
            }
            Ok(())
        };
        let mut run = || -> Result<(), String> {
            in_containers(&mut object.value, &mut set)?;
            known("images").iter().try_for_each(|spec| spec.each(&mut object.value, Leaf::Never, &mut set))
        };
        run().map_err(|why| format!("{why}, in {}", object.id()))?;
        if is_there {
            found.push(index);
        }
    }
    Ok(found)
}

/// Calls `set` with the image of every item of every list called `containers` or `initContainers`.
fn in_containers(
    value: &mut Value,
    set: &mut dyn FnMut(&mut Value) -> Result<(), String>,
) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| in_containers(item, set)),
        Value::Object(map) => map.iter_mut().try_for_each(|(key, value)| {
            in_containers(value, set)?;
            let Value::Array(items) = value else { return Ok(()) };
            if key != "containers" && key != "initContainers" {
                return Ok(());
            }
            items.iter_mut().try_for_each(|item| match item {
                Value::Object(map) => map.get_mut("image").map_or(Ok(()), &mut *set),
                Value::Null => Ok(()),
                _ => Err("a container is no mapping".to_owned()),
            })
        }),
        _ => Ok(()),
    }
}

impl Image {
    /// The image that takes the place of `old`.
    pub fn apply(&self, old: &str) -> String {
        let (name, tag, digest) = split(old);
        let name = if self.new_name.is_empty() { name } else { &self.new_name };
        let mut tag = tag.to_owned();
        let mut digest = digest;
        match (self.new_tag.as_str(), self.digest.as_str()) {
            ("", "") => {
                if !self.tag_suffix.is_empty() {
                    tag.push_str(&self.tag_suffix);
                    digest = "";
                }
            }
            (new_tag, new_digest) => {
                new_tag.clone_into(&mut tag);
                digest = new_digest;
            }
        }
        let tag = if tag.is_empty() { tag } else { format!(":{tag}") };
        let digest = if digest.is_empty() { String::new() } else { format!("@{digest}") };
        format!("{name}{tag}{digest}")
    }
}

/// Name, tag and digest of an image.
fn split(image: &str) -> (&str, &str, &str) {
    let searched = image.find('/').filter(|at| *at > 0).unwrap_or(0);
    let at = |mark: char| image[searched..].find(mark).map(|index| index + searched);
    match (at(':'), at('@')) {
        (None, None) => (image, "", ""),
        (colon, Some(sign)) if colon.is_none_or(|colon| sign < colon) => {
            (&image[..sign], "", &image[sign + 1..])
        }
        (Some(colon), Some(sign)) => (&image[..colon], &image[colon + 1..sign], &image[sign + 1..]),
        (Some(colon), None) => (&image[..colon], &image[colon + 1..], ""),
        (None, Some(_)) => unreachable!("without a colon, the digest is all there is"),
    }
}
