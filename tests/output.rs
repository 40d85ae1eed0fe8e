//! Reports in each format: every finding with its rule, its range and how sure it is.

use serde_json::{Value, json};

use crate::harness::{World, snapshots};

const RELEASE: &str = "apiVersion: \"helm.toolkit.fluxcd.io/v2beta1\"\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec:\n  interval: 10m\n  chartRef: {kind: OCIRepository, name: web}\n";
const HELD: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata:\n  name: apps\nspec:\n  interval: 10m\n  prune: true\n  sourceRef: {kind: GitRepository, name: fleet}\nsops:\n  mac: ENC[AES256_GCM,data:AA==,type:str]\n";

/// A change, something held back, something that cannot be read, and a path that every format has to escape.
fn repository() -> World {
    World::new()
        .file("apps/50%, shop: größe/release.yaml", RELEASE)
        .file("clusters/apps.yaml", HELD)
        .file(
            "broken.yaml",
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {interval: 1m\n",
        )
        .git()
}

fn report(world: &World, format: &str) -> String {
    let ran = world.run(&["migrate", "apis", "--dry-run", "--output", format]);
    assert_eq!(ran.status, 1, "{ran}");
    ran.out
}

fn json_report(world: &World, format: &str) -> Value {
    serde_json::from_str(&report(world, format)).unwrap()
}

#[test]
fn each_format_reads_as_accepted() {
    let _guard = snapshots("output");
    let world = repository();
    for format in ["text", "json", "github"] {
        insta::assert_snapshot!(format, report(&world, format));
    }
    let mut log = json_report(&world, "sarif");
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        rule["help"] = json!("…");
    }
    let version = env!("CARGO_PKG_VERSION");
    insta::assert_snapshot!(
        "sarif",
        serde_json::to_string_pretty(&log).unwrap().replace(version, "[VERSION]")
    );
}

#[test]
fn every_format_tells_rule_place_and_confidence() {
    let world = repository();
    let findings = json_report(&world, "json");
    let both = [&findings["changes"], &findings["findings"]];
    let all: Vec<&Value> = both.iter().flat_map(|list| list.as_array().unwrap()).collect();
    assert_eq!(all.len(), 3);
    let (text, github) = (report(&world, "text"), report(&world, "github"));
    let log = json_report(&world, "sarif");
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for finding in all {
        let number = |key: &str| finding[key].as_u64().unwrap();
        let (line, column) = (number("line"), number("column"));
        let (end_line, end_column) = (number("endLine"), number("endColumn"));
        assert_eq!(line, end_line);
        let (path, rule) = (finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap());
        let sure = finding["confidence"].as_str().unwrap();
        let line_of_text = text.lines().find(|line| line.starts_with(path)).unwrap();
        let end = if column == end_column { String::new() } else { format!("-{end_column}") };
        let range = format!("{path}:{line}:{column}{end}: ");
        assert!(line_of_text.starts_with(&range), "{line_of_text}");
        assert!(line_of_text.ends_with(&format!(" [{rule}, {sure} confidence]")), "{line_of_text}");
        let place =
            format!(",line={line},endLine={end_line},col={column},endColumn={end_column},title={rule}::");
        let command = github.lines().find(|line| line.contains(&place)).unwrap();
        assert!(command.ends_with(&format!("({sure} confidence)")), "{command}");
        let region =
            json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column});
        let result = results
            .iter()
            .find(|result| result["locations"][0]["physicalLocation"]["region"] == region)
            .unwrap();
        assert_eq!(
            (&result["ruleId"], &result["properties"]["confidence"]),
            (&finding["rule"], &finding["confidence"])
        );
    }
}

#[test]
fn what_is_pending_is_a_notice_and_nothing_escapes_from_its_field() {
    let github = report(&repository(), "github");
    assert!(github.contains("::notice file=apps/50%25%2C shop%3A größe/release.yaml,line=1,"), "{github}");
    assert!(github.contains("::warning file=clusters/apps.yaml,line=1,"), "{github}");
    assert!(github.contains("::error file=broken.yaml,"), "{github}");
    let commands = github.lines().filter(|line| line.starts_with("::")).count();
    assert_eq!(commands, 3, "{github}");
}

