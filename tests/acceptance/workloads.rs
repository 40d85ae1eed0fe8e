use serde_json::Value;

use super::Check;
use super::cluster::{HELM, OPERATOR, id};
use super::proved;
use super::subject::Subject;
use super::value::{is, leaves, text};

/// No workload may do more than it needs, or runs an image that can be another one tomorrow.
pub(super) const SAFE: Check = Check { name: "workloads", find };

/// What a pod or the values of a chart must not say.
const RISKS: [(&str, bool); 7] = [
    ("privileged", true),
    ("allowPrivilegeEscalation", true),
    ("hostNetwork", true),
    ("hostPID", true),
    ("hostIPC", true),
    ("readOnlyRootFilesystem", false),
    ("runAsNonRoot", false),
];

fn find(subject: &Subject) -> Vec<String> {
    let kind = text(&subject.answers, "platform") == "kind-only";
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in &cluster.objects {
            let value = &object.value;
            // Policies say what others must not do.
            let said = if is(value, HELM, "HelmRelease") {
                &value["spec"]["values"]
            } else {
                &value["spec"]["template"]
            };
            let all = leaves(said).into_iter().filter(|(key, leaf)| is_risk(key, leaf));
            complaints.extend(all.map(|(key, leaf)| format!("{}: {key}: {leaf}", id(value))));
            let insecure = |leaf: &&Value| leaf.as_str().is_some_and(|text| text.contains("insecure"));
            let all = leaves(said).into_iter().map(|(_, leaf)| leaf).filter(insecure).filter(|_| !kind);
            complaints.extend(all.map(|leaf| format!("{}: {leaf}", id(value))));
        }
        complaints.extend(unrestricted(cluster));
        complaints
    })
}

fn is_risk(key: &str, leaf: &Value) -> bool {
    let image = matches!(key, "image" | "tag" | "repository") && leaf.as_str().is_some_and(floats);
    image || RISKS.iter().any(|(risk, bad)| *risk == key && *leaf == Value::Bool(*bad))
}

fn floats(image: &str) -> bool {
    image == "latest" || image.ends_with(":latest")
}

/// The sample app asks for what the strictest pod security level demands.
fn unrestricted(cluster: &super::cluster::Cluster) -> Vec<String> {
    let apps =
        cluster.all(HELM, "HelmRelease").filter(|object| text(&object.value, "metadata.name") == "podinfo");
    let lax = apps.filter(|object| {
        let values = &object.value["spec"]["values"];
        values.pointer("/securityContext/readOnlyRootFilesystem") != Some(&Value::Bool(true))
            || values.pointer("/securityContext/allowPrivilegeEscalation") != Some(&Value::Bool(false))
            || values.pointer("/podSecurityContext/runAsNonRoot") != Some(&Value::Bool(true))
    });
    let mut complaints: Vec<_> =
        lax.map(|object| format!("{}: no security context", id(&object.value))).collect();
    if cluster.all(OPERATOR, "FluxInstance").next().is_none() {
        complaints.push("nothing was judged".into());
    }
    complaints
}

#[test]
fn rendered_overlays_hold_no_risky_workload() {
    let release = "apps/base/podinfo/release.yaml";
    let kyverno = "platform-infra/components/cert-manager/controllers/base/release.yaml";
    proved(
        &SAFE,
        &[
            (
                "monorepo/two-clusters",
                release,
                "readOnlyRootFilesystem: true",
                "readOnlyRootFilesystem: false",
            ),
            ("monorepo/two-clusters", release, "    ui:", "    hostNetwork: true\n    ui:"),
            ("monorepo/two-clusters", release, "    ui:", "    image: {tag: latest}\n    ui:"),
            (
                "monorepo/two-clusters",
                "apps/production/release.yaml",
                "  values:\n",
                "  values:\n    securityContext: {privileged: true}\n",
            ),
            ("multi-repo/default", kyverno, "  values:\n", "  values:\n    image: ghcr.io/x/y:latest\n"),
            (
                "gitless/default",
                "platform-infra/components/metrics-server/controllers/base/release.yaml",
                "  values:\n",
                "  values:\n    args: [--kubelet-insecure-tls]\n",
            ),
        ],
    );
}
