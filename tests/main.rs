//! One test binary; each module is a subject.

mod yaml_scalar;
