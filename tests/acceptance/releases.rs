use std::collections::BTreeSet;

use serde_yaml::Value;

use super::{Tree, at, clusters, is_production, of_kind, production, proved, releases, text, whole};

#[test]
fn helm_releases_take_a_signed_or_explained_chart_from_oci() {
    fn check(tree: &Tree) -> Vec<String> {
        let mut complaints = Vec::new();
        for (path, release) in releases(tree) {
            let chart = (text(&release, "spec.chartRef.kind"), at(&release, "spec.chart"));
            if chart != ("OCIRepository", None) {
                complaints.push(format!("{path}: chartRef"));
            }
        }
        for (path, source) in whole(tree, "source.toolkit.fluxcd.io", "OCIRepository", "spec.url") {
            let media = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
            if text(&source, "spec.layerSelector.mediaType") != media
                || text(&source, "spec.layerSelector.operation") != "copy"
            {
                complaints.push(format!("{path}: layerSelector"));
            }
            let identities = at(&source, "spec.verify.matchOIDCIdentity").and_then(Value::as_sequence);
            let anchored = |identity: &Value| {
                ["issuer", "subject"].iter().all(|field| {
                    let pattern = text(identity, field);
                    pattern.starts_with("^https://")
                        && pattern.ends_with('$')
                        && !pattern.contains("github.com")
                })
            };
            let signed = identities.is_some_and(|identities| identities.iter().all(anchored));
            let is_excused = identities.is_none() && tree[path].contains("does not sign");
            if !signed && !is_excused {
                complaints.push(format!("{path}: verify"));
            }
        }
        complaints
    }
    proved(
        check,
        &[
            ("apps/base/podinfo/release.yaml", "kind: OCIRepository", "kind: HelmChart"),
            ("apps/base/podinfo/source.yaml", "operation: copy", "operation: extract"),
            ("apps/base/podinfo/source.yaml", r"github\.com", "github.com"),
            ("apps/base/podinfo/source.yaml", "  verify:", "  verified:"),
            ("infrastructure/controllers/cert-manager.yaml", "does not sign", "signs"),
        ],
    );
}

#[test]
fn helm_releases_retry_on_failure_and_leave_namespaces_to_their_parent() {
    fn check(tree: &Tree) -> Vec<String> {
        let mut complaints = Vec::new();
        let namespaces: BTreeSet<_> = of_kind(tree, "v1", "Namespace")
            .iter()
            .map(|(_, value)| text(value, "metadata.name").to_owned())
            .chain(["flux-system".to_owned()])
            .collect();
        for (path, release) in releases(tree) {
            for action in ["install", "upgrade"] {
                if text(&release, &format!("spec.{action}.strategy.name")) != "RetryOnFailure" {
                    complaints.push(format!("{path}: {action}"));
                }
            }
            let asks = ["spec.targetNamespace", "spec.install.createNamespace"];
            if asks.iter().any(|field| at(&release, field).is_some()) {
                complaints.push(format!("{path}: namespace"));
            }
            if !namespaces.contains(text(&release, "metadata.namespace")) {
                complaints.push(format!("{path}: nothing creates its namespace"));
            }
        }
        for (path, namespace) in of_kind(tree, "v1", "Namespace") {
            let level = at(&namespace, "metadata.labels")
                .and_then(|labels| labels.get("pod-security.kubernetes.io/enforce"));
            if level.is_none() {
                complaints.push(format!("{path}: pod security"));
            }
        }
        complaints
    }
    proved(
        check,
        &[
            ("apps/base/podinfo/release.yaml", "RetryOnFailure", "RemediateOnFailure"),
            ("apps/base/podinfo/release.yaml", "  install:\n", "  install:\n    createNamespace: true\n"),
            ("apps/base/podinfo/release.yaml", "spec:\n", "spec:\n  targetNamespace: x\n"),
            ("apps/base/podinfo/namespace.yaml", "kind: Namespace", "kind: Name"),
            ("apps/base/podinfo/namespace.yaml", "pod-security.kubernetes.io/enforce", "x"),
        ],
    );
}

#[test]
fn helm_releases_correct_drift_in_production() {
    fn check(tree: &Tree) -> Vec<String> {
        let corrects = |value: &Value| text(value, "spec.driftDetection.mode") == "enabled";
        let mut complaints = Vec::new();
        for (path, release) in releases(tree) {
            let of_staging = clusters(tree)
                .iter()
                .any(|name| path.starts_with(&format!("clusters/{name}/")) && !is_production(tree, name));
            if corrects(&release) || of_staging {
                continue;
            }
            for (_, environment) in production(tree) {
                let overlay = format!("apps/{environment}/");
                let name = text(&release, "metadata.name");
                let patched =
                    of_kind(tree, "helm.toolkit.fluxcd.io", "HelmRelease").iter().any(|(file, patch)| {
                        file.starts_with(&overlay) && text(patch, "metadata.name") == name && corrects(patch)
                    });
                if !patched {
                    complaints.push(format!("{path}: {environment}"));
                }
            }
        }
        complaints
    }
    proved(
        check,
        &[
            ("apps/production/podinfo-release.yaml", "mode: enabled", "mode: warn"),
            ("infrastructure/controllers/cert-manager.yaml", "mode: enabled", "mode: disabled"),
            ("clusters/production/flux-system/flux-operator.yaml", "driftDetection", "drift"),
        ],
    );
}

#[test]
fn production_takes_exact_versions_of_the_operator_and_the_app() {
    fn check(tree: &Tree) -> Vec<String> {
        let exact = |value: &Value| {
            let version = text(value, "spec.ref.semver");
            !version.is_empty()
                && version.chars().all(|character| character.is_ascii_digit() || character == '.')
        };
        let mut complaints = Vec::new();
        for (cluster, environment) in production(tree) {
            for prefix in
                [format!("clusters/{cluster}/flux-system/flux-operator.yaml"), format!("apps/{environment}/")]
            {
                let sources = of_kind(tree, "source.toolkit.fluxcd.io", "OCIRepository");
                let mut inside = sources.iter().filter(|(path, _)| path.starts_with(&prefix)).peekable();
                if inside.peek().is_none() || !inside.all(|(_, value)| exact(value)) {
                    complaints.push(prefix);
                }
            }
        }
        complaints
    }
    proved(
        check,
        &[
            ("clusters/production/flux-system/flux-operator.yaml", "semver: 0.58.1", "semver: \"*\""),
            ("apps/production/podinfo-source.yaml", "semver: 6.14.1", "semver: 6.x"),
        ],
    );
}
