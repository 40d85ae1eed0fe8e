//! Replacements and variables that name a field which is gone at the new version: what they select stays, since
//! kustomize fails where it does not find the field.
//!
//! Source: kubernetes-sigs/kustomize `api/filters/replacement/replacement.go`.

use std::ops::Range;

use super::held::Held;
use super::json_patches::loses;
use super::moves::Moves;
use crate::flux::kustomize::Owner;
use crate::flux::schema;
use crate::flux::{Index, Kustomization, Target};
use crate::yaml::{Node, Route};

/// Why an object stays that such a path leads into.
const GONE: &str = "a replacement or variable names a field that its new version has not";

/// What selects objects, with a path of a field in them and the bytes of that.
type FieldPath = (Target, Route, Range<usize>);

/// Holds every object in which a replacement or variable names something that its new version does not declare.
pub(super) fn hold(index: &Index<'_>, moves: &mut Moves) {
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        for file in files(index, kustomization) {
            let mut found = Vec::new();
            let documents = index.files[file].stream.documents.iter();
            documents.filter_map(|document| document.node()).for_each(|node| collect(node, &mut found));
            if !found.is_empty() {
                hold_those(index, moves, (at, kustomization), (file, &found));
            }
        }
    }
}

/// The files in which a kustomization may have such paths; Flux Kustomizations have none.
fn files(index: &Index<'_>, kustomization: &Kustomization) -> Vec<usize> {
    if !matches!(kustomization.owner, Owner::Kustomize { .. }) {
        return Vec::new();
    }
    let settings = kustomization.settings.iter().filter_map(|path| index.file_index(path));
    [kustomization.file].into_iter().chain(settings).collect()
}

fn collect(node: &Node, found: &mut Vec<FieldPath>) {
    let pairs = [("source", "source", "fieldPath"), ("select", "", "fieldPaths"), ("objref", "fieldref", "")];
    for (selector, holder, key) in pairs {
        let Some(selector) = node.get(selector).filter(|selector| selector.is_mapping()) else { continue };
        let holder = if holder.is_empty() { Some(node) } else { node.get(holder) };
        let Some(holder) = holder else { continue };
        let written = if key.is_empty() {
            holder.get("fieldpath").or_else(|| holder.get("fieldPath"))
        } else {
            holder.get(key)
        };
        let paths = written.into_iter().flat_map(|written| std::iter::once(written).chain(written.items()));
        for path in paths {
            if let Some(text) = path.as_str() {
                found.push((target(selector), route(text), path.range.clone()));
            }
        }
    }
    node.items().iter().for_each(|item| collect(item, found));
    node.entries().iter().for_each(|entry| collect(&entry.value, found));
}

/// The selector without its version: that is judged by itself.
fn target(node: &Node) -> Target {
    let text = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    Target { group: text("group"), kind: text("kind"), name: text("name"), ..Target::default() }
}

/// The route of a path with dots; what picks an item of a list stands for any.
fn route(path: &str) -> Route {
    let hidden = path.replace("\\.", "\0");
    hidden.split('.').fold(Route::root(), |route, part| {
        if part.starts_with('[') || matches!(part, "*" | "-") || part.parse::<usize>().is_ok() {
            route.index(0)
        } else {
            route.key(part.replace('\0', "."))
        }
    })
}

fn hold_those(
    index: &Index<'_>,
    moves: &mut Moves,
    (at, kustomization): (usize, &Kustomization),
    (file, paths): (usize, &[FieldPath]),
) {
    let reach = index.tree.reach(index, at);
    let sees_all = reach.has_unknown || kustomization.is_part;
    for (resource, object) in index.resources.iter().enumerate() {
        let Some(item) = moves.item_of(resource).filter(|_| sees_all || reach.resources.contains(&resource))
        else {
            continue;
        };
        let Some(to) = moves.items[item].to else { continue };
        let old = schema::facts(&object.id.group, &object.version, &object.id.kind);
        let new = schema::facts(&to.group, &to.version, &to.kind);
        let (Some(old), Some(new)) = (old, new) else { continue };
        let gone = paths.iter().find(|(target, route, _)| {
            target.selects(&object.id.group, &object.version, &object.id, !reach.renames)
                && loses(old, new, route, None)
        });
        if let Some((_, _, range)) = gone {
            moves.items[item].hold(Held::Selected(GONE, index.place(file, range.clone())));
        }
    }
}
