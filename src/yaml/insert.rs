//! Edits that add an entry or an item, new or carried over from elsewhere in the document.

use super::document::{Entry, Node, NodeKind};
use super::operation::{Operation, Position};
use super::route::Route;
use super::site::Site;
use super::text::{column, first_on_line, line_end, line_start, next_line};
use super::value::Value;
use super::write;
use super::{Refusal, remove};
use crate::change::Edit;

/// The edits for `Operation::Insert`.
pub(super) fn value(
    site: &Site,
    into: &Route,
    position: &Position,
    key: &str,
    value: &Value,
) -> Result<Vec<Edit>, Refusal> {
    let mapping = site.mapping_without(into, key)?;
    let style = site.style(mapping);
    let indent = mapping.entries().first().map_or(0, |entry| column(site.text, entry.start));
    let written = write::entry(key, value, style, indent, site.line_break);
    place(site, mapping, position, &written)
}

/// The edits that put the entry at `from` into another mapping; taking it out is [`remove::all`]'s.
pub(super) fn moved(
    site: &Site,
    from: &Route,
    into: &Route,
    position: &Position,
    key: &str,
) -> Result<Vec<Edit>, Refusal> {
    let (source, index, entry) = site.entry(from)?;
    let same = std::ptr::eq(site.node(into)?, source);
    let mapping = if same { source } else { site.mapping_without(into, key)? };
    let written_key = site.text[entry.key.range.clone()].starts_with('"');
    let key = if written_key { write::quoted(key) } else { write::scalar(key) };
    let flow = is_flow(source);
    if is_flow(mapping) && !flow {
        return Err(Refusal::Unsupported(format!("`{from}` is in lines and `{into}` is in braces")));
    }
    let indent = mapping.entries().first().map_or(0, |entry| column(site.text, entry.start));
    if flow {
        let rest = &site.text[entry.key.range.end..entry.value.range.end.max(entry.key.range.end)];
        return place(site, mapping, position, &format!("{key}{rest}"));
    }
    let whole = remove::lines(site, source, index);
    if !first_on_line(site.text, entry.start) {
        return Err(Refusal::Unsupported(format!("`{from}` stands on the line of its dash")));
    }
    let old_indent = column(site.text, entry.start);
    let mut text = site.text[whole.start..entry.key.range.start].to_owned();
    text.push_str(&key);
    text.push_str(&site.text[entry.key.range.end..whole.end]);
    let text = reindented(text.trim_end_matches(['\n', '\r']), old_indent, indent, site.line_break)
        .ok_or_else(|| Refusal::Unsupported(format!("`{from}` has a line left of its key")))?;
    place(site, mapping, position, text.trim_start_matches(' '))
}

/// The edits for all `Operation::Prepend` and `Operation::Append` of `batch` that name the sequence at `to`.
pub(super) fn items(site: &Site, to: &Route, batch: &[&Operation]) -> Result<Vec<Edit>, Refusal> {
    let sequence = site.node(to)?;
    let NodeKind::Sequence { items, flow } = &sequence.kind else {
        return Err(Refusal::NotFound(format!("a sequence at `{to}`")));
    };
    let style = site.style(sequence);
    let front = batch.iter().filter_map(|operation| match operation {
        Operation::Prepend { to: other, value } if other == to => Some(value),
        _ => None,
    });
    let back = batch.iter().filter_map(|operation| match operation {
        Operation::Append { to: other, value } if other == to => Some(value),
        _ => None,
    });
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        let written: Vec<_> = front.chain(back).map(|value| write::inline(value, style)).collect();
        return Ok(vec![Edit::insert(sequence.range.start + 1, written.join(", "))]);
    };
    if *flow {
        let before =
            |value| Edit::insert(first.start, write::inline(value, style) + &separator(site, first.start));
        let behind = |value| behind(site, first.start, last.range.end, &write::inline(value, style));
        return Ok(front.map(before).chain(back.map(behind)).collect());
    }
    let dash = column(site.text, sequence.range.start);
    let lead = " ".repeat(dash);
    let end = line_end(site.text, last.range.end);
    let before = |value| {
        let written = write::item(value, dash, site.line_break);
        in_front(site, sequence.range.start, &written, &lead)
    };
    let behind = |value| {
        let written = write::item(value, dash, site.line_break);
        Edit::insert(end, format!("{}{lead}{written}", site.line_break))
    };
    Ok(front.map(before).chain(back.map(behind)).collect())
}

