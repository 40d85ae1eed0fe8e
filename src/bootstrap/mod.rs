//! From what `flux bootstrap` wrote to a FluxInstance that runs the same Flux.

pub mod release;
pub mod surroundings;
