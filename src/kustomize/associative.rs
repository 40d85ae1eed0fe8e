//! Lists whose items are told apart by keys, as kustomize merges them.
//!
//! A port of `kyaml/yaml/walk/associative_sequence.go` and of `ElementSetter` in `kyaml/yaml/fns.go`
//! (kubernetes-sigs/kustomize), with what they do to items that lack a key.

use serde_json::Value;

use super::id::text;
use super::merge::{adopt as adopt_value, merge_values};
use super::schema::Schema;

/// The values of an item at the keys of its list, empty where it has none.
type Values = Vec<String>;

/// Merges the items of a patch into a list; new items come first.
pub(super) fn merge(old: Vec<Value>, new: Option<&[Value]>, schema: Schema) -> Result<Vec<Value>, String> {
    Walk { old, new: Patch::Other(new.unwrap_or_default()), schema }.run()
}

/// A list of a patch that comes where none was: it is merged with itself.
pub(super) fn adopt(list: Vec<Value>, schema: Schema) -> Result<Vec<Value>, String> {
    Walk { old: list, new: Patch::Itself, schema }.run()
}

/// Where the items come from that are merged in.
#[derive(Clone, Copy)]
enum Patch<'p> {
    /// The list itself.
    Itself,
    /// Another one, which may be empty.
    Other(&'p [Value]),
}

struct Walk<'p> {
    old: Vec<Value>,
    new: Patch<'p>,
    schema: Schema,
}

impl Walk<'_> {
    fn run(mut self) -> Result<Vec<Value>, String> {
        let keys = match self.schema.merge_keys() {
            Some(keys) if !keys.is_empty() => keys,
            _ => &[""],
        };
        let mut all: Vec<Values> = Vec::new();
        let new = if let Patch::Other(new) = self.new { new } else { &[] };
        for item in new.iter().chain(&self.old) {
            let values: Values = keys.iter().map(|key| value_at(item, key)).collect();
            if !all.contains(&values) {
                all.push(values);
            }
        }
        if keys.len() > 1 {
            unite(&mut all);
        }
        let mut items = Vec::new();
        let mut valid: Vec<&str> = Vec::new();
        for index in 0..all.len() {
            let (found, values) = valid_keys(&all, &all[index], keys);
            valid = found;
            let merged = self.item(&valid, &values)?;
            match merged.filter(|value| !is_empty(value)) {
                Some(value) => set(&mut items, Some(value), &valid, &values)?,
                None => set(&mut self.old, None, &valid, &values)?,
            }
        }
        if all.is_empty() { Ok(self.old) } else { append(items, self.old, &valid) }
    }

    /// The item with these values, merged; the change is made in the old list too, where the old item is kept.
    fn item(&mut self, keys: &[&str], values: &[String]) -> Result<Option<Value>, String> {
        let own = [values.to_vec()];
        let (keys, values) = valid_keys(&own, values, keys);
        let old = position(&self.old, &keys, &values);
        let (mut value, kept) = match self.new {
            Patch::Itself => match old {
                Some(old) => (adopt_value(self.old[old].clone(), self.schema.items())?, true),
                None => (None, false),
            },
            Patch::Other(new) => {
                let new = position(new, &keys, &values).map(|index| &new[index]);
                let merged =
                    merge_values(old.map(|index| self.old[index].clone()), new, self.schema.items())?;
                (merged.value, merged.kept)
            }
        };
        if let Some(Value::Object(map)) = &mut value
            && !map.is_empty()
        {
            for (key, value) in keys.iter().zip(&values).filter(|(_, value)| !value.is_empty()) {
                map.entry(*key).or_insert_with(|| Value::String(value.clone()));
            }
        }
        if let (true, Some(old), Some(value)) = (kept, old, &value) {
            self.old[old] = value.clone();
        }
        Ok(value)
    }
}

