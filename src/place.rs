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
    /// Line of the end, counted from 1.
    pub end_line: usize,
    /// Column of the end in characters, counted from 1: that of the first character that is no part of it.
    pub end_column: usize,
}

impl Place {
    /// The place of `range` in `text`, the content of the file at `path`.
    pub fn new(path: &str, text: &str, range: Range<usize>) -> Self {
        let bytes = text.as_bytes();
        let (start, end) = (range.start.min(bytes.len()), range.end.min(bytes.len()).max(range.start));
        let first = memchr::memchr_iter(b'\n', &bytes[..start]).count();
        let more = memchr::memchr_iter(b'\n', bytes.get(start..end).unwrap_or_default()).count();
        let line_start =
            |at: usize| memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |line_break| line_break + 1);
        Self::counted(
            path,
            text,
            range,
            [(first + 1, line_start(start)), (first + more + 1, line_start(end))],
        )
    }

    /// The place of `range` in `text`, from the start of each of its lines in bytes; [`Place::new`] without the search for
    /// them.
    pub fn in_lines(path: &str, text: &str, line_starts: &[usize], range: Range<usize>) -> Self {
        let line = |at: usize| {
            let line = line_starts.partition_point(|start| *start <= at).max(1);
            (line, line_starts.get(line - 1).copied().unwrap_or_default())
        };
        let lines = [line(range.start), line(range.end)];
        Self::counted(path, text, range, lines)
    }

    /// The whole file, where no better place is known (it may not be text).
    pub fn file(path: &str) -> Self {
        Self { path: path.to_owned(), start: 0, end: 0, line: 1, column: 1, end_line: 1, end_column: 1 }
    }

    /// Line and columns: `3:5-9`, `3:5-4:1` where it ends on another line, `3:5` where it is empty.
    pub fn range(&self) -> String {
        let Self { line, column, end_line, end_column, .. } = self;
        match (line == end_line, column == end_column) {
            (true, true) => format!("{line}:{column}"),
            (true, false) => format!("{line}:{column}-{end_column}"),
            (false, _) => format!("{line}:{column}-{end_line}:{end_column}"),
        }
    }

    /// From number and first byte of the lines that the range begins and ends on.
    fn counted(path: &str, text: &str, range: Range<usize>, lines: [(usize, usize); 2]) -> Self {
        let column = |line_start: usize, at: usize| {
            let before = text.as_bytes().get(line_start..at.min(text.len())).unwrap_or_default();
            String::from_utf8_lossy(before).chars().count() + 1
        };
        let [(line, first), (end_line, last)] = lines;
        let (column, end_column) = (column(first, range.start), column(last, range.end));
        Self { path: path.to_owned(), start: range.start, end: range.end, line, column, end_line, end_column }
    }
}
