//! Which lists of which objects a strategic merge patch merges, and by what keys.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::id::{kind, text};

type Definitions = HashMap<&'static str, HashMap<&'static str, Field>>;

/// A field of a definition that is, or leads to, a list that is merged.
#[derive(Debug)]
struct Field {
    /// The definition of its value, or of its items.
    definition: Option<&'static str>,
    /// The keys of its items, where it is a list that is merged; none for a list of scalars.
    keys: Option<Vec<&'static str>>,
}

struct Table {
    definitions: Definitions,
    objects: HashMap<(&'static str, &'static str), &'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { definitions: HashMap::new(), objects: HashMap::new() };
    for line in include_str!("data/merge_lists.txt").lines().filter(|line| !line.starts_with('#')) {
        let (head, fields) = line.split_once(": ").expect("a definition has fields");
        let (name, objects) = head.split_once(" (").unwrap_or((head, ""));
        let objects = objects.trim_end_matches(')').split(", ").filter_map(|object| object.split_once(' '));
        table.objects.extend(objects.map(|object| (object, name)));
        table.definitions.insert(name, fields.split(' ').map(field).collect());
    }
    table
});

/// `name=definition`, `name[key,key]` or `name[key]=definition`.
fn field(text: &'static str) -> (&'static str, Field) {
    let (left, definition) = match text.split_once('=') {
        Some((left, definition)) => (left, Some(definition)),
        None => (text, None),
    };
    let (name, keys) = match left.split_once('[') {
        Some((name, keys)) => {
            let keys = keys.trim_end_matches(']').split(',').filter(|key| !key.is_empty()).collect();
            (name, Some(keys))
        }
        None => (left, None),
    };
    (name, Field { definition, keys })
}

/// What is known of a value; nothing of one in a custom resource.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Schema {
    definition: Option<&'static str>,
    keys: Option<&'static [&'static str]>,
}

impl Schema {
    /// The schema of the first of `values` that says its version and kind, unless one is known already.
    pub(super) fn or_of(self, values: &[Option<&Value>]) -> Self {
        if self.definition.is_some() || self.keys.is_some() {
            return self;
        }
        let known = values.iter().flatten().find_map(|value| {
            let version = value.get("apiVersion").map(text)?;
            TABLE.objects.get(&(version.as_ref(), kind(value).as_ref())).copied()
        });
        Self { definition: known, keys: None }
    }

    /// The schema of a field of an object.
    pub(super) fn field(self, name: &str) -> Self {
        let fields = self.definition.and_then(|definition| TABLE.definitions.get(definition));
        fields.and_then(|fields| fields.get(name)).map_or_else(Self::default, |field| Self {
            definition: field.definition,
            keys: field.keys.as_deref(),
        })
    }

    /// The schema of the items of a list.
    pub(super) const fn items(self) -> Self {
        Self { definition: self.definition, keys: None }
    }

    /// The keys by which a list is merged, none of them for a list of scalars; `None` for a list that is replaced.
    pub(super) const fn merge_keys(self) -> Option<&'static [&'static str]> {
        self.keys
    }
}
