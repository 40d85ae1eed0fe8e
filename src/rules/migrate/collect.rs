//! Finds everything that selects objects by version, and joins what has to move together.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::held::Held;
use super::item::Item;
use super::limits::Limits;
use super::moves::Moves;
use super::rewritten::{Rewritten, rewritten};
use super::selections::{By, Scope, Selection, is_put_onto};
use crate::flux::kustomize::Owner;
use crate::flux::tree::Reach;
use crate::flux::{Index, Kustomization, Partial, Patch, PatchText, Target};
use crate::place::Place;
use crate::rules::Options;

/// All selections of the index. Joins the items that have to move together, and adds the pins of Flux patches.
pub(super) fn collect(
    index: &Index<'_>,
    options: &Options,
    limits: &Limits<'_>,
    moves: &mut Moves,
) -> Vec<Selection> {
    let mut selections = Vec::new();
    let mut patches = index.kustomizations.iter().flat_map(|kustomization| &kustomization.patches);
    let paths_are_patched = patches.any(|patch| patch.touches.path);
    for (at, kustomization) in index.kustomizations.iter().enumerate() {
        if has_selections(kustomization) {
            let reach = Rc::new(index.tree.reach(index, at));
            let selections = &mut selections;
            Collector { index, options, limits, kustomization, reach, paths_are_patched, selections }
                .run(moves);
        }
    }
    for (folder, why) in index.blind_folders() {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = index.files_below(&prefix).flat_map(|(_, &file)| index.resources_of(file));
        let reach = Rc::new(Reach { resources: files.collect(), ..Reach::default() });
        let held = Held::Unread(
            format!("a kustomization above it cannot be read, since {why}"),
            Place::file(folder),
        );
        selections.push(Selection {
            scope: Scope::Reach(reach),
            by: By::Unknown,
            held,
            companions: Vec::new(),
        });
    }
    selections
}

fn has_selections(kustomization: &Kustomization) -> bool {
    !kustomization.patches.is_empty()
        || !kustomization.selectors.is_empty()
        || !kustomization.embedded.is_empty()
        || kustomization.opaque.is_some()
}

/// Why objects stay whose patch could move with them, but would find others then.
const OTHER_OBJECTS: &str = "a patch would find other objects than before";

/// Why objects stay whose version is named by what is carried elsewhere as it is written.
const CARRIED: &str = "a patch that names its version is written in its new form first: run this again";

struct Collector<'a, 'r> {
    index: &'a Index<'r>,
    options: &'a Options,
    limits: &'a Limits<'a>,
    kustomization: &'a Kustomization,
    reach: Rc<Reach>,
    /// A patch sets the path of a Flux Kustomization, so its object may build another folder than it says.
    paths_are_patched: bool,
    selections: &'a mut Vec<Selection>,
}

impl Collector<'_, '_> {
    fn run(mut self, moves: &mut Moves) {
        let kustomization = self.kustomization;
        if let Some(why) = &kustomization.opaque {
            self.add(By::Unknown, Held::Unread(why.clone(), self.place(0..0)));
        }
        for selector in &kustomization.selectors {
            let why = "a replacement, variable or setting selects it by version";
            let held = Held::Selected(why, self.pin_place(selector));
            let scope = if self.reach.has_unknown { Scope::Everything } else { self.scope() };
            self.select(moves, selector, scope, held, Vec::new());
        }
        for path in &kustomization.embedded {
            for item in self.items_in(moves, path) {
                moves.items[item].hold(Held::Selected("a generator takes its text", self.place(0..0)));
            }
        }
        for patch in &kustomization.patches {
            self.patch(moves, patch);
        }
    }

