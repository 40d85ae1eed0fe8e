//! flux-forge
pub mod change;
pub mod error;
pub mod finding;
pub mod flux;
pub mod repo;
pub mod rules;
pub mod yaml;
