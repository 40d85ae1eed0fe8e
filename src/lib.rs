//! flux-forge
pub mod change;
pub mod error;
pub mod finding;
pub mod plan;
pub mod repo;
pub mod yaml;
