//! Edits that carry items over to another sequence, or put one below a key, as they are written.

use std::ops::Range;

use super::Refusal;
use super::document::{Entry, Node, NodeKind, ScalarStyle};
use super::insert::{behind, end_of, separator};
use super::remove::{comments_above, leading_comments};
use super::route::Route;
use super::site::Site;
use super::text::{column, first_on_line, line_end, line_start, next_line};
use super::write::{self, Style};
use crate::change::Edit;

/// The edits for `Operation::Wrap`.
pub(super) fn wrapped(site: &Site, at: &Route, key: &str) -> Result<Vec<Edit>, Refusal> {
    let node = site.node(at)?;
    let unsupported = |why: &str| Refusal::Unsupported(format!("`{at}` {why}"));
    let NodeKind::Scalar { style, .. } = node.kind else { return Err(unsupported("is no scalar")) };
    let (above, _) = at.split_last().ok_or_else(|| unsupported("is the whole document"))?;
    let style_above = site.style(site.node(&above)?);
    if !site.node(&above)?.is_sequence() || node.range.is_empty() {
        return Err(unsupported("is no item of a list"));
    }
    let key = if style_above == Style::Json { write::quoted(key) } else { write::scalar(key) };
    if style_above != Style::Block {
        return Ok(vec![Edit::insert(node.start, format!("{{{key}: ")), Edit::insert(node.range.end, "}")]);
    }
    let mut edits = vec![Edit::insert(node.start, format!("{key}: "))];
    let mut line = next_line(site.text, node.range.start);
    while line < node.range.end {
        let is_blank = site.text[line..line_end(site.text, line)].trim().is_empty();
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if is_block || !is_blank {
            // Blank lines of a block count too where they hold more blanks than the indentation.
            let lead = if is_blank && line_end(site.text, line) == line { "" } else { "  " };
            edits.extend((!lead.is_empty()).then(|| Edit::insert(line, lead)));
        }
        line = next_line(site.text, line);
    }
    Ok(edits)
}

/// The edits for `Operation::Join`.
pub(super) fn joined(site: &Site, from: &Route, into: &Route, front: bool) -> Result<Vec<Edit>, Refusal> {
    let unsupported = |why: &str| Refusal::Unsupported(format!("the items of `{from}` {why}"));
    let (mapping, index, entry) = site.entry(from)?;
    let (source, target) = (&entry.value, site.node(into)?);
    let (Some(first), Some(last)) = (target.items().first(), target.items().last()) else {
        return Err(unsupported(&format!("cannot go to `{into}`, which has none")));
    };
    if source.items().is_empty()
        || source.start != source.range.start
        || mapping.entries().len() == 1
        || !first_on_line(site.text, entry.start)
    {
        return Err(unsupported("are written in a way that cannot move"));
    }
    // What leads the first entry of a document may be about the whole.
    let start =
        if index == 0 { line_start(site.text, entry.start) } else { leading_comments(site, entry.start) };
    let region = start..next_line(site.text, end_of(entry));
    let delete = Edit::delete(region.clone());
    let insert = if is_flow(target) {
        if !site.comments_in(&region).is_empty() {
            return Err(unsupported("have comments, which brackets cannot take"));
        }
        let items = inline(site, source).ok_or_else(|| unsupported("are written in several lines"))?;
        if front {
            let lead = separator(site, first.start);
            Edit::insert(first.start, items.iter().map(|item| format!("{item}{lead}")).collect::<String>())
        } else {
            let all: String =
                items.iter().map(|item| behind(site, first.start, last.range.end, item).text).collect();
            Edit::insert(last.range.end, all)
        }
    } else {
        let dash = column(site.text, target.range.start);
        let lines =
            lines(site, entry, &region, dash).ok_or_else(|| unsupported("cannot be laid out anew"))?;
        if !front {
            let end = line_end(site.text, last.range.end);
            Edit::insert(end, format!("{}{}", site.line_break, lines.trim_end_matches(['\r', '\n'])))
        } else if first_on_line(site.text, target.range.start) {
            Edit::insert(comments_above(site, target.range.start, None), lines)
        } else {
            return Err(unsupported(&format!("cannot stand before the first of `{into}`")));
        }
    };
    Ok(vec![delete, insert])
}

/// The items of `entry` and every comment of its `region` as lines of a sequence whose dashes stand at `dash`.
fn lines(site: &Site, entry: &Entry, region: &Range<usize>, dash: usize) -> Option<String> {
    let text = site.text;
    let source = &entry.value;
    let key_line = line_start(text, entry.start);
    let below = if is_flow(source) { region.end } else { next_line(text, entry.start) };
    let mut lines = text[region.start..key_line].to_owned();
    for comment in site.comments_in(&(key_line..below)) {
        lines.push_str(&text[comment]);
        lines.push_str(site.line_break);
    }
    if is_flow(source) {
        for item in inline(site, source)? {
            lines.push_str(&" ".repeat(dash));
            lines.push_str(&format!("- {item}{}", site.line_break));
        }
        return shifted(&lines, dash, dash, site.line_break);
    }
    lines.push_str(&text[below..region.end]);
    shifted(&lines, column(text, source.range.start), dash, site.line_break)
}

/// The items as they are written, where each of them stands on one line.
fn inline<'t>(site: &Site<'t>, source: &Node) -> Option<Vec<&'t str>> {
    let text = site.text;
    let items = source.items().iter().map(|item| &text[item.start..item.range.end]);
    let items: Vec<_> = items.collect();
    let on_one_line = |item: &&str| !item.is_empty() && !item.contains('\n');
    let is_inline =
        is_flow(source) || source.items().iter().all(|item| !item.is_mapping() && !item.is_sequence());
    (is_inline && items.iter().all(on_one_line)).then_some(items)
}

/// Shifts whole lines from one indentation to another; comments further left come along. `None` where another line is.
fn shifted(text: &str, from: usize, to: usize, line_break: &str) -> Option<String> {
    let mut result = String::new();
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        let spaces = line.len() - content.len();
        if content.starts_with('#') && spaces < from {
            result.push_str(&" ".repeat(to));
        } else if !content.is_empty() {
            result.push_str(&" ".repeat(to + spaces.checked_sub(from)?));
        }
        result.push_str(content);
        result.push_str(line_break);
    }
    Some(result)
}

const fn is_flow(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Sequence { flow: true, .. })
}
