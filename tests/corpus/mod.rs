//! Migration of real public repositories: what was valid ends valid, what stays is for a person, nothing else changes.
//!
//! The snapshots are tables of what happened to each of them.

mod clusters;
mod judges;
mod objects;
mod untouched;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flux_forge::flux::Index;
use flux_forge::repo::Repo;
use serde_json::Value;

use crate::harness::{World, copy_tree, shared, snapshots};
use judges::{DIFFERENCES, Judges, Schemas};
use objects::{Key, Object, old_parts, whole};

/// To the newest release, whatever runs.
const NEWEST: [&str; 5] = ["--target", "2.9", "--force-target", "--dead-fields", "convert"];

/// What a person has to decide in these repositories: the rule, and what its message has.
const HUMAN: [(&str, &str); 2] = [
    (
        "refused-value",
        "`spec.url` of GitRepository `source.toolkit.fluxcd.io/v1` does not match `^(http|https|ssh)://",
    ),
    (
        "removed-template-data",
        "uses `.Updated`, with which no Flux from 2.7 on makes a commit, and it uses more of an image",
    ),
];

/// Kinds that `--modernize` changes though their version stays.
const MODERNIZED: &str = "helm.toolkit.fluxcd.io/HelmRelease,notification.toolkit.fluxcd.io/Alert,\
                          notification.toolkit.fluxcd.io/Provider";

/// One tree before and after.
struct Run {
    name: String,
    tree: PathBuf,
    world: World,
    before: Repo,
    after: Repo,
    report: Value,
}

/// What happened to the objects of one tree.
#[derive(Default)]
struct Row {
    /// Whole objects at an old version.
    legacy: usize,
    /// Of them, those that were not valid before.
    invalid: usize,
    moved: usize,
    held: BTreeMap<&'static str, usize>,
    /// Patches and objects inside of others.
    parts: (usize, usize),
}

#[test]
fn every_valid_object_ends_valid_and_builds_as_before() {
    let Some(trees) = trees() else { return };
    let Some(schemas) = schemas() else { return };
    let mut judges = Judges::new(&schemas);
    let mut rows = Vec::new();
    let mut builds = Builds::new(None);
    for (name, tree) in trees {
        let run = Run::new(&name, &tree, &NEWEST);
        rows.push((run.row(&mut judges), run));
        builds.compare(&rows.last().expect("it was just added").1);
    }
    assert_eq!(judges.unknown, Vec::<String>::new());
    let met: Vec<_> = judges.met.keys().copied().collect();
    assert_eq!(met, DIFFERENCES, "a known difference does not occur any more");
    let matters: BTreeSet<_> = rows.iter().flat_map(|(row, _)| row.held.keys().copied()).collect();
    assert_eq!(
        matters,
        HUMAN.iter().map(|human| human.0).collect(),
        "a listed reason does not occur any more"
    );
    let _guard = snapshots("corpus");
    insta::assert_snapshot!("newest", table(&rows, &judges));
    builds.snapshot("builds");
}

#[test]
fn dropped_fields_leave_valid_objects() {
    let Some(trees) = trees() else { return };
    let Some(schemas) = schemas() else { return };
    let mut judges = Judges::new(&schemas);
    let flags = ["--target", "2.9", "--force-target", "--dead-fields", "drop"];
    let rows: Vec<_> = trees
        .iter()
        .map(|(name, tree)| {
            let run = Run::new(name, tree, &flags);
            (run.row(&mut judges), run)
        })
        .collect();
    assert_eq!(judges.unknown, Vec::<String>::new());
    let _guard = snapshots("corpus");
    insta::assert_snapshot!("dropped", table(&rows, &judges));
}

