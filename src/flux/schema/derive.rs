//! From CRD files to the table of fields: what `examples/derive-facts.rs` runs.
//!
//! Descriptions, defaults, examples and the rules of the Common Expression Language stay behind; a keyword that this
//! program does not know stops the derivation, so that none is lost unnoticed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_yaml::Value;

use super::{Bounds, Facts, List, Object, Pattern, Schema, Text, amend};
use crate::error::{Context, Error, Kind, Result};

/// A CRD file: its name without folders, and its text.
pub struct CrdFile {
    /// `<group>_<plural>.yaml`, or `<group>_<plural>_<version>.yaml` where only that version counts.
    pub name: String,
    /// One or several documents; those of other kinds are passed over.
    pub text: String,
}

/// Group, kind and version: the order of the table.
pub(super) type Key = (String, String, String);

/// The facts in `files`, amended ([`super::AMENDMENTS`]), sorted by group, kind and version.
///
/// Fails where a file cannot be read as a CRD, a version comes twice, a keyword is not known, a pattern does not
/// compile, or an amendment finds its field no more.
pub fn derive(files: &[CrdFile]) -> Result<Vec<Facts>> {
    let mut table = BTreeMap::new();
    for file in files {
        for document in serde_yaml::Deserializer::from_str(&file.text) {
            let document = Value::deserialize(document).context(Kind::Input, || unreadable(file))?;
            if document.get("kind").and_then(Value::as_str) == Some("CustomResourceDefinition") {
                let crd = serde_yaml::from_value(document).context(Kind::Input, || unreadable(file))?;
                add(file, crd, &mut table)?;
            }
        }
    }
    amend::amend(&mut table)?;
    Ok(table.into_values().collect())
}

/// The text of the table: one JSON object a line.
pub fn render(facts: &[Facts]) -> String {
    let line =
        |facts| serde_json::to_string(facts).expect("facts hold only strings, numbers and lists") + "\n";
    facts.iter().map(line).collect()
}

fn unreadable(file: &CrdFile) -> String {
    format!("cannot read `{}` as a custom resource definition", file.name)
}

/// `apiextensions.k8s.io/v1`, and of `v1beta1` the places where that kept version and schema.
#[derive(Deserialize)]
struct Crd {
    spec: CrdSpec,
}

#[derive(Deserialize)]
struct CrdSpec {
    group: String,
    names: Names,
    #[serde(default)]
    versions: Vec<Version>,
    version: Option<String>,
    validation: Option<Validation>,
}

#[derive(Deserialize)]
struct Names {
    kind: String,
}

#[derive(Deserialize)]
struct Version {
    name: String,
    schema: Option<Validation>,
}

#[derive(Clone, Deserialize)]
struct Validation {
    #[serde(rename = "openAPIV3Schema")]
    schema: Value,
}

/// Every keyword that Flux's CRDs use. Those ignored carry no fact for the table.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Keywords {
    #[serde(rename = "type")]
    name: Option<String>,
    properties: Option<BTreeMap<String, Keywords>>,
    #[serde(default)]
    required: Vec<String>,
    additional_properties: Option<Box<Keywords>>,
    items: Option<Box<Keywords>>,
    #[serde(default, rename = "enum")]
    accepted: Vec<String>,
    pattern: Option<String>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    min_items: Option<usize>,
    max_items: Option<usize>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    #[serde(default)]
    nullable: bool,
    #[serde(default, rename = "x-kubernetes-int-or-string")]
    int_or_string: bool,
    #[serde(default, rename = "x-kubernetes-preserve-unknown-fields")]
    open: bool,
    any_of: Option<IgnoredAny>,
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "default")]
    _default: Option<IgnoredAny>,
    #[serde(rename = "format")]
    _format: Option<IgnoredAny>,
    #[serde(rename = "x-kubernetes-validations")]
    _rules: Option<IgnoredAny>,
    #[serde(rename = "x-kubernetes-list-type")]
    _list_type: Option<IgnoredAny>,
    #[serde(rename = "x-kubernetes-list-map-keys")]
    _list_map_keys: Option<IgnoredAny>,
    #[serde(rename = "x-kubernetes-map-type")]
    _map_type: Option<IgnoredAny>,
}

