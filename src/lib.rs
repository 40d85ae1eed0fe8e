//! flux-forge
pub mod blueprint;
pub mod change;
pub mod error;
pub mod finding;
pub mod flux;
pub mod plan;
pub mod repo;
pub mod yaml;
