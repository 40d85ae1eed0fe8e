//! The files of Terraform by module, and who calls which.

use std::collections::BTreeMap;
use std::ops::Range;

use super::is_keyed;
use crate::bootstrap::surroundings::hcl::{self, Block};
use crate::flux::{Index, TextFile, scan};
use crate::place::Place;

/// All files, by folder: a folder is a module.
pub(in crate::bootstrap::surroundings) struct Modules<'a> {
    by_folder: BTreeMap<&'a str, Vec<(&'a TextFile<'a>, Vec<Block<'a>>)>>,
    calls: Vec<Call<'a>>,
}

/// A block with its file.
#[derive(Clone, Copy)]
pub(in crate::bootstrap::surroundings) struct Found<'m> {
    pub(in crate::bootstrap::surroundings) file: &'m TextFile<'m>,
    pub(in crate::bootstrap::surroundings) block: &'m Block<'m>,
}

/// `module "name" { source = "./folder" }`.
struct Call<'a> {
    from: &'a str,
    to: String,
    name: String,
    is_keyed: bool,
}

/// Module calls do not lie deeper than this in each other.
const DEEPEST: usize = 16;
/// More addresses of one block are not counted: modules that call each other would make any number.
const MOST: usize = 64;

impl<'a> Modules<'a> {
    /// Reads every file of Terraform and `OpenTofu` whose text the index holds.
    pub(in crate::bootstrap::surroundings) fn new(index: &'a Index<'a>) -> Self {
        let mut by_folder: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for file in index.texts.iter().filter(|file| is_terraform(file.path)) {
            by_folder.entry(scan::folder(file.path)).or_default().push((file, hcl::blocks(file.text)));
        }
        let mut calls = Vec::new();
        for (folder, files) in &by_folder {
            for block in files.iter().flat_map(|(_, blocks)| blocks).filter(|block| block.kind == "module") {
                let source = block.text("source").filter(|source| source.starts_with('.'));
                let to = source.and_then(|source| scan::resolve(folder, &source));
                if let (Some(to), Some(name)) = (to, block.labels.first()) {
                    calls.push(Call { from: folder, to, name: name.to_string(), is_keyed: is_keyed(block) });
                }
            }
        }
        Self { by_folder, calls }
    }

    /// Every block at the top of a file.
    pub(in crate::bootstrap::surroundings) fn found(&self) -> impl Iterator<Item = Found<'_>> {
        self.by_folder.values().flat_map(|files| files.iter().flat_map(of_file))
    }

    /// Every block in the module of `found`.
    pub(super) fn beside(&self, found: &Found<'_>) -> impl Iterator<Item = Found<'_>> {
        let files = self.by_folder.get(scan::folder(found.file.path));
        files.into_iter().flatten().flat_map(of_file)
    }

    /// The addresses of a block in the states of all that lead to it, and whether they have keys.
    pub(super) fn addresses(&self, found: &Found<'_>) -> (Vec<String>, bool) {
        let mut prefixes = Vec::new();
        let mut keyed = is_keyed(found.block);
        self.prefixes(scan::folder(found.file.path), String::new(), 0, &mut prefixes, &mut keyed);
        let address = found.address();
        (prefixes.into_iter().map(|prefix| prefix + &address).collect(), keyed)
    }

    fn prefixes(&self, folder: &str, after: String, depth: usize, found: &mut Vec<String>, keyed: &mut bool) {
        let calls: Vec<&Call<'_>> = self.calls.iter().filter(|call| call.to == folder).collect();
        if calls.is_empty() || depth == DEEPEST || found.len() >= MOST {
            found.push(after);
            return;
        }
        for call in calls {
            *keyed |= call.is_keyed;
            self.prefixes(call.from, format!("module.{}.{after}", call.name), depth + 1, found, keyed);
        }
    }
}

impl Found<'_> {
    /// The place of some bytes of its file.
    pub(in crate::bootstrap::surroundings) fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.file.path, self.file.text, range)
    }
}

/// Whether the file at `path` is written in Terraform's language.
pub(in crate::bootstrap::surroundings) fn is_terraform(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with(".tofu")
}

fn of_file<'m>((file, blocks): &'m (&'m TextFile<'m>, Vec<Block<'m>>)) -> impl Iterator<Item = Found<'m>> {
    blocks.iter().map(|block| Found { file, block })
}