#[test]
fn modernized_repositories_are_valid_and_build_as_before() {
    let Some(trees) = trees() else { return };
    let Some(schemas) = schemas() else { return };
    let mut judges = Judges::new(&schemas);
    let mut builds = Builds::new(Some(MODERNIZED));
    let flags: Vec<_> = NEWEST.into_iter().chain(["--modernize"]).collect();
    let mut rows = Vec::new();
    for (name, tree) in trees {
        let run = Run::new(&name, &tree, &flags);
        rows.push((run.row(&mut judges), run));
        builds.compare(&rows.last().expect("it was just added").1);
    }
    assert_eq!(judges.unknown, Vec::<String>::new());
    let _guard = snapshots("corpus");
    insta::assert_snapshot!("modernized", table(&rows, &judges));
    builds.snapshot("modernized-builds");
}

/// The trees of the corpus by name.
fn trees() -> Option<Vec<(String, PathBuf)>> {
    let entries = shared("corpus")?.read_dir().unwrap();
    let mut trees: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    trees.sort();
    assert_eq!(trees.len(), 18);
    let name = |tree: &Path| tree.file_name().unwrap().to_str().unwrap().to_owned();
    Some(trees.into_iter().map(|tree| (name(&tree), tree)).collect())
}

fn schemas() -> Option<Schemas> {
    Some(Schemas::new(&shared("flux-api/crds")?, &shared("schemas")?))
}

impl Run {
    /// Migrates a copy with `flags`; a second run must have nothing to do.
    fn new(name: &str, tree: &Path, flags: &[&str]) -> Self {
        let world = World::new();
        copy_tree(tree, world.root());
        let world = world.git();
        let before = world.repo();
        let run = |more: &[&str]| world.run(&[&["migrate", "apis"], flags, more].concat());
        let dry = run(&["--dry-run", "--output", "json"]);
        let report: Value = serde_json::from_str(&dry.out).unwrap_or_else(|_| panic!("{name}: {dry}"));
        let write = run(&["--yes"]);
        assert!(write.status <= 1, "{name}: {write}");
        let after = world.repo();
        let changed = untouched::changed(name, &world, &before, &after);
        assert_eq!(report["counts"]["filesChanged"], changed.len(), "{name}");
        assert_eq!(report["counts"]["errors"], 0, "{name}");
        world.git_run(&["commit", "-qam", "migrated", "--allow-empty"]);
        let second = run(&["--yes"]);
        assert_eq!(second.status, write.status, "{name}: {second}");
        assert!(second.err.contains("Nothing to change"), "{name}: {second}");
        assert_eq!(world.repo().files, after.files, "{name}: a second run changes nothing");
        Self { name: name.to_owned(), tree: tree.to_owned(), world, before, after, report }
    }

    /// What happened to each object; what was valid must be valid, and what stays must be for a person.
    fn row(&self, judges: &mut Judges<'_>) -> Row {
        let before = whole(&Index::new(&self.before), judges);
        let after = whole(&Index::new(&self.after), judges);
        assert!(before.keys().eq(after.keys()), "{}: an object came or went", self.name);
        let mut row = Row { parts: (old_parts(&self.before), old_parts(&self.after)), ..Row::default() };
        for (key, old) in &before {
            let new = &after[key];
            let at = format!("{}: {key:?} {}", self.name, old.name);
            assert!(new.is_valid || !old.is_valid, "{at} is not valid any more");
            if !old.is_old {
                continue;
            }
            row.legacy += 1;
            row.invalid += usize::from(!old.is_valid);
            if new.is_old {
                *row.held.entry(self.reason(key, old)).or_default() += 1;
            } else {
                row.moved += 1;
            }
        }
        let left = self.findings().filter(|finding| finding["severity"] != "hint");
        left.for_each(|finding| assert!(!human(finding).is_empty()));
        row
    }

    fn findings(&self) -> impl Iterator<Item = &Value> {
        self.report["findings"].as_array().unwrap().iter()
    }

