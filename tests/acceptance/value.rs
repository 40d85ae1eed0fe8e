//! Reading and changing values.

use serde_json::Value;

/// The value at a path of keys with dots between; none of the keys holds a dot.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

pub(super) fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn is_true(value: &Value, path: &str) -> bool {
    at(value, path) == Some(&Value::Bool(true))
}

pub(super) fn label<'v>(value: &'v Value, key: &str) -> &'v str {
    at(value, "metadata.labels").and_then(|labels| labels.get(key)?.as_str()).unwrap_or_default()
}

pub(super) fn annotation<'v>(value: &'v Value, key: &str) -> &'v str {
    at(value, "metadata.annotations").and_then(|all| all.get(key)?.as_str()).unwrap_or_default()
}

/// Whether `value` is an object of a kind of an API group; the core group is the empty text.
pub(super) fn is(value: &Value, group: &str, kind: &str) -> bool {
    let version = text(value, "apiVersion");
    let own = version.rsplit_once('/').map_or("", |(group, _)| group);
    own == group && text(value, "kind") == kind
}

/// `1h30m` in seconds; 0 where it is no duration.
pub(super) fn seconds(duration: &str) -> u64 {
    let (mut total, mut number) = (0, 0);
    for character in duration.chars() {
        match (character, character.to_digit(10)) {
            (_, Some(digit)) => number = number * 10 + u64::from(digit),
            ('h', _) => total += std::mem::take(&mut number) * 3600,
            ('m', _) => total += std::mem::take(&mut number) * 60,
            ('s', _) => total += std::mem::take(&mut number),
            _ => return 0,
        }
    }
    total
}

/// Lays `patch` over `value`, key by key (JSON merge patch, RFC 7396).
pub(super) fn merge(value: &mut Value, patch: &Value) {
    match (value, patch) {
        (Value::Object(value), Value::Object(patch)) => {
            for (key, patch) in patch {
                if patch.is_null() {
                    value.remove(key);
                } else {
                    merge(value.entry(key.as_str()).or_insert(Value::Null), patch);
                }
            }
        }
        (value, Value::Object(_)) => {
            *value = serde_json::json!({});
            merge(value, patch);
        }
        (value, patch) => *value = patch.clone(),
    }
}

/// Carries out a JSON patch (RFC 6902) that adds to, replaces in and removes from mappings.
pub(super) fn patch_operations(value: &mut Value, operations: &[Value]) -> Result<(), String> {
    for operation in operations {
        let (above, key) = text(operation, "path").rsplit_once('/').ok_or("a path without a slash")?;
        let fields = value.pointer_mut(above).and_then(Value::as_object_mut);
        let fields = fields.ok_or_else(|| format!("a patch of a field in nothing: {operation}"))?;
        match text(operation, "op") {
            "add" => drop(fields.insert(key.into(), operation["value"].clone())),
            "replace" if fields.contains_key(key) => {
                drop(fields.insert(key.into(), operation["value"].clone()))
            }
            "remove" if fields.contains_key(key) => drop(fields.remove(key)),
            _ => return Err(format!("a patch that does not apply: {operation}")),
        }
    }
    Ok(())
}

/// Every text in `value`, with the key that it stands at, or that its list stands at.
pub(super) fn leaves(value: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    collect("", value, &mut found);
    found
}

fn collect<'v>(key: &'v str, value: &'v Value, found: &mut Vec<(&'v str, &'v Value)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(key, value, found)),
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, found)),
        value => found.push((key, value)),
    }
}

/// Changes every text in `value`.
pub(super) fn each_text(
    value: &mut Value,
    change: &mut dyn FnMut(&str) -> Result<Value, String>,
) -> Result<(), String> {
    match value {
        Value::String(text) => {
            *value = change(text)?;
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| each_text(item, change)),
        Value::Object(fields) => fields.values_mut().try_for_each(|field| each_text(field, change)),
        _ => Ok(()),
    }
}
