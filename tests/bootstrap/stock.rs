//! Stock installations to begin with: what `flux bootstrap` of two releases writes, with components and flags of choice.
//!
//! The two bases have all components and no flags; `tests/stock.sh` made them. What flags do is done to their text, and
//! a test compares that with the real thing.

#![allow(dead_code, reason = "each module uses a part")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use flux_forge::bootstrap::release::{Component, Flags};
use flux_forge::yaml;
use serde_json::Value;

/// A stock `gotk-components.yaml` to be.
#[derive(Clone, Debug)]
pub(crate) struct Stock {
    version: &'static str,
    pub(crate) components: Vec<Component>,
    pub(crate) flags: Flags,
}

/// The base of a release, `2.9.4` or `2.3.0`: all its components, no flags.
pub(crate) fn base(version: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join(format!("tests/cases/bootstrap/stock-{version}.yaml.gz"));
    let packed = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text
}

/// The objects of a text with several documents.
pub(crate) fn objects(text: &str) -> Vec<Value> {
    let stream = yaml::parse(text);
    stream.documents.iter().filter_map(|document| document.to_json().unwrap()).collect()
}

/// The manifests of Flux releases, where the Go module that has them is at hand and `kustomize` is too.
pub(crate) fn manifests() -> Option<PathBuf> {
    if Command::new("kustomize").arg("version").output().is_err() {
        eprintln!("skipped: this test needs kustomize in PATH");
        return None;
    }
    let module = "github.com/controlplaneio-fluxcd/flux-operator@v0.58.0/config/data/flux";
    let cache = || {
        let go = Command::new("go").args(["env", "GOMODCACHE"]).output().ok()?;
        Some(PathBuf::from(String::from_utf8(go.stdout).ok()?.trim()).join(module))
    };
    let given = std::env::var_os("FLUX_OPERATOR_DATA").map(PathBuf::from);
    let folder = given.or_else(cache).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("skipped: this test needs the Go module {module}, or its folder in FLUX_OPERATOR_DATA");
    }
    folder
}

/// What `tests/stock.sh` makes of the manifests: the text of `gotk-components.yaml`.
pub(crate) fn made(manifests: &Path, version: &str, arguments: &[String]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stock.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg(manifests).arg(version).arg(folder.path()).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(folder.path().join("gotk-components.yaml")).unwrap()
}

impl Stock {
    /// The four default components of the release, without flags.
    pub(crate) fn of(version: &'static str) -> Self {
        Self { version, components: Component::DEFAULT.to_vec(), flags: Flags::default() }
    }

    #[must_use]
    pub(crate) fn components(mut self, components: &[Component]) -> Self {
        self.components = components.to_vec();
        self
    }

    #[must_use]
    pub(crate) fn flags(mut self, change: impl FnOnce(&mut Flags)) -> Self {
        change(&mut self.flags);
        self
    }

    /// The arguments of `flux bootstrap` that give this.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let names: Vec<_> = self.components.iter().map(|component| component.name()).collect();
        let mut arguments = vec![
            format!("--components={}", names.join(",")),
            format!("--namespace={}", self.flags.namespace),
            format!("--registry={}", self.flags.registry),
            format!("--watch-all-namespaces={}", self.flags.watch_all_namespaces),
            format!("--network-policy={}", self.flags.network_policy),
            format!("--log-level={}", self.flags.log_level),
            format!("--cluster-domain={}", self.flags.cluster_domain),
            format!("--toleration-keys={}", self.flags.toleration_keys.join(",")),
        ];
        let secret = self.flags.image_pull_secret.iter();
        arguments.extend(secret.map(|secret| format!("--image-pull-secret={secret}")));
        arguments
    }

    /// The objects of [`Self::text`].
    pub(crate) fn objects(&self) -> Vec<Value> {
        objects(&self.text())
    }

    /// The text of `gotk-components.yaml`.
    pub(crate) fn text(&self) -> String {
        let base = base(self.version);
        let documents =
            base.split_once("\napiVersion:").map(|(_, rest)| format!("apiVersion:{rest}")).unwrap();
        let mut parts: Vec<(Option<Component>, String)> = Vec::new();
        for document in documents.trim_end().split("\n---\n") {
            parts.push((None, document.to_owned()));
            if let Some(component) = deployed(document) {
                let open = parts.iter_mut().filter(|(owner, text)| owner.is_none() && !is_base(text));
                open.for_each(|(owner, _)| *owner = Some(component));
            }
        }
        let of = |owner: Option<Component>| parts.iter().filter(move |(other, _)| *other == owner);
        let mut chosen: Vec<&str> = of(None).map(|(_, text)| text.as_str()).collect();
        chosen.retain(|text| self.flags.network_policy || !text.contains("\nkind: NetworkPolicy\n"));
        for component in &self.components {
            chosen.extend(of(Some(*component)).map(|(_, text)| text.as_str()));
        }
        let names: Vec<_> = self.components.iter().map(|component| component.name()).collect();
        let header = format!(
            "---\n# This manifest was generated by flux. DO NOT EDIT.\n# Flux Version: v{}\n# Components: {}\n",
            self.version,
            names.join(",")
        );
        let documents: Vec<String> = chosen.iter().map(|text| self.flagged(text)).collect();
        header + &documents.join("\n---\n") + "\n"
    }

    fn flagged(&self, document: &str) -> String {
        let Flags { namespace, registry, log_level, cluster_domain, .. } = &self.flags;
        let mut text = document.replace("flux-system", namespace);
        if deployed(&text).is_none() {
            return text;
        }
        let watch = format!("--watch-all-namespaces={}", self.flags.watch_all_namespaces);
        text = text
            .replace("image: ghcr.io/fluxcd/", &format!("image: {registry}/"))
            .replace("--watch-all-namespaces=true", &watch)
            .replace("--log-level=info", &format!("--log-level={log_level}"))
            .replace(".svc.cluster.local.", &format!(".svc.{cluster_domain}."));
        if !self.components.contains(&Component::SourceWatcher) {
            text = text.replace("        - --feature-gates=ExternalArtifact=true\n", "");
        }
        if !self.components.contains(&Component::NotificationController) {
            let silent = |line: &str| {
                let (address, _) = line.split_once("--events-addr=")?;
                Some(format!("{address}--events-addr="))
            };
            let lines = text.lines().map(|line| silent(line).unwrap_or_else(|| line.to_owned()));
            text = lines.collect::<Vec<_>>().join("\n");
        }
        if let Some(secret) = &self.flags.image_pull_secret {
            let added = format!("      imagePullSecrets:\n      - name: {secret}\n      nodeSelector:\n");
            text = text.replace("      nodeSelector:\n", &added);
        }
        if !self.flags.toleration_keys.is_empty() {
            let keys = self.flags.toleration_keys.iter();
            let items = keys.map(|key| format!("      - key: {key}\n        operator: Exists\n"));
            let added = format!("      tolerations:\n{}      volumes:\n", items.collect::<String>());
            text = text.replace("      volumes:\n", &added);
        }
        text
    }
}

/// The component whose Deployment the document is.
fn deployed(document: &str) -> Option<Component> {
    let metadata = document.strip_prefix("apiVersion: apps/v1\nkind: Deployment\n")?;
    let name = metadata.lines().find_map(|line| line.strip_prefix("  name: "))?;
    Component::from_name(name)
}

/// Whether the document is there whatever the components are.
fn is_base(document: &str) -> bool {
    let kinds = ["Namespace", "NetworkPolicy", "ResourceQuota", "ClusterRole", "ClusterRoleBinding"];
    kinds.iter().any(|kind| document.contains(&format!("\nkind: {kind}\n")))
}
