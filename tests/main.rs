//! One test binary; each module is a subject.

mod yaml_scalar;
mod schema;
mod tables;
