use super::Check;
use super::cluster::{HELM, id};
use super::proved;
use super::subject::Subject;
use super::tree::Object;
use super::value::{at, text};

/// A release that fails is tried again.
pub(super) const STRATEGY: Check = Check { name: "strategy", find: strategy };
/// What was changed by hand is set back in production, and reported elsewhere.
pub(super) const DRIFT: Check = Check { name: "drift", find: drift };
/// A release neither makes its namespace nor leaves it.
pub(super) const NAMESPACE: Check = Check { name: "targetNamespace", find: namespace };

fn strategy(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in cluster.all(HELM, "HelmRelease") {
            let retries = |action: &&str| {
                text(&object.value, &format!("spec.{action}.strategy.name")) == "RetryOnFailure"
                    && !text(&object.value, &format!("spec.{action}.strategy.retryInterval")).is_empty()
            };
            let missing = ["install", "upgrade"].into_iter().filter(|action| !retries(action));
            complaints.extend(missing.map(|action| format!("{}: {action}", id(&object.value))));
        }
        complaints
    })
}

fn drift(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let good = |mode: &str| mode == "enabled" || (mode == "warn" && !cluster.production);
        let mode = |object: &&Object| text(&object.value, "spec.driftDetection.mode").to_owned();
        let all = cluster.all(HELM, "HelmRelease").filter(|object| !good(&mode(object)));
        all.map(|object| format!("{}: mode `{}`", id(&object.value), mode(&object))).collect()
    })
}

fn namespace(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let fields = ["spec.targetNamespace", "spec.storageNamespace", "spec.install.createNamespace"];
        let all = cluster.all(HELM, "HelmRelease");
        let of = |object: &Object| {
            let given = fields.iter().filter(|field| at(&object.value, field).is_some());
            given.map(|field| format!("{}: {field}", id(&object.value))).collect::<Vec<_>>()
        };
        all.flat_map(of).collect()
    })
}

const PODINFO: &str = "apps/base/podinfo/release.yaml";
const INFRA: &str = "platform-infra/components/cert-manager/controllers";

#[test]
fn helm_releases_retry_on_failure() {
    proved(
        &STRATEGY,
        &[
            ("monorepo/two-clusters", PODINFO, "RetryOnFailure", "RemediateOnFailure"),
            ("multi-repo/default", &format!("{INFRA}/base/release.yaml"), "  upgrade:\n", "  rollback:\n"),
            (
                "gitless/default",
                "platform-fleet/clusters/staging/flux-system/flux-operator.yaml",
                "RetryOnFailure",
                "x",
            ),
        ],
    );
}

#[test]
fn helm_releases_correct_drift_in_production() {
    proved(
        &DRIFT,
        &[
            ("monorepo/two-clusters", "apps/production/release.yaml", "mode: enabled", "mode: warn"),
            ("monorepo/two-clusters", "apps/production/kustomization.yaml", "  - path: release.yaml\n", ""),
            (
                "multi-repo/default",
                &format!("{INFRA}/production/release.yaml"),
                "mode: enabled",
                "mode: disabled",
            ),
            ("multi-repo/default", &format!("{INFRA}/staging/release.yaml"), "mode: warn", "mode: disabled"),
            (
                "gitless/default",
                "platform-fleet/clusters/production/flux-system/flux-operator.yaml",
                "driftDetection",
                "drift",
            ),
        ],
    );
}

#[test]
fn helm_releases_leave_namespaces_to_their_parent() {
    proved(
        &NAMESPACE,
        &[
            ("monorepo/two-clusters", PODINFO, "  install:\n", "  install:\n    createNamespace: true\n"),
            (
                "gitless/default",
                &format!("{INFRA}/base/release.yaml"),
                "spec:\n",
                "spec:\n  targetNamespace: x\n",
            ),
        ],
    );
}
