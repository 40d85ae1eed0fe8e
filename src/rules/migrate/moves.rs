//! Which objects move to which version, and what holds the others back.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::held::Held;
use super::item::{Item, Subject};
use super::selections::{self, Selection};
use super::step::Effect;
use super::surroundings::Surroundings;
use super::twins::{self, Build};
use super::{collect, edits, old_api_version, patch_at_old_version, touched};
use crate::flux::Index;
use crate::phrase::Literal;
use crate::rules::Context;

/// All items, and which of them move together.
#[derive(Debug, Default)]
pub(super) struct Moves {
    pub(super) items: Vec<Item>,
    by_resource: BTreeMap<usize, usize>,
    parent: Vec<usize>,
    /// The cluster with the lowest Flux for each object that cannot go as far as the target asks.
    pub(super) behind: BTreeMap<usize, String>,
}

impl Moves {
    /// Decides about every object of the index.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let index = context.index;
        let mut moves = Self::default();
        let around = Surroundings::new(context);
        let items: Vec<Item> = index
            .resources
            .par_iter()
            .enumerate()
            .filter_map(|(at, resource)| Item::new(context, &around, at, resource))
            .collect();
        for item in items {
            moves.by_resource.extend(item.resource().map(|resource| (resource, moves.items.len())));
            moves.add(item);
        }
        if moves.items.is_empty() {
            return moves;
        }
        let behind = moves.items.iter().filter(|item| item.beyond.is_some());
        let behind = behind.filter_map(|item| {
            let cluster = around.limits().cluster(item.resource()?)?;
            Some((item.resource()?, format!("Flux {} on cluster {}", cluster.flux?, Literal(&cluster.name))))
        });
        moves.behind = behind.collect();
        touched::hold(index, &mut moves);
        let selections = collect::collect(index, context.options, around.limits(), &mut moves);
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
            if !(context.may_change)(context.index.files[item.site.file].path) {
                item.hold(Held::OutOfScope);
            } else if !context.ignores.is_empty() && is_ignored(context, item) {
                item.hold(Held::Ignored);
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
            let item = &self.items[stays];
            let name = item.resource().map(|resource| index.resources[resource].id.to_string());
            let place = index.place(item.site.file, item.range.clone());
            let name = name.unwrap_or_else(|| "the version in a patch".to_owned());
            let what = if item.held == Some(Held::Ignored) { "is ignored" } else { "stays" };
            let held = Held::Together(name, place, what);
            for item in members {
                self.items[item].hold(held.clone());
            }
        }
    }
}

/// Whether a finding about something that would change is ignored: then it does not change.
fn is_ignored(context: &Context<'_>, item: &Item) -> bool {
    let covers = |rule: &str, range: &Range<usize>| {
        let place = context.index.place(item.site.file, range.clone());
        context.ignores.covers(rule, &place.path, &(place.start..place.end))
    };
    let version = match item.subject {
        Subject::Object(_) => item.to.map(|_| old_api_version::RULE.meta.id),
        Subject::Pin(_) => Some(patch_at_old_version::RULE.meta.id),
    };
    let changes = item.steps.iter().filter(|step| matches!(step.effect, Effect::Change(_)));
    // Each of them is asked, so that each that is ignored counts as met.
    let covered = changes.filter(|step| covers(step.rule, &step.range)).count();
    version.is_some_and(|rule| covers(rule, &item.range)) || covered > 0
}
