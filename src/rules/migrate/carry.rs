//! A part of a document as the text of a string, with its comments.

use std::ops::Range;

use super::object::Object;
use crate::yaml::{Entry, Node, NodeKind, ScalarStyle, excerpt};

/// The text of `node`, a value of the list at `path`: as it is written, with the comments of `region` in lines above it
/// or, where one stands behind it, on its last line.
///
/// # Errors
/// Why a person has to write it.
pub(super) fn text(
    object: &Object<'_>,
    node: &Node,
    region: Range<usize>,
    path: &str,
) -> Result<String, String> {
    if quotes_variable(node) {
        return Err(format!(
            "`{path}` holds a variable in quotes, which mean nothing there and would inside of a text: write it as \
             `patches`"
        ));
    }
    let body = excerpt(object.text, object.document, node).ok_or_else(|| {
        format!("`{path}` shares an anchor with the rest of the document: write it as `patches`")
    })?;
    let mut text = String::new();
    let mut behind = String::new();
    for comment in &object.document.comments {
        let at = &comment.range;
        let is_inside = node.start <= at.start && at.end <= node.range.end;
        if is_inside || at.start < region.start || region.end < at.end {
            continue;
        }
        let comment = &object.text[at.clone()];
        if at.start > node.range.end && !object.text[node.range.end..at.start].contains('\n') {
            behind = format!(" {comment}");
        } else {
            text.push_str(comment);
            text.push('\n');
        }
    }
    text.push_str(body.trim_end_matches(['\r', '\n']));
    text.push_str(&behind);
    text.push('\n');
    Ok(text.replace("\r\n", "\n"))
}

/// From the colon of `entry` in `mapping` to the end of its value, in lines to the end of its last one.
pub(super) fn behind_key(object: &Object<'_>, mapping: &Node, entry: &Entry<'_>) -> Range<usize> {
    let start = entry.colon.map_or(entry.key.range.end, |colon| colon + 1);
    let end = match mapping.kind {
        NodeKind::Mapping { flow: true, .. } => entry.value.range.end,
        _ => line_end(object.text, entry.value.range.end),
    };
    start..end
}

/// The end of the line of the byte at `at`, without its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\r', '\n']).map_or(text.len(), |length| at + length)
}

/// Whether a variable of Flux stands in quotes. Flux puts values into the object as it writes that anew, where quotes
/// are gone that are not needed; in a text they stay.
fn quotes_variable(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Scalar { text, style } => {
            text.contains("${") && !matches!(style, ScalarStyle::Plain | ScalarStyle::Literal)
        }
        NodeKind::Mapping { entries, .. } => {
            entries.iter().any(|entry| quotes_variable(&entry.key) || quotes_variable(&entry.value))
        }
        NodeKind::Sequence { items, .. } => items.iter().any(quotes_variable),
        NodeKind::Alias { .. } => false,
    }
}
