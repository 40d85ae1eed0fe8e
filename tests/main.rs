//! One test binary; each module is a subject.
//!
//! Panics and messages are how a test fails or says that it is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod change;
mod house;
mod layers;
mod rust_paths;
mod schema;
mod tables;
mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
