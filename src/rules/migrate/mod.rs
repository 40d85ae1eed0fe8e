//! Rules of `migrate apis`.

mod collect;
mod held;
mod moves;
pub(super) mod old_api_version;
pub(super) mod patch_at_old_version;
mod selections;
mod twins;
