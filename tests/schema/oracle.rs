//! The verdicts on the corpus beside those of a JSON Schema validator that reads the CRD files themselves.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use flux_forge::flux::schema::{self, AMENDMENTS, Whole, holds_substitution, validate};
use flux_forge::rules::data::{self, Target};
use flux_forge::yaml::{self, Node};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::derivation::{beside, crd_files, crds};

/// Valid at its own version, valid at its successor.
type Class = (bool, bool);

#[test]
fn verdicts_on_the_corpus_equal_those_of_a_json_schema_validator() {
    let (Some(crds), Some(corpus)) = (crds(), beside("corpus")) else { return };
    let oracle = Oracle::new(&crds);
    let mut census = BTreeMap::<Class, usize>::new();
    let mut differences = Vec::new();
    let mut objects = 0;
    for path in manifests(&corpus) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for document in yaml::parse(&text).documents {
            let Some(root) = document.node() else { continue };
            for node in flattened(root) {
                let Some([group, version, kind]) = identity(node) else { continue };
                let Ok(value) = value_of(node, &text, root) else {
                    differences.push(format!("{}: read by one parser only", path.display()));
                    continue;
                };
                objects += 1;
                let mut judge = |group: &str, version: &str| {
                    let (ours, theirs) = oracle.both([group, version, kind], node, &value);
                    if ours.is_empty() != theirs.is_empty() {
                        differences.push(format!("{}: ours {ours:?}, theirs {theirs:?}", path.display()));
                    }
                    ours.is_empty()
                };
                let own = judge(group, version);
                if let Some(next) = data::successor(group, version, kind, Target::default()) {
                    *census.entry((own, judge(&next.group, &next.version))).or_default() += 1;
                }
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(objects, 789);
    // Two of the valid ones hold substitutions, which a JSON Schema validator alone would refuse.
    assert_eq!(census, BTreeMap::from([((true, true), 557), ((true, false), 58), ((false, false), 32)]));
}

#[test]
fn verdicts_on_broken_objects_equal_those_of_a_json_schema_validator() {
    let (Some(crds), Some(corpus)) = (crds(), beside("corpus")) else { return };
    let oracle = Oracle::new(&crds);
    let mut seen = HashMap::<[String; 3], usize>::new();
    let (mut judged, mut refused, mut differences) = (0, 0, Vec::new());
    for path in manifests(&corpus) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for document in yaml::parse(&text).documents {
            let Some(root) = document.node() else { continue };
            let Some(id) = identity(root) else { continue };
            let count = seen.entry(id.map(str::to_owned)).or_default();
            *count += 1;
            // The first few of a kind have every shape that matters; amended kinds differ from their CRD on purpose.
            let amended = AMENDMENTS.iter().any(|one| [one.of.0, one.of.2, one.of.1] == id);
            if *count > 3 || amended {
                continue;
            }
            for broken in broken(&value_of(root, &text, root).unwrap()) {
                // JSON is YAML.
                let json = broken.to_string();
                let stream = yaml::parse(&json);
                let (ours, theirs) = oracle.both(id, stream.documents[0].node().unwrap(), &broken);
                judged += 1;
                refused += usize::from(!ours.is_empty());
                if ours.is_empty() != theirs.is_empty() {
                    differences.push(format!("{json}: ours {ours:?}, theirs {theirs:?}"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
    assert!(refused > 1000 && judged > refused, "{refused} of {judged} refused");
}

/// The object with, at each place of its spec in turn, another value, nothing, or one field more.
fn broken(object: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    pointers(&object["spec"], "/spec", &mut places);
    let others =
        [json!(true), json!(7), json!(0.5), json!("x"), json!(""), json!([]), json!({}), json!([{}])];
    let mut all = Vec::new();
    for place in &places {
        let mut put = |change: &dyn Fn(&mut Value)| {
            let mut changed = object.clone();
            change(changed.pointer_mut(place).unwrap());
            all.push(changed);
        };
        for other in &others {
            put(&|value| *value = other.clone());
        }
        let names: Vec<_> =
            object.pointer(place).and_then(Value::as_object).into_iter().flat_map(|m| m.keys()).collect();
        for name in names {
            put(&|value| drop(value.as_object_mut().and_then(|fields| fields.shift_remove(name))));
        }
        put(&|value| {
            drop(value.as_object_mut().map(|fields| fields.insert("undeclared".to_owned(), json!("x"))));
        });
    }
    all
}

fn pointers(value: &Value, here: &str, places: &mut Vec<String>) {
    places.push(here.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| pointers(value, &format!("{here}/{}", escaped(name)), places));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| pointers(item, &format!("{here}/{at}"), places));
        }
        _ => {}
    }
}

pub(crate) struct Oracle {
    validators: HashMap<[String; 3], Validator>,
}

impl Oracle {
    pub(crate) fn new(crds: &Path) -> Self {
        let mut validators = HashMap::new();
        for file in crd_files(crds) {
            let crd: Value = serde_yaml::from_str(&file.text).unwrap();
            let spec = &crd["spec"];
            let [group, kind] =
                [&spec["group"], &spec["names"]["kind"]].map(|text| text.as_str().unwrap().to_owned());
            let versions = spec["versions"].as_array().cloned();
            for version in versions.unwrap_or_else(|| vec![json!({"name": spec["version"]})]) {
                let name = version["name"].as_str().unwrap();
                // A file of an older version has its name at the end; the newest files have theirs alone.
                if file.name.matches('_').count() > 1 && !file.name.ends_with(&format!("_{name}.yaml")) {
                    continue;
                }
                let schema = match &version["schema"]["openAPIV3Schema"] {
                    Value::Null => &spec["validation"]["openAPIV3Schema"],
                    schema => schema,
                };
                let validator =
                    jsonschema::options().with_draft(Draft::Draft7).build(&strict_root(schema)).unwrap();
                validators.insert([group.clone(), name.to_owned(), kind.clone()], validator);
            }
        }
        Self { validators }
    }

    /// The validator of group, version and kind.
    pub(crate) fn validator(&self, id: &[String; 3]) -> Option<&Validator> {
        self.validators.get(id)
    }

    /// Our violations, and those of the oracle that are not explained.
    fn both(&self, id: [&str; 3], node: &Node, value: &Value) -> (Vec<String>, Vec<String>) {
        let facts = schema::facts(id[0], id[1], id[2]).unwrap();
        let ours = validate(facts, node, Whole::Object).iter().map(ToString::to_string).collect();
        let validator = &self.validators[&id.map(str::to_owned)];
        let errors = validator.iter_errors(value).filter(|error| !explained(error.instance()));
        (ours, errors.map(|error| format!("{}: {error}", error.instance_path())).collect())
    }
}

/// What a JSON Schema validator refuses and we do not, each for its reason.
fn explained(instance: &Value) -> bool {
    match instance {
        // Flux replaces it before the API server sees it.
        Value::String(text) => holds_substitution(text),
        // The API server drops it.
        Value::Null => true,
        _ => false,
    }
}

/// The schema of an object of which everything but its metadata is judged.
pub(crate) fn strict_root(schema: &Value) -> Value {
    let mut schema = strict(schema);
    schema["properties"]["metadata"] = json!({});
    for name in ["apiVersion", "kind"] {
        schema["properties"][name] = json!({"type": "string"});
    }
    schema
}

/// Refuses undeclared fields, as server-side apply does.
fn strict(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let mut strict: serde_json::Map<_, _> =
                keywords.iter().map(|(name, value)| (name.clone(), self::strict(value))).collect();
            let open = strict.get("x-kubernetes-preserve-unknown-fields") == Some(&json!(true));
            if strict.get("properties").is_some_and(Value::is_object) && !open {
                strict.entry("additionalProperties").or_insert(json!(false));
            }
            if strict.get("format").is_some_and(Value::is_string) {
                strict.remove("format");
            }
            Value::Object(strict)
        }
        Value::Array(items) => items.iter().map(strict).collect(),
        other => other.clone(),
    }
}

fn manifests(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() && !path.is_symlink() {
            found.extend(manifests(&path));
        } else if matches!(extension, Some("yaml" | "yml" | "json"))
            && !path.ends_with("gotk-components.yaml")
        {
            found.push(path);
        }
    }
    found
}

/// The object, or the items of a `List`.
fn flattened<'n>(root: &'n Node<'n>) -> Vec<&'n Node<'n>> {
    match root.get("kind").and_then(Node::as_str) {
        Some("List") => root.get("items").map(|items| items.items().iter().collect()).unwrap_or_default(),
        _ => vec![root],
    }
}

fn identity<'n>(node: &'n Node<'_>) -> Option<[&'n str; 3]> {
    let (group, version) = node.get("apiVersion")?.as_str()?.split_once('/')?;
    let kind = node.get("kind")?.as_str()?;
    schema::facts(group, version, kind).map(|_| [group, version, kind])
}

/// The object as another parser reads it.
fn value_of(node: &Node, text: &str, root: &Node) -> Result<Value, serde_yaml::Error> {
    // From the start of the line, so that indentation stays as it is; anchors are in the same document.
    let at = |node: &Node| text[..node.start].rfind('\n').map_or(0, |end| end + 1);
    let whole: Value = serde_yaml::from_str(&text[at(root)..root.range.end])?;
    let place = flattened(root).iter().position(|one| std::ptr::eq(*one, node));
    Ok(match whole.get("items") {
        Some(items) if whole["kind"] == "List" => items[place.unwrap_or(0)].clone(),
        _ => whole,
    })
}
