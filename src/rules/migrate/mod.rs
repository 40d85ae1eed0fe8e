//! Rules of `migrate apis`: they judge all objects together, since what moves has to move together.

mod carry;
mod collect;
mod commit_template;
mod dead_automation;
pub(super) mod dead_field;
mod dead_patches;
mod early_automation;
pub(super) mod early_field;
mod early_kustomization;
mod early_release;
mod edits;
pub(super) mod empty_patch_target;
mod findings;
mod held;
pub(super) mod idle_field;
mod item;
mod json_patch_order;
mod moves;
mod object;
pub(super) mod old_api_version;
pub(super) mod patch_at_old_version;
pub(super) mod removed_template_data;
mod selections;
pub(super) mod status_in_git;
mod step;
mod transitions;
mod twins;

pub(super) use findings::find;
