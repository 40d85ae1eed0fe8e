//! Every rule, judged by its own page: *bad* gives the finding, *good* does not, and fixing *bad* gives *good*.
//!
//! The laws that every rule obeys are proven for each page and for each tree of `cases/<rule id>/`: fixes converge in
//! one round, the result parses, no comment is lost, bytes outside of the edits stay, a second run plans nothing, and
//! the metadata tells the truth about fixes.

use std::collections::BTreeMap;
use std::path::Path;

use flux_forge::change::Action;
use flux_forge::finding::{Finding, Safety};
use flux_forge::flux::Index;
use flux_forge::plan::Plan;
use flux_forge::repo::Repo;
use flux_forge::rules::ignore::Ignores;
use flux_forge::rules::{Context, DeadFields, FixAvailability, Options, RULES, Rule, engine};
use flux_forge::yaml::parse;

use crate::harness::{World, comments, snapshots};
use crate::page_cases;

type Tree = BTreeMap<String, String>;

/// The headings of every page, in order; `Cases`, `Options` and `What to do` may be left out.
const HEADINGS: [&str; 8] =
    ["What it finds", "Why it matters", "Bad", "Good", "Cases", "Options", "What to do", "Sources"];

/// The blocks below a heading of a page: a small tree of named files.
fn block_tree(page: &str, heading: &str) -> Tree {
    let section =
        page.split("\n## ").find(|section| section.starts_with(&format!("{heading}\n"))).unwrap_or_default();
    let mut tree = Tree::new();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("```yaml ") {
            let content: String =
                lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            tree.insert(path.to_owned(), content);
        }
    }
    tree
}

/// What a page asks for in a line `Options:` below its heading `Bad`.
fn options(page: &str) -> Options {
    let bad = page.split("\n## ").find(|section| section.starts_with("Bad\n")).unwrap_or_default();
    let mut options = Options::default();
    match page_cases::flags(bad).as_slice() {
        [] => {}
        [flag] if flag == "--modernize" => options.modernize = true,
        [flag] if flag == "--templates" => options.templates = true,
        [flag] if flag == "--docs" => options.docs = true,
        [flag, how] if flag == "--dead-fields" && how == "convert" => {
            options.dead_fields = Some(DeadFields::Convert);
        }
        flags => panic!("a page's bad tree cannot ask for {flags:?}; make it a case"),
    }
    options
}

fn headings(page: &str) -> Vec<&str> {
    page.lines().filter_map(|line| line.strip_prefix("## ")).collect()
}

fn world(tree: &Tree) -> World {
    let world = World::new();
    for (path, content) in tree {
        world.put(path, content);
    }
    world
}

fn findings(repo: &Repo, rule: &Rule) -> Vec<Finding> {
    let index = Index::new(repo);
    let options = options(rule.meta.explanation);
    let ignores = Ignores::new(&index, Vec::new());
    let context = Context::new(&index, &options, &ignores);
    let mut findings = engine::run_one(&context, rule);
    flux_forge::finding::sort(&mut findings);
    findings
}

/// What all rules of the group say that `rule` is of: those of a migration judge all objects together.
fn group_findings(repo: &Repo, rule: &Rule) -> Vec<Finding> {
    let index = Index::new(repo);
    let (options, ignores) = (Options::default(), Ignores::default());
    let context = Context::new(&index, &options, &ignores);
    engine::run(&context, &[rule.meta.group])
}

fn plan(repo: &Repo, findings: &[Finding]) -> Plan {
    let mut plan = Plan::new("Fix");
    for fix in
        findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safety == Safety::Safe)
    {
        for change in &fix.changes {
            plan.add(repo, change.clone()).unwrap();
        }
    }
    plan
}

fn files(repo: &Repo) -> Tree {
    repo.files
        .iter()
        .chain(&repo.texts)
        .map(|(path, file)| (path.clone(), String::from_utf8_lossy(&file.bytes).into_owned()))
        .collect()
}

