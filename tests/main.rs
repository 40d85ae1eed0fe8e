//! One test binary; each module is a subject.

mod house;
mod layers;
mod rust_paths;
mod yaml_ops;
mod yaml_properties;
mod yaml_scalar;