    fn patch(&mut self, moves: &mut Moves, patch: &Patch) {
        let kustomization = self.kustomization;
        let place = self.place(patch.range.clone());
        let rewritten = rewritten(moves, kustomization, patch);
        match (&patch.target, &patch.text) {
            _ if rewritten == Some(Rewritten::Removed) => {}
            (Some(target), _) if rewritten.is_some() && target.version.is_some() => {
                self.add(By::Target(target.clone(), None), Held::Selected(CARRIED, place));
            }
            (Some(target), _) if target.reads_version || patch.touches.version => {
                let target = Target { version: None, reads_version: true, ..target.clone() };
                self.add(By::Target(target, None), Held::Selected("a patch reads its version", place));
            }
            (Some(target), _) if target.version.is_some() => self.pinned(moves, target, patch),
            (None, PatchText::Nodes(parts)) => {
                for part in parts {
                    self.node(moves, part, rewritten.is_some(), &place);
                }
            }
            (None, PatchText::File(_) | PatchText::Inline(_)) => {
                let file = self.index.text_of(patch).map(|file| self.index.resources_of(file));
                for resource in file.into_iter().flatten() {
                    self.merge_patch(moves, resource, &place);
                }
            }
            // What a patch brings along may be anything; it is put onto kustomizations that are read by themselves.
            (None, PatchText::Unknown | PatchText::Written(_)) if kustomization.is_part => {}
            (None, PatchText::Unknown | PatchText::Written(_)) => {
                self.add(
                    By::Unknown,
                    Held::Unread("a patch for it may be one that cannot be read".to_owned(), place),
                );
            }
            (Some(_), _) => {}
        }
    }

    /// A patch that is written as an object. Where the object around it writes it as a text, it moves with that.
    fn node(&mut self, moves: &mut Moves, part: &Partial, is_carried: bool, place: &Place) {
        let held = Held::Selected("an inline patch names its version", place.clone());
        let owner = match self.kustomization.owner {
            Owner::Flux(resource) => moves.item_of(resource).map(|item| (resource, item)),
            _ => None,
        };
        match owner.filter(|_| is_carried) {
            None => self.add(By::Part(part.clone(), None), held),
            Some((resource, owner)) => {
                let running = self.limits.flux(resource);
                let Partial { id, version } = part;
                let row = self.options.successor(&id.group, version, &id.kind, running);
                let by = By::Lifted(part.clone(), owner, row);
                let held = Held::Selected(OTHER_OBJECTS, place.clone());
                let selection = Selection { scope: self.scope(), by, held, companions: Vec::new() };
                let bases = selection.matched(self.index, moves, false);
                for base in bases.into_iter().filter_map(|base| moves.item_of(base)).collect::<Vec<_>>() {
                    moves.join(owner, base);
                }
                self.selections.push(selection);
            }
        }
    }

    fn pinned(&mut self, moves: &mut Moves, target: &Target, patch: &Patch) {
        let is_flux = matches!(self.kustomization.owner, Owner::Flux(_));
        let is_unsure = self.reach.has_unknown || is_flux && self.paths_are_patched;
        let scope = if is_unsure { Scope::Everything } else { self.scope() };
        let companions = match self.index.text_of(patch) {
            Some(file) => self.index.resources_of(file).filter_map(|at| moves.item_of(at)).collect(),
            None => Vec::new(),
        };
        let held = Held::Selected("the target of a patch pins its version", self.pin_place(target));
        self.select(moves, target, scope, held, companions);
    }

    /// What pins one version moves with all that it selects.
    fn select(
        &mut self,
        moves: &mut Moves,
        target: &Target,
        scope: Scope,
        held: Held,
        companions: Vec<usize>,
    ) {
        let mut selection = Selection { scope, by: By::Target(target.clone(), None), held, companions };
        if let Some(pin) = self.moving_pin(moves, target, &selection) {
            selection.by = By::Target(target.clone(), Some(pin));
            selection.held = Held::Selected(OTHER_OBJECTS, self.pin_place(target));
        }
        self.selections.push(selection);
    }