#[test]
fn sarif_is_what_the_specification_wants() {
    let log = json_report(&repository(), "sarif");
    let schema = jsonschema::validator_for(&sarif_schema()).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"], "an index leads to its rule");
    }
    let mut without = log.clone();
    without["runs"][0]["results"][0]["message"] = json!({});
    assert!(!schema.is_valid(&without), "the schema sees what is missing");
}

#[test]
fn the_fix_of_a_sarif_result_gives_what_a_write_gives() {
    let world = repository();
    let log = json_report(&world, "sarif");
    let results = log["runs"][0]["results"].as_array().unwrap();
    let fixed: Vec<&Value> = results.iter().filter(|result| result.get("fixes").is_some()).collect();
    assert_eq!(fixed.len(), 1);
    let change = &fixed[0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "apps/50%25%2C%20shop%3A%20gr%C3%B6%C3%9Fe/release.yaml");
    let replacement = &change["replacements"][0];
    let region = &replacement["deletedRegion"];
    assert_eq!((&region["startLine"], &region["endLine"]), (&json!(1), &json!(1)));
    let column = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap() - 1;
    let mut lines: Vec<String> = RELEASE.split_inclusive('\n').map(str::to_owned).collect();
    lines[0].replace_range(
        column("startColumn")..column("endColumn"),
        replacement["insertedContent"]["text"].as_str().unwrap(),
    );
    assert_eq!(world.run(&["migrate", "apis", "--yes"]).status, 1);
    assert_eq!(world.read("apps/50%, shop: größe/release.yaml"), lines.concat());
}

/// What SARIF 2.1.0 demands of the parts that are written here: what must be there, of which type and value.
fn sarif_schema() -> Value {
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false});
    let list = |items: Value| json!({"type": "array", "items": items});
    let count = json!({"type": "integer", "minimum": 1});
    let text = json!({"type": "string"});
    let message = object(&["text"], json!({"text": text, "markdown": text}));
    let artifact = object(
        &["uri", "uriBaseId"],
        json!({"uri": {"type": "string", "format": "uri-reference", "pattern": "^[A-Za-z0-9._~/%-]+$"}, "uriBaseId": {"const": "%SRCROOT%"}}),
    );
    let region = object(
        &["startLine", "startColumn", "endLine", "endColumn"],
        json!({"startLine": count, "startColumn": count, "endLine": count, "endColumn": count}),
    );
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let bag = json!({"type": "object"});
    let physical = object(&["artifactLocation"], json!({"artifactLocation": artifact, "region": region}));
    let location = object(&[], json!({"physicalLocation": physical, "message": message}));
    let replacement = object(
        &["deletedRegion"],
        json!({"deletedRegion": region, "insertedContent": object(&[], json!({"text": text}))}),
    );
    let change = object(
        &["artifactLocation", "replacements"],
        json!({"artifactLocation": artifact, "replacements": {"type": "array", "items": replacement, "minItems": 1}}),
    );
    let fix = object(
        &["artifactChanges"],
        json!({"description": message, "artifactChanges": {"type": "array", "items": change, "minItems": 1}}),
    );
    let result = object(
        &["message", "ruleId"],
        json!({"ruleId": text, "ruleIndex": {"type": "integer", "minimum": 0}, "level": level, "message": message, "locations": list(location.clone()), "relatedLocations": list(location), "fixes": list(fix), "properties": bag}),
    );
    let rule = object(
        &["id"],
        json!({"id": text, "shortDescription": message, "help": message, "defaultConfiguration": object(&[], json!({"level": level}))}),
    );
    let driver = object(
        &["name"],
        json!({"name": text, "version": text, "semanticVersion": text, "rules": {"type": "array", "items": rule, "uniqueItems": true}}),
    );
    let bases = json!({"type": "object", "additionalProperties": object(&[], json!({"uri": text, "description": message}))});
    let run = object(
        &["tool"],
        json!({"tool": object(&["driver"], json!({"driver": driver})), "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]}, "originalUriBaseIds": bases, "results": list(result), "properties": bag}),
    );
    object(&["version", "runs"], json!({"$schema": text, "version": {"const": "2.1.0"}, "runs": list(run)}))
}
