//! `migrate charts` as a user calls it: what becomes of a release, what keeps one as it is, and real repositories.

use std::path::Path;

use flux_forge::flux::schema::{self, Whole, validate};
use flux_forge::flux::{Index, Role};

use crate::harness::{World, comments, copy_tree, snapshots};

const REPOSITORY: &str = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata:\n  name: charts\n  namespace: shop\nspec:\n  type: oci\n  url: oci://ghcr.io/example/charts\n";
const RELEASE: &str = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  interval: 10m\n  chart:\n    spec:\n      chart: web\n      version: 1.2.3\n      sourceRef:\n        kind: HelmRepository\n        name: charts\n";

/// A release and its HelmRepository, each with one text replaced.
fn shop(release: (&str, &str), repository: (&str, &str)) -> World {
    assert!(RELEASE.contains(release.0) && REPOSITORY.contains(repository.0));
    World::new()
        .file("release.yaml", RELEASE.replacen(release.0, release.1, 1))
        .file("repository.yaml", REPOSITORY.replacen(repository.0, repository.1, 1))
}

fn migrate(world: &World) -> crate::harness::Ran {
    world.run(&["migrate", "charts", "--yes", "--allow-dirty"])
}

/// The release stays, and the report says this about it.
fn stays(world: &World, why: &str) {
    let before = world.tree();
    let ran = migrate(world);
    assert_eq!(ran.status, 1, "{why}: {ran}");
    assert!(ran.out.contains(why), "{why}\n{ran}");
    assert_eq!(world.tree(), before, "{why}");
}

#[test]
fn every_reading_of_the_plan() {
    let _guard = snapshots("charts");
    for (name, args) in [
        ("dry-run", vec!["--dry-run"]),
        ("check", vec!["--check"]),
        ("diff", vec!["--diff"]),
        ("json", vec!["--check", "--output", "json"]),
        ("yes", vec!["--yes"]),
    ] {
        let world = shop(("", ""), ("", ""))
            .file(
                "other.yaml",
                RELEASE
                    .replace("web", "api")
                    .replace("      version", "      valuesFiles: [prod.yaml]\n      version"),
            )
            .git();
        let ran = world.run(&[&["migrate", "charts"], args.as_slice()].concat());
        insta::assert_snapshot!(name, ran.to_string());
        assert_eq!(ran.status, 1, "{name}");
        assert_eq!(world.read("release.yaml") != RELEASE, name == "yes", "{name}");
        assert_eq!(world.read("repository.yaml"), REPOSITORY);
    }
}

#[test]
fn everything_with_a_counterpart_goes_over() {
    let _guard = snapshots("charts");
    let repository = REPOSITORY.replace(
        "  type: oci\n",
        "  type: oci\n  interval: 1h\n  provider: generic\n  timeout: 90s\n  insecure: true\n  suspend: true\n  passCredentials: false\n  secretRef:\n    name: login\n  certSecretRef:\n    name: ca\n",
    );
    let release = RELEASE.replace("      version: 1.2.3\n", "      version: 1.2.3-rc.1+build.5\n      interval: 1h # often\n      reconcileStrategy: ChartVersion\n      verify:\n        provider: cosign\n        secretRef:\n          name: keys\n");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: shop}\ntype: kubernetes.io/dockerconfigjson\n";
    let world = World::new()
        .file("secret.yaml", secret)
        .file("all.yaml", format!("# Everything for the shop\n---\n{repository}---\n# The web\n{release}"))
        .git();
    let ran = world.run(&["migrate", "charts", "--yes"]);
    assert_eq!(ran.status, 0, "{ran}");
    insta::assert_snapshot!("everything", world.read("all.yaml"));
    assert!(ran.out.contains("nothing else here uses HelmRepository shop/charts"), "{ran}");
    assert_eq!(world.run(&["migrate", "charts", "--check"]).status, 0);
}

