//! Objects on their way through a build.

use serde_json::{Map, Value};

use super::dialect;
use super::failure::Failure;
use super::id::{Id, kind, text};
use super::schema::Schema;
use crate::place::Place;
use crate::yaml::{self, Document, Node, NodeKind, Scalar, Step};

/// Documents that lists in one file may bring: more than any manifest has.
const MOST_ITEMS: usize = 100_000;

/// An object of a build.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The object as it is built.
    pub value: Value,
    /// Where it comes from.
    pub written: Written,
    /// The steps that selected it, in order: indices of [`super::Build::steps`].
    pub steps: Vec<usize>,
    /// The ids that it had, oldest first, as far as kustomize remembers them: patches may call it by these too.
    pub(super) previous: Vec<Id>,
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    /// Where a null is written as nothing at all; the first strategic merge removes it.
    blanks: Vec<Vec<Step>>,
}

/// Where an object is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file, below the root.
    pub path: String,
    /// Index of the document in the file.
    pub document: usize,
    /// The document. An object may be one item of the list that stands there.
    pub place: Place,
}

/// An object as a text has it.
pub(super) struct Manifest {
    pub(super) value: Value,
    pub(super) document: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    blanks: Vec<Vec<Step>>,
}

impl Object {
    /// An object that nothing was done to yet.
    pub const fn new(value: Value, written: Written) -> Self {
        Self {
            value,
            written,
            steps: Vec::new(),
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            blanks: Vec::new(),
        }
    }

    /// Its id as it is now.
    pub fn id(&self) -> Id {
        Id::of(&self.value)
    }

    /// The id that it was written with, as far as kustomize remembers it.
    pub fn original_id(&self) -> Id {
        self.previous_ids().next().unwrap_or_else(|| self.id())
    }

    /// The ids that it had before, oldest first. Group and version are those of today.
    pub(super) fn previous_ids(&self) -> impl Iterator<Item = Id> {
        let now = self.id();
        self.previous.iter().map(move |id| Id {
            group: now.group.clone(),
            version: now.version.clone(),
            ..id.clone()
        })
    }

    /// Whether it has, or had, an id that `matches`.
    pub(super) fn any_id(&self, matches: impl Fn(&Id) -> bool) -> bool {
        self.previous_ids().any(|id| matches(&id)) || matches(&self.id())
    }

    /// Remembers the id that it has now.
    pub(super) fn remember(&mut self) {
        let mut id = self.id();
        id.namespace = Some(id.effective_namespace().to_owned());
        self.previous.push(id);
    }

    /// Labels or annotations, as text.
    pub(super) fn metadata(&self, key: &str) -> impl Iterator<Item = (&str, std::borrow::Cow<'_, str>)> {
        let map = self.value.get("metadata").and_then(|meta| meta.get(key)).and_then(Value::as_object);
        map.into_iter().flatten().map(|(key, value)| (key.as_str(), text(value)))
    }

    /// Removes the nulls that a strategic merge does not find worth keeping.
    pub(super) fn drop_blanks(&mut self) {
        let schema = Schema::default().or_of(&[Some(&self.value)]);
        for route in std::mem::take(&mut self.blanks) {
            drop_blank(&mut self.value, &route, schema);
        }
    }

    /// From now on all nulls are alike.
    pub(super) fn keep_blanks(&mut self) {
        self.blanks.clear();
    }

    /// Annotations as kustomize writes them in the end: all of them strings, or none at all.
    ///
    /// `SetAnnotations` in kyaml/yaml/rnode.go, which the end of each build calls.
    pub(super) fn settle_annotations(&mut self) {
        settle_texts(&mut self.value, "annotations");
    }
}

/// Turns labels or annotations into strings, and removes them where there are none.
pub(super) fn settle_texts(value: &mut Value, key: &str) {
    let Some(Value::Object(meta)) = value.get_mut("metadata") else { return };
    match meta.get_mut(key) {
        Some(Value::Object(map)) if !map.is_empty() => {
            for value in map.values_mut().filter(|value| !value.is_string()) {
                let text = if value.is_null() { "null".to_owned() } else { text(value).into_owned() };
                *value = Value::String(text);
            }
        }
        Some(_) => drop(meta.shift_remove(key)),
        None => {}
    }
}

/// Sets a text in `metadata`, or removes it.
pub(super) fn set_metadata(value: &mut Value, key: &str, text: Option<&str>) {
    let Value::Object(map) = value else { return };
    let meta = map.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(meta) = meta else { return };
    match text {
        Some(text) => drop(meta.insert(key.to_owned(), Value::String(text.to_owned()))),
        None => drop(meta.shift_remove(key)),
    }
}

