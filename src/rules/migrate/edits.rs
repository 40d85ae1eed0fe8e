//! The edits of all items that are not held: found item by item, proven file by file.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::held::Held;
use super::item::{self, Item};
use crate::change::{self, Edit};
use crate::flux::{Index, Site, SourceFile};
use crate::rules::Context;
use crate::yaml::{self, Operation, Refusal};

/// Operations, each with the index of its document.
type Numbered = Vec<(usize, Operation)>;

type Found = (usize, Result<Vec<Edit>, Held>);

/// Finds the edits of all items that are not held; tells whether that held one.
pub(super) fn find(context: &Context<'_>, items: &mut [Item]) -> bool {
    let index = context.index;
    let mut by_file: BTreeMap<usize, Vec<(usize, Numbered)>> = BTreeMap::new();
    let mut refused = false;
    for (at, item) in items.iter_mut().enumerate().filter(|(_, item)| item.held.is_none()) {
        match carried_out(index, item) {
            Ok((file, operations)) => by_file.entry(file).or_default().push((at, operations)),
            Err(refusal) => refused |= item.hold(Held::Refused(refusal.to_string())),
        }
    }
    let items_now = &*items;
    let found: Vec<_> = by_file
        .par_iter()
        .flat_map_iter(|(file, members)| of_file(context, items_now, *file, members))
        .collect();
    for (item, result) in found {
        match result {
            Ok(edits) => items[item].edits = edits,
            Err(held) => refused |= items[item].hold(held),
        }
    }
    refused
}

/// The operations of `item` on a file of the repository, and its index. What is written inside of a string becomes an
/// edit of that string.
fn carried_out(index: &Index<'_>, item: &Item) -> Result<(usize, Numbered), Refusal> {
    let mut site = item.site;
    let mut operations = item.operations.clone();
    while let Some(host) = &index.files[site.file].host {
        let file = &index.files[site.file];
        let edits = yaml::edits(&file.text, &file.stream, &numbered(site, operations))?;
        operations = vec![Operation::Edit { at: host.route.clone(), edits }];
        site = host.site;
    }
    Ok((site.file, numbered(site, operations)))
}

fn numbered(site: Site, operations: Vec<Operation>) -> Numbered {
    operations.into_iter().map(|operation| (site.document, operation)).collect()
}

/// The edits of `members` in one file: proven all at once, or one by one where something is refused.
fn of_file(context: &Context<'_>, items: &[Item], file: usize, members: &[(usize, Numbered)]) -> Vec<Found> {
    let index = context.index;
    let file = &index.files[file];
    let find = if context.writes { yaml::edits } else { yaml::foresee };
    let judged = |item: usize, edits: Result<Vec<Edit>, Refusal>| -> Found {
        let edits = edits.map_err(|refusal| Held::Refused(refusal.to_string()));
        (item, edits.and_then(|edits| judge(index, &items[item]).map(|()| edits)))
    };
    if let [_, _, ..] = members {
        let all: Numbered = members.iter().flat_map(|(_, operations)| operations.iter().cloned()).collect();
        if let Ok(edits) = find(&file.text, &file.stream, &all)
            && let Some(shares) = shares(file, members, &edits)
        {
            return shares.into_iter().map(|(item, edits)| judged(item, Ok(edits))).collect();
        }
    }
    let alone = |operations: &Numbered| find(&file.text, &file.stream, operations);
    let mut found: Vec<Found> =
        members.iter().map(|(item, operations)| judged(*item, alone(operations))).collect();
    hold_overlapping(&mut found);
    found
}

/// Refuses the edits of each item that overlap those of one before it.
fn hold_overlapping(found: &mut [Found]) {
    let mut taken: Vec<Edit> = Vec::new();
    for (_, result) in found {
        let Ok(edits) = result else { continue };
        let together = [taken.as_slice(), edits.as_slice()].concat();
        if change::ordered(&together).is_ok() {
            taken = together;
        } else {
            *result = Err(Held::Refused("what is around it is rewritten first: run this again".to_owned()));
        }
    }
}

/// Which of `edits` are whose; `None` where they cannot be told apart.
fn shares(
    file: &SourceFile<'_>,
    members: &[(usize, Numbered)],
    edits: &[Edit],
) -> Option<Vec<(usize, Vec<Edit>)>> {
    let draft = |operations: &Numbered| yaml::draft(&file.text, &file.stream, operations).ok();
    let drafts = members.iter().map(|(item, operations)| Some((*item, draft(operations)?)));
    let drafts: Vec<_> = drafts.collect::<Option<_>>()?;
    let together: Vec<Edit> = drafts.iter().flat_map(|(_, edits)| edits.iter().cloned()).collect();
    (change::ordered(&together).ok()? == edits).then_some(drafts)
}

/// Holds `item` where its fields would not be valid after its operations.
fn judge(index: &Index<'_>, item: &Item) -> Result<(), Held> {
    let (Some(row), Some(resource), true) = (item.to, item.resource(), item.changes_fields()) else {
        return Ok(());
    };
    let resource = &index.resources[resource];
    let file = index.file(resource);
    let documents = &file.stream.documents;
    let start = documents[resource.document].range.start;
    // What is removed at the end of a document takes its line break along, which lies outside of its range.
    let end = documents.get(resource.document + 1).map_or(file.text.len(), |next| next.range.start);
    let refused = |why: &dyn ToString| Held::Refused(why.to_string());
    let operations = numbered(item.site, item.operations.clone());
    let edits = yaml::draft(&file.text, &file.stream, &operations).map_err(|refusal| refused(&refusal))?;
    let shifted: Vec<Edit> = edits
        .iter()
        .map(|edit| Edit::replace(edit.start - start..edit.end - start, edit.text.clone()))
        .collect();
    let result = change::apply(&file.text[start..end], &shifted).map_err(|clash| refused(&clash))?;
    let stream = yaml::parse(&result);
    let node = stream.documents.first().and_then(|document| document.node()?.find(&resource.route));
    let Some(node) = node else { return Err(refused(&"the result cannot be read")) };
    match item::invalid(index, resource, node, row) {
        Some(Held::Invalid { range, what, more, valid_now }) => {
            let at = original(&shifted, range.start) + start;
            let range = at..(at + range.len()).min(end);
            Err(Held::Invalid { range, what, more, valid_now })
        }
        _ => Ok(()),
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
