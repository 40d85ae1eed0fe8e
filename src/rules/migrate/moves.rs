//! Which objects move to which version, and what holds the others back.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::collect;
use super::held::Held;
use super::selections::{self, Selection};
use super::twins::{self, Build};
use crate::change::Edit;
use crate::flux::resource::group_version;
use crate::flux::schema::{self, Whole};
use crate::flux::{Id, Index, Resource, Role};
use crate::rules::Context;
use crate::rules::data::{self, Row};
use crate::yaml::{self, Operation, Route};

/// One piece of text that would change: the version of an object, or of a patch target that selects objects.
#[derive(Debug)]
pub(super) struct Item {
    /// Index of the object in [`Index::resources`]; of the Flux Kustomization for a patch target.
    pub(super) resource: usize,
    /// Where it moves to; `None` for a patch target and where nothing succeeds it.
    pub(super) to: Option<&'static Row>,
    /// What holds it back.
    pub(super) held: Option<Held>,
    /// The node to replace, its bytes and its new text.
    pub(super) route: Route,
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// It is the version of a patch target.
    pub(super) is_pin: bool,
    /// The verified edits; empty where it is held.
    pub(super) edits: Vec<Edit>,
}

impl Item {
    /// The version that a patch target of the Flux Kustomization `owner` pins.
    pub(super) fn pin(owner: usize, route: Route, range: Range<usize>, text: String) -> Self {
        Self { resource: owner, to: None, held: None, route, range, text, is_pin: true, edits: Vec::new() }
    }

    /// Holds it back, unless something else does already; tells whether it did.
    pub(super) fn hold(&mut self, held: Held) -> bool {
        let is_new = self.held.is_none();
        self.held.get_or_insert(held);
        is_new
    }
}

/// All items, and which of them move together.
#[derive(Debug, Default)]
pub(super) struct Moves {
    pub(super) items: Vec<Item>,
    by_resource: BTreeMap<usize, usize>,
    parent: Vec<usize>,
}

impl Moves {
    /// Decides about every object of the index.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let index = context.index;
        let mut moves = Self::default();
        let items: Vec<Item> = index
            .resources
            .par_iter()
            .enumerate()
            .filter_map(|(at, resource)| item(context, at, resource))
            .collect();
        for item in items {
            moves.by_resource.insert(item.resource, moves.items.len());
            moves.add(item);
        }
        if moves.items.is_empty() {
            return moves;
        }
        let selections = collect::collect(index, &mut moves);
        let builds = twins::builds(index, &moves);
        moves.keep_in_scope(context);
        moves.settle(index, &selections, &builds);
        if moves.edit(context) {
            moves.settle(index, &selections, &builds);
        }
        moves
    }

    /// Holds back until nothing more has to be: each hold may break what another move relied on.
    fn settle(&mut self, index: &Index<'_>, selections: &[Selection], builds: &[Build]) {
        loop {
            self.hold_together(index);
            let differing = selections::hold_differing(index, self, selections);
            let twins = twins::hold(index, self, builds);
            if !differing && !twins {
                break;
            }
        }
    }

    /// Whether the object with this index moves.
    pub(super) fn moves(&self, resource: usize) -> bool {
        self.item_of(resource).is_some_and(|item| self.items[item].held.is_none())
    }

    /// Group and version of the object with this index, before or after the move.
    pub(super) fn group_version<'i>(
        &self,
        index: &'i Index<'_>,
        resource: usize,
        after: bool,
    ) -> (&'i str, &'i str) {
        let to = self.item_of(resource).and_then(|item| self.items[item].to);
        match to.filter(|_| after && self.moves(resource)) {
            Some(row) => (&row.group, &row.version),
            None => (&index.resources[resource].id.group, &index.resources[resource].version),
        }
    }

    /// The item for the object with this index.
    pub(super) fn item_of(&self, resource: usize) -> Option<usize> {
        self.by_resource.get(&resource).copied()
    }

    pub(super) fn add(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.parent.push(self.parent.len());
        self.items.len() - 1
    }

    /// Says that two items move together or not at all.
    pub(super) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.representative(one), self.representative(other));
        self.parent[one.max(other)] = one.min(other);
    }

    /// Items by group, each group in the order of its items.
    pub(super) fn groups(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for item in 0..self.items.len() {
            groups.entry(self.representative(item)).or_default().push(item);
        }
        groups
    }

    fn representative(&self, mut item: usize) -> usize {
        while self.parent[item] != item {
            item = self.parent[item];
        }
        item
    }

    fn keep_in_scope(&mut self, context: &Context<'_>) {
        for item in &mut self.items {
            if !(context.may_change)(context.index.file(&context.index.resources[item.resource]).path) {
                item.hold(Held::OutOfScope);
            }
        }
    }

    fn hold_together(&mut self, index: &Index<'_>) {
        if self.parent.iter().enumerate().all(|(item, &parent)| item == parent) {
            return;
        }
        for members in self.groups().into_values() {
            let stays = members
                .iter()
                .copied()
                .find(|&item| !matches!(self.items[item].held, None | Some(Held::Together(..))));
            let Some(stays) = stays else { continue };
            let resource = &index.resources[self.items[stays].resource];
            let place = index.place(resource.file, self.items[stays].range.clone());
            let held = Held::Together(resource.id.to_string(), place);
            for item in members {
                self.items[item].hold(held.clone());
            }
        }
    }

    /// Finds the edits of all items that are not held, file by file; tells whether one was refused.
    fn edit(&mut self, context: &Context<'_>) -> bool {
        let index = context.index;
        let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, item) in self.items.iter().enumerate().filter(|(_, item)| item.held.is_none()) {
            by_file.entry(index.resources[item.resource].file).or_default().push(at);
        }
        let items = &self.items;
        let found: Vec<_> = by_file
            .par_iter()
            .flat_map_iter(|(file, members)| edits(context, items, *file, members))
            .collect();
        let mut refused = false;
        for (item, result) in found {
            match result {
                Ok(edits) => self.items[item].edits = edits,
                Err(held) => refused |= self.items[item].hold(held),
            }
        }
        refused
    }
}

