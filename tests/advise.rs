//! `migrate advise` as a user calls it, the way it goes, and the table of changes that it reads.

use std::collections::BTreeSet;

use flux_forge::flux::{FluxVersion, Index};
use flux_forge::repo::{File, Repo};
use flux_forge::rules::advice::{Advice, hops};
use flux_forge::rules::data::{When, behaviour_changes};

use crate::harness::{World, snapshots};

const OLD: &str = "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec: {postRenderers: [{}]}\n";
const POLICY: &str = "apiVersion: image.toolkit.fluxcd.io/v1beta1\nkind: ImagePolicy\nmetadata: {name: web, namespace: shop}\n";
const ALERT: &str = "apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: all, namespace: shop}\nspec: {summary: prod}\n";

fn flux(text: &str) -> FluxVersion {
    text.parse().unwrap()
}

fn fleet() -> World {
    World::new()
        .file("clusters/prod/flux-system/gotk-components.yaml", "---\n# Flux Version: v2.6.4\n")
        .file("clusters/prod/release.yaml", OLD)
        .file("clusters/prod/policy.yaml", POLICY)
        .file("clusters/test/flux-system/gotk-components.yaml", "---\n# Flux Version: v2.8.1\n")
        .file("clusters/test/alert.yaml", ALERT)
        .file("clusters/new/flux-system/gotk-components.yaml", "# nothing yet\n")
        .file("clusters/new/alert.yaml", ALERT)
}

#[test]
fn the_advice_for_a_fleet() {
    let _guard = snapshots("advise");
    for (name, args, status) in [
        ("fleet", vec![], 1),
        ("fleet-2.10", vec!["--to", "2.10"], 1),
        ("one-cluster", vec!["clusters/test"], 0),
        ("given", vec!["--from", "2.3", "--output", "markdown", "clusters/prod"], 1),
        ("json", vec!["--from", "2.9", "--to", "2.10", "--output", "json", "clusters/test"], 1),
        ("unknown", vec!["clusters/new"], 2),
        ("downgrade", vec!["--from", "2.9", "--to", "2.8"], 2),
        ("future", vec!["--to", "3.0"], 2),
    ] {
        let world = fleet();
        let before = world.tree();
        let ran = world.run(&[&["migrate", "advise"], args.as_slice()].concat());
        insta::assert_snapshot!(name, ran.to_string());
        assert_eq!(ran.status, status, "{name}: {ran}");
        assert_eq!(world.tree(), before, "nothing is written");
    }
}

#[test]
fn an_empty_repository_needs_to_be_told_what_runs() {
    let world = World::new().file("a.yaml", OLD);
    assert_eq!(world.run(&["migrate", "advise"]).status, 2);
    assert_eq!(world.run(&["migrate", "advise", "--from", "2.6"]).status, 1);
    assert_eq!(world.run(&["migrate", "advise", "--from", "2.6", "--to", "2.6"]).status, 0);
    assert_eq!(world.run(&["migrate", "advise", "--from", "0.12", "--to", "2.0"]).status, 0);
}

#[test]
fn an_upgrade_stops_where_the_next_flux_lacks_what_is_stored() {
    let of =
        |from, to| hops(flux(from), flux(to)).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(of("2.6", "2.9"), "2.8 2.9");
    assert_eq!(of("2.7", "2.9"), "2.9");
    assert_eq!(of("2.8", "2.10"), "2.10");
    assert_eq!(of("2.2", "2.9"), "2.6 2.8 2.9");
    assert_eq!(of("0.41", "2.10"), "2.6 2.8 2.10");
    assert_eq!(of("0.10", "2.9"), "0.36 2.6 2.8 2.9");
    assert_eq!(of("2.9", "2.9"), "");
}

