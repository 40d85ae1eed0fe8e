//! Documents against the table of fields, and the table against the CRD files it comes from.

use flux_forge::flux::schema::{self, Facts, Schema, Text, Whole, validate};
use flux_forge::yaml::{self, Node, Route, Step};

mod derivation;
pub(crate) mod oracle;

const KUSTOMIZATION: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
spec:
  interval: 10m
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
";

fn root(text: &str) -> Node<'_> {
    let stream = yaml::parse(text);
    stream.documents[0].node().expect("the text of a test can be read").clone()
}

fn facts_of(root: &Node) -> &'static Facts {
    let text = |key| root.get(key).and_then(Node::as_str).unwrap();
    let (group, version) = text("apiVersion").split_once('/').unwrap();
    schema::facts(group, version, text("kind")).unwrap()
}

/// Each violation as `text it points at: sentence`.
fn violations(text: &str, whole: Whole) -> Vec<String> {
    let root = root(text);
    let found = validate(facts_of(&root), &root, whole);
    found
        .iter()
        .map(|one| format!("{}: {one}", text[one.range.clone()].lines().next().unwrap_or("")))
        .collect()
}

fn spec(lines: &str) -> Vec<String> {
    violations(&format!("{KUSTOMIZATION}{lines}"), Whole::Object)
}

/// A whole object from the text of its spec.
fn object(group_version: &str, kind: &str, spec: &str) -> String {
    format!("apiVersion: {group_version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n")
}

#[test]
fn an_object_with_declared_fields_is_accepted() {
    assert_eq!(spec(""), [""; 0]);
    assert_eq!(spec("  timeout: 1h30m\n  commonMetadata: {labels: {a: b}}\nstatus: {x: 1}\n"), [""; 0]);
}

#[test]
fn an_undeclared_field_is_named_with_the_most_similar_one() {
    let of = "Kustomization `kustomize.toolkit.fluxcd.io/v1`";
    assert_eq!(
        spec("  validation: client\n  timeOut: 1m\ndata: {}\n"),
        [
            format!("validation: `spec.validation` is not a field of {of}"),
            format!("timeOut: `spec.timeOut` is not a field of {of}; the most similar field is `timeout`"),
            format!("data: `data` is not a field of {of}"),
        ]
    );
}

#[test]
fn a_wrong_type_says_both_types() {
    let of = "of Kustomization `kustomize.toolkit.fluxcd.io/v1` must be";
    assert_eq!(
        spec("  force: \"yes\"\n  timeout: 60\n  patches: {}\n  postBuild: []\n  suspend: yes\n"),
        [
            format!("\"yes\": `spec.force` {of} a boolean, but is a string"),
            format!("60: `spec.timeout` {of} a string, but is an integer"),
            format!("{{}}: `spec.patches` {of} a list, but is an object"),
            format!("[]: `spec.postBuild` {of} an object, but is a list"),
        ]
    );
}

#[test]
fn whole_numbers_may_be_written_with_a_fraction_of_zero() {
    let release = |retries: &str| {
        let spec =
            format!("{{interval: 1m, chartRef: {{kind: OCIRepository, name: a}}, maxHistory: {retries}}}");
        violations(&object("helm.toolkit.fluxcd.io/v2", "HelmRelease", &spec), Whole::Object)
    };
    assert_eq!(release("3"), [""; 0]);
    assert_eq!(release("3.0"), [""; 0]);
    let message =
        "`spec.maxHistory` of HelmRelease `helm.toolkit.fluxcd.io/v2` must be an integer, but is a number";
    assert_eq!(release("3.5"), [format!("3.5: {message}")]);
}

#[test]
fn enums_and_patterns_hold_in_items_of_lists() {
    let provider = object(
        "source.toolkit.fluxcd.io/v1",
        "HelmRepository",
        "{url: 'git@example.com', type: git, interval: 1h, timeout: 1h}",
    );
    let of = "of HelmRepository `source.toolkit.fluxcd.io/v1`";
    assert_eq!(
        violations(&provider, Whole::Object),
        [
            format!(r"'git@example.com': `spec.url` {of} does not match `^(http|https|oci)://.*$`"),
            format!("git: `spec.type` {of} is `git`; accepted: `default` or `oci`"),
            format!(r"1h: `spec.timeout` {of} does not match `^([0-9]+(\.[0-9]+)?(ms|s|m))+$`"),
        ]
    );
    assert_eq!(
        spec("  dependsOn: [{name: a}, {namespace: b}]\n"),
        [
            "{namespace: b}: `spec.dependsOn[1].name` is required by Kustomization `kustomize.toolkit.fluxcd.io/v1`"
        ]
    );
}

