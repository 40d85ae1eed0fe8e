//! Rules of `migrate apis`: they judge all objects together, since what moves has to move together.

pub(super) mod changed_default;
mod collect;
pub(super) mod contradicting_fields;
pub(super) mod dead_controller_flag;
pub(super) mod deprecated_field;
mod duration;
mod edits;
mod findings;
mod held;
mod item;
mod leftover;
mod limits;
pub(super) mod missing_field;
mod moves;
mod object;
pub(super) mod old_annotation;
pub(super) mod old_api_version;
pub(super) mod patch_at_old_version;
pub(super) mod patched_by_position;
pub(super) mod pre_release_field;
pub(super) mod provider_host_mismatch;
pub(super) mod refused_value;
pub(super) mod secret_to_check;
mod selections;
pub(super) mod status_in_git;
mod step;
mod surroundings;
mod transitions;
mod twins;
pub(super) mod unsupported_verification;
pub(super) mod wrong_api_group;

pub(super) use findings::find;
pub use limits::{Unserved, unserved};
