//! What is tied to an installation by path, by name or as its namespace, and what works on its components.

use flux_forge::bootstrap::surroundings::component_of;
use flux_forge::flux::Id;

use super::{at, seen};

const FOLDER: &str = "clusters/lab/flux-system";

fn root(kind: &str) -> Id {
    let namespace = Some("flux-system".to_owned());
    Id { group: String::new(), kind: kind.to_owned(), namespace, name: "flux-system".to_owned() }
}

fn automation(git: &str) -> String {
    format!(
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata:\n  name: all\n  namespace: \
         flux-system\nspec:\n  interval: 30m\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n  git:\n    commit: \
         {{author: {{email: a@example.com}}}}\n{git}"
    )
}

/// The places of automations that lose their branch.
fn losing(files: &[(&str, &str)]) -> Vec<String> {
    let found = seen(files);
    let root = root("GitRepository");
    found.automations_on_branch(&root).map(|one| at(&one.place)).collect()
}

#[test]
fn automations_without_a_branch_are_found() {
    let bare = automation("");
    assert_eq!(losing(&[("apps/auto.yaml", &bare)]), ["apps/auto.yaml:4"]);
    let push = automation("    push: {branch: main}\n");
    assert_eq!(losing(&[("apps/auto.yaml", &push)]), ["apps/auto.yaml:4"]);
    assert!(seen(&[("apps/auto.yaml", &push)]).automations[0].message.contains("before 2.7"));
    let checkout = automation("    checkout:\n      ref:\n        branch: main\n");
    assert_eq!(losing(&[("apps/auto.yaml", &checkout)]), [""; 0]);
    let other = bare.replace("    name: flux-system", "    name: apps");
    assert_eq!(losing(&[("apps/auto.yaml", &other)]), [""; 0]);
    let elsewhere = bare.replace("namespace: flux-system", "namespace: apps");
    assert_eq!(losing(&[("apps/auto.yaml", &elsewhere)]), [""; 0]);
    let across =
        elsewhere.replace("    name: flux-system", "    name: flux-system\n    namespace: flux-system");
    assert_eq!(losing(&[("apps/auto.yaml", &across)]), ["apps/auto.yaml:4"]);
    let filled = bare.replace("    name: flux-system", "    name: ${source}");
    assert_eq!(losing(&[("apps/auto.yaml", &filled)]), ["apps/auto.yaml:4"]);
}

#[test]
fn a_patch_may_bring_the_branch() {
    let bare = automation("");
    let patch = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata:\n  name: all\nspec:\n  git:\n    \
                 checkout: {ref: {branch: main}}\n";
    let merged = [
        ("apps/auto.yaml", bare.as_str()),
        ("apps/patch.yaml", patch),
        ("apps/kustomization.yaml", "resources: [auto.yaml]\npatches:\n  - path: patch.yaml\n"),
    ];
    assert!(seen(&merged).automations[0].is_patched);
    let inline = "resources: [auto.yaml]\npatches:\n  - target: {kind: ImageUpdateAutomation}\n    patch: |\n      - {op: add, \
                  path: /spec/git/checkout, value: {ref: {branch: main}}}\n";
    assert!(seen(&[merged[0], ("apps/kustomization.yaml", inline)]).automations[0].is_patched);
    let other = inline.replace("ImageUpdateAutomation", "ImagePolicy");
    assert!(!seen(&[merged[0], ("apps/kustomization.yaml", &other)]).automations[0].is_patched);
}

#[test]
fn what_names_the_folder_is_found() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: flux\nspec:\n  path: \
                ./clusters/lab/flux-system\n";
    let found = seen(&[
        (
            "clusters/lab/flux-system/kustomization.yaml",
            "resources: [gotk-components.yaml, gotk-sync.yaml]\n",
        ),
        ("clusters/lab/flux-system/gotk-components.yaml", ""),
        (
            "clusters/lab/kustomization.yaml",
            "namespace: flux-system\nresources:\n  - apps.yaml\n  - ./flux-system/\n",
        ),
        (
            "clusters/prod/kustomization.yaml",
            "resources:\n  - ../lab/flux-system/gotk-components.yaml\n  - flux-system\n",
        ),
        ("clusters/dr/kustomization.yaml", "patches:\n  - path: ../lab/flux-system/patch.yaml\n"),
        (
            "clusters/more/kustomization.yaml",
            "configMapGenerator:\n  - files: [x=../lab/flux-system/x.txt]\n",
        ),
        ("clusters/near/kustomization.yaml", "resources: [../lab/flux-system-more]\n"),
        ("clusters/lab/flux.yaml", flux),
    ]);
    let told: Vec<String> =
        found.references_to(FOLDER).map(|one| format!("{} {}", at(&one.place), one.to)).collect();
    assert_eq!(
        told,
        [
            "clusters/dr/kustomization.yaml:2 clusters/lab/flux-system/patch.yaml",
            "clusters/lab/kustomization.yaml:4 clusters/lab/flux-system",
            "clusters/more/kustomization.yaml:2 clusters/lab/flux-system/x.txt",
            "clusters/prod/kustomization.yaml:2 clusters/lab/flux-system/gotk-components.yaml",
            "clusters/lab/flux.yaml:6 clusters/lab/flux-system",
        ]
    );
}

