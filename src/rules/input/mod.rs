//! What every command that reads a repository reports.

pub(super) mod malformed_ignore;
pub(super) mod unreadable_flux_file;
pub(super) mod unused_ignore;
