#![doc = include_str!("unreadable_flux_file.md")]

use crate::finding::{Confidence, Finding, Severity};
use crate::flux::Unreadable;
use crate::place::Place;
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "unreadable-flux-file",
        group: Group::Input,
        summary: "A file that looks like Flux cannot be read",
        severity: Severity::Error,
        confidence: Confidence::High,
        fix: FixAvailability::Never,
        since: "0.1.0",
        explanation: include_str!("unreadable_flux_file.md"),
    },
    check: Check::Repository(check),
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let unreadable = context.index.unreadable.iter();
    unreadable
        .filter(|file| file.looks_like_flux && (context.may_change)(&file.path))
        .map(|file| finding(context, file))
        .collect()
}

fn finding(context: &Context<'_>, unreadable: &Unreadable) -> Finding {
    let place = match unreadable.file.map(|file| &context.index.files[file]) {
        Some(file) => Place::new(file.path, &file.text, unreadable.offset..unreadable.offset),
        None => Place::file(&unreadable.path),
    };
    RULE.meta.finding(
        format!("the file cannot be read, so its Flux objects are not known: {}", unreadable.reason),
        place,
    )
}
