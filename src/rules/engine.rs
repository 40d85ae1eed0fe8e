//! Runs rules over an index.

use rayon::prelude::*;

use super::{Check, Context, Group, RULES, Rule, migrate};
use crate::finding::{self, Finding};

/// All findings of the rules in `groups`, sorted; the order in which rules run does not show.
pub fn run(context: &Context<'_>, groups: &[Group]) -> Vec<Finding> {
    let rules: Vec<&Rule> = RULES.iter().filter(|rule| groups.contains(&rule.meta.group)).collect();
    let alone = rules.par_iter().filter(|rule| !matches!(rule.check, Check::Migration));
    let mut findings: Vec<Finding> = alone.flat_map_iter(|rule| run_one(context, rule)).collect();
    if groups.contains(&Group::Migrate) {
        findings.extend(migrate::find(context));
    }
    finding::sort(&mut findings);
    findings
}

/// All findings of one rule, unsorted.
pub fn run_one(context: &Context<'_>, rule: &Rule) -> Vec<Finding> {
    match rule.check {
        Check::Resource(check) => {
            context.index.resources.par_iter().flat_map_iter(|resource| check(context, resource)).collect()
        }
        Check::File(check) => {
            context.index.files.par_iter().flat_map_iter(|file| check(context, file)).collect()
        }
        Check::Repository(check) => check(context),
        Check::Migration => {
            migrate::find(context).into_iter().filter(|finding| finding.rule == rule.meta.id).collect()
        }
    }
}
