//! What Flux lays over a folder.

use flux_forge::kustomize::{self, Build, Failure};
use flux_forge::place::Place;
use serde_json::{Value, json};

use super::cases::show;
use crate::harness::{self, World};

fn build(world: &World, folder: &str, spec: &Value) -> Result<Build, Failure> {
    kustomize::build_with(&world.repo(), folder, spec, &Place::file("sync.yaml"))
}

fn world() -> World {
    let map = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n");
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                      spec: {template: {spec: {containers: [{name: web, image: 'web:1'}]}}}\n";
    World::new()
        .file("plain/b.yaml", map("b"))
        .file("plain/a.yml", map("a"))
        .file("plain/data.json", "{}")
        .file("plain/deep/c.yaml", map("c"))
        .file("plain/deep/er/kustomization.yaml", "resources: [d.yaml]\nnamePrefix: x-\n")
        .file("plain/deep/er/d.yaml", map("d"))
        .file("plain/deep/er/skipped/e.yaml", "not: an object\n")
        .file("own/web.yaml", deployment)
        .file(
            "own/kustomization.yaml",
            "resources: [web.yaml]\nnamespace: own\nunknown: 1\nimages: [{name: web, newName: own, newTag: '2'}]\n",
        )
        .file("bad/a.yaml", "not: an object\n")
        .file(
            "part/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [p.yaml]\n",
        )
        .file("part/p.yaml", map("p"))
        .file("only/parts/kustomization.yaml", "components: [../../part]\n")
        .file("nothing/readme.txt", "")
}

#[test]
fn fields_of_the_kustomization_count() {
    let _guard = harness::snapshots("kustomize");
    let world = world();
    let patch = |target: Value, patch: &str| json!({"target": target, "patch": patch});
    let cases = [
        ("plain", json!({})),
        ("plain", json!({"targetNamespace": "shop", "nameSuffix": "-s", "namePrefix": "p-"})),
        ("own", json!({})),
        (
            "own",
            json!({
                "targetNamespace": "shop",
                "patches": [
                    patch(json!({"kind": "Deployment"}), "- {op: add, path: /spec/replicas, value: 2}"),
                    {"patch": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {paused: true}"},
                ],
                "patchesStrategicMerge": [
                    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"a": 1}},
                ],
                "patchesJson6902": [
                    {"target": {"kind": "Deployment", "name": "web"}, "patch": [{"op": "add", "path": "/spec/b", "value": 2}]},
                ],
                "images": [{"name": "web", "digest": "sha256:1"}, {"name": "own", "newTag": "9"}],
                "commonMetadata": {"labels": {"team": "a"}, "annotations": {"owner": "b"}},
                "components": ["../part", "../absent"],
                "ignoreMissingComponents": true,
            }),
        ),
        ("own", json!({"components": ["../absent"]})),
        ("own", json!({"components": ["https://example.com/x"]})),
        ("only/parts", json!({})),
        ("bad", json!({})),
        ("nothing", json!({})),
    ];
    let shown: String = cases
        .iter()
        .map(|(folder, spec)| format!("=== {folder} {spec}\n{}", show(&build(&world, folder, spec))))
        .collect();
    insta::assert_snapshot!("overlay", shown);
    // Without resources of its own, Flux lets kustomize say where each object is from.
    let build = build(&world, "only/parts", &json!({})).unwrap();
    let annotations = &build.objects[0].value["metadata"]["annotations"];
    assert_eq!(annotations, &json!({"config.kubernetes.io/origin": "path: ../../part/p.yaml\n"}));
}

#[test]
fn a_patch_is_applied_alone() {
    use flux_forge::kustomize::{Object, Patch, Selector, Written, apply};
    let written = Written { path: "a.yaml".to_owned(), document: 0, place: Place::file("a.yaml") };
    let value =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": {"x": "y"}}});
    let mut objects = vec![Object::new(value, written)];
    let selector = Selector {
        kind: "Config.*".to_owned(),
        label_selector: Some("x=y".to_owned()),
        ..Selector::default()
    };
    assert!(selector.selects(&objects[0]).unwrap());
    let mut patch = Patch { target: Some(selector), ..Patch::default() };
    patch.text = "- {op: add, path: /data, value: {a: b}}".to_owned();
    let touched = apply(&patch, &mut objects, 7).unwrap();
    assert_eq!(
        (touched.selected.len(), touched.deleted.len(), objects[0].steps.as_slice()),
        (1, 0, &[7][..])
    );
    assert_eq!(objects[0].value["data"]["a"], "b");
    patch.text = "{kind: any, metadata: {name: any}, $patch: delete}".to_owned();
    let touched = apply(&patch, &mut objects, 8).unwrap();
    assert_eq!(touched.deleted[0].value["data"]["a"], "b");
    assert!(objects.is_empty());
}