#[test]
fn objects_move_once_on_a_way_of_several_upgrades() {
    let repo = Repo::empty("/").with([
        ("a.yaml".to_owned(), Some(File::new(OLD.as_bytes()))),
        ("b.yaml".to_owned(), Some(File::new(POLICY.as_bytes()))),
    ]);
    let index = Index::new(&repo);
    let advice = Advice::new(&index, flux("2.6"), flux("2.9"), &|_, _| true);
    let moves: Vec<&str> =
        advice.steps.iter().filter(|step| step.text.starts_with("Move")).map(|step| &*step.text).collect();
    assert_eq!(
        moves,
        [
            "Move 2 objects in 2 files to `HelmRelease v2` and `ImagePolicy v1beta2`, which Flux 2.6 and Flux 2.8 both serve",
            "Move 1 object in 1 file to `ImagePolicy v1`, which Flux 2.8 and Flux 2.9 both serve",
        ]
    );
}

/// For each change an object that it touches, and one that it leaves alone: the same with one text replaced.
const EXAMPLES: [(&str, &str, &str, &str, &str); 34] = [
    ("undeclared-fields", "Kustomization", "validation: client", "validation:", "wait:"),
    (
        "impersonation-with-kubeconfig",
        "HelmRelease",
        "{kubeConfig: {}, serviceAccountName: a}",
        "serviceAccountName",
        "releaseName",
    ),
    ("git-implementation", "GitRepository", "gitImplementation: libgit2", "gitImplementation", "url"),
    ("kustomization-patch-fields", "Kustomization", "patchesStrategicMerge: []", "StrategicMerge", ""),
    ("kustomization-patch-fields", "Kustomization", "patchesJson6902: []", "Json6902", ""),
    ("helm-history", "HelmRelease", "interval: 1h", "interval", "maxHistory"),
    ("drift-detection-gates", "Deployment", "args: ['--feature-gates=DetectDrift=true']", "Detect", "Select"),
    ("drift-detection-gates", "Deployment", "args: ['--feature-gates=CorrectDrift=true']", "=true", "=false"),
    (
        "no-status-of-notification",
        "Kustomization",
        "healthChecks: [{kind: Deployment}, {kind: Alert}]",
        "Alert",
        "Receiver",
    ),
    ("no-status-of-notification", "Provider", "interval: 1m", "interval", "timeout"),
    ("helm-value-files", "HelmRelease", "chart: {spec: {valuesFile: a}}", "valuesFile", "valuesFiles"),
    ("helm-value-files", "HelmChart", "valuesFile: a", "valuesFile", "valuesFiles"),
    (
        "helm-value-files",
        "HelmRelease",
        "postRenderers: [{kustomize: {patchesStrategicMerge: []}}]",
        "StrategicMerge",
        "",
    ),
    (
        "helm-value-files",
        "HelmRelease",
        "postRenderers: [{kustomize: {patchesJson6902: []}}]",
        "kustomize",
        "other",
    ),
    (
        "provider-fits-registry",
        "OCIRepository",
        "{provider: aws, url: oci://ghcr.io/a}",
        "ghcr.io",
        "1.dkr.ecr.eu.amazonaws.com",
    ),
    (
        "provider-fits-registry",
        "OCIRepository",
        "{provider: azure, url: oci://ghcr.io/a}",
        "ghcr.io",
        "a.azurecr.io",
    ),
    (
        "provider-fits-registry",
        "ImageRepository",
        "{provider: gcp, image: ghcr.io/a}",
        "ghcr.io",
        "europe-docker.pkg.dev",
    ),
    (
        "provider-fits-registry",
        "ImageRepository",
        "{provider: aws, image: 'ghcr.io/a'}",
        "ghcr.io",
        "${HOST}",
    ),
    (
        "commit-templates",
        "ImageUpdateAutomation",
        "git: {commit: {messageTemplate: '{{ .Updated.Files }}'}}",
        ".Updated",
        ".Changed",
    ),
    ("autologin-flags", "Deployment", "args: [--aws-autologin-for-ecr]", "autologin", "login"),
    ("helm-4", "HelmRelease", "interval: 1h", "interval: 1h", "waitStrategy: {name: legacy}"),
    ("rollback-recreate", "HelmRelease", "rollback: {recreate: true}", "recreate", "force"),
    ("verification-of-charts", "HelmChart", "{verify: {}, sourceRef: {kind: GitRepository}}", "Git", "Helm"),
    (
        "verification-of-charts",
        "HelmRelease",
        "chart: {spec: {verify: {}, sourceRef: {kind: Bucket}}}",
        "Bucket",
        "HelmRepository",
    ),
    ("oci-helm-repositories", "HelmRepository", "type: oci", "oci", "default"),
    (
        "post-rendering-of-hooks",
        "HelmRelease",
        "postRenderers: []",
        "postRenderers: []",
        "{postRenderers: [], postRenderStrategy: nohooks}",
    ),
    ("gcr-receivers", "Receiver", "type: gcr", "gcr", "github"),
    ("force-refspec", "ImageUpdateAutomation", "git: {push: {refspec: '+a:b'}}", "+", ""),
    (
        "self-contained-kubeconfig",
        "Kustomization",
        "kubeConfig: {secretRef: {name: a}}",
        "secretRef",
        "configMapRef",
    ),
    ("summary-and-proxy", "Provider", "proxy: http://proxy", "proxy:", "proxySecretRef:"),
    (
        "tokens-of-service-accounts",
        "OCIRepository",
        "{serviceAccountName: a, provider: aws}",
        "aws",
        "generic",
    ),
    ("rules-by-position", "Kustomization", "{target: crd-controller, path: /rules/10}", "10", "9"),
    ("stored-tags", "ImageRepository", "image: ghcr.io/a", "image", "url"),
    (
        "readiness-probe",
        "Kustomization",
        "{target: source-controller, patch: readinessProbe}",
        "readiness",
        "liveness",
    ),
];

