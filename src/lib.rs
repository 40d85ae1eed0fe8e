//! flux-forge
pub mod change;
pub mod cli;
pub mod commands;
pub mod error;
pub mod finding;
pub mod plan;
pub mod repo;
pub mod ui;
pub mod yaml;