#[test]
fn versions_become_tags_or_ranges() {
    for (version, wanted) in [
        ("      version: 1.2.3\n", "    tag: 1.2.3\n"),
        ("      version: \"1.2.3\"\n", "    tag: 1.2.3\n"),
        ("      version: 1.2.3+7\n", "    tag: 1.2.3_7\n"),
        ("      version: v1.2.3\n", "    semver: v1.2.3\n"),
        ("      version: 1.2.x\n", "    semver: 1.2.x\n"),
        ("      version: \">=1.0.0 <2.0.0\"\n", "    semver: \">=1.0.0 <2.0.0\"\n"),
        ("      version: \"*\"\n", "    semver: \"*\"\n"),
        ("      version: \"\"\n", "    semver: \"*\"\n"),
        ("", "    semver: \"*\"\n"),
    ] {
        let world = shop(("      version: 1.2.3\n", version), ("", ""));
        let ran = migrate(&world);
        assert_eq!(ran.status, 0, "{version}: {ran}");
        let result = world.read("release.yaml");
        let found = result.replace('"', "").contains(&format!("  ref:\n{}", wanted.replace('"', "")));
        assert!(found, "{version}: {result}");
    }
}

#[test]
fn what_has_no_counterpart_keeps_its_release() {
    let chart = "      chart: web\n";
    for (more, why) in [
        ("      valuesFiles: [a.yaml]\n", "`spec.chart.spec.valuesFiles` has no counterpart"),
        (
            "      ignoreMissingValuesFiles: true\n",
            "`spec.chart.spec.ignoreMissingValuesFiles` has no counterpart",
        ),
        ("      reconcileStrategy: Revision\n", "`spec.chart.spec.reconcileStrategy` has no counterpart"),
        ("      unheardOf: 1\n", "`spec.chart.spec.unheardOf` has no counterpart"),
    ] {
        stays(&shop((chart, &format!("{chart}{more}")), ("", "")), why);
    }
    stays(
        &shop(("  chart:\n", "  chart:\n    metadata: {labels: {a: b}}\n"), ("", "")),
        "`spec.chart.metadata` has no counterpart",
    );
    stays(
        &shop(("", ""), ("  type: oci\n", "  type: oci\n  passCredentials: true\n")),
        "`spec.passCredentials of the HelmRepository` has no counterpart",
    );
    stays(&shop(("chart: web", "chart: ${name}"), ("", "")), "has a variable");
    stays(&shop(("1.2.3", "${version}"), ("", "")), "has a variable");
    stays(&shop(("", ""), ("ghcr.io", "${registry}")), "has a variable");
    stays(&shop(("", ""), ("oci://", "https://")), "its address is `https://ghcr.io/example/charts`");
    stays(&shop(("", ""), ("  type: oci\n", "  type: oci\n  timeout: 1h\n")), "would not be valid");
    stays(
        &shop(("helm.toolkit.fluxcd.io/v2", "helm.toolkit.fluxcd.io/v2beta2"), ("", "")),
        "move it there first",
    );
    stays(
        &shop(("1.2.3", "1.2.3 # {\"$imagepolicy\": \"shop:web:tag\"}"), ("", "")),
        "an image policy writes",
    );
    let anchored = RELEASE.replace("1.2.3", "&version 1.2.3") + "  values: {version: *version}\n";
    let world = World::new().file("release.yaml", anchored).file("repository.yaml", REPOSITORY);
    stays(&world, "its chart has an anchor, which may be used elsewhere");
}

#[test]
fn secrets_have_to_fit_and_be_near() {
    let login = ("  type: oci\n", "  type: oci\n  secretRef: {name: login}\n");
    let why = "Secret `login` is not seen to be of type `kubernetes.io/dockerconfigjson`";
    stays(&shop(("", ""), login), why);
    let secret = |kind: &str| {
        format!(
            "kind: Secret\napiVersion: v1\nmetadata: {{name: login}}\ntype: {kind}\n# kubernetes.io/dockerconfigjson\n"
        )
    };
    stays(&shop(("", ""), login).file("secret.yaml", secret("Opaque")), why);
    let world = shop(("", ""), login).file("secret.yaml", secret("kubernetes.io/dockerconfigjson"));
    assert_eq!(migrate(&world).status, 0);
    let sealed = "kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nmetadata: {name: login}\nspec: {template: {type: kubernetes.io/dockerconfigjson}}\n";
    assert_eq!(migrate(&shop(("", ""), login).file("secret.yaml", sealed)).status, 0);

    let elsewhere = ("        name: charts\n", "        name: charts\n        namespace: flux-system\n");
    let far = |more: &str| {
        let repository = REPOSITORY
            .replace("shop", "flux-system")
            .replace("  type: oci\n", &format!("  type: oci\n{more}"));
        World::new()
            .file("repository.yaml", repository)
            .file("release.yaml", RELEASE.replace(elsewhere.0, elsewhere.1))
    };
    stays(&far("  certSecretRef: {name: ca}\n"), "the Secret of `certSecretRef` is in another namespace");
    let world = far("");
    assert_eq!(migrate(&world).status, 0);
    assert!(world.read("release.yaml").starts_with("apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: web\n  namespace: shop\n"));
}

