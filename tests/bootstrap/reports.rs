//! What `migrate bootstrap` says of clusters: for people, for programs, and as a page.

use serde_json::Value;

use super::fleet::fleet;
use crate::harness::snapshots;

#[test]
fn people_see_first_what_they_have_to_decide() {
    let _guard = snapshots("bootstrap");
    insta::assert_snapshot!("report", fleet().run(&["migrate", "bootstrap", "--dry-run"]));
}

#[test]
fn a_check_says_only_how_each_cluster_stands() {
    let _guard = snapshots("bootstrap");
    insta::assert_snapshot!("report_of_a_check", fleet().run(&["migrate", "bootstrap", "--check"]));
}

#[test]
fn a_pull_request_has_the_account_folded() {
    let _guard = snapshots("bootstrap");
    let ran = fleet().run(&["migrate", "bootstrap", "--check", "--output", "markdown"]);
    insta::assert_snapshot!("report_as_markdown", ran.out);
}

#[test]
fn programs_get_everything() {
    let _guard = snapshots("bootstrap");
    let ran = fleet().run(&["migrate", "bootstrap", "--check", "--output", "json"]);
    insta::assert_snapshot!("report_as_json", ran.out);
}

#[test]
fn no_row_of_the_account_is_lost_between_formats() {
    let world = fleet();
    let json = world.run(&["migrate", "bootstrap", "--check", "--output", "json"]).out;
    let markdown = world.run(&["migrate", "bootstrap", "--check", "--output", "markdown"]).out;
    let text = world.run(&["migrate", "bootstrap", "--dry-run"]).out;
    let report: Value = serde_json::from_str(&json).unwrap();
    let clusters = report["clusters"].as_array().unwrap();
    let rows: Vec<&Value> =
        clusters.iter().flat_map(|cluster| cluster["account"].as_array().unwrap()).collect();
    assert!(rows.len() > 40, "{json}");
    for row in rows {
        let subject = row["subject"].as_str().unwrap().replace('|', "\\|");
        assert!(markdown.contains(&subject), "{subject} is not in\n{markdown}");
        let is_plain = row["outcome"] == "field";
        assert!(is_plain || text.contains(row["text"].as_str().unwrap()), "{row} is not in\n{text}");
    }
}

#[test]
fn the_patch_stands_alone_on_standard_output() {
    let ran = fleet().run(&["migrate", "bootstrap", "--diff"]);
    assert!(ran.out.starts_with("diff --git "), "{ran}");
    assert!(ran.err.contains("lab  clusters/lab/flux-system, Flux v2.9.4: proven equal"), "{ran}");
}
