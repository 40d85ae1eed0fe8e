//! What the kustomizations select by version, and whether they would select the same after the move.
//!
//! The law that keeps every build: each patch, replacement and field specification picks the same objects before and
//! after. Where it would not, the objects and whatever selects them stay.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::held::Held;
use super::item::Subject;
use super::moves::Moves;
use crate::flux::tree::Reach;
use crate::flux::{Id, Index, Partial, Role, Target};
use crate::rules::data::Row;

/// Something that selects objects.
pub(super) struct Selection {
    pub(super) scope: Scope,
    pub(super) by: By,
    /// Why the objects that it selects stay, where it would select others.
    pub(super) held: Held,
    /// Patches that stay with what they are put onto.
    pub(super) companions: Vec<usize>,
}

/// Which objects it can see.
#[derive(Clone)]
pub(super) enum Scope {
    Reach(Rc<Reach>),
    Everything,
}

/// How it selects.
pub(super) enum By {
    /// By the patterns of a target; its version moves with the item, where there is one.
    Target(Target, Option<usize>),
    /// By group, version, kind and name; the version moves with the item, where there is one.
    Part(Partial, Option<usize>),
    /// The same for a patch that becomes a text in the object of the item, with the version that its object goes to.
    Lifted(Partial, usize, Option<&'static Row>),
    /// Nobody knows.
    Unknown,
}

/// Holds what would be selected otherwise than before; tells whether that held anything.
pub(super) fn hold_differing(index: &Index<'_>, moves: &mut Moves, selections: &[Selection]) -> bool {
    let mut any = false;
    for selection in selections {
        let (before, after) = (selection.matched(index, moves, false), selection.matched(index, moves, true));
        if before == after {
            continue;
        }
        let resources = before.union(&after).filter_map(|&resource| moves.item_of(resource));
        let own = match &selection.by {
            By::Target(_, item) | By::Part(_, item) => *item,
            By::Lifted(_, item, _) => Some(*item),
            By::Unknown => None,
        };
        let items: Vec<usize> = resources.chain(own).chain(selection.companions.iter().copied()).collect();
        for item in items {
            any |= moves.items[item].hold(selection.held.clone());
        }
    }
    any
}

impl Selection {
    /// The objects that it selects, before or after the move. Where nobody knows, an object that moves is another one.
    pub(super) fn matched(&self, index: &Index<'_>, moves: &Moves, after: bool) -> BTreeSet<usize> {
        let (scope, by_name): (Box<dyn Iterator<Item = usize>>, bool) = match &self.scope {
            Scope::Reach(reach) => (Box::new(reach.resources.iter().copied()), !reach.renames),
            Scope::Everything => (Box::new(0..index.resources.len()), false),
        };
        let moved_target = match &self.by {
            By::Target(target, Some(pin)) if after && moves.items[*pin].held.is_none() => {
                match &moves.items[*pin].subject {
                    Subject::Pin(version) => {
                        Some(Target { version: Some(version.clone()), ..target.clone() })
                    }
                    Subject::Object(_) => None,
                }
            }
            _ => None,
        };
        let selects = |resource: &usize| {
            let id = &index.resources[*resource].id;
            let (group, version) = moves.group_version(index, *resource, after);
            let has_moved = after && moves.moves(*resource);
            match &self.by {
                By::Unknown => !has_moved,
                By::Target(target, _) => {
                    let target = moved_target.as_ref().unwrap_or(target);
                    target.selects(group, version, id, by_name) && !(target.reads_version && has_moved)
                }
                By::Lifted(part, owner, row) => {
                    let row = row.filter(|_| after && moves.items[*owner].held.is_none());
                    let own = row.map(|row| (&*row.group, &*row.version));
                    (group, version) == own.unwrap_or((&part.id.group, &part.version))
                        && is_put_onto(part, id, by_name)
                }
                By::Part(part, item) => {
                    let own = item.and_then(|item| moves.items[item].resource());
                    let own = own.map(|resource| moves.group_version(index, resource, after));
                    let (own_group, own_version) = own.unwrap_or((&part.id.group, &part.version));
                    (group, version) == (own_group, own_version) && is_put_onto(part, id, by_name)
                }
            }
        };
        // A patch is selected by nothing, and what another object makes by nothing here.
        scope.filter(|&at| index.resources[at].role == Role::Object).filter(selects).collect()
    }
}

/// Names count unless something may change them; namespaces never, kustomize may add them later.
pub(super) fn is_put_onto(part: &Partial, id: &Id, by_name: bool) -> bool {
    part.id.kind == id.kind && (!by_name || part.id.name == id.name)
}
