//! Edits in the text of a `|` block, by its lines: what is not edited keeps its bytes.

use std::ops::Range;

use super::document::Node;
use super::site::Site;
use super::text::{line_end, next_line};
use crate::change::Edit;

/// The edits of the file that carry out `wanted`, in order, in the text `value` of the block `node`.
///
/// # Errors
/// Says what about the text cannot be, as the rest of a sentence.
pub(super) fn edits(
    site: &Site,
    node: &Node,
    value: &str,
    wanted: &[Edit],
) -> Result<Vec<Edit>, &'static str> {
    let block = Block::read(site, node, value).ok_or("is a block whose lines could not be told apart")?;
    let result: Vec<Edit> = block.hunks(wanted).into_iter().filter_map(|hunk| block.carried(&hunk)).collect();
    let after = crate::change::apply(value, wanted).map_err(|_| "is edited at one place twice")?;
    if !block.chomping.gives(value, &after) {
        return Err("would end in line breaks that its `|` cannot give");
    }
    Ok(result)
}

/// What the header of a block says about its last line breaks.
#[derive(Clone, Copy)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

impl Chomping {
    fn of(header: &str) -> Self {
        let indicators = header.split(['#', '\n']).next().unwrap_or_default();
        match () {
            () if indicators.contains('-') => Self::Strip,
            () if indicators.contains('+') => Self::Keep,
            () => Self::Clip,
        }
    }

    /// Whether the block can stand for `after` where it stood for `before`; without a line break at the end of the
    /// file there is none in the text.
    fn gives(self, before: &str, after: &str) -> bool {
        let ends_alike = before.ends_with('\n') == after.ends_with('\n');
        match self {
            Self::Strip => !after.ends_with('\n'),
            Self::Clip => after.is_empty() || (ends_alike && !after.ends_with("\n\n") && after != "\n"),
            Self::Keep => after.is_empty() || ends_alike,
        }
    }
}

/// A line of the text with its line break, and where it stands in the file.
struct Line<'v> {
    value: &'v str,
    /// Where it starts in the text.
    offset: usize,
    start: usize,
    /// Behind the line break, where the text has one.
    end: usize,
}

struct Block<'a> {
    text: &'a str,
    line_break: &'static str,
    value: &'a str,
    lines: Vec<Line<'a>>,
    indent: usize,
    chomping: Chomping,
}

/// Lines that change, and edits of the text in them.
struct Hunk<'e> {
    lines: Range<usize>,
    edits: Vec<&'e Edit>,
}

impl<'a> Block<'a> {
    /// `None` where the lines of the file are not those of the text, indented.
    fn read(site: &Site<'a>, node: &Node, value: &'a str) -> Option<Self> {
        let text = site.text;
        let mut at = next_line(text, node.range.start);
        let mut lines = Vec::new();
        let mut indent = None;
        let mut offset = 0;
        for line in value.split_inclusive('\n') {
            let content = line.trim_end_matches('\n');
            let end = line_end(text, at);
            let written = &text[at..end];
            if content.is_empty() {
                written.trim_matches(' ').is_empty().then_some(())?;
            } else {
                let lead = *indent.get_or_insert(written.len().checked_sub(content.len())?);
                (written.get(lead..)? == content && written[..lead].trim_matches(' ').is_empty())
                    .then_some(())?;
            }
            let next = next_line(text, at);
            let end = if line.ends_with('\n') { next } else { end };
            lines.push(Line { value: line, offset, start: at, end });
            offset += line.len();
            at = next;
        }
        let chomping = Chomping::of(&text[node.range.start..line_end(text, node.range.start)]);
        Some(Self { text, line_break: site.line_break, value, lines, indent: indent?, chomping })
    }

    /// The line that holds the byte at `offset` of the text; the last one for its end.
    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.offset <= offset).saturating_sub(1)
    }

    /// Edits of lines that touch become one hunk.
    fn hunks<'e>(&self, wanted: &'e [Edit]) -> Vec<Hunk<'e>> {
        let mut hunks: Vec<Hunk> = Vec::new();
        for edit in wanted {
            let lines = self.line_at(edit.start)..self.line_at(edit.end) + 1;
            match hunks.last_mut() {
                Some(last) if lines.start < last.lines.end => {
                    last.lines.end = last.lines.end.max(lines.end);
                    last.edits.push(edit);
                }
                _ => hunks.push(Hunk { lines, edits: vec![edit] }),
            }
        }
        hunks
    }

    /// The edit of the file for one hunk; `None` where it changes nothing.
    fn carried(&self, hunk: &Hunk) -> Option<Edit> {
        let new = self.edited(hunk);
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        let old = &self.lines[hunk.lines.clone()];
        let before = old.iter().zip(&new).take_while(|(old, new)| old.value == **new).count();
        let (old, new) = (&old[before..], &new[before..]);
        let behind =
            old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old.value == **new).count();
        let (old, new) = (&old[..old.len() - behind], &new[..new.len() - behind]);
        let at = self
            .lines
            .get(hunk.lines.start + before)
            .map_or_else(|| self.lines.last().map_or(0, |line| line.end), |line| line.start);
        let range = old.first().map_or(at, |line| line.start)..old.last().map_or(at, |line| line.end);
        let written: String = new.iter().map(|line| self.written(line)).collect();
        trimmed(self.text, range, &written)
    }

    /// The text of the lines of a hunk after its edits.
    fn edited(&self, hunk: &Hunk) -> String {
        let mut at = self.lines[hunk.lines.start].offset;
        let end = self.lines.get(hunk.lines.end).map_or(self.value.len(), |line| line.offset);
        let mut result = String::new();
        for edit in &hunk.edits {
            result.push_str(&self.value[at..edit.start]);
            result.push_str(&edit.text);
            at = edit.end;
        }
        result.push_str(&self.value[at..end]);
        result
    }

    fn written(&self, line: &str) -> String {
        let content = line.trim_end_matches('\n');
        let lead = if content.is_empty() { String::new() } else { " ".repeat(self.indent) };
        let line_break = if line.ends_with('\n') { self.line_break } else { "" };
        format!("{lead}{content}{line_break}")
    }
}

/// The edit that puts `written` in the place of `range`, less what is equal at both ends.
fn trimmed(text: &str, range: Range<usize>, written: &str) -> Option<Edit> {
    let old = &text[range.clone()];
    if old == written {
        return None;
    }
    let same = |(one, other): &(char, char)| one == other;
    let front: usize = old.chars().zip(written.chars()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let (old, new) = (&old[front..], &written[front..]);
    let back: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    Some(Edit::replace(range.start + front..range.end - back, &new[..new.len() - back]))
}
