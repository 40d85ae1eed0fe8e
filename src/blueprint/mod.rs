//! Load a blueprint, check answers, render to files in memory, remember what was rendered.
//!
//! ```text
//! Draft (flags, file, prompts, defaults) ─ finish ─▶ Answers ─┐
//! folder ─ load, lint ─▶ Blueprint ───────────────────────────┴─ model, render ─▶ Rendered ─▶ changes
//! ```
//!
//! A blueprint is a folder: `blueprint.yaml` ([`Manifest`]), `files/` that mirrors what is written, `examples/` of
//! answers that must work, `parts/` and `components/` that several blueprints share. Nothing in this module knows the
//! target directory, Git, rules or prompts, and nothing depends on the machine: the same answers give the same bytes.

mod answers;
mod catalogue;
mod embedded;
mod functions;
mod include;
mod lint;
mod load;
mod manifest;
mod model;
mod render;
mod rendered;
mod scope;
mod state;
mod templates;

pub use answers::{
    Address, Answers, Asked, Auth, Channel, Choice, Cluster, Draft, Host, Issuer, Note, PATTERNS, Platform,
    Promotion, Provider, QUESTIONS, Question, Repository, Scheme, Shape, Signing, Team, Tier, Walk,
    json_schema, provider, question,
};
pub use catalogue::{Catalogue, Chart, Component, Drift, PodSecurity, Role, SecretNeed};
pub use embedded::{embedded, embedded_files, patterns};
pub use load::Blueprint;
pub use manifest::{Class, Manifest, Part};
pub use rendered::{Rendered, RenderedFile, RenderedRepository};
pub use state::{ANSWERS_PATH, STATE_PATH};
