use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Check;
use super::cluster::{Cluster, HELM, SOURCE, id, target};
use super::manifests::complain;
use super::proved;
use super::subject::Subject;
use super::tree::Object;
use super::value::{at, list, text};

/// Charts come from OCI registries, where they are published there.
pub(super) const FROM_OCI: Check = Check { name: "chartRef", find: from_oci };
/// A chart is verified, or a remark says why not.
pub(super) const SIGNED: Check = Check { name: "signed charts", find: signed };
/// Production takes exact versions, others a range with an end.
pub(super) const PINNED: Check = Check { name: "chart versions", find: pinned };

const MEDIA_TYPE: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// Charts that no registry has (catalogue: `chart.kind: HelmRepository`).
const NO_REGISTRY: &[&str] = &["https://kubernetes-sigs.github.io/metrics-server"];

static EXACT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^v?\d+\.\d+\.\d+$").unwrap());
static BOUNDED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^>=v?\d+\.\d+\.\d+ <\d+(\.\d+)*$").unwrap());

/// Sources of charts in a registry.
pub(super) fn is_chart(source: &Value) -> bool {
    at(source, "spec.layerSelector").is_some()
}

fn from_oci(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let bad = cluster.all(HELM, "HelmRelease").filter(|object| !has_good_source(cluster, &object.value));
        bad.map(|object| id(&object.value)).collect()
    })
}

fn has_good_source(cluster: &Cluster, release: &Value) -> bool {
    let own = |reference: &Value| {
        let kept = at(reference, "namespace").is_none();
        cluster.find(&target(release, reference, "")).filter(|_| kept)
    };
    match (at(release, "spec.chartRef"), at(release, "spec.chart.spec.sourceRef")) {
        (Some(reference), None) => own(reference).is_some_and(|source| {
            let layer = text(&source.value, "spec.layerSelector.mediaType");
            text(reference, "kind") == "OCIRepository"
                && text(&source.value, "spec.url").starts_with("oci://")
                && layer == MEDIA_TYPE
                && text(&source.value, "spec.layerSelector.operation") == "copy"
        }),
        (None, Some(reference)) => own(reference).is_some_and(|source| {
            let url = text(&source.value, "spec.url").trim_end_matches('/');
            NO_REGISTRY.contains(&url) && at(&source.value, "spec.type").is_none()
        }),
        _ => false,
    }
}

fn signed(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        for object in cluster.all(SOURCE, "OCIRepository").filter(|object| is_chart(&object.value)) {
            let identities = list(&object.value, "spec.verify.matchOIDCIdentity");
            let excused = subject.tree.files[&object.file].lines().any(|line| {
                line.trim_start().starts_with("# ")
                    && line.contains("sign")
                    && line.contains("nothing is verified")
            });
            if identities.is_empty() && !excused {
                complaints.push(format!("{}: neither verified nor excused", id(&object.value)));
            }
            if identities.is_empty() != at(&object.value, "spec.verify").is_none() {
                complaints.push(format!("{}: verified by nobody", id(&object.value)));
            }
            let fields =
                identities.iter().flat_map(|identity| [text(identity, "issuer"), text(identity, "subject")]);
            complaints.extend(
                fields.filter_map(complain).map(|problem| format!("{}: {problem}", id(&object.value))),
            );
        }
        complaints
    })
}

fn pinned(subject: &Subject) -> Vec<String> {
    let good = |version: &str, production: bool| {
        EXACT.is_match(version) || (!production && BOUNDED.is_match(version))
    };
    subject.each_cluster(|cluster| {
        let charts = cluster.all(SOURCE, "OCIRepository").filter(|object| is_chart(&object.value));
        let versions = charts.map(|object| (object, version(&object.value)));
        let indexed =
            cluster.all(HELM, "HelmRelease").filter(|object| at(&object.value, "spec.chart").is_some());
        let versions =
            versions.chain(indexed.map(|object| (object, text(&object.value, "spec.chart.spec.version"))));
        let bad = versions.filter(|(_, version)| !good(version, cluster.production));
        bad.map(|(object, version): (&Object, _)| format!("{}: version `{version}`", id(&object.value)))
            .collect()
    })
}

fn version(source: &Value) -> &str {
    let tag = text(source, "spec.ref.tag");
    if tag.is_empty() { text(source, "spec.ref.semver") } else { tag }
}

const PODINFO: &str = "apps/base/podinfo";
const INFRA: &str = "platform-infra/components";

#[test]
fn helm_releases_take_their_chart_from_oci() {
    proved(
        &FROM_OCI,
        &[
            (
                "monorepo/two-clusters",
                &format!("{PODINFO}/release.yaml"),
                "kind: OCIRepository",
                "kind: HelmChart",
            ),
            (
                "monorepo/two-clusters",
                &format!("{PODINFO}/source.yaml"),
                "operation: copy",
                "operation: extract",
            ),
            (
                "multi-repo/default",
                &format!("{INFRA}/metrics-server/controllers/base/source.yaml"),
                "url: https://kubernetes-sigs.github.io/metrics-server",
                "url: https://charts.jetstack.io",
            ),
            (
                "gitless/default",
                &format!("{INFRA}/cert-manager/controllers/base/release.yaml"),
                "chartRef:\n",
                "chartRef:\n    namespace: default\n",
            ),
        ],
    );
}

#[test]
fn charts_are_verified_or_excused() {
    let operator = "clusters/staging/flux-system/flux-operator.yaml";
    proved(
        &SIGNED,
        &[
            ("monorepo/two-clusters", &format!("{PODINFO}/source.yaml"), r"github\.com", "github.com"),
            ("monorepo/two-clusters", &format!("{PODINFO}/source.yaml"), "  verify:", "  verified:"),
            ("monorepo/two-clusters", operator, r"\d+$", r"\d+"),
            (
                "multi-repo/default",
                &format!("{INFRA}/envoy-gateway/controllers/base/source.yaml"),
                "so nothing is verified",
                "alas",
            ),
        ],
    );
}

#[test]
fn production_takes_exact_versions_of_charts() {
    let operator = "platform-fleet/clusters/production/flux-system/flux-operator.yaml";
    proved(
        &PINNED,
        &[
            ("gitless/default", operator, "semver: ", "semver: \">=\" # "),
            ("monorepo/two-clusters", "apps/production/source.yaml", "semver: ", "semver: 6.x # "),
            ("monorepo/two-clusters", "apps/staging/source.yaml", " <7.0.0", ""),
            (
                "multi-repo/default",
                &format!("{INFRA}/metrics-server/controllers/production/release.yaml"),
                "version: ",
                "version: \"*\" # ",
            ),
        ],
    );
}
