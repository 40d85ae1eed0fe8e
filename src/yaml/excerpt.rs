//! A node as a document of its own.

use std::ops::Range;

use super::document::{Document, Node, NodeKind, ScalarStyle};
use super::text::{column, first_on_line, line_break, line_end, line_start, next_line};
use super::verify::equal;

/// The YAML text of `node`, a part of `document` in `text`: without the indentation of its place, with the comments
/// inside of it, ended by one line break. Flow style stays as written.
///
/// `None` where it would not mean the same on its own: it shares an anchor with the rest of the document, or a line
/// of it stands further left than its first.
pub fn excerpt(text: &str, document: &Document, node: &Node) -> Option<String> {
    excerpt_from(text, document, node, node.start)
}

/// The same with the comments before it, from the byte `from` on, in lines above it. A comment that stands behind
/// something else on the line of `from` belongs to that and is left out.
pub fn excerpt_from(text: &str, document: &Document, node: &Node, from: usize) -> Option<String> {
    if !document.node().is_some_and(|root| is_self_contained(root, node)) {
        return None;
    }
    let line_break = line_break(text);
    let mut result: String = document
        .comments
        .iter()
        .map(|comment| comment.range.clone())
        .filter(|range| from <= range.start && range.end <= node.start && !trails(text, from, range))
        .flat_map(|range| [&text[range], line_break])
        .collect();
    let mut at = next_line(text, node.start).min(node.range.end);
    result.push_str(&text[node.start..at]);
    let indent = indent(text, node, at);
    while at < node.range.end {
        let end = next_line(text, at).min(node.range.end);
        let line = &text[at..end];
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let is_comment = document.comments.iter().any(|comment| comment.range.start == at + spaces);
        if spaces < indent && !is_comment && !line.trim().is_empty() {
            return None;
        }
        result.push_str(&line[spaces.min(indent)..]);
        at = end;
    }
    result.push_str(line_break);
    let read = super::parse(&result);
    let [alone] = &*read.documents else { return None };
    alone.node().is_some_and(|alone| equal(node, alone)).then_some(result)
}

/// Whether the comment at `range` stands behind something that ended before `from`.
fn trails(text: &str, from: usize, range: &Range<usize>) -> bool {
    line_start(text, range.start) < from
        && !first_on_line(text, range.start)
        && text[from..range.start].trim().is_empty()
}

/// How far the lines of `node` from `rest` on are shifted to the left.
fn indent(text: &str, node: &Node, rest: usize) -> usize {
    let own = match node.kind {
        NodeKind::Mapping { flow: false, .. } | NodeKind::Sequence { flow: false, .. } => {
            return column(text, node.range.start);
        }
        // The lines of a block scalar keep an indentation of two.
        NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => 2,
        _ => 0,
    };
    let mut least = usize::MAX;
    let mut at = rest;
    while at < node.range.end {
        let line = &text[at..line_end(text, at).min(node.range.end)];
        if !line.trim().is_empty() {
            least = least.min(line.len() - line.trim_start_matches(' ').len());
        }
        at = next_line(text, at);
    }
    if least == usize::MAX { 0 } else { least.saturating_sub(own) }
}

/// Whether no alias outside of `node` names an anchor inside of it. What is the other way round cannot be read.
fn is_self_contained(root: &Node, node: &Node) -> bool {
    let mut anchors = Vec::new();
    each(node, &mut |node| anchors.extend(node.anchor()));
    let mut holds = true;
    each(root, &mut |other| {
        if let NodeKind::Alias { name } = &other.kind
            && !(node.range.start <= other.range.start && other.range.end <= node.range.end)
            && anchors.contains(&name.as_ref())
        {
            holds = false;
        }
    });
    holds
}

fn each<'n>(node: &'n Node, visit: &mut impl FnMut(&'n Node<'n>)) {
    visit(node);
    for entry in node.entries() {
        each(&entry.key, visit);
        each(&entry.value, visit);
    }
    for item in node.items() {
        each(item, visit);
    }
}
