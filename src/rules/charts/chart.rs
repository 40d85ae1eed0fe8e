//! What an OCIRepository says that takes the place of a HelmRepository and the chart of a release.

use super::repository::is_docker_config;
use crate::flux::{Id, Index};
use crate::yaml::{Node, Value};

/// The layer of an artifact that is a Helm chart.
///
/// Source: fluxcd/source-controller `docs/spec/v1/ocirepositories.md`, "Layer selector".
const HELM_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Fields of `chart.spec` that are read here.
const CHART: [&str; 8] = [
    "chart",
    "version",
    "sourceRef",
    "interval",
    "verify",
    "reconcileStrategy",
    "valuesFiles",
    "ignoreMissingValuesFiles",
];
/// Fields of a HelmRepository that go over under their names.
const SAME: [&str; 6] = ["provider", "secretRef", "certSecretRef", "insecure", "timeout", "suspend"];
/// Fields of a HelmRepository that are read here, or do nothing with `type: oci`.
const REPOSITORY: [&str; 5] = ["url", "type", "interval", "passCredentials", "accessFrom"];

/// A release and its HelmRepository.
pub(super) struct Pair<'a> {
    /// The repository around both.
    pub(super) index: &'a Index<'a>,
    /// The release.
    pub(super) release: &'a Id,
    /// Its `spec`.
    pub(super) spec: &'a Node<'a>,
    /// The HelmRepository.
    pub(super) repository: &'a Id,
    /// Its `spec`.
    pub(super) source: &'a Node<'a>,
}

impl Pair<'_> {
    /// The `spec` of the OCIRepository, or why there is none.
    pub(super) fn spec(&self) -> Result<Value, String> {
        let chart = self.chart()?;
        self.refuse(chart)?;
        let mut entries = vec![
            ("interval".to_owned(), self.interval(chart)?),
            ("url".to_owned(), Value::String(self.url(chart)?)),
            ("ref".to_owned(), reference(version(chart)?)),
            (
                "layerSelector".to_owned(),
                Value::Mapping(vec![
                    ("mediaType".to_owned(), HELM_LAYER.into()),
                    ("operation".to_owned(), "copy".into()),
                ]),
            ),
        ];
        for field in SAME {
            if let Some(node) = self.source.get(field) {
                entries.push((field.to_owned(), plain(field, node)?));
            }
        }
        if let Some(node) = chart.get("verify") {
            entries.push(("verify".to_owned(), plain("verify", node)?));
        }
        Ok(Value::Mapping(entries))
    }

    fn chart(&self) -> Result<&Node<'_>, String> {
        let chart = self.spec.get("chart").ok_or("it has no `spec.chart`")?;
        if chart.get("metadata").is_some() {
            return Err("`spec.chart.metadata` has no counterpart".to_owned());
        }
        chart.get("spec").ok_or_else(|| "it has no `spec.chart.spec`".to_owned())
    }

    /// What has no counterpart.
    fn refuse(&self, chart: &Node<'_>) -> Result<(), String> {
        let without = |field: &str| Err(format!("`{field}` has no counterpart"));
        let is_on = |node: &Node<'_>| node.scalar() != Some(crate::yaml::Scalar::Bool(false));
        if chart.get("valuesFiles").is_some_and(|files| !files.items().is_empty() || !files.is_sequence()) {
            return without("spec.chart.spec.valuesFiles");
        }
        if chart.get("ignoreMissingValuesFiles").is_some_and(is_on) {
            return without("spec.chart.spec.ignoreMissingValuesFiles");
        }
        // `ChartVersion` is the default.
        if chart.get("reconcileStrategy").is_some_and(|node| node.as_str() != Some("ChartVersion")) {
            return without("spec.chart.spec.reconcileStrategy");
        }
        if self.source.get("passCredentials").is_some_and(is_on) {
            return without("spec.passCredentials of the HelmRepository");
        }
        let unknown = |node: &Node<'_>, known: &[&[&str]]| {
            let keys = node.entries().iter().filter_map(|entry| entry.key_text().map(str::to_owned));
            keys.into_iter().find(|key| !known.iter().any(|known| known.contains(&key.as_str())))
        };
        if let Some(field) = unknown(chart, &[&CHART]) {
            return without(&format!("spec.chart.spec.{field}"));
        }
        if let Some(field) = unknown(self.source, &[&SAME, &REPOSITORY]) {
            return without(&format!("spec.{field} of the HelmRepository"));
        }
        self.refuse_secrets(chart)
    }

    /// A Secret of another kind, or in another namespace than the release, in which the OCIRepository comes to stand.
    fn refuse_secrets(&self, chart: &Node<'_>) -> Result<(), String> {
        let name = |node: Option<&Node<'_>>| Some(node?.get("name")?.as_str()?.to_owned());
        let secret = name(self.source.get("secretRef"));
        let verify = chart.get("verify");
        let needs = [
            ("the Secret of `secretRef`", secret.is_some()),
            ("the Secret of `certSecretRef`", self.source.get("certSecretRef").is_some()),
            ("the Secret of `verify`", verify.is_some_and(|verify| verify.get("secretRef").is_some())),
        ];
        if self.is_elsewhere(chart)
            && let Some((what, _)) = needs.iter().find(|(_, is_needed)| *is_needed)
        {
            return Err(format!("{what} is in another namespace than the release"));
        }
        match secret {
            Some(secret) if !is_docker_config(self.index, &secret, self.repository.namespace.as_deref()) => {
                Err(format!(
                    "Secret `{secret}` is not seen to be of type `kubernetes.io/dockerconfigjson`, which an \
                     OCIRepository asks for"
                ))
            }
            _ => Ok(()),
        }
    }

    fn is_elsewhere(&self, chart: &Node<'_>) -> bool {
        let named = chart.get("sourceRef").and_then(|source| source.get("namespace")).and_then(Node::as_str);
        named.is_some_and(|named| self.release.namespace.as_deref() != Some(named))
    }

    fn interval(&self, chart: &Node<'_>) -> Result<Value, String> {
        let node = chart.get("interval").or_else(|| self.spec.get("interval"));
        plain("interval", node.ok_or("it has no interval")?)
    }

    fn url(&self, chart: &Node<'_>) -> Result<String, String> {
        let url = fixed("spec.url of the HelmRepository", self.source.get("url"))?;
        let name = fixed("spec.chart.spec.chart", chart.get("chart"))?;
        if !url.starts_with("oci://") {
            return Err(format!("the HelmRepository is of type `oci`, but its address is `{url}`"));
        }
        Ok(format!("{}/{}", url.trim_end_matches('/'), name.trim_matches('/')))
    }
}

