//! One test binary; each module is a subject.

mod blueprints;
mod yaml_scalar;
