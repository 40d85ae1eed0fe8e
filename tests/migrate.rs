//! `migrate apis` as a user calls it: what it prints, the exit code, the tree after.

use crate::harness::{World, snapshots};

const RELEASE: &str = "# the shop\napiVersion: helm.toolkit.fluxcd.io/v2beta1 # old\nkind: HelmRelease\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  interval: 10m\n  chart:\n    spec:\n      chart: web\n      sourceRef: {kind: HelmRepository, name: charts}\n";
const HELD: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata:\n  name: apps\n  namespace: flux-system\nspec:\n  interval: 10m\n  prune: true\n  unknown: field\n  sourceRef: {kind: GitRepository, name: fleet}\n";

fn repository() -> World {
    World::new()
        .file("apps/release.yaml", RELEASE)
        .file("clusters/apps.yaml", HELD)
        .file(
            "clusters/flux-system/gotk-components.yaml",
            "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\n",
        )
        .file("chart/Chart.yaml", "name: chart\n")
        .file("chart/templates/release.yaml", RELEASE)
        .file("docs/readme.yaml", "about: nothing\n")
        .git()
}

#[test]
fn every_reading_of_the_plan() {
    let _guard = snapshots("migrate");
    for (name, args) in [
        ("dry-run", vec!["--dry-run"]),
        ("check", vec!["--check"]),
        ("diff", vec!["--diff"]),
        ("json", vec!["--check", "--output", "json"]),
        ("asks", vec![]),
        ("yes", vec!["--yes"]),
    ] {
        let world = repository();
        let ran = world.run(&[&["migrate", "apis"], args.as_slice()].concat());
        insta::assert_snapshot!(name, ran.to_string());
        let is_written = name == "yes";
        assert_eq!(world.read("apps/release.yaml") == RELEASE, !is_written, "{name}");
        assert_eq!(world.read("clusters/apps.yaml"), HELD, "{name}");
    }
}

#[test]
fn a_second_write_has_nothing_to_do() {
    let world = repository();
    assert_eq!(world.run(&["migrate", "apis", "--yes", "--commit"]).status, 1);
    let tree = world.tree();
    let second = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(second.status, 1, "{second}");
    assert_eq!(world.tree(), tree);
    assert_eq!(world.git_run(&["status", "--porcelain"]), "");
}

#[test]
fn the_patch_of_diff_is_what_git_applies() {
    let world = repository();
    let patch = world.run(&["migrate", "apis", "--diff"]).out;
    world.put("change.patch", &patch);
    world.git_run(&["apply", "change.patch"]);
    let applied = world.read("apps/release.yaml");
    assert_eq!(applied, RELEASE.replace("v2beta1", "v2"));
    let written = repository();
    assert_eq!(written.run(&["migrate", "apis", "--yes"]).status, 1);
    assert_eq!(written.read("apps/release.yaml"), applied);
}

#[test]
fn all_done_is_exit_code_0() {
    let world = World::new().file("a.yaml", RELEASE).git();
    assert_eq!(world.run(&["migrate", "apis", "--check"]).status, 1);
    let written = world.run(&["migrate", "apis", "--yes", "--commit", "--branch", "flux-2.9"]);
    assert_eq!(written.status, 0, "{written}");
    assert_eq!(world.git_run(&["branch", "--show-current"]).trim(), "flux-2.9");
    assert_eq!(
        world.git_run(&["log", "-1", "--format=%s"]).trim(),
        "Move Flux objects to the API versions of Flux 2.9"
    );
    let check = world.run(&["migrate", "apis", "--check"]);
    assert_eq!(check.status, 0, "{check}");
}

