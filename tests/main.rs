//! One test binary; each module is a subject.
//!
//! Panics and messages are how a test fails or says that it is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod acceptance;
mod answers;
mod blueprints;
mod harness;

mod apply;
mod change;
mod commit;
mod new;
mod plan;
mod repo;
mod rules;
mod schema;
mod tables;
mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
