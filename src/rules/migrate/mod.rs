//! Rules of `migrate apis`.

mod links;
mod moves;
pub(super) mod old_api_version;
pub(super) mod patch_at_old_version;
