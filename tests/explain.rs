//! `explain`, and the index of the rules in the documentation.

use std::collections::BTreeMap;
use std::path::Path;

use flux_forge::output::rules::index;
use flux_forge::rules::{Group, RULES};

use crate::harness::World;

#[test]
fn the_page_of_a_rule_is_printed_as_it_is_with_its_cases_on_request() {
    for rule in RULES {
        let ran = World::new().run(&["explain", rule.meta.id, "--cases"]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert_eq!(ran.out, rule.meta.explanation);
        let without = World::new().run(&["explain", rule.meta.id]).out;
        assert!(!without.contains("\n## Cases\n") && without.contains("\n## Sources\n"), "{without}");
    }
}

#[test]
fn without_a_rule_all_are_listed_once_by_group() {
    let ran = World::new().run(&["explain"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    for rule in RULES {
        let line =
            ran.out.lines().filter(|line| line.trim_start().starts_with(&format!("{} ", rule.meta.id)));
        assert!(line.map(|line| line.ends_with(rule.meta.summary)).eq([true]), "{}\n{ran}", rule.meta.id);
    }
    let groups: Vec<&str> =
        ran.out.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    let wanted = Group::ALL.map(|group| format!("{}: {}", group.as_str(), group.meaning()));
    assert_eq!(groups, wanted);
}

#[test]
fn an_unknown_rule_is_answered_with_similar_ones() {
    for (id, hint) in [
        ("old-api", "hint: Did you mean `old-api-version`"),
        ("old-api-versoin", "hint: Did you mean `old-api-version`"),
        ("ignore", "`malformed-ignore` or `unused-ignore`?"),
        ("xyz", "hint: List the rules with: flux-forge explain\n"),
    ] {
        let ran = World::new().run(&["explain", id]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.starts_with(&format!("error: there is no rule `{id}`\n")), "{ran}");
        assert!(ran.err.contains(hint), "{ran}");
    }
}

#[test]
fn completion_scripts_know_the_rules() {
    for shell in ["bash", "zsh"] {
        let script = World::new().run(&["completions", shell]).out;
        assert!(script.contains("old-api-version"), "{shell}");
    }
    assert!(!World::new().run(&["explain", "--help"]).out.contains("old-api-version:"));
}

/// Where the page of each rule lies, from `docs`.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for folder in std::fs::read_dir(root().join("src/rules")).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(files) = std::fs::read_dir(&folder) else { continue };
        for path in files.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if let Some(stem) = name.strip_suffix(".md") {
                let group = folder.file_name().unwrap().to_str().unwrap();
                pages.insert(stem.replace('_', "-"), format!("../src/rules/{group}/{name}"));
            }
        }
    }
    pages
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `docs/rules.md` is made here where `INSTA_UPDATE` says `always`, as snapshots are.
#[test]
fn the_rule_index_is_that_of_the_rules() {
    let (path, pages) = (root().join("docs/rules.md"), pages());
    let index = index(&|id| pages[id].clone());
    if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
        std::fs::write(&path, &index).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let stale = "docs/rules.md is stale, make it anew: INSTA_UPDATE=always cargo test --test main rule_index";
    assert!(committed == index, "{stale}");
    for rule in RULES {
        assert!(!rule.meta.summary.contains('|'), "{}: a bar would end the cell", rule.meta.id);
    }
}
