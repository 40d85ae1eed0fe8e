//! A JSON Schema of the answers file, for editors.

use serde_json::{Map, Value, json};

use super::questions::{QUESTIONS, Question, Shape};
use super::{Asked, VERSION};

/// The JSON Schema (draft 2020-12) of the answers files that `asked` takes, with all questions that it can ask.
pub fn json_schema(asked: Asked<'_>) -> Value {
    let mut properties = Map::new();
    properties.insert("version".into(), json!({"const": VERSION, "description": "Format of this file"}));
    for question in &QUESTIONS {
        let entry = property(question, asked);
        match question.key.split_once('.') {
            None => drop(properties.insert(question.key.into(), entry)),
            Some((group, key)) => {
                let group = properties.entry(group).or_insert_with(
                    || json!({"type": "object", "properties": {}, "additionalProperties": false}),
                );
                group["properties"][key] = entry;
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers of flux-forge",
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "additionalProperties": false,
    })
}

fn property(question: &Question, asked: Asked<'_>) -> Value {
    let mut schema = match (question.shape, question.key) {
        (Shape::Text, "registry") => {
            json!({"type": "string", "pattern": "^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$"})
        }
        (Shape::Text, "repository") => json!({"type": "string", "minLength": 1}),
        (Shape::Text, _) => json!({"type": ["string", "null"]}),
        (Shape::Choice(choices), _) => {
            let choices = choices();
            let ids = choices.iter().filter(|choice| choice.supported).map(|choice| choice.id);
            json!({"enum": ids.collect::<Vec<_>>()})
        }
        (Shape::Components, _) => {
            let ids: Vec<&str> =
                asked.catalogue.selectable().map(|component| component.id.as_str()).collect();
            either(&json!({"enum": ids}), 0)
        }
        (Shape::Clusters, _) => either(&cluster(), 1),
        (Shape::Teams, _) => either(&team(), 0),
    };
    let choices = question.choices().into_iter().filter(|choice| choice.supported);
    let choices = choices.map(|choice| format!("\n- {}: {}", choice.id, choice.meaning));
    let text = format!("{}\nDefault: {}{}", question.help, question.usually, choices.collect::<String>());
    schema["description"] = text.into();
    schema
}

fn cluster() -> Value {
    json!({
        "type": ["object", "string"],
        "properties": {"name": label(40), "environment": label(40), "production": {"type": "boolean"}},
        "required": ["name", "environment"],
        "additionalProperties": false,
    })
}

fn team() -> Value {
    let mut namespace = label(58);
    namespace["not"] = json!({"pattern": "^kube-"});
    json!({
        "type": ["object", "string"],
        "properties": {
            "name": label(40),
            "namespaces": {"type": "array", "items": namespace, "minItems": 1, "uniqueItems": true},
        },
        "required": ["name"],
        "additionalProperties": false,
    })
}

/// A DNS label (RFC 1123) of at most `longest` characters.
fn label(longest: usize) -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": longest})
}

/// A list of at least `fewest`, or all of it as one text; nothing where none will do.
fn either(items: &Value, fewest: usize) -> Value {
    let list = json!({"type": "array", "items": items, "minItems": fewest});
    let text = if fewest == 0 { json!({"type": ["string", "null"]}) } else { json!({"type": "string"}) };
    json!({"oneOf": [list, text]})
}
