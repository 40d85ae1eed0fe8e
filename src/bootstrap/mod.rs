//! From what `flux bootstrap` wrote to a FluxInstance that runs the same Flux.

pub mod account;
pub mod clusters;
pub mod draft;
pub mod fields;
pub mod files;
pub mod flags;
pub mod hazard;
pub mod install;
pub mod instance;
pub mod inventory;
pub mod limit;
pub mod operator;
pub mod port;
pub mod proof;
pub mod read;
pub mod release;
pub mod runbook;
pub mod surroundings;
pub mod sync;
