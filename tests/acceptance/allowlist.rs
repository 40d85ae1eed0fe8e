use serde_json::Value;

use super::Check;
use super::cluster::{Cluster, SOURCE, id};
use super::proved;
use super::subject::Subject;
use super::value::{label, text};

/// The allowlists take every source that is generated, and prefixes end where a name ends.
pub(super) const COVERS: Check = Check { name: "allowlist", find };

const POLICIES: &str = "admissionregistration.k8s.io";

fn find(subject: &Subject) -> Vec<String> {
    if !subject.is_multitenant() {
        return Vec::new();
    }
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for role in ["tenant", "infra"] {
            let list = prefixes(cluster, role);
            if list.is_empty() && (role == "tenant" || !infra(cluster).is_empty()) {
                complaints.push(format!("no allowlist for the role {role}"));
            }
            let open = list.iter().filter(|prefix| !prefix.ends_with('/') || prefix.matches('/').count() < 4);
            complaints.extend(open.map(|prefix| format!("the prefix {prefix} is open")));
        }
        for kind in ["GitRepository", "OCIRepository", "HelmRepository", "Bucket"] {
            for object in cluster.all(SOURCE, kind) {
                complaints.extend(outside(cluster, &object.value));
            }
        }
        complaints
    })
}

/// Namespaces of components.
fn infra(cluster: &Cluster) -> Vec<&str> {
    let roles = cluster
        .all("", "Namespace")
        .filter(|object| label(&object.value, "toolkit.fluxcd.io/role") == "infra");
    roles.map(|object| text(&object.value, "metadata.name")).collect()
}

/// What the policy lets sources in namespaces with a role point at, as the binding for the role says.
fn prefixes(cluster: &Cluster, role: &str) -> Vec<String> {
    let selects = |binding: &Value| {
        let labels = binding.pointer("/spec/matchResources/namespaceSelector/matchLabels");
        labels.is_some_and(|labels| labels["toolkit.fluxcd.io/role"] == role)
            && text(binding, "spec.paramRef.parameterNotFoundAction") == "Deny"
            && binding["spec"]["validationActions"] == serde_json::json!(["Deny"])
    };
    let bindings = cluster.all(POLICIES, "ValidatingAdmissionPolicyBinding").map(|object| &object.value);
    let policy = |binding: &&Value| {
        let policies = cluster.all(POLICIES, "ValidatingAdmissionPolicy").map(|object| &object.value);
        policies
            .filter(|policy| text(policy, "spec.failurePolicy") == "Fail")
            .any(|policy| text(policy, "metadata.name") == text(binding, "spec.policyName"))
    };
    let lists = bindings.filter(|binding| selects(binding)).filter(policy).filter_map(|binding| {
        let name = text(binding, "spec.paramRef.name");
        let list = cluster.find(&format!("ConfigMap/{}/{name}", text(binding, "spec.paramRef.namespace")))?;
        Some(text(&list.value, "data.sources").split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    });
    lists.flatten().collect()
}

fn outside(cluster: &Cluster, source: &Value) -> Option<String> {
    let namespace = text(source, "metadata.namespace");
    if namespace == "flux-system" {
        return None;
    }
    let made = cluster.all("", "Namespace").find(|object| text(&object.value, "metadata.name") == namespace);
    let role = made.map_or("", |object| label(&object.value, "toolkit.fluxcd.io/role"));
    let url = format!("{}/", text(source, "spec.url").trim_end_matches('/'));
    let taken = prefixes(cluster, role).iter().any(|prefix| url.starts_with(prefix));
    (!taken).then(|| format!("{}: {url} is outside the allowlist of the role `{role}`", id(source)))
}

#[test]
fn the_allowlist_covers_every_source_and_its_prefixes_end_in_a_slash() {
    let (multi, gitless) =
        ("platform-fleet/tenants/apps/policies.yaml", "platform-fleet/tenants/policies.yaml");
    proved(
        &COVERS,
        &[
            (
                "monorepo/teams",
                "tenants/policies.yaml",
                "oci://ghcr.io/stefanprodan/charts/podinfo/",
                "oci://ghcr.io/other/",
            ),
            ("monorepo/teams", "tenants/policies.yaml", "podinfo/", "podinfo"),
            ("monorepo/teams", "tenants/policies.yaml", "failurePolicy: Fail", "failurePolicy: Ignore"),
            ("multi-repo/default", multi, "platform-demo/", "platform/"),
            ("multi-repo/default", multi, "parameterNotFoundAction: Deny", "parameterNotFoundAction: Allow"),
            ("multi-repo/default", multi, "toolkit.fluxcd.io/role: infra", "toolkit.fluxcd.io/role: other"),
            ("gitless/default", gitless, "platform-infra/", "platform-infra"),
            (
                "gitless/default",
                gitless,
                "https://kubernetes-sigs.github.io/metrics-server/",
                "https://kubernetes-sigs.github.io/",
            ),
        ],
    );
}
