//! Objects that only their version tells apart in one build: kustomize takes them for two, until both have the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::held::Held;
use super::moves::Moves;
use crate::flux::tree::Reach;
use crate::flux::{Index, Resource};

/// What one kustomization builds.
pub(super) struct Build(Reach);

/// The builds in which twins can meet; none where no two objects share kind and name at different versions.
pub(super) fn builds(index: &Index<'_>, moves: &Moves) -> Vec<Build> {
    let mut first: HashMap<(&str, &str), &str> = HashMap::new();
    let mut differing: HashSet<(&str, &str)> = HashSet::new();
    for Resource { id, version, .. } in &index.resources {
        let name = (&*id.kind, &*id.name);
        if first.entry(name).or_insert(version) != version {
            differing.insert(name);
        }
    }
    let may_meet = |at: usize| {
        let id = &index.resources[at].id;
        differing.contains(&(&*id.kind, &*id.name))
    };
    let is_needed = (0..index.resources.len()).any(|at| moves.item_of(at).is_some() && may_meet(at));
    let kustomizations = if is_needed { 0..index.kustomizations.len() } else { 0..0 };
    let reaches = kustomizations.map(|at| index.tree.reach(index, at));
    reaches.filter(|reach| !reach.is_guess).map(Build).collect()
}

/// Holds twins that would become one; tells whether that held anything.
pub(super) fn hold(index: &Index<'_>, moves: &mut Moves, builds: &[Build]) -> bool {
    let mut any = false;
    for Build(reach) in builds {
        let mut by_name: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for &at in &reach.resources {
            let id = &index.resources[at].id;
            by_name.entry((&id.kind, &id.name)).or_default().push(at);
        }
        for twins in by_name.values().filter(|twins| twins.len() > 1) {
            for (place, &one) in twins.iter().enumerate() {
                for &other in &twins[place + 1..] {
                    if meet(index, moves, reach, one, other) {
                        any |= hold_one(index, moves, one, other);
                        any |= hold_one(index, moves, other, one);
                    }
                }
            }
        }
    }
    any
}

/// Whether two objects differ before the move and not after it.
fn meet(index: &Index<'_>, moves: &Moves, reach: &Reach, one: usize, other: usize) -> bool {
    let namespace = |at: usize| index.resources[at].id.namespace.as_deref();
    let one_place = reach.gathers
        || namespace(one).is_none()
        || namespace(other).is_none()
        || namespace(one) == namespace(other);
    let differ = |after| moves.group_version(index, one, after) != moves.group_version(index, other, after);
    one_place && differ(false) && !differ(true)
}

fn hold_one(index: &Index<'_>, moves: &mut Moves, one: usize, other: usize) -> bool {
    let resource = &index.resources[other];
    let place = index.place(resource.file, resource.api_version.clone());
    moves.item_of(one).is_some_and(|item| moves.items[item].hold(Held::Twin(place)))
}
