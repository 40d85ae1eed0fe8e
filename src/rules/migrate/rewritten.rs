//! Patches of a Flux Kustomization whose list its own move takes away, with what they select.

use super::moves::Moves;
use crate::flux::kustomize::Owner;
use crate::flux::{Kustomization, Patch};
use crate::yaml::{Operation, Route};

/// What becomes of the list that a patch stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rewritten {
    /// It is removed: the patch selects nothing any more.
    Removed,
    /// Its patches are written elsewhere, as they are.
    Carried,
}

/// What becomes of the list that `patch` of `kustomization` stands in; `None` where it stays in its place.
pub(super) fn rewritten(moves: &Moves, kustomization: &Kustomization, patch: &Patch) -> Option<Rewritten> {
    let Owner::Flux(resource) = kustomization.owner else { return None };
    let item = &moves.items[moves.item_of(resource)?];
    let mut operations = item.operations.iter().filter(|_| item.held.is_none());
    operations.find_map(|operation| match operation {
        Operation::Remove { at } if is_below(&patch.route, at) => Some(Rewritten::Removed),
        Operation::Take { at } | Operation::Recast { at, .. } if is_below(&patch.route, at) => {
            Some(Rewritten::Carried)
        }
        _ => None,
    })
}

fn is_below(route: &Route, list: &Route) -> bool {
    route.steps().starts_with(list.steps())
}