#[test]
fn what_is_around_a_release_may_keep_it() {
    let base = || {
        World::new()
            .file("base/release.yaml", RELEASE)
            .file("base/repository.yaml", REPOSITORY)
            .file("base/kustomization.yaml", "resources: [release.yaml, repository.yaml]\n")
    };
    let overlay =
        |text: &str| base().file("over/kustomization.yaml", format!("resources: [../base]\n{text}"));
    let changes = "`over/kustomization.yaml` may change its chart with a patch";
    stays(&overlay("patches: [{path: patch.yaml}]\n").file("over/patch.yaml", "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec: {chart: {spec: {version: 2.0.0}}}\n"), changes);
    stays(
        &overlay(
            "patches:\n- target: {kind: HelmRelease}\n  patch: |\n    - {op: replace, path: /spec/chart/spec/version, value: 2.0.0}\n",
        ),
        changes,
    );
    stays(
        &overlay(
            "replacements:\n- source: {kind: ConfigMap, name: a}\n  targets: [{select: {kind: HelmRelease}, fieldPaths: [spec.chart.spec.version]}]\n",
        ),
        changes,
    );
    stays(&overlay("namePrefix: a-\n"), "changes the names of objects");
    stays(
        &overlay(
            "patches:\n- target: {kind: HelmRepository}\n  patch: |\n    - {op: replace, path: /spec/url, value: oci://mirror}\n",
        ),
        "may change its HelmRepository",
    );
    let harmless = [
        "patches:\n- target: {kind: HelmRelease}\n  patch: |\n    - {op: replace, path: /spec/interval, value: 1h}\n",
        "patches:\n- target: {kind: HelmRelease, name: other}\n  patch: |\n    - {op: replace, path: /spec/chart/spec/version, value: 2.0.0}\n",
        "namespace: shop\n",
    ];
    for text in harmless {
        let world = overlay(text);
        let ran = migrate(&world);
        assert_eq!(ran.status, 0, "{text}: {ran}");
    }
    stays(
        &base().file(
            "taken.yaml",
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: web}\nspec: {}\n",
        ),
        "there is an OCIRepository of its name already, in `taken.yaml`",
    );
    stays(
        &base().file("two.yaml", REPOSITORY.replace("ghcr.io", "quay.io")),
        "several HelmRepositories are called `charts` and differ",
    );
    let old = |version: &str| {
        base().file("flux-system/gotk-components.yaml", format!("# Flux Version: {version}\n"))
    };
    stays(&old("v2.2.0"), "cluster `default` runs Flux 2.2, and `chartRef` needs Flux 2.3");
    let world = old("v2.4.0");
    assert_eq!(migrate(&world).status, 0);
    assert!(world.read("base/release.yaml").starts_with("apiVersion: source.toolkit.fluxcd.io/v1beta2\n"));
}

#[test]
fn a_receiver_of_the_helm_repository_is_named() {
    let receiver = "apiVersion: notification.toolkit.fluxcd.io/v1\nkind: Receiver\nmetadata: {name: push, namespace: shop}\nspec: {resources: [{kind: HelmRepository, name: charts}]}\n";
    let ran = migrate(&shop(("", ""), ("", "")).file("receiver.yaml", receiver));
    assert_eq!(ran.status, 0, "{ran}");
    let wanted = "Receiver shop/push tells HelmRepository shop/charts about new charts, and has to name the OCIRepository";
    assert!(ran.out.contains(wanted), "{ran}");
}

#[test]
fn each_cluster_has_its_own_helm_repositories() {
    let cluster = |world: World, name: &str, host: &str| {
        world
            .file(&format!("clusters/{name}/flux-system/gotk-components.yaml"), "# Flux Version: v2.8.0\n")
            .file(&format!("clusters/{name}/repository.yaml"), REPOSITORY.replace("ghcr.io", host))
            .file(&format!("clusters/{name}/release.yaml"), RELEASE)
    };
    let world = cluster(cluster(World::new(), "eu", "eu.example.com"), "us", "us.example.com");
    let ran = migrate(&world);
    assert_eq!(ran.status, 0, "{ran}");
    for name in ["eu", "us"] {
        let url = format!("  url: oci://{name}.example.com/example/charts/web\n");
        assert!(world.read(&format!("clusters/{name}/release.yaml")).contains(&url), "{name}: {ran}");
    }
}

