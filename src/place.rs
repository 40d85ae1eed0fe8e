//! A place in a file, as people and editors count it.

use std::ops::Range;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path below the root, with `/` between its parts.
    pub path: String,
    /// First byte in the file.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line of the start, counted from 1.
    pub line: usize,
    /// Column of the start in characters, counted from 1.
    pub column: usize,
}

impl Place {
    /// The place of `range` in `text`, the content of the file at `path`.
    pub fn new(path: &str, text: &str, range: Range<usize>) -> Self {
        let before = &text.as_bytes()[..range.start.min(text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        Self { path: path.to_owned(), start: range.start, end: range.end, line, column }
    }

    /// The whole file, where no better place is known (it may not be text).
    pub fn file(path: &str) -> Self {
        Self { path: path.to_owned(), start: 0, end: 0, line: 1, column: 1 }
    }
}
