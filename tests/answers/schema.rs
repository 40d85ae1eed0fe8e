//! The JSON Schema of the answers file: it takes what the program takes, and refuses what an editor can know.

use flux_forge::blueprint::{embedded, patterns};
use jsonschema::Validator;
use serde_json::Value;

use super::accepted::ACCEPTED;
use super::{blueprint, file, read};
use crate::harness::World;

fn schema() -> Validator {
    let ran = World::new().run(&["schema", "answers"]);
    assert_eq!(ran.status, 0, "{ran}");
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn value(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

fn problems(schema: &Validator, text: &str) -> Vec<String> {
    schema.iter_errors(&value(text)).map(|error| error.to_string()).collect()
}

#[test]
fn it_takes_every_example() {
    let schema = schema();
    for id in patterns() {
        for (name, text) in embedded(id).unwrap().unwrap().examples() {
            assert_eq!(problems(&schema, text), [""; 0], "{id}/{name}");
        }
    }
}

#[test]
fn it_takes_what_is_accepted_and_what_is_told() {
    let schema = schema();
    for (name, pattern, others) in ACCEPTED {
        let text = file(pattern, others);
        assert_eq!(problems(&schema, &text), [""; 0], "{name}");
        let (answers, _) = read(&text, blueprint(pattern).asked()).unwrap();
        let told = answers.to_yaml(blueprint(pattern).asked());
        assert_eq!(problems(&schema, &told), [""; 0], "{name}");
    }
}

#[test]
fn it_refuses_what_an_editor_can_know() {
    let schema = schema();
    let cases = [
        ("version", "2"),
        ("platfrom", "aws"),
        ("secrets", "{method: sops-age}"),
        ("pattern", "mono-repo"),
        ("platform", "vax"),
        ("platform", "[aws]"),
        ("issuer", "dns01"),
        ("alerts", "slack"),
        ("alerts", "{provder: slack}"),
        ("alerts", "{provider: slak}"),
        ("clusters", "[]"),
        ("clusters", "[{name: a}]"),
        ("clusters", "[{name: a, environment: dev, produktion: true}]"),
        ("clusters", "[{name: a, environment: dev, production: 'yes'}]"),
        ("clusters", "[{name: Staging, environment: dev}]"),
        ("components", "[ingress-nginx]"),
        ("components", "[gateway]"),
        ("teams", "[{name: shop, namespaces: []}]"),
        ("teams", "[{name: shop, namespaces: [kube-x]}]"),
        ("registry", "ghcr.io/Acme"),
        ("domain", "7"),
    ];
    for (key, given) in cases {
        let text = file("gitless", &[(key, given)]);
        assert!(!schema.is_valid(&value(&text)), "{key}: {given}");
        assert!(read(&text, blueprint("gitless").asked()).is_err(), "{key}: {given}");
    }
    assert!(!schema.is_valid(&value("pattern: monorepo\n")), "a version is needed");
}