#[test]
fn files_are_left_that_cannot_take_a_document() {
    let json = "{\"apiVersion\": \"helm.toolkit.fluxcd.io/v2\", \"kind\": \"HelmRelease\", \"metadata\": {\"name\": \"web\"}, \"spec\": {\"interval\": \"1m\", \"chart\": {\"spec\": {\"chart\": \"web\", \"sourceRef\": {\"kind\": \"HelmRepository\", \"name\": \"charts\"}}}}}\n";
    let repository = || World::new().file("repository.yaml", REPOSITORY);
    stays(&repository().file("release.json", json), "its file cannot take another document");
    stays(
        &repository().file("release.yaml", format!("{RELEASE}...\n")),
        "its file cannot take another document",
    );
    let indented: String = RELEASE.lines().map(|line| format!("    {line}\n")).collect();
    let list = format!("apiVersion: v1\nkind: List\nitems:\n  -\n{indented}");
    stays(&repository().file("release.yaml", list), "inside of another object or a list");
    stays(&repository().file("release.yaml", format!("{RELEASE}sops: {{mac: a}}\n")), "encrypted by SOPS");
}

#[test]
fn the_form_of_a_file_stays() {
    for (name, text) in [
        ("crlf", RELEASE.replace('\n', "\r\n")),
        ("bom", format!("\u{feff}{RELEASE}")),
        ("comment", format!("# About\n\n# the web\n{RELEASE}")),
        ("marker", format!("# About\n--- # first\n{RELEASE}")),
        (
            "second",
            format!(
                "{}---\n\n# web\n{RELEASE}",
                RELEASE.replace("web", "api").replace("HelmRepository", "GitRepository")
            ),
        ),
        ("two", format!("{}---\n{RELEASE}", RELEASE.replace("web", "api"))),
        ("no-end", RELEASE.trim_end().to_owned()),
    ] {
        let world = World::new().file("repository.yaml", REPOSITORY).file("release.yaml", &text);
        let ran = migrate(&world);
        assert_eq!(ran.status, 0, "{name}: {ran}");
        let after = world.read("release.yaml");
        assert_eq!(comments(&text), comments(&after), "{name}");
        assert_eq!(after.starts_with('\u{feff}'), name == "bom");
        assert_eq!(after.matches('\n').count() == after.matches("\r\n").count(), name == "crlf", "{name}");
        let documents = |text: &str| flux_forge::yaml::parse(text).documents.len();
        let more = if name == "two" { 2 } else { 1 };
        assert_eq!(documents(&after), documents(&text) + more, "{name}: {after}");
        assert_eq!(world.run(&["migrate", "charts", "--check"]).status, 0, "{name}: {after}");
    }
}

#[test]
fn real_repositories_stay_valid() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = std::fs::read_dir(&corpus) else {
        eprintln!("skipped: {} is absent", corpus.display());
        return;
    };
    let mut moved = 0;
    for folder in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let world = World::new();
        copy_tree(&folder, world.root());
        if !world.repo().files.values().any(|file| memchr::memmem::find(&file.bytes, b"type: oci").is_some())
        {
            continue;
        }
        world.run(&["migrate", "apis", "--yes", "--allow-dirty"]);
        let before = world.repo();
        let ran = migrate(&world);
        assert_ne!(ran.status, 2, "{}: {ran}", folder.display());
        let after = world.repo();
        let index = Index::new(&after);
        for (path, file) in &after.files {
            let old = &before.files[path];
            if old.bytes == file.bytes {
                continue;
            }
            moved += 1;
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            assert_eq!(comments(&text(&old.bytes)), comments(&text(&file.bytes)), "{path}");
            for resource in index.resources_of(index.file_index(path).unwrap()).map(|at| &index.resources[at])
            {
                let facts = schema::facts(&resource.id.group, &resource.version, &resource.id.kind);
                let is_part = resource.role == Role::Patch;
                let found = facts
                    .filter(|_| !is_part)
                    .map(|facts| validate(facts, index.node(resource), Whole::Object));
                assert_eq!(found.unwrap_or_default(), [], "{path}");
            }
        }
        let again = world.run(&["migrate", "charts", "--dry-run"]);
        assert!(again.err.contains("Nothing to change"), "{}: {again}", folder.display());
    }
    assert!(moved >= 10, "{moved} files");
}
