//! Strategic merge, as kustomize does it.
//!
//! A port of what kubernetes-sigs/kustomize does in kyaml/yaml/merge2 and kyaml/yaml/walk with new items in front of old
//! ones (`MergeOptionsListPrepend`). Where that differs from the API server it is kept, since only equal results count:
//! `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys` are fields like any other, and `$patch: replace` on
//! an item of a merged list has no effect.

use serde_json::{Map, Value};

use super::associative;
use super::id::text;
use super::schema::Schema;

const DIRECTIVE: &str = "$patch";

/// What became of a value.
pub(super) struct Merged {
    /// The value; `None` where it is gone.
    pub(super) value: Option<Value>,
    /// It is the old value, changed in its place, not one of the patch.
    pub(super) kept: bool,
}

/// What a directive in a patch asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// `object` with `patch` merged into it; `None` where the patch deletes it.
///
/// A patch that is to replace the whole object has no effect: `ApplyFilter` in kubernetes-sigs/kustomize
/// api/resource/resource.go looks only at whether there is a result.
pub(super) fn merge(object: &Value, patch: &Value) -> Result<Option<Value>, String> {
    let merged = merge_values(Some(object.clone()), Some(patch), Schema::default())?;
    Ok(merged.value.map(|value| if merged.kept { value } else { object.clone() }))
}

/// Merges `new` into `old`, either of which may be missing.
pub(super) fn merge_values(
    old: Option<Value>,
    new: Option<&Value>,
    schema: Schema,
) -> Result<Merged, String> {
    let schema = schema.or_of(&[old.as_ref(), new]);
    let first = [old.as_ref(), new].into_iter().flatten().find(|value| !value.is_null());
    let shape = first.map(Shape::of);
    if let (Some(shape), Some(new)) = (shape, new)
        && !new.is_null()
        && Shape::of(new) != shape
    {
        return Err(format!("the patch has {} where the object has {}", Shape::of(new).word(), shape.word()));
    }
    match shape {
        Some(Shape::Map) => merge_maps(old, new, schema),
        Some(Shape::List) if schema.merge_keys().is_some() => merge_lists(old, new, schema),
        Some(Shape::List | Shape::Scalar) => {
            let kept = new.is_none();
            let value = new.cloned().or(old).filter(|value| !value.is_null());
            Ok(Merged { value, kept })
        }
        // A null that stands in the object stays, one in the patch removes.
        None => Ok(Merged { value: if new.is_none() { old } else { None }, kept: true }),
    }
}

fn merge_maps(old: Option<Value>, new: Option<&Value>, schema: Schema) -> Result<Merged, String> {
    let gone = Ok(Merged { value: None, kept: false });
    let Some(Value::Object(mut map)) = old else {
        // Nothing there yet: a directive that is none is a field.
        let Some(Value::Object(new)) = new else { return gone };
        let mut new = new.clone();
        return match take_directive(&mut new).unwrap_or(Directive::Merge) {
            Directive::Delete => gone,
            Directive::Merge | Directive::Replace => {
                Ok(Merged { value: Some(Value::Object(adopt_fields(new, schema)?)), kept: false })
            }
        };
    };
    let mut new = match new {
        Some(Value::Object(new)) => new.clone(),
        Some(_) => return gone,
        None => Map::new(),
    };
    match take_directive(&mut new)? {
        Directive::Delete => return gone,
        Directive::Replace => {
            return Ok(Merged { value: Some(Value::Object(adopt_fields(new, schema)?)), kept: false });
        }
        Directive::Merge => {}
    }
    let added: Vec<String> = new.keys().filter(|key| !map.contains_key(*key)).cloned().collect();
    let keys: Vec<String> = map.keys().cloned().chain(added).collect();
    for key in keys {
        let old = map.get_mut(&key).map(Value::take);
        let merged =
            merge_values(old, new.get(&key), schema.field(&key)).map_err(|why| within(&key, &why))?;
        match merged.value {
            Some(value) => drop(map.insert(key, value)),
            None => drop(map.shift_remove(&key)),
        }
    }
    Ok(Merged { value: Some(Value::Object(map)), kept: true })
}

