//! Load a blueprint, check answers, render to files in memory, remember what was rendered.
//!
//! ```text
//! Draft (flags, file, prompts, defaults) ─ finish ─▶ Answers ─┐
//! folder ─ load, lint ─▶ Blueprint ───────────────────────────┴─ render ─▶ Rendered ─▶ changes
//! ```
//!
//! A blueprint is a folder: `blueprint.yaml` ([`Manifest`]), `files/` that mirrors what is written, `examples/` of
//! answers that must work. Nothing in this module knows the target directory, Git, rules or prompts, and nothing
//! depends on the machine: the same answers give the same bytes.

mod answers;
mod clusters;
mod draft;
mod embedded;
mod functions;
mod lint;
mod manifest;
mod model;
mod questions;
mod raw;
mod render;
mod repository;
mod state;
mod templates;

pub use answers::{Answers, Platform};
pub use clusters::Cluster;
pub use draft::Draft;
pub use embedded::{embedded, patterns};
pub use manifest::{Class, Manifest, Part};
pub use questions::{Choice, QUESTIONS, Question, question};
pub use render::{Blueprint, Rendered, RenderedFile};
pub use repository::Repository;
pub use state::{ANSWERS_PATH, STATE_PATH};
