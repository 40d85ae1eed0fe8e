use serde_json::Value;

use super::Check;
use super::cluster::{Cluster, HELM, KUSTOMIZE, id};
use super::proved;
use super::subject::Subject;
use super::value::{at, label, list, text};

/// A namespace of a team has its labels, account, rights, limits, walls and alerts.
pub(super) const EQUIPPED: Check = Check { name: "tenants", find: equipped };
/// Nothing refers to another namespace where Flux forbids it.
pub(super) const REFERENCES: Check = Check { name: "cross-namespace", find: references };
/// What applies and installs acts as an account that exists, with the rights of its place.
pub(super) const ACCOUNTS: Check = Check { name: "accounts", find: accounts };

const RIGHTS: &str = "rbac.authorization.k8s.io";
const NOTIFICATIONS: &str = "notification.toolkit.fluxcd.io";

fn equipped(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for (namespace, team) in subject.tenants() {
            let mut demand = |good: bool, what: &str| {
                if !good {
                    complaints.push(format!("{namespace}: {what}"));
                }
            };
            let own = |group: &str, kind: &str, fits: &dyn Fn(&Value) -> bool| {
                cluster.all(group, kind).any(|object| {
                    text(&object.value, "metadata.namespace") == namespace && fits(&object.value)
                })
            };
            let made = cluster.find(&format!("Namespace//{namespace}"));
            let has = |key: &str, value: &str| made.is_some_and(|made| label(&made.value, key) == value);
            demand(has("toolkit.fluxcd.io/tenant", &team), "label of the team");
            demand(has("toolkit.fluxcd.io/role", "tenant"), "label of the role");
            demand(has("pod-security.kubernetes.io/enforce", "restricted"), "pod security");
            demand(
                own("", "ServiceAccount", &|account| text(account, "metadata.name") == "flux"),
                "ServiceAccount",
            );
            demand(own(RIGHTS, "RoleBinding", &|binding| binds(binding, &namespace)), "RoleBinding to admin");
            demand(own("", "ResourceQuota", &|quota| at(quota, "spec.hard").is_some()), "ResourceQuota");
            demand(own("", "LimitRange", &|limits| !list(limits, "spec.limits").is_empty()), "LimitRange");
            demand(own("networking.k8s.io", "NetworkPolicy", &denies), "NetworkPolicy that denies");
            if text(&subject.answers, "alerts.provider") != "none" {
                let alerts = ["Provider", "Alert"].iter().all(|kind| own(NOTIFICATIONS, kind, &|_| true));
                demand(alerts, "alerts");
            }
            demand(own(HELM, "HelmRelease", &|_| true), "app");
        }
        complaints
    })
}

/// Whether a binding gives the namespace's account, and nobody of another namespace but flux-system, `admin`.
fn binds(binding: &Value, namespace: &str) -> bool {
    let subjects = list(binding, "spec.subjects").iter().chain(list(binding, "subjects"));
    let mut known = false;
    for subject in subjects {
        match (text(subject, "namespace"), text(subject, "name")) {
            (own, "flux") if own == namespace => known = true,
            ("flux-system", name) if name.starts_with("tenant-") => {}
            _ => return false,
        }
    }
    known && text(binding, "roleRef.kind") == "ClusterRole" && text(binding, "roleRef.name") == "admin"
}

fn denies(policy: &Value) -> bool {
    let all = policy.pointer("/spec/podSelector") == Some(&serde_json::json!({}));
    let both = policy["spec"]["policyTypes"] == serde_json::json!(["Ingress", "Egress"]);
    all && both && ["spec.ingress", "spec.egress"].iter().all(|rules| at(policy, rules).is_none())
}

fn references(subject: &Subject) -> Vec<String> {
    let multitenant = subject.is_multitenant();
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in cluster
            .objects
            .iter()
            .filter(|object| text(&object.value, "apiVersion").contains(".toolkit.fluxcd.io/"))
        {
            let own = text(&object.value, "metadata.namespace");
            let spec = &object.value["spec"];
            let one =
                ["sourceRef", "chartRef", "providerRef", "imageRepositoryRef"].map(|field| &spec[field]);
            let chart = spec.pointer("/chart/spec/sourceRef");
            let many = ["eventSources", "resources"].into_iter().flat_map(|field| list(spec, field));
            let foreign =
                |reference: &&Value| at(reference, "namespace").is_some_and(|namespace| namespace != own);
            let all = one.into_iter().chain(chart).chain(many).filter(foreign);
            // Without tenants only alerts look into other namespaces.
            let all = all.filter(|_| multitenant || text(&object.value, "kind") != "Alert");
            complaints.extend(all.map(|reference| format!("{}: {reference}", id(&object.value))));
        }
        complaints
    })
}

