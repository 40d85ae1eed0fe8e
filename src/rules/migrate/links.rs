//! What has to move together: objects and the patches that find them by version.

use std::collections::BTreeSet;

use super::moves::{Held, Item, Moves};
use crate::finding::Place;
use crate::flux::kustomize::Owner;
use crate::flux::patch::Partial;
use crate::flux::tree::Reach;
use crate::flux::{Id, Index, Kustomization, Patch, PatchText, Target};

/// Joins items, and holds back those that something selects by a version that cannot move.
pub(super) fn link(index: &Index<'_>, moves: &mut Moves) {
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        let linking = Linking { index, kustomization, reach: std::cell::OnceCell::new(), at };
        for patch in &kustomization.patches {
            linking.patch(moves, patch);
        }
        for selector in kustomization.selectors.iter().filter(|selector| selector.version.is_some()) {
            let place = linking.place(selector.version_range.clone().unwrap_or_default());
            linking.hold(moves, |id, version| selector.selects(id, version), &Held::Selector(place));
        }
    }
}

struct Linking<'a, 'r> {
    index: &'a Index<'r>,
    kustomization: &'a Kustomization,
    at: usize,
    reach: std::cell::OnceCell<Reach>,
}

impl Linking<'_, '_> {
    fn patch(&self, moves: &mut Moves, patch: &Patch) {
        match (&patch.target, &patch.text) {
            (Some(target), text) if target.version.is_some() => match self.kustomization.owner {
                Owner::Flux(owner) => self.pin(moves, owner, patch, target),
                Owner::Kustomize { .. } => {
                    let place = self.place(target.version_range.clone().unwrap_or_default());
                    let held = Held::PinnedTarget(place);
                    self.hold(moves, |id, version| target.selects(id, version), &held);
                    for item in self.items_in(moves, text) {
                        moves.items[item].hold(held.clone());
                    }
                }
            },
            (None, PatchText::Inline(parts)) => {
                for part in parts {
                    let held = Held::InlinePatch(self.place(patch.range.clone()));
                    self.hold(
                        moves,
                        |id, version| self.is_put_onto(part, id) && part.version == version,
                        &held,
                    );
                }
            }
            (None, text @ PatchText::File(_)) => {
                for item in self.items_in(moves, text) {
                    self.join_with_base(moves, item);
                }
            }
            _ => {}
        }
    }

    /// A patch of a Flux Kustomization whose target pins a version moves with all that it selects.
    fn pin(&self, moves: &mut Moves, owner: usize, patch: &Patch, target: &Target) {
        let selected = self.selected(moves, |id, version| target.selects(id, version));
        let versions: BTreeSet<_> =
            selected.iter().filter_map(|&item| moves.items[item].to).map(|row| &row.version).collect();
        let (Some(version), Some(range)) = (versions.first(), target.version_range.clone()) else { return };
        let resource = &self.index.resources[owner];
        let mut pin =
            Item::pin(owner, patch.route.key("target").key("version"), range.clone(), (*version).clone());
        if resource.sealed {
            pin.hold(Held::Sealed);
        } else if versions.len() > 1 {
            pin.hold(Held::PinnedTarget(self.place(range)));
        }
        let pin = moves.add(pin);
        for item in selected {
            moves.join(pin, item);
        }
    }

    /// A merge patch in a file finds its object by group, version, kind and name.
    ///
    /// Source: kubernetes-sigs/kustomize `api/internal/builtins/PatchTransformer.go`, `transformStrategicMerge`.
    fn join_with_base(&self, moves: &mut Moves, item: usize) {
        let patch = &self.index.resources[moves.items[item].resource];
        let part = Partial { id: patch.id.clone(), version: patch.version.clone() };
        let file = patch.file;
        let bases =
            self.selected(moves, |id, version| self.is_put_onto(&part, id) && part.version == version);
        let bases: Vec<_> = bases
            .into_iter()
            .filter(|&base| self.index.resources[moves.items[base].resource].file != file)
            .collect();
        if bases.is_empty() && !self.has_base_at_target(moves, item, &part) {
            moves.items[item].hold(Held::NoBase);
        }
        for base in bases {
            moves.join(item, base);
        }
    }

    fn has_base_at_target(&self, moves: &Moves, item: usize, part: &Partial) -> bool {
        let Some(to) = moves.items[item].to else { return false };
        self.reach()
            .resources
            .iter()
            .map(|&at| &self.index.resources[at])
            .any(|resource| self.is_put_onto(part, &resource.id) && resource.version == to.version)
    }

    /// Names count unless something on the way changes them; namespaces never, kustomize may add them later.
    fn is_put_onto(&self, part: &Partial, id: &Id) -> bool {
        part.id.group == id.group
            && part.id.kind == id.kind
            && (part.id.name == id.name || self.reach().renames)
    }

    fn hold(&self, moves: &mut Moves, selects: impl Fn(&Id, &str) -> bool, held: &Held) {
        for item in self.selected(moves, selects) {
            moves.items[item].hold(held.clone());
        }
    }

    /// The items that this kustomization sees and that are selected.
    fn selected(&self, moves: &Moves, selects: impl Fn(&Id, &str) -> bool) -> Vec<usize> {
        let seen = self.reach().resources.iter();
        seen.filter_map(|resource| {
            let item = moves.item_of(*resource)?;
            let resource = &self.index.resources[*resource];
            selects(&resource.id, &resource.version).then_some(item)
        })
        .collect()
    }

    fn items_in(&self, moves: &Moves, text: &PatchText) -> Vec<usize> {
        let PatchText::File(path) = text else { return Vec::new() };
        let file = self.index.file_index(path);
        file.map(|file| self.index.resources_of(file))
            .into_iter()
            .flatten()
            .filter_map(|at| moves.item_of(at))
            .collect()
    }

    fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| self.index.tree.reach(self.index, self.at))
    }

    fn place(&self, range: std::ops::Range<usize>) -> Place {
        let file = &self.index.files[self.kustomization.file];
        Place::new(file.path, file.text, range)
    }
}
