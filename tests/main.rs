//! One test binary; each module is a subject.
//!
//! Panics and messages are how a test fails or says that it is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod apply;
mod change;
mod commit;
mod harness;
mod house;
mod layers;
mod plan;
mod repo;
mod rules;
mod rust_paths;
mod schema;
mod tables;
mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