fn accounts(subject: &Subject) -> Vec<String> {
    let tenants = subject.tenants();
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        let kustomizations = cluster.all(KUSTOMIZE, "Kustomization");
        for object in
            kustomizations.chain(cluster.all(HELM, "HelmRelease")).filter(|_| subject.is_multitenant())
        {
            let own = text(&object.value, "metadata.namespace");
            let named = text(&object.value, "spec.serviceAccountName");
            let account = if named.is_empty() { "flux" } else { named };
            // Those that come with Flux and its operator.
            let comes = own == "flux-system" && matches!(account, "kustomize-controller" | "flux-operator");
            if !comes && cluster.find(&format!("ServiceAccount/{own}/{account}")).is_none() {
                complaints.push(format!("{}: there is no ServiceAccount {account}", id(&object.value)));
            }
            let labelled = label(&object.value, "toolkit.fluxcd.io/tenant");
            if comes && !labelled.is_empty() {
                complaints.push(format!("{} of {labelled} acts as {account}", id(&object.value)));
            }
        }
        complaints.extend(powers(cluster, &|namespace| tenants.contains_key(namespace)));
        complaints
    })
}

/// Accounts of tenants have no rights in the whole cluster.
fn powers(cluster: &Cluster, is_tenant: &dyn Fn(&str) -> bool) -> Vec<String> {
    let subjects = cluster
        .all(RIGHTS, "ClusterRoleBinding")
        .flat_map(|object| list(&object.value, "subjects").iter().map(move |subject| (object, subject)));
    let strong = subjects.filter(|(_, subject)| {
        is_tenant(text(subject, "namespace")) || text(subject, "name").starts_with("tenant-")
    });
    strong.map(|(object, subject)| format!("{} gives {subject} too much", id(&object.value))).collect()
}

const GITLESS: &str = "platform-fleet/tenants/apps.yaml";
const MULTI: &str = "platform-fleet/tenants/apps/demo";

#[test]
fn tenants_have_account_rights_limits_and_walls() {
    proved(
        &EQUIPPED,
        &[
            (
                "monorepo/teams",
                "tenants/shop-web/namespace.yaml",
                "toolkit.fluxcd.io/tenant: shop",
                "toolkit.fluxcd.io/tenant: data",
            ),
            ("monorepo/teams", "tenants/shop-web/namespace.yaml", "role: tenant", "role: infra"),
            ("monorepo/teams", "tenants/shop-web/rbac.yaml", "name: admin", "name: cluster-admin"),
            (
                "multi-repo/default",
                &format!("{MULTI}/rbac.yaml"),
                "kind: ServiceAccount\nmetadata:\n  name: flux\n",
                "kind: ServiceAccount\nmetadata:\n  name: x\n",
            ),
            ("multi-repo/default", &format!("{MULTI}/limits.yaml"), "kind: ResourceQuota", "kind: Quota"),
            ("multi-repo/default", &format!("{MULTI}/network-policies.yaml"), "    - Egress\n", ""),
            ("multi-repo/default", &format!("{MULTI}/kustomization.yaml"), "  - alerts.yaml\n", ""),
            (
                "gitless/default",
                GITLESS,
                "          name: flux\n          namespace: << inputs.namespace | quote >>",
                "          name: flux\n          namespace: flux-system",
            ),
            (
                "gitless/default",
                GITLESS,
                "pod-security.kubernetes.io/enforce: restricted",
                "pod-security.kubernetes.io/enforce: baseline",
            ),
        ],
    );
}

#[test]
fn nothing_refers_to_another_namespace() {
    let alerts = "    - kind: Kustomization\n";
    proved(
        &REFERENCES,
        &[
            (
                "monorepo/teams",
                "tenants/shop-web/alerts.yaml",
                alerts,
                "    - namespace: flux-system\n      kind: Kustomization\n",
            ),
            (
                "multi-repo/default",
                &format!("{MULTI}/sync.yaml"),
                "    kind: GitRepository\n    name: demo",
                "    kind: GitRepository\n    namespace: flux-system\n    name: demo",
            ),
            (
                "gitless/default",
                GITLESS,
                "          name: apps\n        path",
                "          name: apps\n          namespace: flux-system\n        path",
            ),
        ],
    );
}

#[test]
fn what_applies_acts_as_an_account_of_its_place() {
    proved(
        &ACCOUNTS,
        &[
            (
                "monorepo/teams",
                "clusters/dev/apps.yaml",
                "serviceAccountName: tenant-shop",
                "serviceAccountName: kustomize-controller",
            ),
            ("monorepo/teams", "tenants/service-accounts.yaml", "name: tenant-shop", "name: tenant-x"),
            (
                "multi-repo/default",
                "platform-fleet/clusters/staging/infra.yaml",
                "  serviceAccountName: kustomize-controller\n",
                "",
            ),
            (
                "multi-repo/default",
                "platform-fleet/tenants/infra/namespaces.yaml",
                "kind: ServiceAccount\nmetadata:\n  name: flux\n",
                "kind: ServiceAccount\nmetadata:\n  name: x\n",
            ),
            (
                "multi-repo/default",
                "platform-fleet/tenants/infra/namespaces.yaml",
                "    namespace: cert-manager\n",
                "    namespace: demo\n",
            ),
            ("gitless/default", GITLESS, "serviceAccountName: flux\n", "serviceAccountName: other\n"),
        ],
    );
}
