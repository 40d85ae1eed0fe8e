//! The cases of the rules' pages, run through the program: a tree before, the tree after, and what is said.
//!
//! A case stands below the heading `Cases` of a page:
//!
//! ````text
//! ### Title
//!
//! Options: `--modernize` `--target` `2.10`
//!
//! ```yaml bad path/of/file.yaml
//! ```
//! ```yaml good path/of/file.yaml
//! ```
//! ```text findings
//! part of a line of the report
//! ```
//! ````
//!
//! A file without a *good* block stays as it is. A *good* block without a *bad* one is a file that comes into being.
//! Each line below `findings` is a part of a line that `--dry-run` prints. A second run changes nothing.

use std::collections::BTreeMap;

use flux_forge::rules::RULES;

use crate::harness::World;

type Tree = BTreeMap<String, String>;

/// One case of a page.
#[derive(Debug, Default)]
pub(crate) struct PageCase {
    pub(crate) rule: &'static str,
    pub(crate) title: String,
    flags: Vec<String>,
    bad: Tree,
    good: Tree,
    findings: Vec<String>,
}

/// Every case of every page.
pub(crate) fn all() -> Vec<PageCase> {
    let mut cases = Vec::new();
    for rule in RULES {
        let page = rule.meta.explanation;
        let section = page.split("\n## ").find(|section| section.starts_with("Cases\n")).unwrap_or_default();
        cases.extend(section.split("\n### ").skip(1).map(|text| PageCase::read(rule.meta.id, text)));
    }
    cases
}

/// The flags that a line `Options:` names before the first block.
pub(crate) fn flags(text: &str) -> Vec<String> {
    let before = text.split("\n```").next().unwrap_or_default();
    let line = before.lines().find_map(|line| line.strip_prefix("Options: ")).unwrap_or_default();
    line.split('`').skip(1).step_by(2).flat_map(str::split_whitespace).map(str::to_owned).collect()
}

impl PageCase {
    fn read(rule: &'static str, text: &str) -> Self {
        let title = text.lines().next().unwrap_or_default().to_owned();
        let mut case = Self { rule, title, flags: flags(text), ..Self::default() };
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let content: String = block.iter().flat_map(|line| [line, "\n"]).collect();
            match info.split(' ').collect::<Vec<_>>().as_slice() {
                [_, "bad", path] => drop(case.bad.insert((*path).to_owned(), content)),
                [_, "good", path] => drop(case.good.insert((*path).to_owned(), content)),
                ["text", "findings"] => case.findings.extend(block.iter().map(|&line| line.to_owned())),
                _ => panic!("{rule}: the case `{}` has a block `{info}`", case.title),
            }
        }
        case
    }

    fn name(&self) -> String {
        format!("{}: {}", self.rule, self.title)
    }

    fn run(&self, world: &World, more: &[&str]) -> crate::harness::Ran {
        let flags = self.flags.iter().map(String::as_str);
        let command: &[&str] =
            if self.rule == "oci-helm-repository" { &["migrate", "charts"] } else { &["migrate", "apis"] };
        let args: Vec<&str> = command.iter().copied().chain(flags).chain(more.iter().copied()).collect();
        world.run(&args)
    }

    fn prove(&self) {
        let name = self.name();
        let world = World::new();
        for (path, content) in &self.bad {
            world.put(path, content);
        }
        let said = self.run(&world, &["--dry-run"]);
        // Pages name lines; columns are told by tests of the report.
        let columns = regex::Regex::new(r"(?m)^(.+?:\d+):\d+(?:-[\d:]+)?: ").unwrap();
        let out = columns.replace_all(&said.out, "$1: ");
        for line in &self.findings {
            assert!(out.contains(line), "{name}: the report must say\n{line}\nbut says\n{said}");
        }
        let ran = self.run(&world, &["--yes", "--allow-dirty"]);
        assert_ne!(ran.status, 2, "{name}: {ran}");
        let mut wanted = self.bad.clone();
        wanted.extend(self.good.clone());
        for (path, content) in &wanted {
            assert!(world.exists(path), "{name}: {path} must be there\n{ran}");
            assert_eq!(world.read(path), *content, "{name}: {path} after\n{ran}");
        }
        let again = self.run(&world, &["--dry-run"]);
        let calm = again.err.contains("Nothing to change") || again.err.contains("0 files would change");
        assert!(calm, "{name}: a second run changes nothing, but says\n{again}");
    }
}

#[test]
fn every_case_of_a_page_comes_out_as_it_says() {
    let cases = all();
    assert!(!cases.is_empty());
    for case in cases {
        assert!(!case.good.is_empty() || !case.findings.is_empty(), "{} says nothing", case.name());
        case.prove();
    }
}
