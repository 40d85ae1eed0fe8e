//! Edits that take entries and items out, without their comments getting lost.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Refusal;
use super::document::{Node, NodeKind};
use super::insert::end_of;
use super::route::{Route, Step};
use super::site::Site;
use super::text::{column, first_on_line, line_end, line_start, next_line, skip_trivia};
use crate::change::Edit;

/// What becomes of the comments of a member that leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// They stay, in lines of their own.
    Stay,
    /// Those in it go, those before and behind it stay.
    GoInside,
    /// They go, also those that lead it.
    Go,
}

/// The edits that take out everything at `routes`.
pub(super) fn all(site: &Site, routes: &[(&Route, Comments)]) -> Result<Vec<Edit>, Refusal> {
    let mut leaving: BTreeMap<Route, BTreeMap<usize, Comments>> = BTreeMap::new();
    for (route, comments) in routes {
        let (above, index) = member(site, route)?;
        leaving.entry(above).or_default().insert(index, *comments);
    }
    let mut edits = Vec::new();
    for (above, indices) in &leaving {
        edits.extend(from_collection(site, site.node(above)?, indices)?);
    }
    Ok(edits)
}

/// From the key or dash of what stands at `route` to its end.
pub(super) fn extent(site: &Site, route: &Route) -> Result<Range<usize>, Refusal> {
    let (above, index) = member(site, route)?;
    let above = site.node(&above)?;
    extent_in(site, above, &members(above), index)
}

/// The lines of an entry of a block mapping: from the comments that lead it to its last line break.
pub(super) fn lines(site: &Site, mapping: &Node, index: usize) -> Range<usize> {
    let member = &members(mapping)[index];
    leading_comments(site, member.start)..next_line(site.text, member.end)
}

/// Where the comments begin that stand directly above `start`, at the same column; else where its line starts.
pub(super) fn leading_comments(site: &Site, start: usize) -> usize {
    comments_above(site, start, Some(column(site.text, start)))
}

/// Where the comments begin that stand directly above the line of `start`, at any or only at the given column.
pub(super) fn comments_above(site: &Site, start: usize, wanted: Option<usize>) -> usize {
    let text = site.text;
    let mut top = line_start(text, start);
    loop {
        let above = match top.checked_sub(1) {
            Some(before) if site.document.range.start < top => line_start(text, before),
            _ => return top,
        };
        let line = &text[above..top];
        let indent = line.len() - line.trim_start_matches(' ').len();
        let own = above + indent;
        let is_comment = site.document.comments.iter().any(|comment| comment.range.start == own);
        if !is_comment || wanted.is_some_and(|wanted| indent != wanted) {
            return top;
        }
        top = above;
    }
}

/// The collection above `route`, and the index of the entry or item in it.
fn member(site: &Site, route: &Route) -> Result<(Route, usize), Refusal> {
    let (above, last) = route.split_last().ok_or_else(|| Refusal::NotFound(format!("`{route}`")))?;
    let index = match last {
        Step::Key(_) => site.entry(route)?.1,
        Step::Index(index) => {
            site.node(route)?;
            *index
        }
    };
    Ok((above, index))
}

/// A member of `node`, block items from their dash.
fn extent_in(
    site: &Site,
    node: &Node,
    members: &[Range<usize>],
    index: usize,
) -> Result<Range<usize>, Refusal> {
    let mut member = members[index].clone();
    if matches!(node.kind, NodeKind::Sequence { flow: false, .. }) {
        let floor = if index == 0 { node.range.start } else { members[index - 1].end };
        member.start = dash(site, floor, member.start)?;
    }
    Ok(member)
}

fn from_collection(
    site: &Site,
    node: &Node,
    leaving: &BTreeMap<usize, Comments>,
) -> Result<Vec<Edit>, Refusal> {
    let members = members(node);
    let (flow, empty) = match node.kind {
        NodeKind::Mapping { flow, .. } => (flow, "{}"),
        NodeKind::Sequence { flow, .. } => (flow, "[]"),
        _ => return Err(Refusal::NotFound("a collection".to_owned())),
    };
    if flow {
        return Ok(from_flow(&members, leaving));
    }
    if leaving.len() == members.len() {
        if leaving.values().any(|comments| *comments == Comments::Go) {
            return Err(Refusal::Unsupported("the last entry of a mapping cannot move away".to_owned()));
        }
        return emptied(site, node, &members, leaving, empty).map(|edit| vec![edit]);
    }
    leaving.iter().map(|(&index, &comments)| from_block(site, node, &members, index, comments)).collect()
}

