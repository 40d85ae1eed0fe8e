//! Rules of `migrate charts`: where the charts of releases come from.

mod around;
mod chart;
mod document;
pub(super) mod oci_helm_repository;
mod patched;
mod repository;
