//! Fields by path in objects of some kinds, as kustomize's transformers find and make them.
//!
//! A port of kubernetes-sigs/kustomize api/filters/fieldspec/fieldspec.go.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::id::{group_version, kind};

/// A path in objects of some group, version and kind; empty words are any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FieldSpec {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) path: String,
    pub(super) create: bool,
}

/// What stands at the end of a path where it has to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Scalar,
    Map,
    /// Nothing is made.
    Never,
}

static TABLE: LazyLock<HashMap<&str, Vec<FieldSpec>>> =
    LazyLock::new(|| specs_by_heading(include_str!("data/field_specs.txt")).into_iter().collect());

/// Reads a table of specifications: under each heading, rows of path, `create`, group, version and kind.
pub(super) fn specs_by_heading(table: &'static str) -> Vec<(&'static str, Vec<FieldSpec>)> {
    let mut headings: Vec<(&str, Vec<FieldSpec>)> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix('[') {
            headings.push((heading.trim_end_matches(']'), Vec::new()));
            continue;
        }
        let words: Vec<&str> = line.split(' ').map(|word| if word == "*" { "" } else { word }).collect();
        let [path, create, group, version, kind] = words[..] else { unreachable!("a row has five words") };
        let [path, group, version, kind] = [path, group, version, kind].map(str::to_owned);
        let spec = FieldSpec { group, version, kind, path, create: create == "create" };
        headings.last_mut().expect("a heading comes first").1.push(spec);
    }
    headings
}

/// The fields that a transformer of kustomize writes.
pub(super) fn known(name: &str) -> &'static [FieldSpec] {
    TABLE.get(name).map_or(&[], Vec::as_slice)
}

impl FieldSpec {
    /// Whether it is for objects like this one.
    pub(super) fn is_for(&self, object: &Value) -> bool {
        let (group, version) = group_version(object);
        let is = |own: &str, other: &str| own.is_empty() || own == other;
        is(&self.kind, &kind(object)) && is(&self.group, &group) && is(&self.version, &version)
    }

    /// Calls `set` with each value at the path, made first where that is asked for.
    pub(super) fn each(
        &self,
        object: &mut Value,
        leaf: Leaf,
        set: &mut dyn FnMut(&mut Value) -> Result<(), String>,
    ) -> Result<(), String> {
        if !self.is_for(object) {
            return Ok(());
        }
        let path: Vec<&str> = self.path.split('/').filter(|part| !part.is_empty()).collect();
        let leaf = if self.create { leaf } else { Leaf::Never };
        walk(object, &path, leaf, set).map_err(|why| format!("{why}, at `{}`", self.path))
    }
}

fn walk(
    value: &mut Value,
    path: &[&str],
    leaf: Leaf,
    set: &mut dyn FnMut(&mut Value) -> Result<(), String>,
) -> Result<(), String> {
    let Some((part, rest)) = path.split_first() else { return set(value) };
    match value {
        Value::Null => Ok(()),
        // Lists on the way need no part of their own.
        Value::Array(items) => items.iter_mut().try_for_each(|item| walk(item, path, leaf, set)),
        Value::Object(map) => {
            let name = part.trim_end_matches("[]");
            let made = if name.len() < part.len() {
                map.get(name).is_some_and(Value::is_null).then(|| Value::Array(Vec::new()))
            } else {
                match (leaf, rest.is_empty()) {
                    (Leaf::Never, _) => None,
                    (Leaf::Scalar, true) => Some(Value::String(String::new())),
                    (Leaf::Map, true) | (_, false) => Some(Value::Object(Map::new())),
                }
            };
            if let Some(made) = made
                && map.get(name).is_none_or(Value::is_null)
            {
                map.insert(name.to_owned(), made);
            }
            map.get_mut(name).map_or(Ok(()), |value| walk(value, rest, leaf, set))
        }
        _ => Err("a mapping or a list is expected on the way".to_owned()),
    }
}

/// Sets a scalar; fails where something else stands there.
pub(super) fn set_scalar(place: &mut Value, value: Value) -> Result<(), String> {
    if place.is_object() || place.is_array() {
        return Err("a scalar is expected".to_owned());
    }
    *place = value;
    Ok(())
}

/// Sets an entry of a mapping; fails where something else stands there.
pub(super) fn set_entry(place: &mut Value, key: &str, value: &str) -> Result<(), String> {
    let Value::Object(map) = place else { return Err("a mapping is expected".to_owned()) };
    map.insert(key.to_owned(), Value::String(value.to_owned()));
    Ok(())
}
