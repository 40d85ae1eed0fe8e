//! What the user asks of a migration.

use super::data::{self, FluxVersion, Row, Target};

/// What the user asks of a migration.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The Flux whose API versions are written.
    pub target: Target,
    /// Write the versions of the target even where the Flux that runs does not serve them yet.
    pub force_target: bool,
    /// Rewrite what is valid but deprecated too.
    pub modernize: bool,
    /// Replace versions in templates, of which nothing else is known.
    pub templates: bool,
    /// Replace versions in the examples of documentation.
    pub docs: bool,
    /// What becomes of fields that have had no effect for so long that writing them back would change a cluster;
    /// without an answer their objects stay.
    pub dead_fields: Option<DeadFields>,
}

impl Options {
    /// The newest version that an object at `version` may go to where the Flux `running` applies it; `None` where it
    /// stays, or where nothing succeeds it.
    pub(super) fn successor(
        &self,
        group: &str,
        version: &str,
        kind: &str,
        running: Option<FluxVersion>,
    ) -> Option<&'static Row> {
        match running.filter(|_| !self.force_target) {
            Some(flux) => data::successor_within(group, version, kind, self.target, flux),
            None => data::successor(group, version, kind, self.target),
        }
    }
}

/// What becomes of a field that the running Flux no longer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DeadFields {
    /// It is written in its new form, and takes effect again: what the manifest means.
    Convert,
    /// It is removed: what the cluster does today.
    Drop,
}