/// The ranges of entries or items, block items with their dash.
fn members(node: &Node) -> Vec<Range<usize>> {
    match &node.kind {
        NodeKind::Mapping { entries, .. } => entries.iter().map(|entry| entry.start..end_of(entry)).collect(),
        NodeKind::Sequence { items, .. } => items.iter().map(|item| item.start..item.range.end).collect(),
        _ => Vec::new(),
    }
}

fn from_flow(members: &[Range<usize>], leaving: &BTreeMap<usize, Comments>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut index = 0;
    while index < members.len() {
        let run = (index..members.len()).take_while(|index| leaving.contains_key(index)).count();
        if run > 0 {
            let last = index + run - 1;
            edits.push(Edit::delete(match (members.get(last + 1), index.checked_sub(1)) {
                (Some(next), _) => members[index].start..next.start,
                (None, Some(before)) => members[before].end..members[last].end,
                (None, None) => members[index].start..members[last].end,
            }));
        }
        index += run.max(1);
    }
    edits
}

/// Leaves `{}` or `[]`, behind the key where no comment stands between.
fn emptied(
    site: &Site,
    node: &Node,
    members: &[Range<usize>],
    leaving: &BTreeMap<usize, Comments>,
    empty: &str,
) -> Result<Edit, Refusal> {
    let mut lost = site.comments_in(&node.range);
    for (&index, _) in leaving.iter().filter(|(_, comments)| **comments == Comments::GoInside) {
        let member = extent_in(site, node, members, index)?;
        lost.retain(|comment| comment.start < member.start || member.end < comment.end);
    }
    if !lost.is_empty() {
        return Err(Refusal::Unsupported("a collection with comments would be left empty".to_owned()));
    }
    let before = site.text[..node.range.start].trim_end_matches([' ', '\n', '\r']);
    if before.ends_with(':') && node.start == node.range.start {
        return Ok(Edit::replace(before.len()..node.range.end, format!(" {empty}")));
    }
    Ok(Edit::replace(node.range.clone(), empty))
}

fn from_block(
    site: &Site,
    node: &Node,
    members: &[Range<usize>],
    index: usize,
    comments: Comments,
) -> Result<Edit, Refusal> {
    let text = site.text;
    let member = extent_in(site, node, members, index)?;
    // What is searched for comments that stay.
    let kept = if comments == Comments::GoInside { member.end } else { member.start };
    if !first_on_line(text, member.start) {
        return compact(site, members, index, member.start, kept);
    }
    if comments == Comments::Go {
        return Ok(Edit::delete(leading_comments(site, member.start)..next_line(text, member.end)));
    }
    let start = line_start(text, member.start);
    let end = next_line(text, member.end);
    let indent = &text[start..member.start];
    let kept: String = site
        .comments_in(&(kept..end))
        .into_iter()
        .flat_map(|comment| [indent, &text[comment], site.line_break])
        .collect();
    // A last line without a line break goes together with the break before it.
    if end == text.len() && !text.ends_with('\n') && kept.is_empty() && start > 0 {
        let before = line_end(text, line_start(text, start - 1));
        return Ok(Edit::delete(before..end));
    }
    Ok(Edit::replace(start..end, kept))
}

/// The first entry behind a dash: what follows it takes its place on the line.
fn compact(
    site: &Site,
    members: &[Range<usize>],
    index: usize,
    start: usize,
    kept: usize,
) -> Result<Edit, Refusal> {
    let next = members.get(index + 1).ok_or_else(|| Refusal::Unsupported("it shares its line".to_owned()))?;
    if !site.comments_in(&(kept..next.start)).is_empty() {
        return Err(Refusal::Unsupported(
            "a comment stands behind an entry on the line of its dash".to_owned(),
        ));
    }
    Ok(Edit::delete(start..next.start))
}

/// The dash of the item that starts at `item`, not before `floor`.
fn dash(site: &Site, floor: usize, item: usize) -> Result<usize, Refusal> {
    let at = skip_trivia(site.text, floor);
    if site.text[at..].starts_with('-') && at <= item {
        return Ok(at);
    }
    Err(Refusal::Unsupported("the dash of an item was not found".to_owned()))
}
