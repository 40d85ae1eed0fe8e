//! Judges an index and returns findings.
//!
//! A rule is two files, the check and its page, and a row in [`RULES`]. The page is the rule's explanation and its
//! first tests: its *bad* tree must give the finding, its *good* tree must not, and fixing *bad* gives *good*.
//! A rule sees the index, the target and which files may change; it sees no disk, no clock and no network, and it
//! does not know how its findings are shown or applied.

pub mod advice;
mod charts;
pub mod data;
pub mod engine;
pub mod ignore;
mod input;
mod json_patch;
mod kustomize;
mod migrate;
mod options;
mod schema;
mod similar;
mod text;

use crate::finding::{Confidence, Finding, Severity};
use crate::flux::running::Cluster;
use crate::flux::{Index, Resource, SourceFile};
use crate::place::Place;
use ignore::Ignores;

pub use migrate::{Unserved, unserved};
pub use options::{DeadFields, Options};
pub use similar::similar;

/// What is known of a rule without running it.
#[derive(Debug)]
pub struct Meta {
    /// Name of the problem in kebab-case, so that "ignore ID" reads as a sentence.
    pub id: &'static str,
    /// When it runs.
    pub group: Group,
    /// The problem in a line.
    pub summary: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// How sure they are.
    pub confidence: Confidence,
    /// Whether they carry a fix.
    pub fix: FixAvailability,
    /// First version of this program that has the rule.
    pub since: &'static str,
    /// The page, in Markdown.
    pub explanation: &'static str,
}

impl Meta {
    /// A finding as sure and as bad as those of the rule are, about no object and without a fix.
    fn finding(&self, message: impl Into<String>, place: Place) -> Finding {
        Finding {
            rule: self.id,
            severity: self.severity,
            confidence: self.confidence,
            subject: String::new(),
            message: message.into(),
            place,
            related: Vec::new(),
            fix: None,
        }
    }
}

/// When a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// With every command that reads a repository: is it readable at all?
    Input,
    /// With `migrate apis`, over kustomization files.
    Kustomize,
    /// With `migrate apis`, over Flux objects.
    Migrate,
    /// With `migrate charts`.
    Charts,
    /// With what a blueprint renders.
    Schema,
    /// With `migrate apis`, over texts in which objects are only written down.
    Text,
}

impl Group {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Input, Self::Kustomize, Self::Migrate, Self::Charts, Self::Schema, Self::Text];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Kustomize => "kustomize",
            Self::Migrate => "migrate",
            Self::Charts => "charts",
            Self::Schema => "schema",
            Self::Text => "text",
        }
    }

    /// When its rules run.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Input => "with every command that reads a repository",
            Self::Kustomize => "with `migrate apis`, over kustomization files",
            Self::Migrate => "with `migrate apis`, over Flux objects",
            Self::Charts => "with `migrate charts`",
            Self::Schema => "with what a blueprint renders",
            Self::Text => "with `migrate apis`, over templates, documentation, comments and strings",
        }
    }
}

/// Whether the findings of a rule carry a fix. The harness proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// None does.
    Never,
    /// Some do.
    Sometimes,
    /// All do.
    Always,
}

/// At what a rule looks.
pub enum Check {
    /// At one object after the other.
    Resource(fn(&Context<'_>, &Resource) -> Vec<Finding>),
    /// At one file after the other.
    File(fn(&Context<'_>, &SourceFile<'_>) -> Vec<Finding>),
    /// At everything together.
    Repository(fn(&Context<'_>) -> Vec<Finding>),
    /// At each object on its way to its target: the migration runs these rules all at once.
    Migration,
}

/// A rule.
pub struct Rule {
    /// What is known of it.
    pub meta: Meta,
    /// What it does.
    pub check: Check,
}

/// What a rule is given.
pub struct Context<'a> {
    /// The repository.
    pub index: &'a Index<'a>,
    /// What the user asks for, above all the Flux that the repository is meant for.
    pub options: &'a Options,
    /// The clusters that apply the repository, with the Flux that runs on each.
    pub clusters: &'a [Cluster],
    /// Whether fixes may be written; for an answer that writes nothing, their proof is left out where it cannot fail.
    pub writes: bool,
    /// What is to be kept quiet about; [`engine::run`] drops it.
    pub ignores: &'a Ignores,
    /// Whether the file at a path may be changed; what may not is read all the same.
    pub may_change: &'a (dyn Fn(&str) -> bool + Sync),
}

impl<'a> Context<'a> {
    /// A repository without known clusters, every file of which may be changed.
    pub fn new(index: &'a Index<'a>, options: &'a Options, ignores: &'a Ignores) -> Self {
        Self { index, options, clusters: &[], writes: true, ignores, may_change: &|_| true }
    }
}

/// The rule about fields whose fate the user decides.
pub const DEAD_FIELD: &str = "dead-field";

/// Every rule, sorted by id.
pub static RULES: &[Rule] = &[
    migrate::changed_default::RULE,
    migrate::contradicting_fields::RULE,
    migrate::dead_controller_flag::RULE,
    migrate::dead_field::RULE,
    migrate::deprecated_field::RULE,
    kustomize::deprecated_kustomize_field::RULE,
    migrate::empty_patch_target::RULE,
    migrate::idle_field::RULE,
    schema::invalid_flux_object::RULE,
    input::malformed_ignore::RULE,
    migrate::missing_field::RULE,
    charts::oci_helm_repository::RULE,
    migrate::old_annotation::RULE,
    migrate::old_api_version::RULE,
    text::old_version_in_document::RULE,
    text::old_version_in_template::RULE,
    migrate::patch_at_old_version::RULE,
    migrate::patched_by_position::RULE,
    migrate::pre_release_field::RULE,
    migrate::provider_host_mismatch::RULE,
    migrate::refused_value::RULE,
    migrate::removed_template_data::RULE,
    migrate::secret_to_check::RULE,
    migrate::stale_reference::RULE,
    migrate::stale_schema_comment::RULE,
    migrate::status_in_git::RULE,
    text::text_like_an_object::RULE,
    migrate::unknown_field::RULE,
    input::unreadable_flux_file::RULE,
    migrate::unsupported_verification::RULE,
    input::unused_ignore::RULE,
    migrate::wrong_api_group::RULE,
];

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.meta.id == id)
}
