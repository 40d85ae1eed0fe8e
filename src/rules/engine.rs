//! Runs rules over an index.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Check, Context, Group, RULES, Rule, ignore, migrate};
use crate::finding::{self, Finding, Fix};
use crate::phrase::Literal;

/// All findings of the rules in `groups`, sorted; the order in which rules run does not show. What is ignored is left
/// out, and what is ignored in vain is reported.
pub fn run(context: &Context<'_>, groups: &[Group]) -> Vec<Finding> {
    let in_groups = RULES.iter().filter(|rule| groups.contains(&rule.meta.group));
    // What is used is known when all others are done.
    let (last, rules): (Vec<&Rule>, Vec<&Rule>) = in_groups.partition(|rule| rule.meta.id == ignore::UNUSED);
    let alone = rules.par_iter().filter(|rule| !matches!(rule.check, Check::Migration));
    let mut findings: Vec<Finding> = alone.flat_map_iter(|rule| run_one(context, rule)).collect();
    if groups.contains(&Group::Migrate) {
        findings.extend(migrate::find(context));
    }
    drop_ignored(context, &mut findings);
    context.ignores.pass_over(|id| rules.iter().any(|rule| rule.meta.id == id));
    findings.extend(last.iter().flat_map(|rule| run_one(context, rule)));
    finding::sort(&mut findings);
    findings
}

/// All findings of one rule, unsorted and with those that are ignored.
pub fn run_one(context: &Context<'_>, rule: &Rule) -> Vec<Finding> {
    match rule.check {
        Check::Resource(check) => {
            context.index.resources.par_iter().flat_map_iter(|resource| check(context, resource)).collect()
        }
        Check::File(check) => {
            let files = context.index.files.par_iter().filter(|file| file.host.is_none());
            files.flat_map_iter(|file| check(context, file)).collect()
        }
        Check::Repository(check) => check(context),
        Check::Migration => {
            migrate::find(context).into_iter().filter(|finding| finding.rule == rule.meta.id).collect()
        }
    }
}

/// Takes out what is ignored. A fix is done whole or not at all, so others that share it lose it too and say why.
fn drop_ignored(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut lost: BTreeMap<*const Fix, String> = BTreeMap::new();
    findings.retain(|finding| {
        let place = &finding.place;
        let Some(by) = context.ignores.covering(finding.rule, &place.path, &(place.start..place.end)) else {
            return true;
        };
        if let Some(fix) = &finding.fix {
            let why = format!("{} is ignored at {}:{}", Literal(finding.rule), by.path, by.line);
            lost.entry(Arc::as_ptr(fix)).or_insert(why);
        }
        false
    });
    for finding in findings {
        let why = finding.fix.as_ref().and_then(|fix| lost.get(&Arc::as_ptr(fix)));
        if let Some(why) = why {
            finding
                .message
                .push_str(&format!("; it stays, since it moves only together with others, and {why}"));
            finding.fix = None;
        }
    }
}
