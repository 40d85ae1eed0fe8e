//! Text ⇄ documents with spans: parse, find by route, and express an operation at a route as edits that keep
//! every other byte.
//!
//! ```text
//! text ─ parse ─▶ Stream ─ route ─▶ Node (range)          reading
//! text + Stream + operations ─ ops::edits ─▶ Vec<Edit>     writing, verified, or a Refusal
//! ```
//!
//! JSON is YAML here. Nothing in this module knows Kubernetes objects, Flux, file paths or findings; what it takes
//! from Kubernetes is only how that reads a scalar ([`scalar`]).

mod carry;
pub mod document;
pub mod excerpt;
mod image;
mod insert;
mod intent;
mod json;
mod literal;
mod locate;
pub mod operation;
pub mod ops;
mod owned;
pub mod parse;
pub mod refusal;
mod remove;
mod replace;
pub mod route;
pub mod scalar;
mod site;
mod text;
mod tree;
pub mod value;
mod verify;
mod within;
pub mod write;

pub use document::{Comment, Document, Entry, Node, NodeKind, Problem, ScalarStyle, Stream};

pub use excerpt::{excerpt, excerpt_from};
pub use locate::locate;
pub use operation::{Operation, Position};
pub use ops::{draft, edits, foresee, prove};
pub use parse::{decode, is_well_formed, parse};
pub use refusal::Refusal;
pub use route::{Route, Step};
pub use scalar::Scalar;
pub use value::Value;