/// The objects in a file.
pub(super) fn objects(path: &str, content: &str) -> Result<Vec<Object>, Failure> {
    let manifests = manifests(content).map_err(|problem| {
        Failure::at(Place::new(path, content, problem.offset..problem.offset), problem.message)
    })?;
    let object = |manifest: Manifest| {
        let place = Place::new(path, content, manifest.start..manifest.end);
        let written = Written { path: path.to_owned(), document: manifest.document, place };
        Object { blanks: manifest.blanks, ..Object::new(manifest.value, written) }
    };
    Ok(manifests.into_iter().map(object).collect())
}

/// The objects in a text, lists replaced by their items.
///
/// `RNodesFromBytes` in kubernetes-sigs/kustomize api/resource/factory.go.
pub(super) fn manifests(text: &str) -> Result<Vec<Manifest>, yaml::Problem> {
    let mut queue = std::collections::VecDeque::new();
    for document in &yaml::parse(text).documents {
        let Some(value) = dialect::value(document)? else { continue };
        if is_nothing(&value) {
            continue;
        }
        let (start, end) = (document.range.start, document.range.end);
        let blanks = blanks(document);
        let manifest = Manifest { value, document: document.index, start, end, blanks };
        validate(&manifest.value).map_err(|message| yaml::Problem { message, offset: start })?;
        queue.push_back(manifest);
    }
    let mut manifests = Vec::new();
    while let Some(mut manifest) = queue.pop_front() {
        let refuse = |message: &str| yaml::Problem { message: message.to_owned(), offset: manifest.start };
        let items = match manifest.value.get_mut("items").map(Value::take) {
            Some(items) if kind(&manifest.value).ends_with("List") => items,
            Some(items) => {
                manifest.value["items"] = items;
                manifests.push(manifest);
                continue;
            }
            None => {
                manifests.push(manifest);
                continue;
            }
        };
        let items = match items {
            Value::Array(items) => items,
            Value::Null => continue,
            _ => return Err(refuse("the `items` of a list are no list")),
        };
        if manifests.len() + queue.len() + items.len() > MOST_ITEMS {
            return Err(refuse("its lists have too many items"));
        }
        let (document, start, end) = (manifest.document, manifest.start, manifest.end);
        for value in items.into_iter().filter(|item| !is_nothing(item)) {
            validate(&value).map_err(|message| refuse(&message))?;
            queue.push_back(Manifest { value, document, start, end, blanks: Vec::new() });
        }
    }
    Ok(manifests)
}

/// What kustomize skips: nothing, an empty mapping or an empty list.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// What kustomize asks of every object.
///
/// `GetValidatedMetadata` in kyaml/yaml/rnode.go.
pub(super) fn validate(value: &Value) -> Result<(), String> {
    if !value.is_object() {
        return Err("this is no object".to_owned());
    }
    let kind = kind(value);
    if kind.is_empty() {
        return Err("the object has no `kind`".to_owned());
    }
    let name = value.get("metadata").and_then(|meta| meta.get("name")).map(text).unwrap_or_default();
    if name.is_empty() && !kind.ends_with("List") {
        return Err("the object has no `metadata.name`".to_owned());
    }
    Ok(())
}

/// Routes to the entries of mappings that have no value at all.
fn blanks(document: &Document<'_>) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    if let Some(node) = document.node() {
        find_blanks(node, &mut Vec::new(), &mut found);
    }
    found
}

fn find_blanks(node: &Node<'_>, route: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    for entry in node.entries() {
        let Some(key) = entry.key_text() else { continue };
        route.push(Step::Key(key.to_owned()));
        match &entry.value.kind {
            NodeKind::Scalar { text, .. } if text.is_empty() => {
                if entry.value.scalar() == Some(Scalar::Null) {
                    found.push(route.clone());
                }
            }
            _ => find_blanks(&entry.value, route, found),
        }
        route.pop();
    }
    for (index, item) in node.items().iter().enumerate() {
        route.push(Step::Index(index));
        find_blanks(item, route, found);
        route.pop();
    }
}

/// Removes the null at `route`, unless it is in a list that a strategic merge does not look into.
fn drop_blank(value: &mut Value, route: &[Step], schema: Schema) {
    match (route, value) {
        ([Step::Key(key)], Value::Object(map)) if map.get(key).is_some_and(Value::is_null) => {
            map.shift_remove(key);
        }
        ([Step::Key(key), rest @ ..], Value::Object(map)) => {
            if let Some(value) = map.get_mut(key) {
                let schema = schema.field(key).or_of(&[Some(value)]);
                drop_blank(value, rest, schema);
            }
        }
        ([Step::Index(index), rest @ ..], Value::Array(list)) if schema.merge_keys().is_some() => {
            if let Some(value) = list.get_mut(*index) {
                drop_blank(value, rest, schema.items());
            }
        }
        _ => {}
    }
}
