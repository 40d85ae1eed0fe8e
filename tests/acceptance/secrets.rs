use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Check;
use super::proved;
use super::subject::Subject;
use super::value::{annotation, at, leaves, list, text};

/// No value of a secret stands in any file.
pub(super) const NONE: Check = Check { name: "secrets", find };

/// What tokens, keys and addresses with a password look like.
static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    let marks =
        "PRIVATE KEY|gh[pousr]_[0-9A-Za-z]{20}|glpat-|AKIA[0-9A-Z]{16}|xox[abp]-|://[^/\\s@]+:[^/\\s@]+@";
    Regex::new(marks).unwrap()
});
/// What keys of secret values are called.
static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    let names = "(?i)(password|passwd|token|api-?key|secret-?key|private-?key|client-?secret|credentials)$";
    Regex::new(names).unwrap()
});

fn find(subject: &Subject) -> Vec<String> {
    let mut complaints = Vec::new();
    for cluster in &subject.clusters {
        let secrets = cluster.all("", "Secret").filter(|object| {
            let copied = !annotation(&object.value, "fluxcd.controlplane.io/copyFrom").is_empty();
            !copied || ["data", "stringData"].iter().any(|field| at(&object.value, field).is_some())
        });
        complaints.extend(secrets.map(|object| format!("{}: a Secret with content", object.file)));
    }
    for (path, value) in subject.tree.documents() {
        if text(value, "kind") == "Kustomization" && !list(value, "secretGenerator").is_empty() {
            complaints.push(format!("{path}: secretGenerator"));
        }
        complaints.extend(passwords(path, value));
    }
    for (path, content) in &subject.tree.files {
        complaints.extend(MARKS.find_iter(content).map(|found| format!("{path}: {}", found.as_str())));
    }
    complaints
}

/// Values of keys that are named like a password.
fn passwords(path: &str, value: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    for (key, leaf) in leaves(value) {
        // A pipeline fills in `${{ … }}`; `id-token: write` is a permission.
        let harmless = match leaf {
            Value::String(text) => {
                text.is_empty() || text.starts_with("${{") || (key == "id-token" && text == "write")
            }
            other => !other.is_number(),
        };
        if NAMES.is_match(key) && !harmless {
            complaints.push(format!("{path}: {key}"));
        }
    }
    complaints
}

#[test]
fn no_secret_value_stands_in_a_repository() {
    let namespaces = "platform-infra/components/kube-prometheus-stack/controllers/base/release.yaml";
    proved(
        &NONE,
        &[
            ("monorepo/two-clusters", "apps/base/namespaces.yaml", "kind: Namespace", "kind: Secret"),
            (
                "monorepo/two-clusters",
                "apps/base/podinfo/release.yaml",
                "    ui:",
                "    password: x\n    ui:",
            ),
            (
                "monorepo/two-clusters",
                "apps/base/kustomization.yaml",
                "resources:",
                "secretGenerator: [{name: x}]\nresources:",
            ),
            ("multi-repo/default", namespaces, "existingSecret: grafana-admin", "password: admin"),
            ("multi-repo/default", "platform-fleet/README.md", "# ", "https://git:abc@example.com\n# "),
            (
                "gitless/default",
                "platform-fleet/tenants/infra.yaml",
                "      type: kubernetes.io/dockerconfigjson",
                "      stringData: {a: b}\n      type: kubernetes.io/dockerconfigjson",
            ),
        ],
    );
}
