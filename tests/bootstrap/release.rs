//! Stock installations are told from edited ones.
