use super::{Tree, at, objects, of_kind, proved, text};

#[test]
fn objects_that_flux_reads_values_from_carry_the_watch_label() {
    fn check(tree: &Tree) -> Vec<String> {
        let mut complaints = Vec::new();
        let label = "reconcile.fluxcd.io/watch: Enabled";
        for (path, value) in objects(tree) {
            let lists = ["spec.postBuild.substituteFrom", "spec.valuesFrom"];
            let used = lists.iter().filter_map(|list| at(&value, list)?.as_sequence()).flatten();
            for name in used.map(|used| text(used, "name")) {
                let folder = path.split('/').take(2).collect::<Vec<_>>().join("/");
                let mut makers = tree.iter().filter(|(file, content)| {
                    file.starts_with(&folder)
                        && (content.contains("kind: ConfigMap") || content.contains("configMapGenerator"))
                        && content.contains(&format!("name: {name}\n"))
                        && *file != path
                });
                if !makers.any(|(_, content)| content.contains(label)) {
                    complaints.push(format!("{path}: {name}"));
                }
            }
        }
        complaints
    }
    proved(
        check,
        &[
            ("clusters/staging/flux-system/runtime-info.yaml", "reconcile.fluxcd.io/watch: Enabled", "x: y"),
            ("clusters/staging/flux-system/kustomization.yaml", "reconcile.fluxcd.io/watch: Enabled", "x: y"),
            ("clusters/staging/apps.yaml", "name: flux-runtime-info", "name: runtime-info"),
        ],
    );
}

#[test]
fn no_secret_value_stands_in_the_repository() {
    fn check(tree: &Tree) -> Vec<String> {
        let mut complaints: Vec<_> =
            of_kind(tree, "v1", "Secret").iter().map(|(path, _)| format!("{path}: a Secret")).collect();
        for (path, text) in tree {
            let marks = ["secretGenerator", "stringData", "password:", "PRIVATE KEY", "token:"];
            complaints.extend(
                marks.iter().filter(|mark| text.contains(**mark)).map(|mark| format!("{path}: {mark}")),
            );
        }
        complaints
    }
    proved(
        check,
        &[
            ("apps/base/podinfo/namespace.yaml", "kind: Namespace", "kind: Secret"),
            ("apps/base/podinfo/release.yaml", "    ui:", "    password: x\n    ui:"),
        ],
    );
}
