//! `migrate bootstrap`, from what it reads to what is proven.

mod cases;
mod corpus;
mod fleet;
mod judges;
mod mutations;
mod phases;
mod release;
mod reports;
mod runbook;
pub(crate) mod stock;
mod surroundings;
