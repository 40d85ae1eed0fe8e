//! Rules of `migrate apis`: they judge all objects together, since what moves has to move together.

mod collect;
mod edits;
mod findings;
mod held;
mod item;
mod limits;
mod moves;
mod object;
pub(super) mod old_api_version;
pub(super) mod patch_at_old_version;
mod selections;
pub(super) mod status_in_git;
mod step;
mod transitions;
mod twins;

pub(super) use findings::find;
pub use limits::{Unserved, unserved};
