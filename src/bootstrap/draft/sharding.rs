//! Shards of controllers, as Flux documents them.

use memchr::memmem;

use crate::bootstrap::account::{Outcome, Row};
use crate::bootstrap::limit::Limit;
use crate::bootstrap::read::{Installation, is_within};
use crate::flux::scan::{file_name, folder};
use crate::kustomize::Step;
use crate::place::Place;
use crate::repo::Repo;

/// The annotation of a shard's controllers.
///
/// Source: fluxcd/website `content/en/flux/installation/configuration/sharding.md`.
const ROLE: &str = "sharding.fluxcd.io/role";

/// A row where controllers are sharded.
///
/// Source: controlplaneio-fluxcd/flux-operator `internal/builder/templates.go`: it shards more controllers than the
/// documentation does, and adds flags where that replaces them.
pub(super) fn row(repo: &Repo, installation: &Installation) -> Option<Row> {
    let path = files(repo, installation).next()?;
    let why = "a FluxInstance makes shards in its own way: either let it make them with `spec.sharding`, which shards every \
               controller that can be, and take these files away when Flux is handed over; or make the shards independent \
               of Flux's own files, with a copy of them, in a folder beside";
    let outcome = Outcome::Human(Limit::Sharding, why.into());
    Some(Row::new("shards of controllers", Place::file(path), outcome))
}

/// Whether a step makes a shard.
pub(super) fn is_of_shard(repo: &Repo, installation: &Installation, step: &Step) -> bool {
    files(repo, installation).any(|path| path == step.path)
}

/// Kustomizations of what the cluster applies that make shards of Flux's own files.
fn files<'r>(repo: &'r Repo, installation: &'r Installation) -> impl Iterator<Item = &'r str> {
    let is_near = |path: &str| {
        is_within(folder(path), &installation.folder) || is_within(folder(path), &installation.applied)
    };
    let makes = |bytes: &[u8]| {
        let has = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
        has("nameSuffix:")
            && (has(ROLE) || has("--watch-label-selector="))
            && has(file_name(&installation.file))
    };
    let all = repo.files.iter().filter(move |(path, file)| is_near(path) && makes(&file.bytes));
    all.map(|(path, _)| path.as_str())
}
