//! Edits that put a value, a key or a piece of a comment in the place of another.

use std::ops::Range;

use super::Refusal;
use super::document::{Node, NodeKind, ScalarStyle};
use super::insert::end_of;
use super::route::Route;
use super::site::Site;
use super::text::{column, first_on_line, line_end, line_start};
use super::value::Value;
use super::write::{self, Style};
use crate::change::Edit;

/// The edits for `Operation::Replace`.
pub(super) fn value(site: &Site, at: &Route, new: &Value) -> Result<Vec<Edit>, Refusal> {
    let node = site.node(at)?;
    let style = at
        .split_last()
        .map(|(above, _)| site.node(&above).map(|above| site.style(above)))
        .transpose()?
        .unwrap_or(Style::Block);
    let written = match (&node.kind, new) {
        (NodeKind::Scalar { style: ScalarStyle::SingleQuoted, .. }, Value::String(text)) => {
            write::single_quoted(text)
        }
        (NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. }, Value::String(text)) => {
            write::quoted(text)
        }
        (_, Value::Mapping(_) | Value::Sequence(_)) if style == Style::Block => {
            return Ok(vec![below_key(site, at, node, new)?]);
        }
        (_, Value::String(text)) if style == Style::Block && text.contains('\n') => {
            return Ok(vec![below_key(site, at, node, new)?]);
        }
        _ => write::inline(new, style),
    };
    Ok(vec![in_line(site, at, node, written)?])
}

/// The edit for `Operation::Recast`.
pub(super) fn carried(site: &Site, at: &Route, new: &Value) -> Result<Edit, Refusal> {
    let range = extent(site, at)?;
    let (above, _, entry) = site.entry(at)?;
    if entry.value.start != entry.value.range.start {
        return Err(Refusal::Unsupported(format!("`{at}` has an anchor or a tag")));
    }
    let indent = column(site.text, entry.start) + 2;
    let mut written = write::value(new, site.style(above), indent, site.line_break);
    // Text that ends with a line break needs one to follow it.
    if range.end == site.text.len() && written.contains('\n') {
        written.push_str(site.line_break);
    }
    Ok(Edit::replace(range, written))
}

/// What `Operation::Recast` writes anew: from the colon to the end of the value, in lines to the end of its last one.
pub(super) fn extent(site: &Site, at: &Route) -> Result<Range<usize>, Refusal> {
    let (above, _, entry) = site.entry(at)?;
    let colon = entry.colon.ok_or_else(|| Refusal::NotFound(format!("a value at `{at}`")))?;
    let end = match site.style(above) {
        Style::Block => line_end(site.text, end_of(entry)),
        Style::Flow | Style::Json => end_of(entry),
    };
    Ok(colon + 1..end)
}

/// The edit for `Operation::Rename`.
pub(super) fn key(site: &Site, at: &Route, new: &str) -> Result<Edit, Refusal> {
    let (mapping, _, entry) = site.entry(at)?;
    if mapping.get(new).is_some() {
        return Err(Refusal::Unsupported(format!("the key `{new}` is there already")));
    }
    let written = match &entry.key.kind {
        NodeKind::Scalar { style: ScalarStyle::SingleQuoted, .. } => write::single_quoted(new),
        NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. } => write::quoted(new),
        NodeKind::Scalar { .. } => write::scalar(new),
        _ => return Err(Refusal::Unsupported(format!("the key of `{at}` is no scalar"))),
    };
    Ok(Edit::replace(entry.key.range.clone(), written))
}

/// The edit for `Operation::ReplaceInComment`.
pub(super) fn in_comment(site: &Site, comment: usize, old: &str, new: &str) -> Result<Edit, Refusal> {
    let range = site
        .document
        .comments
        .get(comment)
        .map(|comment| comment.range.clone())
        .ok_or_else(|| Refusal::NotFound(format!("comment {}", comment + 1)))?;
    let mut places = site.text[range.clone()].match_indices(old);
    let (Some((place, _)), None, false) = (places.next(), places.next(), new.contains(['\n', '\r'])) else {
        return Err(Refusal::NotFound(format!("a single `{old}` in comment {}", comment + 1)));
    };
    let start = range.start + place;
    Ok(Edit::replace(start..start + old.len(), new))
}

/// A new value on the line of its key or dash.
fn in_line(site: &Site, at: &Route, node: &Node, written: String) -> Result<Edit, Refusal> {
    let text = site.text;
    if node.range.is_empty() {
        let colon = at.split_last().and_then(|_| site.entry(at).ok()).map(|(_, _, entry)| entry.colon);
        let lead = if colon == Some(None) { ": " } else { " " };
        return Ok(Edit::insert(node.range.start, format!("{lead}{written}")));
    }
    let block = match node.kind {
        NodeKind::Mapping { flow, .. } | NodeKind::Sequence { flow, .. } => !flow,
        _ => false,
    };
    if block && node.start == node.range.start && first_on_line(text, node.range.start) {
        let (_, _, entry) = site.entry(at)?;
        let behind = entry.colon.map_or(node.range.start, |colon| colon + 1);
        return Ok(Edit::replace(behind..node.range.end, format!(" {written}")));
    }
    Ok(Edit::replace(node.range.clone(), written))
}

/// A new collection or block scalar in lines below its key.
fn below_key(site: &Site, at: &Route, node: &Node, new: &Value) -> Result<Edit, Refusal> {
    let unsupported = || Refusal::Unsupported(format!("`{at}` has no key to stand below"));
    let (_, _, entry) = site.entry(at).map_err(|_| unsupported())?;
    let colon = entry.colon.ok_or_else(unsupported)?;
    if node.start != node.range.start {
        return Err(Refusal::Unsupported(format!("`{at}` has an anchor or a tag")));
    }
    let indent = column(site.text, entry.start).max(entry.start - line_start(site.text, entry.start)) + 2;
    let written = write::value(new, Style::Block, indent, site.line_break);
    Ok(Edit::replace(colon + 1..node.range.end.max(colon + 1), written))
}
