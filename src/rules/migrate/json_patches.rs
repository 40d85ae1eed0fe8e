//! JSON patches that name a field which is gone at the new version: what they patch stays, for a person to decide.
//! Written, such a field would not be valid; removed, tested or copied, it would not be found.
//!
//! Merge patches need none of this: they are parts of objects and are judged like those.

use super::held::Held;
use super::moves::Moves;
use super::rewritten::{Rewritten, rewritten};
use super::targeted_patches::text_of;
use crate::flux::schema::{self, Facts};
use crate::flux::{Index, Kustomization, Patch};
use crate::yaml::{Node, Route};

/// Why an object stays that such a patch is put onto.
const GONE: &str = "a JSON patch names a field that its new version has not";

/// Holds every object of which a JSON patch names something that its new version does not declare.
pub(super) fn hold(index: &Index<'_>, moves: &mut Moves) {
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        for patch in kustomization.patches.iter().filter(|patch| patch.target.is_some()) {
            let (file, lists) = match text_of(index, patch) {
                Some(file) => (file, documents(index, file)),
                None => (kustomization.file, written(index, moves, kustomization, patch)),
            };
            let operations = operations(lists);
            if !operations.is_empty() {
                hold_one(index, moves, (at, kustomization), patch, (file, &operations));
            }
        }
    }
}

fn documents<'i>(index: &'i Index<'_>, file: usize) -> Vec<&'i Node<'i>> {
    index.files[file].stream.documents.iter().filter_map(|document| document.node()).collect()
}

/// The list that `patch` is, where it is written as a node; one that is removed is none.
fn written<'i>(
    index: &'i Index<'_>,
    moves: &Moves,
    kustomization: &Kustomization,
    patch: &Patch,
) -> Vec<&'i Node<'i>> {
    if rewritten(moves, kustomization, patch) == Some(Rewritten::Removed) {
        return Vec::new();
    }
    let root = index.files[kustomization.file].stream.documents[kustomization.document].node();
    root.and_then(|root| root.find(&patch.route.key("patch"))).into_iter().collect()
}

/// The operations in `lists`, each with a field that it names; indices stand for any item.
fn operations<'i>(lists: Vec<&'i Node<'i>>) -> Vec<(Route, &'i Node<'i>)> {
    let operations = lists.into_iter().flat_map(Node::items);
    let named = operations.flat_map(|operation| {
        ["path", "from"]
            .into_iter()
            .filter_map(move |key| Some((route(operation.get(key)?.as_str()?), operation)))
    });
    named.collect()
}

/// The route that a JSON pointer leads along.
///
/// Source: RFC 6901, sections 3 and 4.
pub(super) fn route(pointer: &str) -> Route {
    pointer.split('/').skip(1).fold(Route::root(), |route, part| match part.parse() {
        Ok(index) => route.index(index),
        Err(_) if part == "-" => route.index(0),
        Err(_) => route.key(part.replace("~1", "/").replace("~0", "~")),
    })
}

fn hold_one(
    index: &Index<'_>,
    moves: &mut Moves,
    (at, kustomization): (usize, &Kustomization),
    patch: &Patch,
    (file, operations): (usize, &[(Route, &Node)]),
) {
    let Some(target) = &patch.target else { return };
    let reach = index.tree.reach(index, at);
    let candidates: Vec<usize> = if kustomization.is_part || reach.has_unknown {
        (0..index.resources.len()).collect()
    } else {
        reach.resources.iter().copied().collect()
    };
    for resource in candidates {
        let Some(item) = moves.item_of(resource) else { continue };
        let (found, Some(to)) = (&index.resources[resource], moves.items[item].to) else { continue };
        if !target.selects(&found.id.group, &found.version, &found.id, !reach.renames) {
            continue;
        }
        let old = schema::facts(&found.id.group, &found.version, &found.id.kind);
        let new = schema::facts(&to.group, &to.version, &to.kind);
        let (Some(old), Some(new)) = (old, new) else { continue };
        let gone =
            operations.iter().find(|(route, operation)| loses(old, new, route, operation.get("value")));
        if let Some((_, operation)) = gone {
            moves.items[item].hold(Held::Selected(GONE, index.place(file, operation.range.clone())));
        }
    }
}

/// Whether `value`, written at `route`, has something that `old` declares and `new` does not.
pub(super) fn loses(old: &Facts, new: &Facts, route: &Route, value: Option<&Node>) -> bool {
    if old.field(route).is_some() && new.field(route).is_none() {
        return true;
    }
    let Some(value) = value else { return false };
    let in_items =
        value.items().iter().enumerate().any(|(at, item)| loses(old, new, &route.index(at), Some(item)));
    in_items
        || value.entries().iter().any(|entry| {
            entry.key_text().is_some_and(|key| loses(old, new, &route.key(key), Some(&entry.value)))
        })
}
