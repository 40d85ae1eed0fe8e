//! Which objects move to which version, and what holds the others back.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::held::Held;
use super::item::Item;
use super::selections::{self, Selection};
use super::surroundings::Surroundings;
use super::twins::{self, Build};
use super::{collect, edits};
use crate::flux::Index;
use crate::rules::Context;

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
        let around = Surroundings::new(index);
        let items: Vec<Item> = index
            .resources
            .par_iter()
            .enumerate()
            .filter_map(|(at, resource)| Item::new(context, &around, at, resource))
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
        if edits::find(context, &mut moves.items) {
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
}
