//! Documents read as Flux resources and kustomizations, indexed once per (preview of a) repository.
//!
//! Knows no rule, no severity, no edit and no blueprint.

pub mod access;
mod embed;
pub mod file;
pub mod index;
pub mod kustomize;
pub mod patch;
pub mod resource;
pub mod running;
pub mod scan;
pub mod schema;
pub mod tree;
pub mod version;

pub use file::{Host, SourceFile, TextFile, Unreadable};
pub use index::{Index, named_files};
pub use kustomize::Kustomization;
pub use patch::{Partial, Patch, PatchText, Pin, Site, Target, Touches};
pub(crate) use resource::of_document;
pub use resource::{Id, Resource, Role};
pub use tree::Tree;
pub use version::FluxVersion;
