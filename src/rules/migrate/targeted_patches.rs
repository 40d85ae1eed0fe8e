//! Merge patches with a target: they are put onto objects of any version, so an object moves only where what its
//! patches write moves as far, or is no field that goes.

use super::held::Held;
use super::moves::Moves;
use super::touched::loses;
use crate::flux::schema;
use crate::flux::{Index, Role};
use crate::place::Place;
use crate::yaml::Route;

/// Why an object stays that such a patch is put onto.
const GONE: &str = "a patch writes a field that its new version does not have";

/// An object, and a patch for it with a field that goes.
pub(super) struct Pair {
    object: usize,
    part: usize,
    place: Place,
}

/// All objects with such a patch.
pub(super) fn pairs(index: &Index<'_>, moves: &Moves) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        for patch in &kustomization.patches {
            let (Some(target), Some(file)) = (&patch.target, index.text_of(patch)) else { continue };
            let parts: Vec<usize> = index.resources_of(file).collect();
            if parts.is_empty() {
                continue;
            }
            let reach = index.tree.reach(index, at);
            let sees_all = reach.has_unknown || kustomization.is_part;
            for (object, found) in index.resources.iter().enumerate() {
                let is_seen = found.role == Role::Object && (sees_all || reach.resources.contains(&object));
                if !is_seen || !target.selects(&found.id.group, &found.version, &found.id, !reach.renames) {
                    continue;
                }
                let losing = parts.iter().filter(|&&part| writes_what_goes(index, moves, object, part));
                pairs.extend(losing.map(|&part| Pair {
                    object,
                    part,
                    place: index.place(kustomization.file, patch.range.clone()),
                }));
            }
        }
    }
    pairs
}

/// Holds each object whose patch stays behind; tells whether that held anything.
pub(super) fn hold(index: &Index<'_>, moves: &mut Moves, pairs: &[Pair]) -> bool {
    let mut any = false;
    for pair in pairs {
        // What is at its version already changes its fields alone.
        let to = |resource: usize| {
            let item = Some(&moves.items[moves.item_of(resource)?]).filter(|item| item.held.is_none())?;
            Some(item.to.map_or(&index.resources[resource].version, |row| &row.version))
        };
        if to(pair.object).is_some_and(|version| to(pair.part) != Some(version))
            && let Some(item) = moves.item_of(pair.object)
        {
            any |= moves.items[item].hold(Held::Selected(GONE, pair.place.clone()));
        }
    }
    any
}

fn writes_what_goes(index: &Index<'_>, moves: &Moves, object: usize, part: usize) -> bool {
    let to = moves.item_of(object).and_then(|item| moves.items[item].to);
    let (Some(to), found) = (to, &index.resources[object]) else { return false };
    let old = schema::facts(&found.id.group, &found.version, &found.id.kind);
    let new = schema::facts(&to.group, &to.version, &to.kind);
    let (Some(old), Some(new)) = (old, new) else { return false };
    loses(old, new, &Route::root(), Some(index.node(&index.resources[part])))
}
