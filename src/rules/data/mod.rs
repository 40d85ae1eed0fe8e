//! Facts that rules go by, as tables with a source per row.

mod api_versions;
mod behaviour_changes;
pub mod groups;

pub use api_versions::{
    Certainty, Row, Target, data_date, is_flux_group, newest, row, rows, served, successor, successor_within,
};

pub use behaviour_changes::{BehaviourChange, When, behaviour_changes};

pub use crate::flux::FluxVersion;
