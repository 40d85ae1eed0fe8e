//! Patches and replacements that name a field which changes: what they are put onto stays, for a person to decide.
//!
//! A field that is gone at the new version would be written in vain, or not be found where it is removed, tested or
//! copied. A list that gets new items means something else to a patch that replaces it or counts its items.

use super::held::Held;
use super::item::Item;
use super::moves::Moves;
use super::rewritten::{Rewritten, rewritten};
use super::selections::is_put_onto;
use super::step::Effect;
use crate::flux::access::Access;
use crate::flux::schema::{self, Facts};
use crate::flux::tree::Reach;
use crate::flux::{Index, Kustomization, Partial, Patch, Role, Target};
use crate::rules::json_patch;
use crate::yaml::{Node, NodeKind, Operation, Route, Step};

/// Why an object stays of which something names a field that changes.
const CHANGED: &str = "a patch or replacement names a field of it that changes";
/// Why an object stays of which a patch names a field that its new version does not have.
const GONE: &str = "a patch or replacement names a field that its new version does not have";

/// What names fields of objects: how it finds them, the fields, and where it stands.
struct Naming<'n> {
    by: Found<'n>,
    fields: Vec<Named<'n>>,
    file: usize,
}

/// How objects are found.
enum Found<'n> {
    Target(&'n Target),
    Part(Partial),
}

/// A field that is named.
struct Named<'n> {
    route: Route,
    /// What is written there.
    value: Option<&'n Node<'n>>,
    /// It only writes, so that what stands there or below does not matter.
    writes: bool,
    range: std::ops::Range<usize>,
}

/// Holds every object of which something names a field that changes, or that the new version does not declare.
pub(super) fn hold(index: &Index<'_>, moves: &mut Moves) {
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        let namings = namings(index, moves, kustomization);
        if namings.is_empty() {
            continue;
        }
        let reach = index.tree.reach(index, at);
        let everything = kustomization.is_part || reach.has_unknown;
        let is_candidate = |&resource: &usize| everything || reach.resources.contains(&resource);
        let candidates: Vec<usize> =
            moves.items.iter().filter_map(Item::resource).filter(is_candidate).collect();
        for resource in candidates {
            for naming in &namings {
                hold_one(index, moves, &reach, resource, naming);
            }
        }
    }
}

fn namings<'n>(index: &'n Index<'_>, moves: &Moves, kustomization: &'n Kustomization) -> Vec<Naming<'n>> {
    let accesses = kustomization.accesses.iter().map(|Access { target, fields, site, range }| Naming {
        by: Found::Target(target),
        fields: fields
            .iter()
            .map(|route| Named { route: route.clone(), value: None, writes: false, range: range.clone() })
            .collect(),
        file: site.file,
    });
    let mut namings: Vec<Naming<'_>> = accesses.collect();
    for patch in &kustomization.patches {
        let Some(file) = index.text_of(patch) else {
            namings.extend(written(index, moves, kustomization, patch));
            continue;
        };
        let parts = index.resources_of(file);
        match &patch.target {
            Some(target) => {
                let roots = index.files[file].stream.documents.iter().filter_map(|document| document.node());
                let mut fields = operations(roots);
                fields.extend(parts.flat_map(|part| merged(index, moves, part)));
                namings.push(Naming { by: Found::Target(target), fields, file });
            }
            None => namings.extend(parts.map(|part| {
                let resource = &index.resources[part];
                let by = Partial { id: resource.id.clone(), version: resource.version.clone() };
                Naming { by: Found::Part(by), fields: merged(index, moves, part), file }
            })),
        }
    }
    namings.retain(|naming| !naming.fields.is_empty());
    namings
}

/// The operations of a patch that is a list in its kustomization; one that is removed names nothing.
fn written<'n>(
    index: &'n Index<'_>,
    moves: &Moves,
    kustomization: &'n Kustomization,
    patch: &'n Patch,
) -> Option<Naming<'n>> {
    let by = Found::Target(patch.target.as_ref()?);
    if rewritten(moves, kustomization, patch) == Some(Rewritten::Removed) {
        return None;
    }
    let root = index.files[kustomization.file].stream.documents[kustomization.document].node()?;
    let fields = operations(root.find(&patch.route.key("patch")).into_iter());
    Some(Naming { by, fields, file: kustomization.file })
}

/// The fields that the operations in lists name; indices stand for any item.
fn operations<'i>(lists: impl Iterator<Item = &'i Node<'i>>) -> Vec<Named<'i>> {
    let named = lists.flat_map(Node::items).flat_map(|operation| {
        let writes = matches!(operation.get("op").and_then(Node::as_str), Some("add" | "replace" | "remove"));
        let at = |key| Some(json_patch::route(operation.get(key)?.as_str()?));
        let (range, value) = (operation.range.clone(), operation.get("value"));
        let path = at("path").map(|route| Named { route, value, writes, range: range.clone() });
        let from = at("from").map(|route| Named { route, value: None, writes: false, range });
        path.into_iter().chain(from)
    });
    named.collect()
}

