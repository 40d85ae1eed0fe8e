//! Builds a folder as kustomize does, and tells which step touched which object.
