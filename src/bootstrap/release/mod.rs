//! What a stock bootstrap of a Flux release consists of, and how what a repository holds stands against it.
//!
//! Of every release the table knows each object of `gotk-components.yaml` by a digest. What the flags of `flux bootstrap`
//! change is read out of an object before the digest is taken, so one digest stands for all flags.

mod canonical;
mod component;
mod deployment;
pub mod derive;
mod evidence;
mod facts;
mod flags;
mod object;
mod reading;
mod settled;
mod version;

pub use component::Component;
pub use evidence::{Absence, Evidence, Source, Told, header_components, tell};
pub use facts::Release;
pub use flags::{Flag, Flags, Setting, Spelling};
pub use reading::{Deviation, DeviationKind, Reading, read};
pub use version::Version;
