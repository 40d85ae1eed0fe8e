//! Every line of the facts about bootstrap has a fixture.

use std::collections::BTreeSet;

use super::fixture;
use crate::harness::shared;

/// Sections whose tables are held against the fixtures: flags, layouts, porting rules, idioms, fields of source and
/// Kustomization.
const TABLES: [&str; 5] = ["1.3", "1.4", "2.2", "2.3", "2.4"];

#[test]
fn every_line_of_the_facts_has_a_fixture() {
    let Some(shared) = shared("flux-api") else { return };
    let text = std::fs::read_to_string(shared.join("bootstrap-migration.md")).unwrap();
    let mut rows: BTreeSet<String> = TABLES.iter().flat_map(|section| table(&text, section)).collect();
    rows.extend(refusals(&text));
    rows.extend(normalisation(&text));
    let named: BTreeSet<String> = fixture::groups()
        .iter()
        .flat_map(|group| fixture::group(group))
        .flat_map(|(_, fixture)| fixture.rows)
        .collect();
    let missing: Vec<&String> =
        rows.iter().filter(|row| !named.iter().any(|name| row.starts_with(name))).collect();
    let unknown: Vec<&String> =
        named.iter().filter(|name| !rows.iter().any(|row| row.starts_with(*name))).collect();
    assert!(rows.len() > 90, "{} lines are too few", rows.len());
    assert!(missing.is_empty(), "{} of {} lines have no fixture:\n{missing:#?}", missing.len(), rows.len());
    assert!(unknown.is_empty(), "the facts have no such line: {unknown:#?}");
}

/// The lines between the heading of `section` and the next one.
fn lines<'t>(text: &'t str, section: &str) -> impl Iterator<Item = &'t str> {
    let heading = format!("### {section} ");
    let inside = text.lines().skip_while(move |line| !line.starts_with(&heading)).skip(1);
    inside.take_while(|line| !line.starts_with("##"))
}

/// `SECTION FIRST CELL` of each row, without marks.
fn table(text: &str, section: &str) -> Vec<String> {
    let mut in_table = false;
    let mut rows = Vec::new();
    for line in lines(text, section) {
        if line.starts_with("| ---") {
            in_table = true;
        } else if !line.starts_with('|') {
            in_table = false;
        } else if in_table {
            let first = line.trim_start_matches("| ").split(" | ").next().unwrap_or_default();
            rows.push(format!("{section} {}", first.replace(['`', '*'], "").trim()));
        }
    }
    rows
}

/// What 2.5 lists, entry by entry.
fn refusals(text: &str) -> Vec<String> {
    let all = lines(text, "2.5").collect::<Vec<_>>().join(" ");
    let list = all.split(". Root Kustomization and source with").next().unwrap_or_default();
    let mut rows: Vec<String> = list.split("; ").map(|entry| format!("2.5 {}", short(entry))).collect();
    rows.push("2.5 Root Kustomization and source with different names".to_owned());
    rows
}

/// An entry without what stands in brackets.
fn short(entry: &str) -> String {
    entry.split(" (").next().unwrap_or(entry).replace(['`', '*'], "").trim().trim_end_matches('.').to_owned()
}

/// The references of 4.6, and the words on URL, path and interval.
fn normalisation(text: &str) -> Vec<String> {
    let mut rows = table(text, "4.6");
    rows.extend(["4.6 URL", "4.6 Path", "4.6 Interval"].map(str::to_owned));
    rows
}
