//! Which objects move to which version, and what holds the others back.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use rayon::prelude::*;

use super::links;
use crate::change::Edit;
use crate::finding::Place;
use crate::flux::resource::group_version;
use crate::flux::schema::{self, Whole};
use crate::flux::{Id, Index, Resource, Role};
use crate::rules::Context;
use crate::rules::data::{self, Row};
use crate::yaml::{self, Operation, Route};

/// Why an object stays where it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    /// Nothing succeeds it; the words come from the table.
    NoSuccessor(String),
    /// Encrypted by SOPS.
    Sealed,
    /// It would not be valid: the field by the range of its violation, the sentence, and whether it is valid now.
    Invalid { range: Range<usize>, what: String, more: usize, valid_now: bool },
    /// The target of a patch in a kustomization file pins the version.
    PinnedTarget(Place),
    /// A patch inside a kustomization names the version.
    InlinePatch(Place),
    /// A replacement or variable selects it by version.
    Selector(Place),
    /// A merge patch whose object is not in this repository.
    NoBase,
    /// Something that has to move with it stays.
    Together(String, Place),
    /// It lies outside of the paths that may change.
    OutOfScope,
    /// The text cannot be edited safely.
    Refused(String),
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |place: &Place| format!("{}:{}", place.path, place.line);
        match self {
            Self::NoSuccessor(why) => write!(f, "it is {why}"),
            Self::Sealed => f.write_str("it is encrypted by SOPS, an edit would break its checksum"),
            Self::Invalid { what, more, valid_now, .. } => {
                f.write_str(what)?;
                match more {
                    0 => {}
                    1 => f.write_str(", and one field more")?,
                    more => write!(f, ", and {more} fields more")?,
                }
                if *valid_now { Ok(()) } else { f.write_str("; it is not valid at its own version either") }
            }
            Self::PinnedTarget(place) => {
                write!(f, "the target of a patch pins its version, at {}", at(place))
            }
            Self::InlinePatch(place) => write!(f, "an inline patch names its version, at {}", at(place)),
            Self::Selector(place) => {
                write!(f, "a replacement or variable selects it by version, at {}", at(place))
            }
            Self::NoBase => f.write_str("the object that it patches is not in this repository"),
            Self::Together(with, place) => {
                write!(f, "it moves only together with {with} at {}, which stays", at(place))
            }
            Self::OutOfScope => f.write_str("it lies outside of the paths that may change"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

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

    /// Holds it back, unless something else does already.
    pub(super) fn hold(&mut self, held: Held) {
        self.held.get_or_insert(held);
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
        links::link(index, &mut moves);
        moves.keep_in_scope(context);
        moves.hold_together(index);
        moves.edit(context);
        moves.hold_together(index);
        moves
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
        for members in self.groups().into_values() {
            let stays = members
                .iter()
                .copied()
                .find(|&item| !matches!(self.items[item].held, None | Some(Held::Together(..))));
            let Some(stays) = stays else { continue };
            let resource = &index.resources[self.items[stays].resource];
            let file = index.file(resource);
            let held = Held::Together(
                resource.id.to_string(),
                Place::new(file.path, file.text, self.items[stays].range.clone()),
            );
            for item in members {
                self.items[item].hold(held.clone());
            }
        }
    }

    /// Finds the edits of all items that are not held, file by file.
    fn edit(&mut self, context: &Context<'_>) {
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
        for (item, result) in found {
            match result {
                Ok(edits) => self.items[item].edits = edits,
                Err(held) => self.items[item].hold(held),
            }
        }
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
        let of = |item: usize| {
            let range = &items[item].range;
            edits.iter().filter(|edit| range.start <= edit.start && edit.end <= range.end).cloned().collect()
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