#[test]
fn each_change_finds_what_it_touches_and_nothing_else() {
    let touches = |id: &str, kind: &str, spec: &str| {
        let change = behaviour_changes().iter().find(|change| change.id == id).expect("the row is there");
        let text = format!("kind: {kind}\nspec:\n  {spec}\n");
        let stream = flux_forge::yaml::parse(&text);
        change.touches(kind, stream.documents[0].node().unwrap(), &text, true)
    };
    for (id, kind, spec, old, new) in EXAMPLES {
        assert!(spec.contains(old), "{id}: {spec}");
        assert!(touches(id, kind, spec), "{id}: {spec}");
        let other = spec.replacen(old, new, 1);
        assert!(!touches(id, kind, &other), "{id}: {other}");
    }
    let proven: BTreeSet<&str> = EXAMPLES.iter().map(|example| example.0).collect();
    let general: Vec<_> =
        behaviour_changes().iter().filter(|change| change.is_general()).map(|change| &*change.id).collect();
    assert_eq!(general, ["new-flags"]);
    let unproven = behaviour_changes().iter().map(|change| &*change.id).filter(|id| !proven.contains(id));
    assert_eq!(unproven.collect::<Vec<_>>(), ["identity-gate", "defaults-of-oci-repositories", "new-flags"]);
}

#[test]
fn patches_are_not_blamed_for_what_they_do_not_say() {
    let text = "kind: HelmRelease\nspec: {interval: 1h}\n";
    let stream = flux_forge::yaml::parse(text);
    let node = stream.documents[0].node().unwrap();
    let history = behaviour_changes().iter().find(|change| change.id == "helm-history").unwrap();
    assert!(history.touches("HelmRelease", node, text, true));
    assert!(!history.touches("HelmRelease", node, text, false));
}

#[test]
fn the_table_of_changes_is_sound() {
    let rows = behaviour_changes();
    assert!(rows.is_sorted_by_key(|change| change.flux), "rows are in the order of Flux");
    let ids: BTreeSet<&str> = rows.iter().map(|change| &*change.id).collect();
    assert_eq!(ids.len(), rows.len());
    for change in rows {
        assert!(change.source.contains('/'), "{} names no public source", change.id);
        for text in [&change.change, &change.todo] {
            assert!(!text.ends_with('.') && !text.is_empty(), "{}: {text}", change.id);
        }
        assert!(!change.is_general() || change.when == When::Know, "{} has work for nothing", change.id);
    }
}
