//! How Kubernetes reads a scalar.

use super::ScalarStyle;

/// A scalar after Kubernetes' reading (sigs.k8s.io/yaml, YAML 1.1 words and numbers).
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`, `~`, nothing.
    Null,
    /// `true`, `yes`, `on`, …
    Bool(bool),
    /// A whole number; 128 bits hold both i64 and u64.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Everything else.
    String(String),
}

/// Reads the text of a scalar.
pub fn resolve(text: &str, _style: ScalarStyle, _tag: Option<&str>) -> Scalar {
    Scalar::String(text.to_owned())
}
