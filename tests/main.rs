//! One test binary; each module is a subject.
//!
//! Panics and messages are how a test fails or says that it is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod acceptance;
mod advise;
mod answers;
mod apply;
mod binary;
mod blueprints;
mod change;
mod charts;
mod cli;
mod commit;
mod corpus;
mod explain;
mod faults;
mod finish;
mod harness;
mod house;
mod ignore;
mod interrupt;
mod layers;
mod matrix;
mod migrate;
mod new;
mod output;
mod page_cases;
mod place;
mod plan;
mod readme;
mod repo;
mod rules;
mod running;
mod rust_paths;
mod schema;
mod served;
mod tables;
mod texts;
mod transitions;
mod ui;
mod values;
mod yaml_carry;
mod yaml_edit;
mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
