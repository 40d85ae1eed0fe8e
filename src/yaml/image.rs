//! Where each byte of a scalar's text stands in the file, for all styles but `|`.
//!
//! An image is built by reading the scalar's source once more, piece by piece, and holds only if the pieces give the
//! text that the parser gave.

use std::ops::Range;

use super::document::{Node, NodeKind, ScalarStyle};
use super::text::{line_end, next_line};

/// A scalar's text and its source, side by side.
pub(super) struct Image {
    pieces: Vec<Piece>,
    /// Where the source of an empty text stands.
    start: usize,
}

/// A part of the text and what it is written with. Neighbours touch, in the text and in the source.
struct Piece {
    value: Range<usize>,
    source: Range<usize>,
    /// Written as it reads, byte by byte; else an escape or a fold.
    verbatim: bool,
}

impl Image {
    /// The image of the scalar `node`; `None` where its source is read in another way here than by the parser.
    pub(super) fn of(text: &str, node: &Node) -> Option<Self> {
        let NodeKind::Scalar { text: value, style } = &node.kind else { return None };
        let range = node.range.clone();
        match style {
            ScalarStyle::Folded => folded(text, &range, value),
            ScalarStyle::Literal => None,
            ScalarStyle::Plain => Builder::new(text, range, *style).read(value),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                Builder::new(text, range.start + 1..range.end.checked_sub(1)?, *style).read(value)
            }
        }
    }

    /// The bytes of the file behind `range` of the text; `None` where an end of it has no place there.
    pub(super) fn range(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let start = self.place(range.start)?;
        let end = if range.is_empty() { start } else { self.place(range.end)? };
        (start <= end).then_some(start..end)
    }

    fn place(&self, offset: usize) -> Option<usize> {
        if self.pieces.is_empty() && offset == 0 {
            return Some(self.start);
        }
        let within = |piece: &&Piece| piece.value.start <= offset && offset <= piece.value.end;
        self.pieces.iter().filter(within).find_map(|piece| match offset {
            _ if piece.verbatim => Some(piece.source.start + offset - piece.value.start),
            _ if offset == piece.value.end => Some(piece.source.end),
            _ if offset == piece.value.start => Some(piece.source.start),
            _ => None,
        })
    }
}

/// Reads plain and quoted source.
struct Builder<'t> {
    text: &'t str,
    range: Range<usize>,
    style: ScalarStyle,
    value: String,
    pieces: Vec<Piece>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, range: Range<usize>, style: ScalarStyle) -> Self {
        Self { text, range, style, value: String::new(), pieces: Vec::new() }
    }

    fn read(mut self, wanted: &str) -> Option<Image> {
        let mut at = self.range.start;
        while at < self.range.end {
            let rest = self.text.get(at..self.range.end)?;
            let (length, decoded) = self.atom(rest)?;
            match decoded {
                Some(decoded) => self.push(at..at + length, &decoded, false),
                None => self.push(at..at + length, &rest[..length], true),
            }
            at += length;
        }
        (self.value == wanted).then_some(Image { pieces: self.pieces, start: self.range.start })
    }

    /// The bytes of the next unit, and what they stand for where they are not that themselves.
    fn atom(&self, rest: &str) -> Option<(usize, Option<String>)> {
        if let Some((length, breaks)) = fold(rest) {
            let decoded = if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) };
            return Some((length, Some(decoded)));
        }
        match self.style {
            ScalarStyle::SingleQuoted if rest.starts_with("''") => Some((2, Some("'".to_owned()))),
            ScalarStyle::DoubleQuoted if rest.starts_with('\\') => {
                let (length, decoded) = escape(rest)?;
                Some((length, Some(decoded)))
            }
            _ => Some((rest.chars().next()?.len_utf8(), None)),
        }
    }

    fn push(&mut self, source: Range<usize>, decoded: &str, verbatim: bool) {
        let start = self.value.len();
        self.value.push_str(decoded);
        match self.pieces.last_mut() {
            Some(last) if last.verbatim && verbatim => {
                last.value.end = self.value.len();
                last.source.end = source.end;
            }
            _ => self.pieces.push(Piece { value: start..self.value.len(), source, verbatim }),
        }
    }
}

/// Length and number of line breaks of the fold that `rest` begins with: blanks, breaks, blanks.
fn fold(rest: &str) -> Option<(usize, usize)> {
    let length = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let breaks = rest[..length].matches('\n').count();
    (breaks > 0).then_some((length, breaks))
}

/// Length and meaning of an escape of double quotes (YAML 1.2.2, section 5.7).
fn escape(rest: &str) -> Option<(usize, String)> {
    let kind = rest[1..].chars().next()?;
    if matches!(kind, '\n' | '\r') {
        let (length, breaks) = fold(&rest[1..])?;
        return Some((1 + length, "\n".repeat(breaks - 1)));
    }
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return Some((1 + kind.len_utf8(), named(kind)?.to_string())),
    };
    let number = |at: usize| u32::from_str_radix(rest.get(at..at + digits)?, 16).ok();
    let first = number(2)?;
    if let Some(character) = char::from_u32(first) {
        return Some((2 + digits, character.to_string()));
    }
    // JSON writes characters outside of the first plane as two halves.
    let second = rest.get(6..8).filter(|lead| *lead == "\\u").and_then(|_| number(8))?;
    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    Some((12, String::from_utf16(&units).ok()?))
}

fn named(kind: char) -> Option<char> {
    Some(match kind {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => kind,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}

/// The image of a `>` block: its lines are verbatim, what is between them is not.
fn folded(text: &str, range: &Range<usize>, value: &str) -> Option<Image> {
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut indent = None;
    let mut at = next_line(text, range.start);
    let (mut source, mut done) = (at, 0);
    while at < range.end {
        let line = &text[at..line_end(text, at)];
        if !line.trim_matches(' ').is_empty() {
            let lead =
                *indent.get_or_insert(spaces(line).checked_sub(spaces(value.trim_start_matches('\n')))?);
            let content = line.get(lead..)?;
            let rest = &value[done..];
            let breaks = rest.len() - rest.trim_start_matches('\n').len();
            let gap = if breaks == 0 && !pieces.is_empty() { 1 } else { breaks };
            let start = done + gap;
            value.get(start..)?.starts_with(content).then_some(())?;
            pieces.push(Piece { value: done..start, source: source..at + lead, verbatim: false });
            done = start + content.len();
            source = at + line.len();
            pieces.push(Piece { value: start..done, source: at + lead..source, verbatim: true });
        }
        at = next_line(text, at);
    }
    value[done..].trim_matches('\n').is_empty().then_some(Image { pieces, start: source })
}