type Found = (usize, Result<Vec<Edit>, Held>);

/// The edits of `members` in one file: all at once, or one by one where something is refused.
fn edits(context: &Context<'_>, items: &[Item], file: usize, members: &[usize]) -> Vec<Found> {
    let index = context.index;
    let file = &index.files[file];
    let find = if context.writes { yaml::edits } else { yaml::foresee };
    let operation = |item: usize| {
        let item = &items[item];
        let value = item.text.as_str().into();
        (index.resources[item.resource].document, Operation::Replace { at: item.route.clone(), value })
    };
    let operations: Vec<_> = members.iter().map(|&item| operation(item)).collect();
    if let Ok(edits) = find(file.text, &file.stream, &operations) {
        // The edits are sorted, and those of one item lie inside of its range.
        let of = |item: usize| {
            let range = &items[item].range;
            let first = edits.partition_point(|edit| edit.start < range.start);
            edits[first..].iter().take_while(|edit| edit.end <= range.end).cloned().collect()
        };
        return members.iter().map(|&item| (item, Ok(of(item)))).collect();
    }
    let one_by_one = |item: usize| {
        let edits = find(file.text, &file.stream, &[operation(item)]);
        (item, edits.map_err(|refusal| Held::Refused(refusal.to_string())))
    };
    members.iter().map(|&item| one_by_one(item)).collect()
}

fn item(context: &Context<'_>, at: usize, resource: &Resource) -> Option<Item> {
    let Id { group, kind, .. } = &resource.id;
    let row = data::row(group, &resource.version, kind)?;
    let to = data::successor(group, &resource.version, kind, context.target);
    let held = match (to, &row.held) {
        (None, None) => return None,
        (None, Some(why)) => Some(Held::NoSuccessor(why.clone())),
        (Some(_), _) if resource.sealed => Some(Held::Sealed),
        (Some(to), _) => invalid(context.index, resource, to),
    };
    Some(Item {
        resource: at,
        to,
        held,
        route: resource.route.key("apiVersion"),
        range: resource.api_version.clone(),
        text: to.map(|to| group_version(&to.group, &to.version)).unwrap_or_default(),
        is_pin: false,
        edits: Vec::new(),
    })
}

/// What would not be valid in `resource` at the version of `to`.
fn invalid(index: &Index<'_>, resource: &Resource, to: &Row) -> Option<Held> {
    let node = index.node(resource);
    let whole = match resource.role {
        Role::Object => Whole::Object,
        Role::Patch => Whole::Part,
    };
    let facts = schema::facts(&to.group, &to.version, &to.kind)?;
    let violations = schema::validate(facts, node, whole);
    let first = violations.first()?;
    let now = schema::facts(&resource.id.group, &resource.version, &resource.id.kind);
    Some(Held::Invalid {
        range: first.range.clone(),
        what: first.to_string(),
        more: violations.len() - 1,
        valid_now: now.is_none_or(|facts| schema::validate(facts, node, whole).is_empty()),
    })
}