/// Puts the old items behind the merged ones; one with the keys of a merged one takes its place.
fn append(mut items: Vec<Value>, old: Vec<Value>, keys: &[&str]) -> Result<Vec<Value>, String> {
    for item in old {
        if keys.first().is_some_and(|key| key.is_empty()) {
            let value = text(&item).into_owned();
            set(&mut items, Some(item), &[""], &[value])?;
            continue;
        }
        let mut values = Vec::new();
        for key in keys {
            match item.get(key) {
                Some(value) => values.push(text(value).into_owned()),
                None => items.push(item.clone()),
            }
        }
        if keys.len() > 1 {
            set(&mut items, None, keys, &values)?;
        }
        set(&mut items, Some(item), keys, &values)?;
    }
    Ok(items)
}

/// Replaces the items that have these values, or removes them without `item`; where there is none, `item` is appended.
pub(super) fn set(
    list: &mut Vec<Value>,
    item: Option<Value>,
    keys: &[&str],
    values: &[String],
) -> Result<(), String> {
    let by_mapping = keys.first().is_some_and(|key| !key.is_empty())
        && values.first().is_some_and(|value| !value.is_empty());
    let (mut result, mut is_there) = (Vec::with_capacity(list.len() + 1), false);
    for old in list.drain(..).filter(|old| !is_empty(old)) {
        if by_mapping && !old.is_object() {
            result.push(old);
        } else if has_values(&old, keys, values)? {
            is_there = true;
            result.extend(item.clone());
        } else if !values.is_empty() {
            result.push(old);
        }
    }
    if !is_there {
        result.extend(item);
    }
    *list = result;
    Ok(())
}

/// Null or a mapping without fields, which no list of this kind may hold.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn has_values(item: &Value, keys: &[&str], values: &[String]) -> Result<bool, String> {
    let mut found = false;
    for (index, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(index) {
            found = if key.is_empty() {
                if item.is_object() || item.is_array() {
                    return Err("a list of scalars has an item that is none".to_owned());
                }
                text(item) == value.as_str()
            } else if let Some(map) = item.as_object() {
                map.get(*key).is_some_and(|own| value.is_empty() || text(own) == value.as_str())
            } else {
                return Err("a list of mappings has an item that is none".to_owned());
            };
        }
        if !found {
            return Ok(false);
        }
    }
    Ok(found)
}

/// The first item with these values.
fn position(list: &[Value], keys: &[&str], values: &[String]) -> Option<usize> {
    list.iter().position(|item| {
        keys.iter().zip(values).all(|(key, value)| {
            let own = if key.is_empty() { Some(item) } else { item.get(*key) };
            own.is_some_and(|own| text(own) == value.as_str())
        })
    })
}

fn value_at(item: &Value, key: &str) -> String {
    let value = if key.is_empty() { Some(item) } else { item.get(key) };
    value.map(text).unwrap_or_default().into_owned()
}

/// The keys that any of `all` has a value for, with the values of one of them; all keys where none has.
fn valid_keys<'k>(all: &[Values], values: &[String], keys: &[&'k str]) -> (Vec<&'k str>, Values) {
    let is_valid =
        |index: usize| all.iter().any(|values| values.get(index).is_some_and(|value| !value.is_empty()));
    if !(0..keys.len()).any(is_valid) {
        return (keys.to_vec(), values.to_vec());
    }
    let valid: Vec<usize> = (0..keys.len()).filter(|index| is_valid(*index)).collect();
    let values = valid.iter().filter_map(|index| values.get(*index).cloned()).collect();
    (valid.into_iter().map(|index| keys[index]).collect(), values)
}

/// Takes values for the same that differ only where one of them is empty.
fn unite(all: &mut [Values]) {
    for one in 0..all.len() {
        // The values to compare with are read once, those compared are read anew each time, as in the original.
        let first = all[one].clone();
        for other in 0..all.len() {
            if let Some(united) = united(&first, &all[other]) {
                all[one].clone_from(&united);
                all[other] = united;
            }
        }
    }
}

fn united(one: &[String], other: &[String]) -> Option<Values> {
    let mut is_common = false;
    let mut values = Vec::new();
    for (one, other) in one.iter().zip(other) {
        if one == other {
            is_common = true;
        } else if !one.is_empty() && !other.is_empty() {
            return None;
        }
        values.push(if one.is_empty() { other.clone() } else { one.clone() });
    }
    is_common.then_some(values)
}