/// The laws; returns the tree after the fixes.
fn prove(rule: &Rule, tree: &Tree) -> (Vec<Finding>, Tree) {
    let id = rule.meta.id;
    let world = world(tree);
    let repo = world.repo();
    let found = findings(&repo, rule);
    for finding in &found {
        assert_eq!(finding.rule, id);
        match rule.meta.fix {
            FixAvailability::Never => assert!(finding.fix.is_none(), "{id} says that it never has a fix"),
            FixAvailability::Always => assert!(finding.fix.is_some(), "{id} says that it always has a fix"),
            FixAvailability::Sometimes => {}
        }
    }
    let plan = plan(&repo, &found);
    let after = plan.preview(&repo).unwrap();
    for (path, entry) in plan.entries() {
        let (before, after) = (&files(&repo)[path], &files(&after)[path]);
        let unread =
            |text: &str| parse(text).documents.iter().filter(|document| document.root.is_err()).count();
        assert_eq!(unread(before), unread(after), "{id}: {path} must parse after the fix as before");
        let kept = |text: &str| -> Vec<String> {
            comments(text).into_iter().filter(|comment| !comment.contains("$schema=")).collect()
        };
        assert_eq!(kept(before), kept(after), "{id}: {path} keeps its comments");
        let Action::Modify(edits) = &entry.change.action else { continue };
        let edits = flux_forge::change::ordered(edits).unwrap();
        let mut outside = 0;
        let mut shift = 0isize;
        for edit in edits {
            let moved = |at: usize| at.checked_add_signed(shift).unwrap();
            assert_eq!(before[outside..edit.start], after[moved(outside)..moved(edit.start)], "{id}: {path}");
            shift += edit.text.len().cast_signed() - edit.range().len().cast_signed();
            outside = edit.end;
        }
        assert_eq!(before[outside..], after[outside.checked_add_signed(shift).unwrap()..], "{id}: {path}");
    }
    let left = findings(&after, rule);
    assert!(left.iter().all(|finding| finding.fix.is_none()), "{id}: fixes converge at once");
    assert!(self::plan(&after, &left).is_empty(), "{id}: a second run plans nothing");
    (found, files(&after))
}

#[test]
fn the_bad_tree_of_a_page_gives_its_finding_and_the_good_tree_does_not() {
    for rule in RULES {
        let page = rule.meta.explanation;
        let (bad, good) = (block_tree(page, "Bad"), block_tree(page, "Good"));
        assert!(!bad.is_empty() && !good.is_empty(), "{} shows a bad and a good tree", rule.meta.id);
        let (found, fixed) = prove(rule, &bad);
        assert!(!found.is_empty(), "{}: bad must be found", rule.meta.id);
        assert!(findings(&world(&good).repo(), rule).is_empty(), "{}: good must not", rule.meta.id);
        if rule.meta.fix != FixAvailability::Never {
            assert_eq!(fixed, good, "{}: fixing bad gives good", rule.meta.id);
        }
    }
}

#[test]
fn a_page_has_the_headings_of_its_kind() {
    for rule in RULES {
        let (id, page) = (rule.meta.id, rule.meta.explanation);
        assert!(page.starts_with(&format!("# {id}\n")), "{id}: the page begins with the id");
        let found = headings(page);
        let mut order = HEADINGS.iter();
        assert!(found.iter().all(|heading| order.any(|known| known == heading)), "{id}: {found:?}");
        for needed in ["What it finds", "Why it matters", "Bad", "Good", "Sources"] {
            assert!(found.contains(&needed), "{id} lacks `{needed}`");
        }
    }
}

#[test]
fn ids_are_sorted_kebab_case_and_equal_to_their_file_names() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.meta.id).collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut pages = Vec::new();
    for group in ["charts", "input", "kustomize", "migrate", "schema", "text"] {
        for entry in std::fs::read_dir(sources.join(group)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                assert!(path.with_extension("rs").is_file(), "{} has no check", path.display());
                pages.push(path.file_stem().unwrap().to_str().unwrap().replace('_', "-"));
            }
        }
    }
    pages.sort();
    assert_eq!(pages, ids, "each rule is a row of RULES and a page named like it");
    for rule in RULES {
        assert!(
            rule.meta.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{}",
            rule.meta.id
        );
        assert!(!rule.meta.summary.ends_with('.'), "{}", rule.meta.id);
        assert!(flux_forge::rules::find(rule.meta.id).is_some());
    }
}

#[test]
fn every_case_obeys_the_laws_and_reads_as_accepted() {
    let _guard = snapshots("rules");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/rules");
    let mut seen = 0;
    for rule in RULES {
        let Ok(folder) = std::fs::read_dir(cases.join(rule.meta.id)) else { continue };
        let mut folders: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        for folder in folders {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let mut tree = Tree::new();
            read_tree(&folder, &folder, &mut tree);
            let (_, after) = prove(rule, &tree);
            let found = group_findings(&world(&tree).repo(), rule);
            insta::assert_snapshot!(format!("{}--{name}", rule.meta.id), report(&tree, &found, &after));
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen} cases");
}

fn report(before: &Tree, found: &[Finding], after: &Tree) -> String {
    let mut text = String::new();
    for finding in found {
        let fixed = if finding.fix.is_some() { "fixed" } else { "stays" };
        let place = &finding.place;
        let at = format!("{}:{}:{}", place.path, place.line, place.column);
        text.push_str(&format!("{at} {fixed} {}: {}\n", finding.subject, finding.message));
    }
    for (path, content) in after {
        if before.get(path) != Some(content) {
            text.push_str(&format!("=== {path}\n{content}"));
        }
    }
    text
}

fn read_tree(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_tree(root, &path, tree);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            tree.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}
