//! What every command that reads a repository reports.

pub(super) mod unreadable_flux_file;
