//! Where a piece of a scalar's text stands in the file, for people to find it.

use std::ops::Range;

use super::document::{Node, NodeKind, ScalarStyle};
use super::image::Image;
use super::text::{line_end, next_line};

/// The bytes of the file `text` that `range`, bytes of the text which the scalar `node` stands for, is written with.
/// `None` where an end of it is in the middle of an escape or a fold, or `node` is no scalar.
pub fn locate(text: &str, node: &Node, range: &Range<usize>) -> Option<Range<usize>> {
    match &node.kind {
        NodeKind::Scalar { text: value, style: ScalarStyle::Literal } => {
            let place = |offset| in_block(text, node.range.start, value, offset);
            Some(place(range.start)?..place(range.end)?)
        }
        _ => Image::of(text, node)?.range(range),
    }
}

/// Where the byte at `offset` of a literal block's text stands: line for line, behind the indentation.
fn in_block(text: &str, header: usize, value: &str, offset: usize) -> Option<usize> {
    let before = value.get(..offset)?;
    let column = offset - before.rfind('\n').map_or(0, |line_break| line_break + 1);
    let start = (0..=before.matches('\n').count()).fold(header, |at, _| next_line(text, at));
    let content = value[offset - column..].lines().next().unwrap_or_default();
    let indent = (line_end(text, start) - start).checked_sub(content.len())?;
    Some(start + indent + column)
}
