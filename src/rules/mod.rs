//! Judges an index and returns findings.

pub mod data;