#[test]
fn a_path_may_start_from_another_root() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: flux\nspec:\n  path: \
                ./lab/flux-system\n";
    let folder = "repos/fleet/lab/flux-system";
    let sync = (&*format!("{folder}/kustomization.yaml"), "resources: [gotk-sync.yaml]\n");
    let found = seen(&[sync, ("repos/fleet/flux.yaml", flux)]);
    assert_eq!(
        found.references_to(folder).map(|one| at(&one.place)).collect::<Vec<_>>(),
        ["repos/fleet/flux.yaml:6"]
    );
    assert_eq!(found.references_to("repos/fleet/prod-lab/flux-system").count(), 0);
    let found = seen(&[sync, ("repos/fleet/flux.yaml", flux), ("lab/flux-system/a.yaml", "# flux\n")]);
    assert_eq!(found.references_to(folder).count(), 0);
}

#[test]
fn a_second_owner_of_the_namespace_is_found() {
    let namespace =
        |more: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: flux-system\n{more}");
    let kept = namespace("  annotations:\n    kustomize.toolkit.fluxcd.io/prune: Disabled\n");
    let found = seen(&[
        ("clusters/lab/flux-system/namespace.yaml", &namespace("")),
        (
            "infra/namespaces.yaml",
            &format!("{}---\n{}", namespace(""), namespace("").replace("flux-system", "apps")),
        ),
        ("infra/kept.yaml", &kept),
        ("tenants/one.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: flux-system\n"),
    ]);
    let told: Vec<(String, bool)> =
        found.owners_of("flux-system", FOLDER).map(|one| (at(&one.place), one.is_kept)).collect();
    assert_eq!(told, [("infra/kept.yaml:4".to_owned(), true), ("infra/namespaces.yaml:4".to_owned(), false)]);
}

#[test]
fn users_of_the_root_are_counted() {
    let kustomization = |name: &str, more: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: {name}\n  namespace: \
             flux-system\nspec:\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n{more}"
        )
    };
    let chart = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: apps}\nspec:\n  \
                 chart:\n    spec:\n      chart: ./charts/web\n      sourceRef: {kind: GitRepository, name: flux-system, \
                 namespace: flux-system}\n";
    let found = seen(&[
        (
            "clusters/lab/apps.yaml",
            &kustomization("apps", "  dependsOn:\n    - name: flux-system\n    - name: infra\n"),
        ),
        ("clusters/lab/infra.yaml", &kustomization("infra", "")),
        ("apps/web.yaml", chart),
        ("apps/own.yaml", &chart.replace(", namespace: flux-system", "")),
        ("apps/helm.yaml", &chart.replace("GitRepository", "HelmRepository")),
    ]);
    let sources = found.users_of(&root("GitRepository"));
    assert_eq!((sources.sources, sources.dependencies), (3, 0));
    assert_eq!(sources.first.as_ref().map(at), Some("apps/web.yaml:8".to_owned()));
    let dependants = found.users_of(&root("Kustomization"));
    assert_eq!((dependants.sources, dependants.dependencies), (0, 1));
}

#[test]
fn custom_resources_are_counted_by_component() {
    let alert = "apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata:\n  name: a\n---\napiVersion: \
                 notification.toolkit.fluxcd.io/v1\nkind: Receiver\nmetadata:\n  name: r\n---\napiVersion: apps/v1\nkind: \
                 Receiver\nmetadata:\n  name: x\n";
    let found = seen(&[("a.yaml", alert), ("b.yaml", &automation(""))]);
    let told: Vec<_> = found
        .custom_resources
        .iter()
        .map(|one| (one.component, one.kinds.clone(), one.resources.len(), at(&one.first)))
        .collect();
    assert_eq!(
        told,
        [
            ("image-automation-controller", vec!["ImageUpdateAutomation"], 1, "b.yaml:4".to_owned()),
            ("notification-controller", vec!["Alert", "Receiver"], 2, "a.yaml:4".to_owned()),
        ]
    );
    assert_eq!(
        found.custom_resources[1].message,
        "2 objects of `notification-controller` in this repository: without it their CRDs are deleted, and they with them"
    );
    assert_eq!(component_of("helm.toolkit.fluxcd.io", "HelmRelease"), Some("helm-controller"));
    assert_eq!(component_of("source.toolkit.fluxcd.io", "GitRepository"), None);
}
