//! Operations to edits.
