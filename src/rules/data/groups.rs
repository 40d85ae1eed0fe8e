//! The API groups of Flux, as they are called since August 2020.

/// Sources and what is fetched from them.
pub const SOURCE: &str = "source.toolkit.fluxcd.io";
/// Kustomizations.
pub const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
/// Releases of Helm charts.
pub const HELM: &str = "helm.toolkit.fluxcd.io";
/// Alerts, where they go, and webhooks.
pub const NOTIFICATION: &str = "notification.toolkit.fluxcd.io";
/// Images and the updates that follow them.
pub const IMAGE: &str = "image.toolkit.fluxcd.io";
