//! JSON patches (RFC 6902), as kustomize applies them.
//!
//! A port of gopkg.in/evanphx/json-patch.v4: indices may be negative, `replace` adds a key that is missing to a mapping,
//! `test` takes a missing key for null, and what stands before the first slash of a path is not looked at.

use serde_json::Value;

use super::dialect::whole_numbers;

/// The operations of a patch.
#[derive(Clone, Debug)]
pub(super) struct Operations(Vec<Value>);

impl Operations {
    /// Takes the value of a patch; null has no operations.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self(Vec::new())),
            Value::Array(items) if items.iter().all(|item| item.is_object() || item.is_null()) => {
                Ok(Self(items))
            }
            _ => Err("a JSON patch is a list of operations".to_owned()),
        }
    }

    /// Whether there is nothing to do.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does all of it, in order.
    pub(super) fn apply(&self, document: &mut Value) -> Result<(), String> {
        for (index, operation) in self.0.iter().enumerate() {
            let name = operation.get("op").and_then(Value::as_str).unwrap_or("unknown");
            perform(name, operation, document)
                .map_err(|why| format!("operation {index} (`{name}`): {why}"))?;
        }
        whole_numbers(document);
        Ok(())
    }
}

fn perform(name: &str, operation: &Value, document: &mut Value) -> Result<(), String> {
    let text = |key: &str| {
        let text = operation.get(key).and_then(Value::as_str);
        text.ok_or_else(|| format!("it has no `{key}`"))
    };
    let value = operation.get("value");
    match name {
        "add" => add(document, text("path")?, value.cloned().unwrap_or_default()),
        "remove" => take(document, text("path")?).map(drop),
        "replace" => replace(document, text("path")?, value),
        "move" => {
            let from = text("from")?;
            let moved = get(document, from)?.cloned().unwrap_or_default();
            take(document, from)?;
            add(document, text("path")?, moved)
        }
        "copy" => {
            let copied = get(document, text("from")?)?.cloned().unwrap_or_default();
            add(document, text("path")?, copied)
        }
        "test" => test(document, text("path")?, value),
        _ => Err("there is no such operation".to_owned()),
    }
}

fn test(document: &mut Value, path: &str, value: Option<&Value>) -> Result<(), String> {
    let expected = value.unwrap_or(&Value::Null);
    let found = if path.is_empty() { Some(&*document) } else { get(document, path)? };
    if found.unwrap_or(&Value::Null) == expected {
        return Ok(());
    }
    Err(format!("`{path}` is not what is expected there"))
}

fn replace(document: &mut Value, path: &str, value: Option<&Value>) -> Result<(), String> {
    let value = value.cloned().unwrap_or_default();
    if path.is_empty() {
        if !value.is_object() && !value.is_array() {
            return Err("the whole object cannot be replaced by a scalar".to_owned());
        }
        *document = value;
        return Ok(());
    }
    let (container, key) = container(document, path)?;
    match container {
        Value::Object(map) => drop(map.insert(key, value)),
        Value::Array(list) => {
            let index = index(&key, list.len(), path)?;
            list[index] = value;
        }
        _ => return Err(missing(path)),
    }
    Ok(())
}

fn add(document: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let (container, key) = container(document, path)?;
    match container {
        Value::Object(map) => drop(map.insert(key, value)),
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => {
            let index = index(&key, list.len() + 1, path)?;
            list.insert(index, value);
        }
        _ => return Err(missing(path)),
    }
    Ok(())
}

fn take(document: &mut Value, path: &str) -> Result<Value, String> {
    let (container, key) = container(document, path)?;
    match container {
        Value::Object(map) => map.shift_remove(&key).ok_or_else(|| missing(path)),
        Value::Array(list) => {
            let index = index(&key, list.len(), path)?;
            Ok(list.remove(index))
        }
        _ => Err(missing(path)),
    }
}

/// The value at `path`; `None` where a mapping lacks the last key.
fn get<'d>(document: &'d mut Value, path: &str) -> Result<Option<&'d Value>, String> {
    let (container, key) = container(document, path)?;
    match container {
        Value::Object(map) => Ok(map.get(&key)),
        Value::Array(list) => {
            let index = index(&key, list.len(), path)?;
            Ok(Some(&list[index]))
        }
        _ => Err(missing(path)),
    }
}

/// What holds the last part of `path`, and that part.
fn container<'d>(document: &'d mut Value, path: &str) -> Result<(&'d mut Value, String), String> {
    let parts: Vec<String> = path.split('/').skip(1).map(decode).collect();
    let (key, parents) = parts.split_last().ok_or_else(|| missing(path))?;
    let mut found = document;
    for part in parents {
        found = match found {
            Value::Object(map) => map.get_mut(part).ok_or_else(|| missing(path))?,
            Value::Array(list) => {
                let index = index(part, list.len(), path)?;
                &mut list[index]
            }
            _ => return Err(missing(path)),
        };
    }
    if found.is_object() || found.is_array() { Ok((found, key.clone())) } else { Err(missing(path)) }
}

/// An index of a list of `length`; a negative one counts from the end.
fn index(key: &str, length: usize, path: &str) -> Result<usize, String> {
    let number: i64 = key.parse().map_err(|_| format!("`{key}` in `{path}` is no index of a list"))?;
    let index = if number < 0 {
        length.checked_sub(usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX))
    } else {
        usize::try_from(number).ok()
    };
    index.filter(|index| *index < length).ok_or_else(|| format!("`{path}` leads out of a list"))
}

fn decode(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn missing(path: &str) -> String {
    format!("there is no `{path}`")
}
