//! One test binary; each module is a subject.

mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
