//! Facts that rules go by, as tables with a source per row.

mod api_versions;

pub use api_versions::{
    Certainty, Row, Target, data_date, is_flux_group, newest, row, rows, served, successor,
};

pub use crate::flux::FluxVersion;
