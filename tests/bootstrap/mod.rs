//! `migrate bootstrap`, from what it reads to what is proven.

mod release;
mod surroundings;