fn add(file: &CrdFile, crd: Crd, table: &mut BTreeMap<Key, Facts>) -> Result<()> {
    let Crd { spec } = crd;
    let mut versions = spec.versions;
    versions.extend(spec.version.filter(|_| versions.is_empty()).map(|name| Version { name, schema: None }));
    let stem = file.name.trim_end_matches(".yaml");
    let named = |version: &Version| stem.ends_with(&format!("_{}", version.name));
    if versions.iter().any(named) {
        versions.retain(named);
    }
    for version in versions {
        let what = format!("{} {} {} in `{}`", spec.group, version.name, spec.names.kind, file.name);
        let schema = version.schema.or_else(|| spec.validation.clone());
        let schema = schema.ok_or_else(|| Error::new(Kind::Input, format!("no schema for {what}")))?;
        let schema = root(schema.schema).context(Kind::Input, || what.clone())?;
        let (group, kind, version) = (spec.group.clone(), spec.names.kind.clone(), version.name);
        let key = (group.clone(), kind.clone(), version.clone());
        if table.insert(key, Facts { group, version, kind, assumed: false, schema }).is_some() {
            return Err(Error::new(Kind::Input, format!("{what} was in an earlier file already")));
        }
    }
    Ok(())
}

/// The whole object. `metadata` is the API server's affair and `status` the controllers'.
fn root(mut schema: Value) -> Result<Object> {
    let mut free = Vec::new();
    if let Some(fields) = schema.get_mut("properties").and_then(Value::as_mapping_mut) {
        for name in ["metadata", "status"] {
            free.extend(fields.remove(name).map(|_| (name.to_owned(), Schema::Any)));
        }
    }
    let keywords =
        serde_yaml::from_value(schema).context(Kind::Input, || "cannot read the schema".to_owned())?;
    match schema_of(keywords, "")? {
        Schema::Object(mut object) => {
            object.fields.extend(free);
            Ok(object)
        }
        _ => Err(Error::new(Kind::Input, "the schema is not that of an object")),
    }
}

fn schema_of(keywords: Keywords, path: &str) -> Result<Schema> {
    let nullable = keywords.nullable;
    let schema = plain_schema_of(keywords, path)?;
    Ok(if nullable { Schema::Nullable(Box::new(schema)) } else { schema })
}

fn plain_schema_of(keywords: Keywords, path: &str) -> Result<Schema> {
    if keywords.int_or_string {
        return Ok(Schema::IntOrString);
    }
    if keywords.any_of.is_some() {
        return Err(Error::new(Kind::Input, format!("`{path}` has `anyOf`, which the table cannot express")));
    }
    let bounds = Bounds { min: keywords.minimum, max: keywords.maximum };
    match keywords.name.as_deref() {
        None if keywords.open => Ok(Schema::Any),
        Some("object") => object_of(keywords, path),
        Some("array") => {
            let items = keywords.items.ok_or_else(|| unknown(path, "array without `items`"))?;
            let items = Box::new(schema_of(*items, &format!("{path}[]"))?);
            Ok(Schema::List(List { items, min: keywords.min_items, max: keywords.max_items }))
        }
        Some("string") => {
            let pattern = keywords.pattern.map(Pattern::checked).transpose();
            let pattern =
                pattern.context(Kind::Input, || format!("the pattern of `{path}` does not compile"))?;
            let (min, max) = (keywords.min_length, keywords.max_length);
            Ok(Schema::String(Text { accepted: keywords.accepted, pattern, min, max }))
        }
        Some("integer") => Ok(Schema::Integer(bounds)),
        Some("number") => Ok(Schema::Number(bounds)),
        Some("boolean") => Ok(Schema::Boolean),
        other => Err(unknown(path, other.unwrap_or("none"))),
    }
}

fn object_of(keywords: Keywords, path: &str) -> Result<Schema> {
    if let Some(values) = keywords.additional_properties {
        return Ok(Schema::Map(Box::new(schema_of(*values, &format!("{path}.*"))?)));
    }
    let mut fields = BTreeMap::new();
    for (name, field) in keywords.properties.unwrap_or_default() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        fields.insert(name, schema_of(field, &path)?);
    }
    let mut required = keywords.required;
    required.sort();
    Ok(Schema::Object(Object { fields, required, open: keywords.open }))
}

fn unknown(path: &str, what: &str) -> Error {
    Error::new(Kind::Input, format!("the type of `{path}` is not known: {what}"))
}
