//! Folders are built as kustomize builds them.

mod cases;
mod judge;
mod overlay;
mod random;
mod trees;
