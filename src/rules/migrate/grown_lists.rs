//! Lists that grow by what an old field held, where a patch writes the list: before, both counted; after, the patch
//! would replace or shift what the old field has become. So the object stays, for a person to decide.

use super::held::Held;
use super::moves::Moves;
use super::selections::is_put_onto;
use super::targeted_patches::text_of;
use crate::flux::{Index, Kustomization, Partial, Patch, Resource, Role, Target};
use crate::yaml::{Node, Operation, Route};

const WHY: &str =
    "a patch writes a list that an old field of it would become a part of: write the list that is meant";

/// Holds every object with such a list that a patch of a kustomization writes.
pub(super) fn hold(index: &Index<'_>, moves: &mut Moves) {
    let grown: Vec<(usize, Vec<Route>)> = moves
        .items
        .iter()
        .filter_map(|item| Some((item.resource()?, lists(&item.operations))))
        .filter(|(resource, lists)| !lists.is_empty() && index.resources[*resource].role == Role::Object)
        .collect();
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        if grown.is_empty() || kustomization.patches.is_empty() {
            continue;
        }
        let reach = index.tree.reach(index, at);
        for patch in &kustomization.patches {
            let Some(file) = text_of(index, patch) else { continue };
            let is_seen = |resource: &usize| {
                kustomization.is_part || reach.has_unknown || reach.resources.contains(resource)
            };
            for (resource, lists) in grown.iter().filter(|(resource, _)| is_seen(resource)) {
                if writes(index, patch, file, (*resource, lists), !reach.renames) {
                    hold_one(index, moves, (kustomization, patch), *resource);
                }
            }
        }
    }
}

/// The lists that `operations` put something into which stood elsewhere.
fn lists(operations: &[Operation]) -> Vec<Route> {
    let list = |operation: &Operation| match operation {
        Operation::Rename { at, key } => at.split_last().map(|(parent, _)| parent.key(key.as_str())),
        Operation::Prepend { to: at, .. }
        | Operation::Append { to: at, .. }
        | Operation::Replace { at, .. } => Some(at.clone()),
        _ => None,
    };
    let lists = operations.iter().filter_map(list);
    lists
        .filter(|list| list.to_string().ends_with("patches") || list.to_string().ends_with("valuesFiles"))
        .collect()
}

/// Whether `patch`, whose text is `file`, is put onto the object and writes one of its lists.
fn writes(
    index: &Index<'_>,
    patch: &Patch,
    file: usize,
    (resource, lists): (usize, &[Route]),
    by_name: bool,
) -> bool {
    let object = &index.resources[resource];
    let is_selected =
        |target: &Target| target.selects(&object.id.group, &object.version, &object.id, by_name);
    if patch.target.as_ref().is_some_and(|target| !is_selected(target)) {
        return false;
    }
    let below: Vec<Route> = lists.iter().map(|list| relative(list, object)).collect();
    let merges = index.resources_of(file).map(|at| &index.resources[at]).filter(|part| {
        let named = Partial { id: part.id.clone(), version: part.version.clone() };
        patch.target.is_some()
            || part.id.group == object.id.group
                && part.version == object.version
                && is_put_onto(&named, &object.id, by_name)
    });
    let merges =
        merges.map(|part| index.node(part)).any(|node| below.iter().any(|list| node.find(list).is_some()));
    let roots = index.files[file].stream.documents.iter().filter_map(|document| document.node());
    merges || roots.flat_map(Node::items).any(|operation| below.iter().any(|list| reaches(operation, list)))
}

/// `list` as seen from its object.
fn relative(list: &Route, object: &Resource) -> Route {
    Route::from(list.steps()[object.route.steps().len()..].to_vec())
}

/// Whether the operation of a JSON patch names `list`, something in it, or brings it.
fn reaches(operation: &Node, list: &Route) -> bool {
    let Some(path) = operation.get("path").and_then(Node::as_str) else { return false };
    let path = super::json_patches::route(path);
    match list.steps().strip_prefix(path.steps()) {
        Some(rest) => {
            let value = operation.get("value");
            value.is_some_and(|value| value.find(&Route::from(rest.to_vec())).is_some())
        }
        None => path.steps().starts_with(list.steps()),
    }
}

fn hold_one(
    index: &Index<'_>,
    moves: &mut Moves,
    (kustomization, patch): (&Kustomization, &Patch),
    resource: usize,
) {
    if let Some(item) = moves.item_of(resource) {
        let place = index.place(kustomization.file, patch.range.clone());
        moves.items[item].hold(Held::Selected(WHY, place));
    }
}
