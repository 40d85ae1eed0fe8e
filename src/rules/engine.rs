//! Runs rules over an index.

use rayon::prelude::*;

use super::{Check, Context, Group, RULES, Rule};
use crate::finding::{self, Finding};

/// All findings of the rules in `groups`, sorted; the order in which rules run does not show.
pub fn run(context: &Context<'_>, groups: &[Group]) -> Vec<Finding> {
    let rules: Vec<&Rule> = RULES.iter().filter(|rule| groups.contains(&rule.meta.group)).collect();
    let mut findings: Vec<Finding> = rules.par_iter().flat_map_iter(|rule| run_one(context, rule)).collect();
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
    }
}
