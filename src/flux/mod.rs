//! What the program knows of Flux: its versions, its kinds and their fields.

pub mod schema;
pub mod version;

pub use version::FluxVersion;