#[test]
fn what_is_missing_is_pointed_at_by_its_mapping() {
    let text = object(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        "{interval: 1m, sourceRef: ~, prune: true}",
    );
    let of = "required by Kustomization `kustomize.toolkit.fluxcd.io/v1`";
    assert_eq!(violations(&text, Whole::Object), [format!("~: `spec.sourceRef` is {of}")]);
    let text = object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "{interval: 1m, prune: true}");
    let mapping = "{interval: 1m, prune: true}";
    assert_eq!(violations(&text, Whole::Object), [format!("{mapping}: `spec.sourceRef` is {of}")]);
}

#[test]
fn lengths_and_bounds_are_counted_in_characters_and_items() {
    let of = "of ResourceSetInputProvider `fluxcd.controlplane.io/v1`";
    let text = object(
        "fluxcd.controlplane.io/v1",
        "ResourceSetInputProvider",
        "{type: Static, filter: {limit: 10001}}",
    );
    assert_eq!(
        violations(&text, Whole::Object),
        [format!("10001: `spec.filter.limit` {of} must be 10000 or less")]
    );
    let long = "x".repeat(64);
    let text = object(
        "source.extensions.fluxcd.io/v1beta1",
        "ArtifactGenerator",
        &format!(
            "{{sources: [], artifacts: [{{name: a, copy: [{{from: '@a/', to: '@artifact/'}}]}}], pathPattern: '@{long}/{}'}}",
            "é".repeat(1024 - 66)
        ),
    );
    let of = "of ArtifactGenerator `source.extensions.fluxcd.io/v1beta1`";
    assert_eq!(
        violations(&text, Whole::Object),
        [format!("[]: `spec.sources` {of} has 0 items, but needs at least 1")]
    );
}

#[test]
fn substitutions_are_opaque() {
    assert_eq!(
        spec(
            "  timeout: ${timeout:=5m}\n  force: ${force}\n  postBuild: ${all}\n  ${key}: 1\n  path: \"a ${b}\"\n"
        ),
        [""; 0]
    );
    assert_eq!(spec("  timeout: ${open\n").len(), 1);
}

#[test]
fn aliases_and_merge_keys_are_not_judged() {
    let base = "metadata: {annotations: &a {x: y}}\nspec:\n";
    let head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
    assert_eq!(violations(&format!("{head}{base}  <<: *a\n  force: *a\n"), Whole::Object), [""; 0]);
    assert_eq!(violations(&format!("{head}{base}  \"<<\": *a\n"), Whole::Part).len(), 1);
}

#[test]
fn null_counts_as_absent() {
    assert_eq!(spec("  timeout:\n  commonMetadata: {labels: {a: ~}}\n"), [""; 0]);
    assert_eq!(
        spec("  dependsOn: [~]\n"),
        [
            "~: `spec.dependsOn[0]` of Kustomization `kustomize.toolkit.fluxcd.io/v1` must be an object, but is null"
        ]
    );
}

#[test]
fn a_part_needs_nothing_and_may_hold_directives() {
    let head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
    let part = |text: &str| violations(&format!("{head}{text}"), Whole::Part);
    assert_eq!(part("spec: {path: ./a, sourceRef: ~}\n"), [""; 0]);
    assert_eq!(part("$patch: delete\n"), [""; 0]);
    assert_eq!(part("spec: {$retainKeys: [a], dependsOn: [{$patch: replace}, ~]}\n"), [""; 0]);
    assert_eq!(
        part("spec: {validation: none}\n"),
        ["validation: `spec.validation` is not a field of Kustomization `kustomize.toolkit.fluxcd.io/v1`"]
    );
}

#[test]
fn a_document_that_is_no_mapping_is_refused() {
    let facts = schema::facts("kustomize.toolkit.fluxcd.io", "v1", "Kustomization").unwrap();
    let found = validate(facts, &root("- a\n"), Whole::Object);
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["the document of Kustomization `kustomize.toolkit.fluxcd.io/v1` must be an object, but is a list"]
    );
}

#[test]
fn fields_are_found_by_their_route() {
    let facts = schema::facts("kustomize.toolkit.fluxcd.io", "v1", "Kustomization").unwrap();
    let patch = Route::from_iter(["spec", "patches"]).index(3).key("patch");
    assert_eq!(facts.field(&patch), Some(&Schema::String(Text::default())));
    assert_eq!(facts.field(&Route::from_iter(["metadata", "labels", "x"])), Some(&Schema::Any));
    assert_eq!(facts.field(&Route::from_iter(["spec", "validation"])), None);
    assert_eq!(facts.field(&Route::from(vec![Step::Index(0)])), None);
    assert!(schema::facts("kustomize.toolkit.fluxcd.io", "v2", "Kustomization").is_none());
}
