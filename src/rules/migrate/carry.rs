//! A part of a document as the text of a string, with its comments.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;

use super::object::Object;
use crate::change::{self, Edit};
use crate::yaml::{Entry, Node, NodeKind, ScalarStyle, excerpt, parse};

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
    let body = excerpt(object.text, object.document, node).ok_or_else(|| {
        format!("`{path}` shares an anchor with the rest of the document: write it as `patches`")
    })?;
    let body = without_quotes(&body).ok_or_else(|| {
        format!(
            "`{path}` holds a variable in quotes, which mean nothing there and would inside of a text: write it as \
             `patches`"
        )
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
    let trimmed = body.trim_end_matches(['\r', '\n']);
    text.push_str(trimmed);
    text.push_str(&behind);
    text.push('\n');
    // A block at the end that keeps its empty lines.
    if body[trimmed.len()..].lines().count() > 1 && behind.is_empty() {
        text.push_str(body[trimmed.len()..].trim_start_matches('\r').strip_prefix('\n').unwrap_or_default());
    }
    Ok(read_as_yaml(without_trailing_blanks(&text.replace("\r\n", "\n"))))
}

/// `text`, a list of operations or an object, in a form that kustomize reads as YAML: a list of operations that starts
/// with a bracket is read as JSON alone.
///
/// Source: kubernetes-sigs/kustomize `api/internal/builtins/PatchTransformer.go`, `jsonPatchFromBytes`.
fn read_as_yaml(text: String) -> String {
    if !text.starts_with('[') || serde_json::from_str::<IgnoredAny>(&text).is_ok() {
        return text;
    }
    let stream = parse(&text);
    let Some(list) = stream.documents.first().and_then(|document| document.node()) else { return text };
    if text[list.range.clone()].contains('\n') {
        return format!("---\n{text}");
    }
    let mut lines: Vec<String> =
        list.items().iter().map(|item| format!("- {}", &text[item.start..item.range.end])).collect();
    if let Some(last) = lines.last_mut() {
        last.push_str(&text[list.range.end..]);
    }
    lines.join("\n")
}

/// `text` without the blanks at the end of its lines that belong to no scalar: no block of lines can hold them.
fn without_trailing_blanks(text: &str) -> String {
    let stream = parse(text);
    let mut scalars = Vec::new();
    if let Some(root) = stream.documents.first().and_then(|document| document.node()) {
        scalar_ranges(root, &mut scalars);
    }
    let mut result = String::with_capacity(text.len());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        let end = start + trimmed.len();
        let is_text = scalars.iter().any(|range| range.start < end && end < range.end);
        if is_text {
            result.push_str(line);
        } else {
            result.push_str(trimmed);
            result.push('\n');
        }
        start += line.len();
    }
    result
}

fn scalar_ranges(node: &Node, found: &mut Vec<Range<usize>>) {
    if matches!(node.kind, NodeKind::Scalar { .. }) {
        found.push(node.range.clone());
    }
    for entry in node.entries() {
        scalar_ranges(&entry.key, found);
        scalar_ranges(&entry.value, found);
    }
    for item in node.items() {
        scalar_ranges(item, found);
    }
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

/// `text` without the quotes around variables of Flux. Flux puts values into the object as it writes that anew, where
/// quotes are gone that are not needed; in a text they would stay, and make a string of a number. `None` where they
/// are needed.
fn without_quotes(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains("${") {
        return Some(Cow::Borrowed(text));
    }
    let stream = parse(text);
    let mut edits = Vec::new();
    unquote(stream.documents.first()?.node()?, false, &mut edits)?;
    change::apply(text, &edits).ok().map(Cow::Owned)
}

fn unquote(node: &Node, in_flow: bool, edits: &mut Vec<Edit>) -> Option<()> {
    match &node.kind {
        NodeKind::Scalar { text, style } => {
            let is_plain = matches!(style, ScalarStyle::Plain | ScalarStyle::Literal);
            if text.contains("${") && !is_plain {
                let bare = |c: char| c.is_ascii_alphanumeric() || "${}_-./:=,".contains(c);
                let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric() || "$/.".contains(c));
                let is_bare = starts && text.chars().all(bare) && !text.ends_with(':');
                (is_bare && !in_flow && *style != ScalarStyle::Folded && node.tag().is_none())
                    .then_some(())?;
                edits.push(Edit::replace(node.range.clone(), text.to_string()));
            }
            Some(())
        }
        NodeKind::Mapping { entries, flow } => entries.iter().try_for_each(|entry| {
            unquote(&entry.key, *flow || in_flow, edits)?;
            unquote(&entry.value, *flow || in_flow, edits)
        }),
        NodeKind::Sequence { items, flow } => {
            items.iter().try_for_each(|item| unquote(item, *flow || in_flow, edits))
        }
        NodeKind::Alias { .. } => Some(()),
    }
}
