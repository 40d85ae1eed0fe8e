//! One test binary; each module is a subject.

mod yaml_scalar;

mod apply;
mod change;
mod commit;
mod harness;
mod plan;
mod repo;