#[test]
fn a_path_narrows_what_changes_and_not_what_is_read() {
    let kustomization = "resources: [../base]\npatches: [{path: patch.yaml}]\n";
    let patch = "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata: {name: web}\nspec: {interval: 5m}\n";
    let world = World::new()
        .file("base/release.yaml", RELEASE)
        .file("base/kustomization.yaml", "resources: [release.yaml]\n")
        .file("staging/kustomization.yaml", kustomization)
        .file("staging/patch.yaml", patch)
        .file("other/release.yaml", RELEASE)
        .git();
    let half = world.run(&["migrate", "apis", "--yes", "staging"]);
    assert_eq!(half.status, 1, "{half}");
    assert!(
        half.out.contains("moves only together with HelmRelease shop/web at base/release.yaml:2"),
        "{half}"
    );
    assert_eq!(world.read("staging/patch.yaml"), patch);
    assert_eq!(world.read("base/release.yaml"), RELEASE);
    let both = world.run(&["migrate", "apis", "--yes", "staging", "base"]);
    assert_eq!(both.status, 0, "{both}");
    assert!(world.read("staging/patch.yaml").contains("/v2\n"));
    assert_eq!(world.read("other/release.yaml"), RELEASE);
    let inside = world.run_in("other", &["migrate", "apis", "--yes"], None);
    assert_eq!(inside.status, 0, "{inside}");
    assert_ne!(world.read("other/release.yaml"), RELEASE);
}

const OVERLAY: &str = "resources: [release.yaml]\npatches: [{path: web.patch}]\n";
const PATCH: &str = "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata: {name: web}\nspec: {interval: 5m}\n";

#[test]
fn files_are_read_that_only_a_kustomization_or_git_knows_of() {
    let world = World::new()
        .file("apps/release.yaml", RELEASE)
        .file("apps/kustomization.yaml", OVERLAY)
        .file("apps/web.patch", PATCH)
        .git();
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(
        world.read("apps/web.patch").contains("/v2\n") && world.read("apps/release.yaml").contains("/v2 #")
    );

    let world = World::new().file("ignored/release.yaml", RELEASE).git();
    world.put(".gitignore", "ignored/\n");
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(
        world.read("ignored/release.yaml").contains("/v2 #"),
        "Git tracks it, whatever the ignore rule says"
    );
}

#[test]
fn an_object_at_the_new_version_counts_for_what_a_patch_selects() {
    let pin = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec:\n  interval: 1h\n  path: ./web\n  prune: true\n  sourceRef: {kind: GitRepository, name: fleet}\n  patches:\n    - target: {kind: HelmRelease, version: v2beta1}\n      patch: '[{\"op\": \"remove\", \"path\": \"/spec/suspend\"}]'\n";
    let world = World::new()
        .file("web/old.yaml", RELEASE)
        .file("web/new.yaml", RELEASE.replace("v2beta1", "v2").replace("name: web", "name: new"))
        .file("clusters/apps.yaml", pin)
        .git();
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.out.contains("a patch would find other objects than before"), "{ran}");
    assert_eq!(
        (world.read("web/old.yaml"), world.read("clusters/apps.yaml")),
        (RELEASE.to_owned(), pin.to_owned())
    );
}

#[test]
fn another_repository_inside_is_left_alone() {
    let world = World::new().file("a.yaml", RELEASE).git();
    world.put("vendor/inner/.git/HEAD", "ref: refs/heads/main\n");
    world.put("vendor/inner/release.yaml", RELEASE);
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.out.contains("1 skipped (is another Git repository)"), "{ran}");
    assert_eq!(world.read("vendor/inner/release.yaml"), RELEASE);
}

