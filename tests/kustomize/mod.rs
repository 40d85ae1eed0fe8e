//! Folders are built as kustomize builds them.