/// The version that is asked for; `None` for any.
fn version<'n>(chart: &'n Node<'_>) -> Result<Option<&'n str>, String> {
    match chart.get("version") {
        None => Ok(None),
        node => fixed("spec.chart.spec.version", node).map(|text| Some(text).filter(|text| !text.is_empty())),
    }
}

/// `ref` for a version. A tag cannot have a `+`, so Helm writes `_` for it.
///
/// Source: helm/helm `pkg/registry/client.go`.
fn reference(version: Option<&str>) -> Value {
    let (key, text) = match version {
        Some(version) if is_exact(version) => ("tag", version.replace('+', "_")),
        version => ("semver", version.unwrap_or("*").to_owned()),
    };
    Value::Mapping(vec![(key.to_owned(), Value::String(text))])
}

/// Whether it is one version and no range. One that begins with `v` is left a range, since the tag need not have it.
fn is_exact(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.split('.').collect();
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
    };
    numbers.len() == 3 && numbers.iter().all(is_number) && is_plain(version)
}

/// The text of a field that nothing substitutes.
fn fixed<'n>(field: &str, node: Option<&'n Node<'_>>) -> Result<&'n str, String> {
    let text = node.and_then(Node::as_str).ok_or_else(|| format!("`{field}` is not a text"))?;
    if text.contains("${") {
        return Err(format!("`{field}` has a variable, `{text}`"));
    }
    Ok(text)
}

fn plain(field: &str, node: &Node<'_>) -> Result<Value, String> {
    Value::of(node).ok_or_else(|| format!("`{field}` is written with an anchor, an alias or a tag"))
}
