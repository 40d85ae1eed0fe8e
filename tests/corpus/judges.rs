//! Two judges of an object: the validator of the program, and JSON Schema.
//!
//! What is at the newest version is judged by the schemas that others publish for it, what is at an older one by
//! schemas derived from its CRD. Where the two judges differ, the reason has to be in the list.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use flux_forge::flux::schema::{self, Whole, holds_substitution, validate};
use flux_forge::flux::{Index, Resource};
use flux_forge::yaml::{Route, Step};
use jsonschema::{Draft, Validator};
use serde_json::Value;

use crate::schema::oracle::{Oracle, strict_root};

/// Why a JSON Schema validator refuses what the program takes. Each of them occurs in the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// Flux replaces it before the API server sees it.
    Substitution,
}

/// Every known difference.
pub(super) const DIFFERENCES: [Difference; 1] = [Difference::Substitution];

/// Both judges, and what they said of each other.
pub(super) struct Judges<'a> {
    schemas: &'a Schemas,
    /// How often each difference was met.
    pub(super) met: BTreeMap<Difference, usize>,
    /// Differences that are not known.
    pub(super) unknown: Vec<String>,
    /// How many verdicts were given at the newest version, and how many at an older one.
    pub(super) given: (usize, usize),
}

/// The schemas of old versions and of the newest.
pub(super) struct Schemas {
    old: Oracle,
    newest: HashMap<[String; 3], Validator>,
}

impl Schemas {
    pub(super) fn new(crds: &Path, published: &Path) -> Self {
        let mut newest = HashMap::new();
        for facts in schema::all() {
            let name = format!("{}_{}.json", facts.kind.to_lowercase(), facts.version);
            let Ok(text) = std::fs::read_to_string(published.join(&facts.group).join(name)) else { continue };
            let text: Value = serde_json::from_str(&text).unwrap();
            let validator = jsonschema::options().with_draft(Draft::Draft7).build(&strict_root(&text));
            let id = [&facts.group, &facts.version, &facts.kind].map(Clone::clone);
            newest.insert(id, validator.unwrap());
        }
        assert!(newest.len() >= 19, "{} kinds at their newest version", newest.len());
        Self { old: Oracle::new(crds), newest }
    }
}

impl<'a> Judges<'a> {
    pub(super) const fn new(schemas: &'a Schemas) -> Self {
        Self { schemas, met: BTreeMap::new(), unknown: Vec::new(), given: (0, 0) }
    }

    /// Whether both take the object; `None` where neither knows its kind.
    pub(super) fn accept(&mut self, index: &Index<'_>, resource: &Resource) -> Option<bool> {
        let id = &resource.id;
        let facts = schema::facts(&id.group, &resource.version, &id.kind)?;
        let ours = validate(facts, index.node(resource), Whole::Object);
        let key = [&id.group, &resource.version, &id.kind].map(Clone::clone);
        let newest = self.schemas.newest.get(&key);
        let validator =
            newest.or_else(|| self.schemas.old.validator(&key)).expect("each version has a schema");
        let value = value_of(index, resource);
        let mut theirs = Vec::new();
        let mut known = Vec::new();
        for error in validator.iter_errors(&value) {
            match difference(error.instance()) {
                Some(difference) => known.push(difference),
                None => theirs.push(format!("{}: {error}", error.instance_path())),
            }
        }
        let given = if newest.is_some() { &mut self.given.0 } else { &mut self.given.1 };
        *given += 1;
        if ours.is_empty() != theirs.is_empty() {
            let path = index.file(resource).path;
            self.unknown.push(format!("{path}: {id} at {}: {ours:?}, {theirs:?}", resource.version));
        } else if ours.is_empty() {
            for difference in known {
                *self.met.entry(difference).or_default() += 1;
            }
        }
        Some(ours.is_empty() && theirs.is_empty())
    }
}

fn difference(instance: &Value) -> Option<Difference> {
    match instance {
        Value::String(text) if holds_substitution(text) => Some(Difference::Substitution),
        _ => None,
    }
}

/// The object as another parser reads it.
fn value_of(index: &Index<'_>, resource: &Resource) -> Value {
    let file = index.file(resource);
    let root = file.stream.documents[resource.document].node().expect("it has an object");
    // From the start of the line, so that indentation stays as it is.
    let start = file.text[..root.start].rfind('\n').map_or(0, |end| end + 1);
    let whole: Value = serde_yaml::from_str(&file.text[start..root.range.end]).unwrap();
    whole.pointer(&pointer(&resource.route)).expect("both read the same").clone()
}

fn pointer(route: &Route) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Step::Index(at) => format!("/{at}"),
    };
    route.steps().iter().map(step).collect()
}
