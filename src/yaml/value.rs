//! The plain value of a node: what an operation puts in, and what the verification compares.

/// A value as Kubernetes sees it, mappings in the order written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar.
    Scalar(super::Scalar),
    /// Keys and values in order.
    Mapping(Vec<(Value, Value)>),
    /// Items in order.
    Sequence(Vec<Value>),
    /// A use of an anchor; not followed.
    Alias(String),
}
