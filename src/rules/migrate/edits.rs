//! The edits of all items that are not held: found item by item, proven file by file.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::held::Held;
use super::item::{self, Item};
use crate::change::{self, Edit};
use crate::flux::Index;
use crate::rules::Context;
use crate::yaml::{self, Operation, Refusal};

type Found = (usize, Result<Vec<Edit>, Held>);

/// Finds the edits of all items that are not held; tells whether that held one.
pub(super) fn find(context: &Context<'_>, items: &mut [Item]) -> bool {
    let index = context.index;
    let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate().filter(|(_, item)| item.held.is_none()) {
        by_file.entry(index.resources[item.resource].file).or_default().push(at);
    }
    let found: Vec<_> =
        by_file.par_iter().flat_map_iter(|(file, members)| of_file(context, items, *file, members)).collect();
    let mut refused = false;
    for (item, result) in found {
        match result {
            Ok(edits) => items[item].edits = edits,
            Err(held) => refused |= items[item].hold(held),
        }
    }
    refused
}

/// The edits of `members` in one file: proven all at once, or one by one where something is refused.
fn of_file(context: &Context<'_>, items: &[Item], file: usize, members: &[usize]) -> Vec<Found> {
    let index = context.index;
    let file = &index.files[file];
    let operations = |item: usize| -> Vec<(usize, Operation)> {
        let document = index.resources[items[item].resource].document;
        items[item].operations.iter().map(|operation| (document, operation.clone())).collect()
    };
    let find = if context.writes { yaml::edits } else { yaml::foresee };
    let alone = |item: usize| find(file.text, &file.stream, &operations(item));
    let judged = |item: usize, edits: Result<Vec<Edit>, Refusal>| -> Found {
        let edits = edits.map_err(|refusal| Held::Refused(refusal.to_string()));
        (item, edits.and_then(|edits| judge(index, &items[item], edits)))
    };
    if let [only] = members {
        return vec![judged(*only, alone(*only))];
    }
    let all: Vec<_> = members.iter().flat_map(|&item| operations(item)).collect();
    if let Ok(edits) = find(file.text, &file.stream, &all)
        && let Some(shares) = shares(file.text, &file.stream, members, &operations, &edits)
    {
        return shares.into_iter().map(|(item, edits)| judged(item, Ok(edits))).collect();
    }
    members.iter().map(|&item| judged(item, alone(item))).collect()
}

/// Which of `edits` are whose; `None` where they cannot be told apart.
fn shares(
    text: &str,
    stream: &yaml::Stream,
    members: &[usize],
    operations: &impl Fn(usize) -> Vec<(usize, Operation)>,
    edits: &[Edit],
) -> Option<Vec<(usize, Vec<Edit>)>> {
    let drafts = members.iter().map(|&item| Some((item, yaml::draft(text, stream, &operations(item)).ok()?)));
    let drafts: Vec<_> = drafts.collect::<Option<_>>()?;
    let together: Vec<Edit> = drafts.iter().flat_map(|(_, edits)| edits.iter().cloned()).collect();
    (change::ordered(&together).ok()? == edits).then_some(drafts)
}

/// Holds `item` where its fields would not be valid after `edits`.
fn judge(index: &Index<'_>, item: &Item, edits: Vec<Edit>) -> Result<Vec<Edit>, Held> {
    let Some(row) = item.to.filter(|_| item.changes_fields()) else { return Ok(edits) };
    let resource = &index.resources[item.resource];
    let file = index.file(resource);
    let documents = &file.stream.documents;
    let start = documents[resource.document].range.start;
    // What is removed at the end of a document takes its line break along, which lies outside of its range.
    let end = documents.get(resource.document + 1).map_or(file.text.len(), |next| next.range.start);
    let shifted: Vec<Edit> = edits
        .iter()
        .map(|edit| Edit::replace(edit.start - start..edit.end - start, edit.text.clone()))
        .collect();
    let result =
        change::apply(&file.text[start..end], &shifted).map_err(|clash| Held::Refused(clash.to_string()))?;
    let stream = yaml::parse(&result);
    let node = stream.documents.first().and_then(|document| document.node()?.find(&resource.route));
    let Some(node) = node else { return Err(Held::Refused("the result cannot be read".to_owned())) };
    match item::invalid(index, resource, node, row) {
        Some(Held::Invalid { range, what, more, valid_now }) => {
            let at = original(&shifted, range.start) + start;
            let range = at..(at + range.len()).min(end);
            Err(Held::Invalid { range, what, more, valid_now })
        }
        _ => Ok(edits),
    }
}

/// Where the byte at `offset` of the result stood before `edits`; inside of new text, where that was put.
fn original(edits: &[Edit], offset: usize) -> usize {
    let mut moved = 0isize;
    for edit in edits {
        let start = edit.start.saturating_add_signed(moved);
        if offset < start {
            break;
        }
        if offset < start + edit.text.len() {
            return edit.start;
        }
        moved += edit.text.len().cast_signed() - edit.range().len().cast_signed();
    }
    offset.saturating_add_signed(-moved)
}
