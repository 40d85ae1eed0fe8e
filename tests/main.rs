//! One test binary; each module is a subject.
//!
//! Panics and messages are how a test fails or says that it is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod apply;
mod binary;
mod change;
mod cli;
mod commit;
mod finish;
mod harness;
mod plan;
mod repo;
mod rules;
mod schema;
mod tables;
mod ui;
mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
