//! Rules about kustomize's own files.

pub(super) mod deprecated_kustomize_field;
mod fields;
mod order;
mod rewrite;
