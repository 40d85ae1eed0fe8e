//! Every known transition of a field has a case on some rule's page.
//!
//! The lists in `cases/transitions/` say which: a line for each row of the facts about fields (`SECTION. OLD PATH`) and
//! for each known pitfall (`G01`), with the rule and the title of its case. Where the facts themselves are at hand, the
//! lists are compared with them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::harness::shared;
use crate::page_cases;

/// Row of the facts → `rule: title of a case`.
fn listed() -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/transitions");
    let mut lists = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let list: BTreeMap<String, Vec<String>> =
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (row, cases) in list {
            assert!(!cases.is_empty(), "{}: {row} has no case", path.display());
            lists.entry(row).or_insert_with(Vec::new).extend(cases);
        }
    }
    lists
}

#[test]
fn every_listed_case_exists() {
    let known: BTreeSet<String> =
        page_cases::all().iter().map(|case| format!("{}: {}", case.rule, case.title)).collect();
    for (row, cases) in listed() {
        for case in cases {
            assert!(known.contains(&case), "{row} names the case `{case}`, which no page has");
        }
    }
}

#[test]
fn every_row_of_the_facts_has_a_case() {
    let Some(shared) = shared("flux-api") else { return };
    let mut rows = field_rows(&std::fs::read_to_string(shared.join("transitions.md")).unwrap());
    let pitfalls = std::fs::read_to_string(shared.join("gotchas.md")).unwrap();
    rows.extend(
        pitfalls
            .lines()
            .filter_map(|line| Some(line.strip_prefix("### G")?.get(..2)?.to_owned()))
            .map(|number| format!("G{number}")),
    );
    assert!(rows.len() > 100, "{} rows are too few", rows.len());
    let listed = listed();
    let missing: Vec<&String> = rows.iter().filter(|row| !listed.contains_key(*row)).collect();
    assert!(missing.is_empty(), "{} of {} rows have no case:\n{missing:#?}", missing.len(), rows.len());
    let unknown: Vec<&String> = listed.keys().filter(|row| !rows.contains(*row)).collect();
    assert!(unknown.is_empty(), "the facts have no such row: {unknown:#?}");
}

/// `SECTION. FIRST CELL` of each table row in the numbered sections 0 to 13, without its backticks.
fn field_rows(text: &str) -> BTreeSet<String> {
    let mut rows = BTreeSet::new();
    for section in text.split("\n## ").skip(1) {
        let Some(number) = section.split('.').next().and_then(|number| number.parse::<u32>().ok()) else {
            continue;
        };
        if number > 13 {
            continue;
        }
        let mut in_table = false;
        for line in section.lines() {
            in_table = line.starts_with("|---") || in_table && line.starts_with('|');
            if let Some(cells) = line.strip_prefix("| ").filter(|_| in_table) {
                let first = cells.split(" | ").next().unwrap_or_default();
                rows.insert(format!("{number}. {}", first.replace(['`', '*'], "").trim()));
            }
        }
    }
    rows
}
