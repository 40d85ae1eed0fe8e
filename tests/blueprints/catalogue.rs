//! The catalogue of components: what it refuses, and that the one of the program is whole.

use std::collections::BTreeMap;

use flux_forge::blueprint::{Blueprint, embedded, embedded_files, patterns};

use super::load;

/// An entry with a signed chart and other fields behind it.
fn component(more: &str) -> String {
    format!(
        "summary: a\ncapability: metrics\nnamespace: a\npod_security: restricted\ntimeout: 5m\nchart: {{kind: OCIRepository, url: oci://x/y, name: y, version: 1.0.0, range: 1.x, issuer: ^https://a$, subject: ^https://b$}}\n{more}"
    )
}

/// The refusal of a catalogue of the components `a` and `b`.
fn refusal(a: &str, b: &str) -> String {
    let files = [("components/a/component.yaml", a), ("components/b/component.yaml", b)];
    load("files: []\n", &files).err().unwrap_or_else(|| panic!("{a} {b} is wrong")).to_string()
}

#[test]
fn a_catalogue_that_cannot_be_right_is_refused() {
    let good = component("");
    let unsigned = good.replace(", issuer: ^https://a$, subject: ^https://b$", "");
    let told = [
        refusal(&component("after: [b]\n"), &component("after: [a]\n")),
        refusal(&component("needs: [b]\n"), &component("after: [a]\n")),
        refusal(&component("after: [a]\n"), &good),
        refusal(&component("needs: [gateway]\n"), &good),
        refusal(&component("after: [nothing]\n"), &good),
        refusal(&component("conflicts: [nothing]\n"), &good),
        refusal(&unsigned, &good),
        refusal(&good.replace("range: 1.x", "range: 1.x, unsigned: Nobody signs it"), &good),
        refusal(&good.replace("kind: OCIRepository", "kind: HelmChart"), &good),
        refusal(&good.replace("restricted", "lax"), &good),
        refusal(&component("colour: red\n"), &good),
    ];
    let _guard = crate::harness::snapshots("blueprints");
    insta::assert_snapshot!("refused-catalogues", told.join("\n") + "\n");
}

#[test]
fn components_come_behind_what_they_need() {
    let a = component("needs: [gateway]\n");
    let b = component("").replace("capability: metrics", "capability: gateway");
    let files = [("components/a/component.yaml", a.as_str()), ("components/b/component.yaml", b.as_str())];
    let blueprint = load("files: []\n", &files).unwrap();
    let resolved = blueprint.catalogue().resolve(&["a"]);
    assert_eq!(resolved.iter().map(|component| component.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
}

#[test]
fn every_blueprint_of_the_program_passes_its_own_check() {
    assert_eq!(patterns(), ["gitless", "monorepo", "multi-repo"]);
    for id in patterns() {
        let files: BTreeMap<_, _> = embedded_files(id).unwrap();
        let blueprint = Blueprint::load(id, &files).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(!blueprint.examples().is_empty() && !blueprint.manifest().summary.is_empty(), "{id}");
        assert_eq!(blueprint.manifest().pattern, id);
    }
    assert!(embedded("nothing").is_none() && embedded_files("nothing").is_none());
}

#[test]
fn every_component_is_offered_and_has_an_end_to_its_range() {
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        let ids: Vec<_> = blueprint.catalogue().selectable().map(|component| component.id.clone()).collect();
        let expected = [
            "cert-manager",
            "envoy-gateway",
            "external-secrets",
            "kube-prometheus-stack",
            "kyverno",
            "metrics-server",
        ];
        assert_eq!(ids, expected);
        for component in blueprint.catalogue().selectable() {
            let chart = &component.chart;
            let version = chart.version.trim_start_matches('v');
            assert!(
                chart.range.contains(version) && chart.range.contains(" <"),
                "{}: {}",
                component.id,
                chart.range
            );
            assert!(chart.subject.is_empty() || chart.subject.starts_with("^https://"), "{}", component.id);
        }
    }
}