/// The values that a merge patch sets, but for those that change in it too.
fn merged<'i>(index: &'i Index<'_>, moves: &Moves, part: usize) -> Vec<Named<'i>> {
    let own = moves.item_of(part).map(|item| changed(index, &moves.items[item])).unwrap_or_default();
    let mut fields = Vec::new();
    leaves(index.node(&index.resources[part]), &Route::root(), &mut fields);
    fields.retain(|field| !own.iter().any(|route| is_along(route, &field.route)));
    fields
}

/// A merge patch goes into mappings and replaces everything else.
fn leaves<'n>(node: &'n Node<'n>, route: &Route, found: &mut Vec<Named<'n>>) {
    if let NodeKind::Mapping { entries, .. } = &node.kind
        && !entries.is_empty()
    {
        for entry in entries {
            leaves(&entry.value, &route.key(entry.key_text().unwrap_or_default()), found);
        }
    } else {
        found.push(Named { route: route.clone(), value: None, writes: true, range: node.range.clone() });
    }
}

fn hold_one(index: &Index<'_>, moves: &mut Moves, reach: &Reach, resource: usize, naming: &Naming<'_>) {
    let Some(item) = moves.item_of(resource).filter(|&item| moves.items[item].held.is_none()) else { return };
    let object = &index.resources[resource];
    let is_found = match &naming.by {
        Found::Target(target) => {
            target.selects(&object.id.group, &object.version, &object.id, !reach.renames)
        }
        Found::Part(part) => {
            (&part.id.group, &part.version) == (&object.id.group, &object.version)
                && is_put_onto(part, &object.id, !reach.renames)
        }
    };
    if !is_found || object.role != Role::Object {
        return;
    }
    let changed = changed(index, &moves.items[item]);
    let old = schema::facts(&object.id.group, &object.version, &object.id.kind);
    let new = moves.items[item].to.and_then(|to| schema::facts(&to.group, &to.version, &to.kind));
    let is_gone =
        |field: &Named<'_>| old.zip(new).is_some_and(|(old, new)| loses(old, new, &field.route, field.value));
    let is_json = matches!(naming.by, Found::Target(_));
    for field in &naming.fields {
        let why = match field {
            field if is_json && is_gone(field) => GONE,
            field if changed.iter().any(|route| concerns(field, route)) => CHANGED,
            _ => continue,
        };
        let place = index.place(naming.file, field.range.clone());
        moves.items[item].hold(Held::Selected(why, place));
    }
}

/// Whether it matters to what names `field` that something changes at `route`.
fn concerns(field: &Named<'_>, route: &Route) -> bool {
    is_along(route, &field.route) || !field.writes && is_along(&field.route, route)
}

/// Whether `route` is `other` or leads to it; an index is any index.
fn is_along(route: &Route, other: &Route) -> bool {
    let alike = |(one, other): (&Step, &Step)| match (one, other) {
        (Step::Key(one), Step::Key(other)) => one == other,
        (Step::Index(_), Step::Index(_)) => true,
        _ => false,
    };
    route.steps().len() <= other.steps().len() && route.steps().iter().zip(other.steps()).all(alike)
}

/// Where the steps of an item add or remove something, as routes in its object.
fn changed(index: &Index<'_>, item: &Item) -> Vec<Route> {
    let above = item.resource().map_or(0, |resource| index.resources[resource].route.steps().len());
    let operations = item.steps.iter().flat_map(|step| match &step.effect {
        Effect::Change(operations) => operations.as_slice(),
        _ => &[],
    });
    let routes = operations.flat_map(|operation| match operation {
        Operation::Remove { at }
        | Operation::Take { at }
        | Operation::TakeWithLead { at }
        | Operation::Wrap { at, .. }
        | Operation::Recast { at, .. } => vec![at.clone()],
        Operation::Rename { at, key } => {
            let new = at.split_last().map(|(parent, _)| parent.key(key));
            [at.clone()].into_iter().chain(new).collect()
        }
        Operation::Insert { into, key, .. } => vec![into.key(key)],
        Operation::Prepend { to, .. } | Operation::Append { to, .. } => vec![to.clone()],
        Operation::Move { from, into, key, .. } => vec![from.clone(), into.key(key)],
        Operation::Join { from, into, .. } => vec![from.clone(), into.clone()],
        Operation::Replace { .. } | Operation::Edit { .. } | Operation::ReplaceInComment { .. } => Vec::new(),
    });
    routes.map(|route| Route::from(route.steps()[above.min(route.steps().len())..].to_vec())).collect()
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