    fn moving_pin(&self, moves: &mut Moves, target: &Target, selection: &Selection) -> Option<usize> {
        let selected = selection.matched(self.index, moves, false);
        let items: Vec<usize> = selected.iter().filter_map(|&resource| moves.item_of(resource)).collect();
        let mut rows: Vec<_> = items.iter().filter_map(|&item| moves.items[item].to).collect();
        rows.sort_unstable_by_key(|row| &row.version);
        rows.dedup_by_key(|row| &row.version);
        let [row] = rows.as_slice() else { return None };
        let is_plain = target
            .version
            .as_deref()
            .is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let pin = target.pin.as_ref().filter(|_| is_plain && !target.reads_version)?;
        let mut item = Item::pin(pin, row);
        if self.index.files[pin.site.file].sealed {
            item.hold(Held::Sealed);
        }
        let pin = moves.add(item);
        for item in items {
            moves.join(pin, item);
        }
        Some(pin)
    }

    /// A merge patch in a file finds its object by group, version, kind and name.
    ///
    /// Source: kubernetes-sigs/kustomize `api/internal/builtins/PatchTransformer.go`, `transformStrategicMerge`.
    fn merge_patch(&mut self, moves: &mut Moves, resource: usize, place: &Place) {
        let patch = &self.index.resources[resource];
        let item = moves.item_of(resource);
        let part = Partial { id: patch.id.clone(), version: patch.version.clone() };
        let held = Held::Selected(OTHER_OBJECTS, place.clone());
        let scope = self.scope();
        let selection = Selection { scope, by: By::Part(part.clone(), item), held, companions: Vec::new() };
        let others = |found: BTreeSet<usize>| -> Vec<usize> {
            found.into_iter().filter(|&at| self.index.resources[at].file != patch.file).collect()
        };
        let bases = others(selection.matched(self.index, moves, false));
        for base in bases.iter().filter_map(|&base| moves.item_of(base)).collect::<Vec<_>>() {
            item.inspect(|&item| moves.join(item, base));
        }
        if !bases.is_empty() {
            self.selections.push(selection);
        } else if let Some(item) = item
            && others(selection.matched(self.index, moves, true)).is_empty()
        {
            self.without_base(moves, item, &part);
        }
    }

    /// Its object may be any of its kind and version: named otherwise here, or brought by what is not read.
    fn without_base(&self, moves: &mut Moves, item: usize, part: &Partial) {
        moves.items[item].hold(Held::NoBase);
        for (at, resource) in self.index.resources.iter().enumerate() {
            let may_be = resource.id.group == part.id.group
                && resource.version == part.version
                && is_put_onto(part, &resource.id, false);
            if let Some(candidate) = moves.item_of(at).filter(|_| may_be) {
                let patch = &moves.items[item];
                let place = self.index.place(patch.site.file, patch.range.clone());
                moves.items[candidate]
                    .hold(Held::Selected("a patch for it or one of its kind has no object", place));
            }
        }
    }

    fn add(&mut self, by: By, held: Held) {
        let scope = match &by {
            By::Target(..) if self.reach.has_unknown => Scope::Everything,
            By::Unknown => Scope::Reach(Rc::new(self.wide_reach())),
            _ => self.scope(),
        };
        self.selections.push(Selection { scope, by, held, companions: Vec::new() });
    }

    /// What it sees, and all that lies in and below its folder: what cannot be read may be a link to that.
    fn wide_reach(&self) -> Reach {
        let mut reach = (*self.reach).clone();
        let folder = &self.kustomization.folder;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = self.index.files_below(&prefix);
        reach.resources.extend(files.flat_map(|(_, &file)| self.index.resources_of(file)));
        reach
    }

    fn items_in(&self, moves: &Moves, path: &str) -> Vec<usize> {
        let file = self.index.file_index(path);
        let resources = file.map(|file| self.index.resources_of(file)).into_iter().flatten();
        resources.filter_map(|at| moves.item_of(at)).collect()
    }

    fn scope(&self) -> Scope {
        if self.kustomization.is_part { Scope::Everything } else { Scope::Reach(self.reach.clone()) }
    }

    fn place(&self, range: std::ops::Range<usize>) -> Place {
        self.index.place(self.kustomization.file, range)
    }

    fn pin_place(&self, target: &Target) -> Place {
        match &target.pin {
            Some(pin) => self.index.place(pin.site.file, pin.range.clone()),
            None => self.place(0..0),
        }
    }
}
