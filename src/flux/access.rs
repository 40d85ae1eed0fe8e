//! Fields of objects that replacements and variables of a kustomization read or write.

use std::ops::Range;

use super::patch::{Site, Target};
use crate::yaml::{Node, Route};

/// Fields of the objects that a target selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The objects.
    pub target: Target,
    /// The fields; an index stands for any item.
    pub fields: Vec<Route>,
    /// The document that says so.
    pub site: Site,
    /// Bytes of what says so.
    pub range: Range<usize>,
}

/// What the `replacements` and `vars` in `root` access; in a file of replacements `root` is one of them, or their list.
///
/// Source: kubernetes-sigs/kustomize `api/types/replacement.go` and `api/types/var.go`.
pub(super) fn accesses(root: &Node, site: Site) -> Vec<Access> {
    let mut found = Vec::new();
    visit(root, site, &mut found);
    found
}

fn visit(node: &Node, site: Site, found: &mut Vec<Access>) {
    let mut add = |target: &Node, fields: Vec<Route>| {
        let target = Target::read(target, site, &Route::root());
        found.push(Access { target, fields, site, range: node.range.clone() });
    };
    let path = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(field);
    if let (Some(select), Some(paths)) = (node.get("select"), node.get("fieldPaths")) {
        add(select, paths.items().iter().filter_map(Node::as_str).map(field).collect());
    }
    if let (Some(source), Some(_)) = (node.get("source"), node.get("targets")) {
        add(source, path(source, "fieldPath").into_iter().collect());
    }
    if let (Some(object), Some(reference)) = (node.get("objref"), node.get("fieldref")) {
        let fields = path(reference, "fieldPath").or_else(|| path(reference, "fieldpath"));
        add(object, fields.into_iter().collect());
    }
    for entry in node.entries() {
        visit(&entry.value, site, found);
    }
    for item in node.items() {
        visit(item, site, found);
    }
}

/// The route of a field path: keys joined by dots, of which one behind a backslash is part of a key; `0`, `-`, `*` and
/// `[name=web]` are items.
fn field(path: &str) -> Route {
    let mut route = Route::root();
    let escaped = path.replace("\\.", "\0");
    for part in escaped.split('.').flat_map(|part| part.split_inclusive(']')) {
        let (key, item) = part.split_once('[').map_or((part, false), |(key, _)| (key, true));
        let is_item = key == "*" || key == "-" || key.parse::<usize>().is_ok();
        if is_item {
            route = route.index(0);
        } else if !key.is_empty() {
            route = route.key(key.replace('\0', "."));
        }
        if item {
            route = route.index(0);
        }
    }
    route
}
