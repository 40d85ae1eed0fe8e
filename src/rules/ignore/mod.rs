//! Findings that someone has decided to live with: by a comment beside them, or by the configuration.
//!
//! A comment is `# flux-forge: ignore RULE[,RULE…] REASON`. Behind something it covers its line; alone on its line it
//! covers the next one, or the whole object or document that begins there. It does not know the configuration file, nor
//! what the rules find.

mod comment;
mod scope;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::flux::Index;
use crate::place::Place;

/// What every such comment begins with, behind its `#`.
pub const MARKER: &str = "flux-forge:";

/// The rules about ignores, which cannot be ignored themselves.
pub(super) const UNUSED: &str = "unused-ignore";
pub(super) const MALFORMED: &str = "malformed-ignore";

pub use comment::ignorable;

/// What is ignored in a run, and whether it was met.
#[derive(Default)]
pub struct Ignores {
    entries: Vec<Entry>,
    /// The entries that come from comments, by the path of their file.
    by_path: BTreeMap<String, Vec<usize>>,
    malformed: Vec<Malformed>,
}

/// A rule that the configuration ignores in some files.
pub struct Configured {
    /// Id of the rule.
    pub rule: &'static str,
    /// Whether the file at a path is one of them.
    pub paths: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// Where the configuration says so.
    pub place: Place,
}

/// An ignore comment that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The comment.
    pub place: Place,
    /// What is wrong with it, as a sentence without a final period.
    pub message: String,
}

/// Something that was ignored and does not occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unused<'a> {
    /// Id of the rule.
    pub rule: &'static str,
    /// The comment, or the entry of the configuration.
    pub place: &'a Place,
    /// Whether it is a comment.
    pub is_comment: bool,
}

struct Entry {
    rule: &'static str,
    place: Place,
    extent: Extent,
    used: AtomicBool,
}

/// What an entry covers.
enum Extent {
    /// What begins in these bytes of its own file, the end included.
    Bytes(Range<usize>),
    /// All of the files that this names.
    Files(Box<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Ignores {
    /// Takes up the comments in the files of `index` and the entries of the configuration.
    pub fn new(index: &Index<'_>, configured: Vec<Configured>) -> Self {
        let mut ignores = Self::default();
        // In text inside of a file a comment is a part of the text.
        for file in (0..index.files.len()).filter(|&file| index.files[file].host.is_none()) {
            ignores.add_comments(index, file);
        }
        for Configured { rule, paths, place } in configured {
            let (extent, used) = (Extent::Files(paths), AtomicBool::new(false));
            ignores.entries.push(Entry { rule, place, extent, used });
        }
        ignores
    }

    /// Whether nothing is ignored at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a finding of `rule` about `range` of the file at `path` is ignored. What ignores it counts as used.
    pub fn covers(&self, rule: &str, path: &str, range: &Range<usize>) -> bool {
        self.covering(rule, path, range).is_some()
    }

    /// The same with the place of what ignores it.
    pub fn covering(&self, rule: &str, path: &str, range: &Range<usize>) -> Option<&Place> {
        let comments = self.by_path.get(path).map(Vec::as_slice).unwrap_or_default();
        let comments = comments.iter().map(|&at| &self.entries[at]).filter(|entry| match &entry.extent {
            Extent::Bytes(bytes) => bytes.start <= range.start && range.start <= bytes.end,
            Extent::Files(_) => false,
        });
        let configured = self.entries.iter().filter(|entry| match &entry.extent {
            Extent::Files(names) => names(path),
            Extent::Bytes(_) => false,
        });
        let mut first = None;
        // All that cover it are used, so that taking one away shows the others to be right.
        for entry in comments.chain(configured).filter(|entry| entry.rule == rule) {
            entry.used.store(true, Ordering::Relaxed);
            first = first.or(Some(&entry.place));
        }
        first
    }

    /// Takes what is ignored of other rules than those that `ran` for used: nobody looked for it.
    pub fn pass_over(&self, ran: impl Fn(&str) -> bool) {
        for entry in self.entries.iter().filter(|entry| !ran(entry.rule)) {
            entry.used.store(true, Ordering::Relaxed);
        }
    }

    /// What covered nothing so far.
    pub fn unused(&self) -> impl Iterator<Item = Unused<'_>> {
        let unused = self.entries.iter().filter(|entry| !entry.used.load(Ordering::Relaxed));
        unused.map(|entry| Unused {
            rule: entry.rule,
            place: &entry.place,
            is_comment: matches!(entry.extent, Extent::Bytes(_)),
        })
    }

    /// The comments that cannot be understood.
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    fn add_comments(&mut self, index: &Index<'_>, file: usize) {
        let source = &index.files[file];
        if memchr::memmem::find(source.text.as_bytes(), MARKER.as_bytes()).is_none() {
            return;
        }
        for (at, document) in source.stream.documents.iter().enumerate() {
            for comment in &document.comments {
                let Some(read) = comment::read(&source.text[comment.range.clone()]) else { continue };
                let place = index.place(file, comment.range.clone());
                match read {
                    Ok(rules) => {
                        let bytes = scope::of(index, file, at, &comment.range);
                        for rule in rules {
                            self.by_path.entry(source.path.to_owned()).or_default().push(self.entries.len());
                            let (extent, used) = (Extent::Bytes(bytes.clone()), AtomicBool::new(false));
                            self.entries.push(Entry { rule, place: place.clone(), extent, used });
                        }
                    }
                    Err(message) => self.malformed.push(Malformed { place, message }),
                }
            }
        }
    }
}
