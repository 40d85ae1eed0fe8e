#![doc = include_str!("old_version_in_document.md")]

use std::ops::Range;
use std::sync::Arc;

use super::fence::{Fence, yaml_blocks};
use super::old_version_in_template::is_markdown;
use super::token::{successor, tokens};
use crate::change::{Action, Change, Edit};
use crate::finding::{Confidence, Finding, Fix, Safety, Severity};
use crate::flux::resource::{Resource, group_version};
use crate::flux::schema::{Whole, facts, validate};
use crate::flux::{Role, TextFile, of_document};
use crate::phrase::Count;
use crate::place::Place;
use crate::rules::data::Row;
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};
use crate::yaml::{self, Operation, Stream};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "old-version-in-document",
        group: Group::Text,
        summary: "Documentation shows a Flux object at an old API version (replaced by `--docs`)",
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("old_version_in_document.md"),
    },
    check: Check::Repository(check),
};

/// An old version in a block, and what becomes of it: the edits of the whole text, or why there are none.
struct Met {
    range: Range<usize>,
    subject: String,
    result: Result<Vec<Edit>, String>,
}

fn check(context: &Context<'_>) -> Vec<Finding> {
    let texts = context.index.texts.iter();
    texts
        .filter(|file| is_markdown(file.path) && (context.may_change)(file.path))
        .flat_map(|file| about(context, file))
        .collect()
}

fn about(context: &Context<'_>, file: &TextFile<'_>) -> Vec<Finding> {
    let met: Vec<Met> = yaml_blocks(file.text).iter().flat_map(|block| in_block(context, block)).collect();
    let Some(first) = met.first() else { return Vec::new() };
    if !context.options.docs {
        let count = Count(met.len(), "old API version");
        let message = format!(
            "its examples show {count} of Flux objects, which stay as they are; `--docs` replaces versions"
        );
        let place = Place::new(file.path, file.text, first.range.clone());
        return vec![Finding { severity: Severity::Hint, ..finding(place, String::new(), message, None) }];
    }
    let edits: Vec<Edit> = met.iter().filter_map(|met| met.result.as_ref().ok()).flatten().cloned().collect();
    let reason = "examples in documentation move to current API versions".to_owned();
    let change = Change { path: file.path.to_owned(), action: Action::Modify(edits), reason };
    let title = "Replace the version in the example".to_owned();
    let fix = Arc::new(Fix { title, safety: Safety::Safe, changes: vec![change] });
    met.into_iter()
        .map(|met| {
            let place = Place::new(file.path, file.text, met.range);
            match met.result {
                Ok(_) => {
                    let message = "an example shows an old API version".to_owned();
                    finding(place, met.subject, message, Some(Arc::clone(&fix)))
                }
                Err(why) => finding(place, met.subject, format!("stays as it is in an example: {why}"), None),
            }
        })
        .collect()
}

/// What is old in a block: whole objects, or, where it cannot be read, what looks like one.
fn in_block(context: &Context<'_>, block: &Fence) -> Vec<Met> {
    let stream = yaml::parse(&block.text);
    let image = |range: &Range<usize>| block.original(range.start)..block.original(range.end);
    let mut met: Vec<Met> = Vec::new();
    for (document, resource) in objects(&stream) {
        let Some(row) = successor(context, &resource.id.group, &resource.version, &resource.id.kind) else {
            continue;
        };
        let result = edits(block, &stream, document, &resource, row);
        met.push(Met { range: image(&resource.api_version), subject: resource.id.to_string(), result });
    }
    for token in tokens(&block.text, 0..block.text.len()) {
        let broken = stream
            .documents
            .iter()
            .find(|document| document.range.start <= token.range.start && document.root.is_err());
        if broken.is_some() && !token.commented && token.is_old(context) {
            let why =
                format!("the block with `{}` cannot be read", group_version(&token.group, &token.version));
            met.push(Met {
                range: image(&token.range),
                subject: token.kind.unwrap_or_default(),
                result: Err(why),
            });
        }
    }
    met
}

fn objects(stream: &Stream<'_>) -> Vec<(usize, Resource)> {
    let documents = stream.documents.iter().enumerate();
    let all = documents.flat_map(|(at, document)| {
        of_document(0, document, false).into_iter().map(move |resource| (at, resource))
    });
    all.filter(|(_, resource)| resource.role == Role::Object).collect()
}

/// The edits of the whole text that give `resource` the version of `row`, if that is all that it needs.
fn edits(
    block: &Fence,
    stream: &Stream<'_>,
    document: usize,
    resource: &Resource,
    row: &Row,
) -> Result<Vec<Edit>, String> {
    let node = stream.documents[document].node().and_then(|root| root.find(&resource.route));
    if let (Some(facts), Some(node)) = (facts(&row.group, &row.version, &row.kind), node)
        // Examples leave out what is not their point.
        && let Some(violation) = validate(facts, node, Whole::Part).first()
    {
        return Err(format!("it needs more than another version: {violation}"));
    }
    let value = group_version(&row.group, &row.version).into();
    let operation = Operation::Replace { at: resource.route.key("apiVersion"), value };
    let edits =
        yaml::edits(&block.text, stream, &[(document, operation)]).map_err(|refusal| refusal.to_string())?;
    let original =
        |edit: Edit| Edit::replace(block.original(edit.start)..block.original(edit.end), edit.text);
    Ok(edits.into_iter().map(original).collect())
}

fn finding(place: Place, subject: String, message: String, fix: Option<Arc<Fix>>) -> Finding {
    Finding { subject, fix, ..RULE.meta.finding(message, place) }
}
