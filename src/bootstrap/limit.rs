//! What no FluxInstance can say, so that a person has to decide first.

/// A reason why an installation, or a part of it, cannot be taken over as it is.
///
/// Source: controlplaneio-fluxcd/flux-operator `docs/api/v1/fluxinstance.md` and `internal/builder/*.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Names of controllers are prefixed or suffixed.
    RenamedObjects,
    /// Labels were put into selectors, which Kubernetes does not let change.
    ChangedSelectors,
    /// Generators, variables, replacements or transformers feed the controllers.
    GeneratedInput,
    /// Two installations of Flux in one cluster.
    SecondInstallation,
    /// Controllers or objects that are in no release.
    ForeignObjects,
    /// Objects of the release that were edited in place.
    EditedObjects,
    /// Controllers of different releases run side by side.
    MixedVersions,
    /// A Flux that the operator cannot install.
    UnsupportedVersion,
    /// Neither version nor components can be read.
    UnknownInstallation,
    /// source-watcher with a Flux older than 2.7.
    SourceWatcherTooEarly,
    /// The source or the Kustomization of the cluster lies in another namespace than Flux.
    RootElsewhere,
    /// The Kustomization of the cluster cannot be found, or several could be it.
    UnclearRoot,
    /// `gitImplementation` of a GitRepository.
    GitImplementation,
    /// Flux was installed by something else than the files in this repository.
    OtherInstaller,
    /// Manifests that are fetched from elsewhere, so that nothing can be compared.
    RemoteManifests,
    /// Object identity that only some controllers have.
    PartialIdentity,
    /// Shards that a FluxInstance would make otherwise.
    Sharding,
    /// A patch that finds or does something else in a FluxInstance.
    UnportablePatch,
    /// A file that something else in the repository uses.
    SharedFile,
    /// kustomize would not build what is there.
    BrokenBuild,
    /// The proof found a difference.
    Unproven,
}

impl Limit {
    /// Its name in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::RenamedObjects => "renamed-objects",
            Self::ChangedSelectors => "changed-selectors",
            Self::GeneratedInput => "generated-input",
            Self::SecondInstallation => "second-installation",
            Self::ForeignObjects => "foreign-objects",
            Self::EditedObjects => "edited-objects",
            Self::MixedVersions => "mixed-versions",
            Self::UnsupportedVersion => "unsupported-version",
            Self::UnknownInstallation => "unknown-installation",
            Self::SourceWatcherTooEarly => "source-watcher-too-early",
            Self::RootElsewhere => "root-elsewhere",
            Self::UnclearRoot => "unclear-root",
            Self::GitImplementation => "git-implementation",
            Self::OtherInstaller => "other-installer",
            Self::RemoteManifests => "remote-manifests",
            Self::PartialIdentity => "partial-identity",
            Self::Sharding => "sharding",
            Self::UnportablePatch => "unportable-patch",
            Self::SharedFile => "shared-file",
            Self::BrokenBuild => "broken-build",
            Self::Unproven => "unproven",
        }
    }
}