fn merge_lists(old: Option<Value>, new: Option<&Value>, schema: Schema) -> Result<Merged, String> {
    let mut new = match new {
        Some(Value::Array(new)) => Some(new.clone()),
        Some(_) => return Ok(Merged { value: None, kept: false }),
        None => None,
    };
    let merged = match (old, &mut new) {
        (Some(Value::Array(old)), new) => {
            let directive = new.as_mut().map_or(Ok(Directive::Merge), take_list_directive)?;
            match (directive, new) {
                (Directive::Delete, _) => return Ok(Merged { value: None, kept: false }),
                (Directive::Replace, Some(new)) => associative::adopt(std::mem::take(new), schema)?,
                (_, new) => associative::merge(old, new.as_deref(), schema)?,
            }
        }
        (_, Some(new)) => associative::adopt(std::mem::take(new), schema)?,
        (_, None) => return Ok(Merged { value: None, kept: false }),
    };
    Ok(Merged { value: Some(Value::Array(merged)), kept: false })
}

/// A value of the patch that comes where nothing was: directives in it are obeyed, nulls in it are dropped.
pub(super) fn adopt(value: Value, schema: Schema) -> Result<Option<Value>, String> {
    let schema = schema.or_of(&[Some(&value)]);
    Ok(match value {
        Value::Null => None,
        Value::Object(mut map) => match take_directive(&mut map)? {
            Directive::Delete => None,
            Directive::Merge | Directive::Replace => Some(Value::Object(adopt_fields(map, schema)?)),
        },
        Value::Array(mut list) if schema.merge_keys().is_some() => match take_list_directive(&mut list)? {
            Directive::Delete => None,
            Directive::Merge | Directive::Replace => Some(Value::Array(associative::adopt(list, schema)?)),
        },
        other => Some(other),
    })
}

fn adopt_fields(map: Map<String, Value>, schema: Schema) -> Result<Map<String, Value>, String> {
    let mut adopted = Map::new();
    for (key, value) in map {
        if let Some(value) = adopt(value, schema.field(&key)).map_err(|why| within(&key, &why))? {
            adopted.insert(key, value);
        }
    }
    Ok(adopted)
}

/// Takes the directive out of a map; fails where it is none that is known, and leaves it then.
fn take_directive(map: &mut Map<String, Value>) -> Result<Directive, String> {
    let Some(value) = map.get(DIRECTIVE) else { return Ok(Directive::Merge) };
    let directive = directive(&text(value))?;
    map.shift_remove(DIRECTIVE);
    Ok(directive)
}

/// Takes the directive out of a list: an item with nothing else in it.
fn take_list_directive(list: &mut Vec<Value>) -> Result<Directive, String> {
    let Some(item) = list.iter().filter_map(Value::as_object).find(|item| item.contains_key(DIRECTIVE))
    else {
        return Ok(Directive::Merge);
    };
    if item.len() > 1 {
        return Ok(Directive::Merge);
    }
    let value = text(&item[DIRECTIVE]).into_owned();
    let directive = directive(&value)?;
    associative::set(list, None, &[DIRECTIVE], &[value])?;
    Ok(directive)
}

fn directive(value: &str) -> Result<Directive, String> {
    match value {
        "merge" => Ok(Directive::Merge),
        "replace" => Ok(Directive::Replace),
        "delete" => Ok(Directive::Delete),
        _ => Err(format!("`$patch: {value}` is no directive of a strategic merge patch")),
    }
}

fn within(key: &str, why: &str) -> String {
    match why.strip_prefix("at `") {
        Some(rest) => format!("at `{key}.{rest}"),
        None => format!("at `{key}`: {why}"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Map,
    List,
    Scalar,
}

impl Shape {
    const fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Map,
            Value::Array(_) => Self::List,
            _ => Self::Scalar,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Map => "a mapping",
            Self::List => "a list",
            Self::Scalar => "a scalar",
        }
    }
}
