//! The fields of every Flux kind at every version, and the check of a document against them.
//!
//! ```text
//! CRD files ─ derive ─▶ facts.jsonl ─ facts(group, version, kind) ─▶ Facts ─ validate(node) ─▶ Violations
//! ```
//!
//! The table carries field paths, types, enums, patterns and bounds. It carries no rule of the Common Expression
//! Language (`x-kubernetes-validations`) and no default. Nothing here knows which version an object should have.

mod amend;
pub mod derive;
mod facts;
mod pattern;
mod validate;
mod violation;

pub use amend::{AMENDMENTS, Amendment};
pub use facts::{Bounds, Facts, List, Object, Schema, Text, all, facts};
pub use pattern::Pattern;
pub use validate::{Whole, holds_substitution, validate};
pub use violation::{Type, Unit, Violation, ViolationKind};
