//! The controllers that a release consists of.

use std::fmt;

/// A controller of Flux, as `--components` and `--components-extra` name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Fetches Git repositories, charts and OCI artifacts.
    SourceController,
    /// Applies Kustomizations.
    KustomizeController,
    /// Installs Helm releases.
    HelmController,
    /// Sends alerts and takes webhooks.
    NotificationController,
    /// Scans image repositories.
    ImageReflectorController,
    /// Writes image tags back to Git.
    ImageAutomationController,
    /// Makes artifacts of artifacts; since Flux 2.7.
    SourceWatcher,
}

impl Component {
    /// Every component, in the order in which Flux lists them.
    pub const ALL: [Self; 7] = [
        Self::SourceController,
        Self::KustomizeController,
        Self::HelmController,
        Self::NotificationController,
        Self::ImageReflectorController,
        Self::ImageAutomationController,
        Self::SourceWatcher,
    ];

    /// What `flux bootstrap` installs where it is not told otherwise.
    pub const DEFAULT: [Self; 4] = [
        Self::SourceController,
        Self::KustomizeController,
        Self::HelmController,
        Self::NotificationController,
    ];

    /// Its name: that of its Deployment and of its image.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SourceController => "source-controller",
            Self::KustomizeController => "kustomize-controller",
            Self::HelmController => "helm-controller",
            Self::NotificationController => "notification-controller",
            Self::ImageReflectorController => "image-reflector-controller",
            Self::ImageAutomationController => "image-automation-controller",
            Self::SourceWatcher => "source-watcher",
        }
    }

    /// The component of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|component| component.name() == name)
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
