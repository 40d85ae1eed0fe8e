#![doc = include_str!("text_like_an_object.md")]

use std::ops::Range;

use super::token::{Token, tokens};
use crate::finding::{Confidence, Finding, Severity};
use crate::flux::{SourceFile, scan};
use crate::phrase::Count;
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule, data};
use crate::yaml::{Node, NodeKind};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "text-like-an-object",
        group: Group::Text,
        summary: "A comment or a string looks like a Flux object at an old API version",
        severity: Severity::Hint,
        confidence: Confidence::Low,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("text_like_an_object.md"),
    },
    check: Check::File(check),
};

fn check(context: &Context<'_>, file: &SourceFile<'_>) -> Vec<Finding> {
    let is_candidate = file.host.is_none() && scan::names_old_flux(file.text.as_bytes());
    let Some(at) =
        context.index.file_index(file.path).filter(|_| is_candidate && (context.may_change)(file.path))
    else {
        return Vec::new();
    };
    let comments = merged(file).into_iter().flat_map(|range| tokens(&file.text, range));
    let comments: Vec<Token> = comments.filter(|token| token.commented && token.is_old(context)).collect();
    let strings: Vec<Token> = unread(context, file)
        .into_iter()
        .flat_map(|range| tokens(&file.text, range))
        .filter(|token| token.is_old(context))
        .collect();
    let found = [(comments, "comment"), (strings, "string")];
    let found =
        found.into_iter().filter_map(|(found, what)| Some((found.first()?.range.clone(), found.len(), what)));
    found
        .map(|(range, count, what)| {
            RULE.meta.finding(
                format!(
                    "a {what} looks like {} at an old API version, and stays as it is",
                    Count(count, "Flux object")
                ),
                context.index.place(at, range),
            )
        })
        .collect()
}

/// The comments; those on lines that follow each other are one text.
fn merged(file: &SourceFile<'_>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    let all = file.stream.documents.iter().flat_map(|document| &document.comments);
    for comment in all {
        match merged.last_mut() {
            Some(last) if file.text[last.end..comment.range.start].trim().is_empty() => {
                last.end = comment.range.end;
            }
            _ => merged.push(comment.range.clone()),
        }
    }
    merged
}

/// The strings that are not patches or templates, which the migration knows.
fn unread(context: &Context<'_>, file: &SourceFile<'_>) -> Vec<Range<usize>> {
    let mut strings = strings(file);
    // All other files are gone through only for those that have any.
    if !strings.is_empty() {
        let within = context.index.files.iter().filter(|other| other.path == file.path);
        let read: Vec<&Range<usize>> = within.filter_map(|other| Some(&other.host.as_ref()?.range)).collect();
        strings.retain(|range| !read.contains(&range));
    }
    strings
}

/// The strings of several lines in objects that are not Flux's.
fn strings(file: &SourceFile<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for root in file.stream.documents.iter().filter_map(|document| document.node()) {
        let version = root.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        let group = version.split_once('/').map_or("", |(group, _)| group);
        if !data::is_flux_group(group) && !scan::is_kustomization(file.path) {
            collect(root, &mut found);
        }
    }
    found
}

fn collect(node: &Node, found: &mut Vec<Range<usize>>) {
    if let NodeKind::Scalar { text, .. } = &node.kind
        && text.contains('\n')
    {
        found.push(node.range.clone());
    }
    for entry in node.entries() {
        collect(&entry.value, found);
    }
    for item in node.items() {
        collect(item, found);
    }
}
