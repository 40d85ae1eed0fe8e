//! What names mean while a part is rendered: the items of the lists that it is repeated for.

use std::fmt::Write;

use serde_json::Value;

use super::manifest::{Names, loops};
use crate::error::{Error, Kind, Result};

/// Names bound to places in the data, the innermost last.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    bound: Vec<(String, Vec<String>)>,
}

impl Scope {
    /// The names and the keys and indices that lead to what they mean.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Vec<String>)> {
        self.bound.iter().map(|(name, path)| (name.as_str(), path))
    }

    /// The way from the root of the data to what the dotted `name` means.
    fn path(&self, name: &str) -> Vec<String> {
        let mut keys = name.split('.');
        let first = keys.next().unwrap_or_default();
        let bound = self.bound.iter().rev().find(|(known, _)| known == first);
        let mut path = bound.map_or_else(|| vec![first.to_owned()], |(_, path)| path.clone());
        path.extend(keys.map(str::to_owned));
        path
    }

    /// What the dotted `name` means in `data`.
    pub(super) fn find<'v>(&self, data: &'v Value, name: &str) -> Option<&'v Value> {
        at(data, &self.path(name))
    }

    /// What each name means in `data`.
    pub(super) fn values<'s, 'v>(&'s self, data: &'v Value) -> impl Iterator<Item = (&'s str, &'v Value)> {
        self.names().filter_map(move |(name, path)| Some((name, at(data, path)?)))
    }
}

fn at<'v>(data: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(data, |value, key| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    })
}

/// One scope for each time that something repeated by `each` comes up in `data`; none where a condition is false.
pub(super) fn scopes(
    what: &str,
    each: &serde_json::Map<String, Value>,
    when: &Names,
    data: &Value,
) -> Result<Vec<Scope>> {
    let mut all = vec![Scope::default()];
    for (item, list) in loops(each)? {
        let mut inner = Vec::new();
        for scope in &all {
            let path = scope.path(list);
            let items =
                at(data, &path).and_then(Value::as_array).ok_or_else(|| missing(what, list, "list"))?;
            for index in 0..items.len() {
                let mut bound = scope.clone();
                let place = path.iter().cloned().chain([index.to_string()]).collect();
                bound.bound.push((item.to_owned(), place));
                inner.push(bound);
            }
        }
        all = inner;
    }
    let mut kept = Vec::new();
    'scopes: for scope in all {
        for name in when.iter() {
            let value = scope.find(data, name).and_then(Value::as_bool);
            if !value.ok_or_else(|| missing(what, name, "truth value"))? {
                continue 'scopes;
            }
        }
        kept.push(scope);
    }
    Ok(kept)
}

fn missing(what: &str, name: &str, kind: &str) -> Error {
    let mut message = String::new();
    // Writing to a string cannot fail.
    let _ = write!(message, "part `{what}` names `{name}`, which is no {kind}");
    Error::new(Kind::Input, message)
}
