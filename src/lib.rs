//! flux-forge
pub mod blueprint;
pub mod change;
pub mod error;
pub mod finding;
pub mod yaml;