/// A new item before the first one, whose dash stands at `dash`, and before all comments above that.
fn in_front(site: &Site, dash: usize, written: &str, lead: &str) -> Edit {
    if !first_on_line(site.text, dash) {
        return Edit::insert(dash, format!("{written}{}{lead}", site.line_break));
    }
    let at = remove::comments_above(site, dash, None);
    Edit::insert(at, format!("{lead}{written}{}", site.line_break))
}

/// Puts `written`, an entry without indentation before its first line, into `mapping`.
fn place(site: &Site, mapping: &Node, position: &Position, written: &str) -> Result<Vec<Edit>, Refusal> {
    let entries = mapping.entries();
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(vec![Edit::insert(mapping.range.start + 1, written)]);
    };
    let find = |key: &str| {
        let found = entries.iter().find(|entry| entry.key_text() == Some(key));
        found.ok_or_else(|| Refusal::NotFound(format!("the key `{key}`")))
    };
    let (anchor, after) = match position {
        Position::First => (first, false),
        Position::Last => (last, true),
        Position::Before(key) => (find(key)?, false),
        Position::After(key) => (find(key)?, true),
    };
    if is_flow(mapping) {
        return Ok(vec![if after {
            behind(site, first.start, end_of(anchor), written)
        } else {
            Edit::insert(anchor.start, format!("{written}{}", separator(site, first.start)))
        }]);
    }
    let indent = " ".repeat(column(site.text, anchor.start));
    if after {
        let end = line_end(site.text, end_of(anchor));
        return Ok(vec![Edit::insert(end, format!("{}{indent}{written}", site.line_break))]);
    }
    let at = if first_on_line(site.text, anchor.start) {
        remove::leading_comments(site, anchor.start)
    } else {
        return Ok(vec![Edit::insert(anchor.start, format!("{written}{}{indent}", site.line_break))]);
    };
    Ok(vec![Edit::insert(at, format!("{indent}{written}{}", site.line_break))])
}

/// A new member of a flow collection behind the one that ends at `end`; `first` is where the first one starts.
pub(super) fn behind(site: &Site, first: usize, end: usize, written: &str) -> Edit {
    Edit::insert(end, format!("{}{written}", separator(site, first)))
}

/// A comma, and a line of its own where the first member of the collection has one.
pub(super) fn separator(site: &Site, first: usize) -> String {
    if first_on_line(site.text, first) && first > line_start(site.text, first) {
        format!(",{}{}", site.line_break, &site.text[line_start(site.text, first)..first])
    } else {
        ", ".to_owned()
    }
}

/// Where an entry ends: its value, or its colon or key where that is empty.
pub(super) fn end_of(entry: &Entry) -> usize {
    let colon = entry.colon.map_or(entry.key.range.end, |colon| colon + 1);
    entry.value.range.end.max(colon)
}

const fn is_flow(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Mapping { flow: true, .. })
}

/// Shifts whole lines from one indentation to another; `None` where a line has less.
fn reindented(text: &str, from: usize, to: usize, line_break: &str) -> Option<String> {
    let mut result = String::new();
    let mut at = 0;
    while at < text.len() {
        let end = next_line(text, at);
        let line = text[at..end].trim_end_matches(['\n', '\r']);
        if line.trim().is_empty() {
            result.push_str(line);
        } else {
            let rest = line.get(from..).filter(|_| line[..from].bytes().all(|byte| byte == b' '))?;
            result.push_str(&" ".repeat(to));
            result.push_str(rest);
        }
        if end < text.len() || text.ends_with('\n') {
            result.push_str(line_break);
        }
        at = end;
    }
    Some(result)
}
