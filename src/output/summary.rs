//! How many findings each rule made, for the end of a report.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::finding::Finding;
use crate::ui::{Label, Ui};

/// What came of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// Its id.
    pub rule: &'static str,
    /// How many of its findings the plan cures.
    pub changes: usize,
    /// How many it does not.
    pub left: usize,
}

/// The rules with findings, sorted by id.
pub fn by_rule(findings: &[Finding]) -> Vec<RuleCount> {
    let mut counts: BTreeMap<&str, RuleCount> = BTreeMap::new();
    for finding in findings {
        let count =
            counts.entry(finding.rule).or_insert(RuleCount { rule: finding.rule, changes: 0, left: 0 });
        let number = if finding.fix.is_some() { &mut count.changes } else { &mut count.left };
        *number += 1;
    }
    counts.into_values().collect()
}

/// The counts as a table for people with an empty line at its end; nothing where there are none.
pub fn table(counts: &[RuleCount], ui: &Ui) -> String {
    let Some(width) = counts.iter().map(|count| count.rule.len()).max() else { return String::new() };
    let width = width.max("Rule".len());
    let head = format!("{:width$}  Change  Left", "Rule");
    let mut text = format!("{}\n", ui.out_label(Label::Heading, &head));
    for RuleCount { rule, changes, left } in counts {
        let _ = writeln!(text, "{rule:width$}  {changes:>6}  {left:>4}");
    }
    text.push('\n');
    text
}
