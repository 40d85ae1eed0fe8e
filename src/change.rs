//! The one currency: edits of a text, changes of files.
//!
//! An [`Edit`] replaces a byte range, a [`Change`] is one intent about one file. Nothing here knows YAML, the
//! disk, or why a change is wanted beyond the sentence that it carries.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// Replaces the bytes of `range` by `text`; an empty range inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// Start of the replaced bytes in the original text.
    pub start: usize,
    /// End of the replaced bytes, exclusive.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces `range` by `text`.
    pub fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { start: range.start, end: range.end, text: text.into() }
    }

    /// Inserts `text` before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(offset..offset, text)
    }

    /// Removes `range`.
    pub fn delete(range: Range<usize>) -> Self {
        Self::replace(range, "")
    }

    /// The replaced bytes of the original.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// What happens to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The file comes into being; it must not exist yet.
    Create {
        /// All of its bytes.
        content: Vec<u8>,
        /// Whether it gets the executable bit.
        executable: bool,
    },
    /// The file is edited; offsets are of its bytes as they were read.
    Modify(Vec<Edit>),
    /// The file goes away.
    Delete,
}

/// One file, one intent, one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Path below the root, with `/` between its parts.
    pub path: String,
    /// What happens to it.
    pub action: Action,
    /// Why, as a sentence without a final period.
    pub reason: String,
}

/// Why edits cannot be applied; the text stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Two edits want the same bytes, or insert different text at one place.
    Overlap(Range<usize>, Range<usize>),
    /// An edit lies outside the text or cuts a character in two.
    OutOfBounds(Range<usize>),
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overlap(a, b) => {
                write!(f, "edits of bytes {}..{} and {}..{} overlap", a.start, a.end, b.start, b.end)
            }
            Self::OutOfBounds(range) => write!(f, "bytes {}..{} are not in the text", range.start, range.end),
        }
    }
}

/// Brings edits into order: sorted by place, the same edit wanted twice kept once.
pub fn ordered(edits: &[Edit]) -> Result<Vec<Edit>, Clash> {
    let mut sorted = edits.to_vec();
    sorted.sort();
    sorted.dedup();
    for pair in sorted.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let same_place = a.range() == b.range();
        if b.start < a.end || same_place {
            return Err(Clash::Overlap(a.range(), b.range()));
        }
    }
    Ok(sorted)
}

/// Inserts at one place become one insert, in the order in which they were wanted.
pub(crate) fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut result: Vec<Edit> = Vec::with_capacity(edits.len());
    let mut inserts: HashMap<usize, usize> = HashMap::new();
    for edit in edits {
        let is_insert = edit.range().is_empty();
        if let Some(&twin) = inserts.get(&edit.start).filter(|_| is_insert) {
            result[twin].text.push_str(&edit.text);
            continue;
        }
        if is_insert {
            inserts.insert(edit.start, result.len());
        }
        result.push(edit);
    }
    result
}

/// Applies all edits to `text`, or none: the result does not depend on their order.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, Clash> {
    let edits = ordered(edits)?;
    let grown: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut result = String::with_capacity(text.len() + grown);
    let mut done = 0;
    for edit in &edits {
        let (Some(kept), Some(_)) = (text.get(done..edit.start), text.get(edit.range())) else {
            return Err(Clash::OutOfBounds(edit.range()));
        };
        result.push_str(kept);
        result.push_str(&edit.text);
        done = edit.end;
    }
    result.push_str(&text[done..]);
    Ok(result)
}

/// The edits that do at once what `stages` do one after the other: those of each stage address the result of the one
/// before it.
pub fn composed(text: &str, stages: &[Vec<Edit>]) -> Result<Vec<Edit>, Clash> {
    let mut pieces = vec![Piece::Kept(0..text.len())];
    for stage in stages {
        let mut next = Vec::new();
        let mut done = 0;
        for edit in ordered(stage)? {
            next.extend(between(&pieces, done..edit.start));
            next.push(Piece::New(edit.text));
            done = edit.end;
        }
        next.extend(between(&pieces, done..usize::MAX));
        pieces = next;
    }
    let mut edits = Vec::new();
    let mut at = 0;
    let mut new = String::new();
    for piece in pieces.into_iter().chain([Piece::Kept(text.len()..text.len())]) {
        match piece {
            Piece::New(text) => new.push_str(&text),
            Piece::Kept(range) => {
                if at < range.start || !new.is_empty() {
                    edits.push(Edit::replace(at..range.start, std::mem::take(&mut new)));
                }
                at = range.end;
            }
        }
    }
    Ok(edits)
}

/// A part of a text that came about in stages.
#[derive(Clone)]
enum Piece {
    /// Bytes of the first text.
    Kept(Range<usize>),
    New(String),
}

/// What `pieces` hold between two offsets of the text that they make.
fn between(pieces: &[Piece], range: Range<usize>) -> Vec<Piece> {
    let mut result = Vec::new();
    let mut offset = 0;
    for piece in pieces {
        let length = match piece {
            Piece::Kept(kept) => kept.len(),
            Piece::New(text) => text.len(),
        };
        let start = range.start.clamp(offset, offset + length) - offset;
        let end = range.end.clamp(offset, offset + length) - offset;
        offset += length;
        if start < end {
            result.push(match piece {
                Piece::Kept(kept) => Piece::Kept(kept.start + start..kept.start + end),
                Piece::New(text) => Piece::New(text[start..end].to_owned()),
            });
        }
    }
    result
}

/// The edits that turn the result of `edits` back into `text`; edits that touch each other become one.
pub fn inverse(text: &str, edits: &[Edit]) -> Result<Vec<Edit>, Clash> {
    let mut inverted: Vec<Edit> = Vec::new();
    let mut moved = 0isize;
    for edit in ordered(edits)? {
        let old = text.get(edit.range()).ok_or(Clash::OutOfBounds(edit.range()))?;
        let start = edit.start.checked_add_signed(moved).ok_or(Clash::OutOfBounds(edit.range()))?;
        let end = start + edit.text.len();
        moved += edit.text.len().cast_signed() - old.len().cast_signed();
        match inverted.last_mut() {
            Some(last) if last.end == start => {
                last.end = end;
                last.text.push_str(old);
            }
            _ => inverted.push(Edit::replace(start..end, old)),
        }
    }
    Ok(inverted)
}