    /// The one reason why an object stays.
    fn reason(&self, (path, ..): &Key, object: &Object) -> &'static str {
        let of_it =
            |finding: &&Value| finding["path"] == path.as_str() && finding["object"] == object.name.as_str();
        let reasons: BTreeSet<_> = self
            .findings()
            .filter(of_it)
            .filter(|finding| finding["severity"] != "hint")
            .map(human)
            .collect();
        assert_eq!(reasons.len(), 1, "{}: {path} {}: {reasons:?}", self.name, object.name);
        reasons.into_iter().next().expect("there is one")
    }

    /// How many changes the rule made.
    fn changes(&self, rule: &str) -> usize {
        self.report["changes"].as_array().unwrap().iter().filter(|change| change["rule"] == rule).count()
    }
}

/// The rule of a finding that leaves something to a person.
fn human(finding: &Value) -> &'static str {
    let says = |(rule, part): &&(&str, &str)| {
        finding["rule"] == *rule && finding["message"].as_str().is_some_and(|message| message.contains(part))
    };
    HUMAN.iter().find(says).unwrap_or_else(|| panic!("not a matter for a person: {finding}")).0
}

/// Each tree in a line.
fn table(rows: &[(Row, Run)], judges: &Judges<'_>) -> String {
    let mut table =
        "tree | legacy | not valid before | moved | held | parts moved, held | pins | references | fields | \
                     schema comments\n"
            .to_owned();
    for (row, run) in rows {
        let held: Vec<_> = row.held.iter().map(|(rule, count)| format!("{count} {rule}")).collect();
        let (parts, left) = row.parts;
        let [moves, pins, references, comments] =
            ["old-api-version", "patch-at-old-version", "stale-reference", "stale-schema-comment"]
                .map(|rule| run.changes(rule));
        let all = run.report["changes"].as_array().unwrap().len();
        writeln!(
            table,
            "{} | {} | {} | {} | {} | {}, {left} | {pins} | {references} | {} | {comments}",
            run.name,
            row.legacy,
            row.invalid,
            row.moved,
            if held.is_empty() { "0".to_owned() } else { held.join(", ") },
            parts - left,
            all - moves - pins - references - comments,
        )
        .unwrap();
    }
    let sum = |of: fn(&Row) -> usize| rows.iter().map(|(row, _)| of(row)).sum::<usize>();
    let [legacy, invalid, moved] = [sum(|row| row.legacy), sum(|row| row.invalid), sum(|row| row.moved)];
    let held = sum(|row| row.held.values().sum());
    let (newest, older) = judges.given;
    writeln!(table, "all | {legacy} | {invalid} | {moved} | {held}").unwrap();
    writeln!(table, "verdicts: {newest} at the newest version, {older} at an older one").unwrap();
    writeln!(table, "where JSON Schema alone refuses: {:?}", judges.met).unwrap();
    table
}

/// What every overlay builds to, before and after.
struct Builds {
    compare: Option<PathBuf>,
    allowed: Option<&'static str>,
    table: String,
}

impl Builds {
    fn new(allowed: Option<&'static str>) -> Self {
        let compare = shared("tools").map(|tools| tools.join("compare-build")).filter(|compare| {
            let has_go =
                Command::new("go").arg("version").output().is_ok_and(|output| output.status.success());
            has_go && compare.is_file()
        });
        if compare.is_none() {
            eprintln!("skipped: the builds are not compared, Go or compare-build is absent");
        }
        Self { compare, allowed, table: String::new() }
    }

    fn compare(&mut self, run: &Run) {
        let Some(compare) = &self.compare else { return };
        let mut command = Command::new(compare);
        command.args(self.allowed.map(|kinds| format!("--allow-kinds={kinds}")));
        let output = command.arg(&run.tree).arg(run.world.root()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {said}", run.name);
        let summary = said.lines().find_map(|line| line.strip_prefix("summary: overlays: "));
        writeln!(self.table, "{}: {}", run.name, summary.expect("it ends with a summary")).unwrap();
    }

    fn snapshot(&self, name: &str) {
        if self.compare.is_some() {
            insta::assert_snapshot!(name, self.table);
        }
    }
}