#[test]
fn an_excluded_file_stays_and_is_not_complained_about() {
    let world = World::new()
        .file("a.yaml", RELEASE)
        .file("old/b.yaml", RELEASE)
        .file("old/c.yaml", "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: {{ x }}\n")
        .git();
    let ran = world.run(&["migrate", "apis", "--yes", "--exclude", "old/"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(world.read("old/b.yaml"), RELEASE);
    assert_ne!(world.read("a.yaml"), RELEASE);
}

#[test]
fn what_cannot_be_read_is_an_error_when_it_looks_like_flux() {
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(RELEASE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let world = World::new()
        .file("utf16.yaml", utf16)
        .file("latin1.yaml", b"# caf\xe9\napiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\n")
        .file(
            "template.yaml",
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: {{ .name }}}\n",
        )
        .file("secret.yaml", b"\0GITCRYPT\0\x01\x02\x03")
        .file("plain.yaml", "a: {b\n")
        .file(
            "broken.yaml",
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {interval: 1m\n",
        )
        .git();
    let before = world.repo().files;
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 1, "{ran}");
    for path in [
        "utf16.yaml:1:1: error",
        "latin1.yaml:1:1: error",
        "template.yaml:3:19: error",
        "broken.yaml:3:7: error",
    ] {
        assert!(ran.out.contains(path), "{path}: {ran}");
    }
    assert!(ran.out.contains("1 skipped (is encrypted by git-crypt)"), "{ran}");
    assert!(!ran.out.contains("plain.yaml") && !ran.out.contains("secret.yaml:"), "{ran}");
    assert_eq!(world.repo().files, before);
}

#[test]
fn a_broken_file_is_found_where_nothing_is_old() {
    let broken = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {interval: 1m\n";
    let world = World::new().file("a.yaml", RELEASE.replace("v2beta1", "v2")).file("b.yaml", broken).git();
    let ran = world.run(&["migrate", "apis", "--check"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.out.contains("1 error"), "{ran}");
}

#[test]
fn targets_write_what_that_flux_serves() {
    let alert = "apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: a}\nspec: {providerRef: {name: p}, eventSources: [{kind: GitRepository, name: a}]}\n";
    let world = World::new().file("alert.yaml", alert).git();
    assert_eq!(world.run(&["migrate", "apis", "--check"]).status, 0);
    assert_eq!(world.run(&["migrate", "apis", "--yes", "--target", "2.10"]).status, 0);
    assert!(world.read("alert.yaml").starts_with("apiVersion: notification.toolkit.fluxcd.io/v1\n"));
    assert_eq!(
        world.run(&["migrate", "apis", "--check", "--target", "2.7", "--allow-dirty"]).status,
        0,
        "never a downgrade"
    );
    let unknown = world.run(&["migrate", "apis", "--target", "2.3"]);
    assert_eq!(unknown.status, 2, "{unknown}");
    assert!(unknown.err.contains("2.10"), "{unknown}");
}

#[test]
fn git_guards_what_is_written() {
    let world = World::new().file("a.yaml", RELEASE);
    let without = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(without.status, 2, "{without}");
    assert!(without.err.contains("--allow-dirty"), "{without}");
    assert_eq!(world.read("a.yaml"), RELEASE);
    let world = world.git();
    world.put("a.yaml", format!("{RELEASE}# edited\n"));
    let dirty = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(dirty.status, 2, "{dirty}");
    assert_eq!(world.run(&["migrate", "apis", "--yes", "--allow-dirty"]).status, 0);
    assert!(world.read("a.yaml").ends_with("# edited\n"));
}

#[test]
fn a_wrong_call_says_what_is_right() {
    let world = repository();
    for (args, words) in [
        (vec!["nowhere"], "there is no file or folder `nowhere`"),
        (vec!["--exclude", "a{b"], "not a glob"),
        (vec!["--diff", "--output", "json"], "cannot be used with"),
        (vec!["--branch", "x"], "--commit"),
    ] {
        let ran = world.run(&[&["migrate", "apis"], args.as_slice()].concat());
        assert_eq!(ran.status, 2, "{ran}");
        assert!(ran.err.contains(words), "{ran}");
    }
}

#[test]
fn a_pin_at_the_version_that_the_running_flux_serves_is_right() {
    let object = |name: &str, rest: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata: {{name: {name}, namespace: flux-system}}\nspec:\n  interval: 10m\n  prune: true\n  path: ./{name}\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n{rest}"
        )
    };
    let patch = "  patches:\n  - target: {group: kustomize.toolkit.fluxcd.io, version: v1beta2, kind: Kustomization}\n    patch: |\n      - {op: add, path: /spec/suspend, value: true}\n";
    let sync = "---\napiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {interval: 1m, url: \"https://example.com/fleet.git\"}\n";
    let world = World::new()
        .file("flux-system/gotk-components.yaml", "---\n# Flux Version: v0.39.0\n")
        .file("flux-system/gotk-sync.yaml", format!("{}{sync}", object("apps", patch)))
        .file("apps/shop.yaml", object("shop", ""))
        .git();
    let ran = world.run(&["migrate", "apis", "--dry-run"]);
    assert!(ran.out.contains("run this again when Flux 2.0 runs there"), "{ran}");
    assert!(!ran.out.contains("patch-at-old-version") && ran.status == 0, "{ran}");
}
