//! What the flags of `flux bootstrap` leave in `gotk-components.yaml`.

use std::fmt;

use super::{Component, Version};

/// Something that a Deployment shows and that may differ from bootstrap to bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// `--registry`: what stands before the name of the component in its image.
    Registry,
    /// `--image-pull-secret`; empty where there is none.
    ImagePullSecret,
    /// `--watch-all-namespaces`
    WatchAllNamespaces,
    /// `--log-level`
    LogLevel,
    /// `--cluster-domain`
    ClusterDomain,
    /// `--toleration-keys`, joined by commas; empty where there are none.
    TolerationKeys,
    /// Where events go. No flag: there is an address if notification-controller is among the components.
    EventsAddress,
    /// Whether ExternalArtifact is switched on. No flag: it is if source-watcher is among the components.
    ExternalArtifact,
    /// [`Spelling::runtime_namespace`]
    RuntimeNamespace,
    /// [`Spelling::pod_labels`]
    PodLabels,
    /// [`Spelling::own_storage_address`]
    StorageAddress,
}

/// The flags of `flux bootstrap` that show, as a stock one would have got them: where Deployments disagree, the value
/// that most of them have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flags {
    /// `--namespace`
    pub namespace: String,
    /// `--registry`
    pub registry: String,
    /// `--image-pull-secret`
    pub image_pull_secret: Option<String>,
    /// `--watch-all-namespaces`
    pub watch_all_namespaces: bool,
    /// `--network-policy`
    pub network_policy: bool,
    /// `--log-level`
    pub log_level: String,
    /// `--cluster-domain`
    pub cluster_domain: String,
    /// `--toleration-keys`
    pub toleration_keys: Vec<String>,
}

/// How the program that wrote the file words what means the same. It depends on the release of the `flux` command, which
/// need not be the release that it installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// Events go to the namespace `$(RUNTIME_NAMESPACE)`, not to one that is written out: since 2.7.2.
    pub runtime_namespace: bool,
    /// Pods have the labels `app.kubernetes.io/instance` and `app.kubernetes.io/version`: since 2.7.0.
    pub pod_labels: bool,
    /// source-watcher advertises its own address, not that of source-controller: since 2.7.2.
    pub own_storage_address: bool,
}

/// What one Deployment shows of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Whose Deployment it is.
    pub component: Component,
    /// What it shows.
    pub flag: Flag,
    /// Its value; `true` or `false` where the flag is a choice of two.
    pub value: String,
}

impl Flag {
    /// Every flag that is decided by what most Deployments have.
    pub(super) const VOTED: [Self; 9] = [
        Self::Registry,
        Self::ImagePullSecret,
        Self::WatchAllNamespaces,
        Self::LogLevel,
        Self::ClusterDomain,
        Self::TolerationKeys,
        Self::RuntimeNamespace,
        Self::PodLabels,
        Self::StorageAddress,
    ];

    /// What a user would call it: the flag of `flux bootstrap`, or what stands for it in the Deployment.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "--registry",
            Self::ImagePullSecret => "--image-pull-secret",
            Self::WatchAllNamespaces => "--watch-all-namespaces",
            Self::LogLevel => "--log-level",
            Self::ClusterDomain => "--cluster-domain",
            Self::TolerationKeys => "--toleration-keys",
            Self::EventsAddress => "--events-addr",
            Self::ExternalArtifact => "--feature-gates=ExternalArtifact",
            Self::RuntimeNamespace => "$(RUNTIME_NAMESPACE)",
            Self::PodLabels => "app.kubernetes.io/{instance,version}",
            Self::StorageAddress => "--storage-adv-addr",
        }
    }

    /// The value that a bootstrap of `version` without any flag leaves.
    pub(super) fn default(self, version: Version) -> String {
        let (flags, spelling) = (Flags::default(), Spelling::of(version));
        match self {
            Self::Registry => flags.registry,
            Self::ImagePullSecret | Self::TolerationKeys | Self::EventsAddress => String::new(),
            Self::WatchAllNamespaces => flags.watch_all_namespaces.to_string(),
            Self::LogLevel => flags.log_level,
            Self::ClusterDomain => flags.cluster_domain,
            Self::ExternalArtifact => false.to_string(),
            Self::RuntimeNamespace => spelling.runtime_namespace.to_string(),
            Self::PodLabels => spelling.pod_labels.to_string(),
            Self::StorageAddress => spelling.own_storage_address.to_string(),
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Flags {
    /// The namespace of Flux where nobody chose another.
    pub const NAMESPACE: &'static str = "flux-system";
}

impl Default for Flags {
    /// What `flux bootstrap` does where it is not told otherwise.
    fn default() -> Self {
        Self {
            namespace: Self::NAMESPACE.to_owned(),
            registry: "ghcr.io/fluxcd".to_owned(),
            image_pull_secret: None,
            watch_all_namespaces: true,
            network_policy: true,
            log_level: "info".to_owned(),
            cluster_domain: "cluster.local".to_owned(),
            toleration_keys: Vec::new(),
        }
    }
}

impl Spelling {
    /// How the `flux` command of this release words it.
    pub fn of(version: Version) -> Self {
        let since = |minor, patch| version >= Version::new(2, minor, patch);
        Self { runtime_namespace: since(7, 2), pod_labels: since(7, 0), own_storage_address: since(7, 2) }
    }
}
