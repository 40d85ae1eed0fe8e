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
    let ids =
        || -> Vec<&str> { asked.catalogue.selectable().map(|component| component.id.as_str()).collect() };
    let words = |words: &[super::Choice]| -> Vec<&str> {
        words.iter().filter(|choice| choice.supported).map(|choice| choice.id).collect()
    };
    let mut schema = match question.shape {
        Shape::Text => json!({"type": "string"}),
        Shape::Choice(choices) => json!({"enum": words(&choices())}),
        Shape::Components => either(&json!({"enum": ids()})),
        Shape::Clusters => either(&json!({
            "type": ["object", "string"],
            "properties": {
                "name": {"type": "string"},
                "environment": {"type": "string"},
                "production": {"type": "boolean"},
            },
            "required": ["name", "environment"],
            "additionalProperties": false,
        })),
        Shape::Teams => either(&json!({
            "type": ["object", "string"],
            "properties": {
                "name": {"type": "string"},
                "namespaces": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            },
            "required": ["name"],
            "additionalProperties": false,
        })),
    };
    schema["description"] = question.help.into();
    schema
}

/// A list, or all of it as one text.
fn either(items: &Value) -> Value {
    json!({"oneOf": [{"type": "array", "items": items}, {"type": "string"}]})
}
