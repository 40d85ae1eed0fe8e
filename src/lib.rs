//! flux-forge generates and migrates Flux GitOps repositories.
//!
//! A run reads once, decides in pure code and writes once: [`repo`] walks the root, [`flux`] makes an index of what it
//! read, [`rules`] turn the index into findings, the fixes of these become a [`plan`], and [`commands`] hand it over to
//! be checked, shown or written. Modules stand here in layer order; one knows only those above it in this list, as the
//! table in `docs/architecture.md` says.

pub mod error;

pub mod change;
pub mod phrase;
pub mod place;

pub mod finding;
pub mod repo;
pub mod yaml;

pub mod flux;
pub mod kustomize;
pub mod plan;

pub mod blueprint;
pub mod bootstrap;
pub mod rules;

pub mod config;
pub mod output;
pub mod ui;

pub mod commands;

pub mod cli;
