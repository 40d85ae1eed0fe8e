//! Migration of real public repositories: what must move moves, what stays is explained, nothing else changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use flux_forge::flux::schema::{self, Whole, validate};
use flux_forge::flux::{Index, Role};
use flux_forge::repo::Repo;
use flux_forge::rules::data::{self, Target};
use serde_json::Value;

use crate::harness::{World, comments, copy_tree};

/// What happened to the objects of one tree.
#[derive(Default)]
struct Tally {
    legacy: usize,
    /// Valid at their new version, judged as whole objects.
    moved_valid: usize,
    /// Merge patches, and objects that were not valid before, that moved.
    moved_other: usize,
    /// Held back by the name of a field that is gone.
    removed_field: usize,
    /// Held back for another reason, which the report gives.
    explained: usize,
    skipped: usize,
}

/// An object at an old version: file, document and route, so that it is found again after the migration.
type Key = (String, usize, String);

struct Old {
    kind: String,
    was_valid: bool,
    is_valid_next: bool,
}

fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: {} is absent", path.display());
    None
}

/// The whole objects at an old version in every file but gotk-components.yaml, by place.
fn legacy(repo: &Repo) -> BTreeMap<Key, Old> {
    let index = Index::new(repo);
    let mut found = BTreeMap::new();
    for resource in &index.resources {
        let id = &resource.id;
        let Some(next) = data::successor(&id.group, &resource.version, &id.kind, Target::default()) else {
            continue;
        };
        let node = index.node(resource);
        let valid = |group: &str, version: &str| {
            let facts = schema::facts(group, version, &id.kind).expect("every known version has facts");
            validate(facts, node, Whole::Object).is_empty()
        };
        let key = (index.file(resource).path.to_owned(), resource.document, resource.route.to_string());
        let old = Old {
            kind: id.kind.clone(),
            was_valid: valid(&id.group, &resource.version),
            is_valid_next: valid(&next.group, &next.version),
        };
        found.insert(key, old);
    }
    found
}

/// Files that differ: only ones with Flux objects, with the same comments and line endings.
fn only_flux_files_change(name: &str, before: &Repo, after: &Repo) -> BTreeSet<String> {
    assert_eq!(before.files.keys().collect::<Vec<_>>(), after.files.keys().collect::<Vec<_>>(), "{name}");
    let index = Index::new(before);
    let with_flux: BTreeSet<&str> = index
        .resources
        .iter()
        .filter(|resource| data::is_flux_group(&resource.id.group))
        .map(|resource| index.file(resource).path)
        .collect();
    let mut changed = BTreeSet::new();
    for (path, file) in &before.files {
        let now = &after.files[path];
        assert_eq!(file.executable, now.executable, "{name}: {path}");
        if file.bytes == now.bytes {
            continue;
        }
        assert!(with_flux.contains(path.as_str()), "{name}: {path} has no Flux object");
        let (old, new) =
            (std::str::from_utf8(&file.bytes).unwrap(), std::str::from_utf8(&now.bytes).unwrap());
        assert_eq!(comments(old), comments(new), "{name}: {path}");
        assert_eq!(old.matches("\r\n").count(), new.matches("\r\n").count(), "{name}: {path}");
        assert_eq!(old.lines().count(), new.lines().count(), "{name}: {path}");
        assert_eq!(old.ends_with('\n'), new.ends_with('\n'), "{name}: {path}");
        changed.insert(path.clone());
    }
    changed
}

fn migrate(name: &str, tree: &Path, compare: Option<&Path>) -> Tally {
    let world = World::new();
    copy_tree(tree, world.root());
    let world = world.git();
    let before = world.repo();
    let old = legacy(&before);

    let check = world.run(&["migrate", "apis", "--check"]);
    assert!(check.status <= 1, "{name}: {check}");
    let report = world.run(&["migrate", "apis", "--dry-run", "--output", "json"]);
    let report: Value = serde_json::from_str(&report.out).unwrap_or_else(|_| panic!("{name}: {report}"));
    let write = world.run(&["migrate", "apis", "--yes"]);
    assert!(write.status <= 1, "{name}: {write}");
    let after = world.repo();
    let changed = only_flux_files_change(name, &before, &after);
    assert_eq!(report["counts"]["filesChanged"], changed.len(), "{name}");
    assert_eq!(report["counts"]["errors"], 0, "{name}");
    let second = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(second.status, write.status, "{name}: {second}");
    assert_eq!(world.repo().files, after.files, "{name}: a second run changes nothing");

    let mut tally = tally(name, &old, &after, &report);
    tally.skipped = report["counts"]["filesSkipped"].as_array().map_or(0, |skipped| {
        skipped
            .iter()
            .filter_map(|one| one["count"].as_u64())
            .map(|count| usize::try_from(count).unwrap())
            .sum()
    });
    if let Some(compare) = compare {
        let output = Command::new(compare).arg(tree).arg(world.root()).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
    tally
}

fn tally(name: &str, old: &BTreeMap<Key, Old>, after: &Repo, report: &Value) -> Tally {
    let still = legacy(after);
    let index = Index::new(after);
    let patches: BTreeSet<&str> = index
        .resources
        .iter()
        .filter(|resource| resource.role == Role::Patch)
        .map(|resource| index.file(resource).path)
        .collect();
    let findings = report["findings"].as_array().unwrap();
    let mut tally = Tally { legacy: old.len(), ..Tally::default() };
    for (key, object) in old {
        let at = format!("{name}: {key:?}");
        if !still.contains_key(key) {
            if object.is_valid_next {
                tally.moved_valid += 1;
            } else {
                assert!(patches.contains(key.0.as_str()), "{at} moved and is not valid");
                tally.moved_other += 1;
            }
            continue;
        }
        let reasons: Vec<&str> = findings
            .iter()
            .filter(|finding| finding["path"] == key.0.as_str())
            .filter(|finding| {
                finding["object"].as_str().is_some_and(|object_name| object_name.starts_with(&object.kind))
            })
            .filter_map(|finding| finding["message"].as_str())
            .collect();
        assert!(!reasons.is_empty(), "{at} stays without a word");
        if object.was_valid && !object.is_valid_next {
            let named = ["spec.validation", "patchesJson6902"];
            assert!(
                reasons.iter().any(|reason| named.iter().any(|field| reason.contains(field))),
                "{at}: {reasons:?}"
            );
            tally.removed_field += 1;
        } else {
            assert!(!object.was_valid, "{at} is valid at both versions and stays: {reasons:?}");
            tally.explained += 1;
        }
    }
    tally
}

#[test]
fn real_repositories_migrate_and_build_as_before() {
    let Some(corpus) = corpus() else { return };
    let compare = corpus.join("../tools/compare-build");
    let has_go = Command::new("go").arg("version").output().is_ok_and(|output| output.status.success());
    let compare = (has_go && compare.is_file()).then_some(compare);
    if compare.is_none() {
        eprintln!("skipped: the builds are not compared, Go or compare-build is absent");
    }
    let mut trees: Vec<_> = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    trees.retain(|tree| tree.is_dir());
    trees.sort();
    assert_eq!(trees.len(), 18);
    let mut total = Tally::default();
    eprintln!(
        "tree | legacy | moved, valid | moved, patches | held: removed field | held: other | files skipped"
    );
    for tree in trees {
        let name = tree.file_name().unwrap().to_str().unwrap().to_owned();
        let one = migrate(&name, &tree, compare.as_deref());
        eprintln!(
            "{name} | {} | {} | {} | {} | {} | {}",
            one.legacy, one.moved_valid, one.moved_other, one.removed_field, one.explained, one.skipped
        );
        total.legacy += one.legacy;
        total.moved_valid += one.moved_valid;
        total.moved_other += one.moved_other;
        total.removed_field += one.removed_field;
        total.explained += one.explained;
    }
    assert_eq!(total.legacy, 647);
    assert!(total.moved_valid >= 555, "{}", total.moved_valid);
    assert_eq!(total.removed_field, 58);
    assert_eq!(total.moved_valid + total.moved_other + total.removed_field + total.explained, total.legacy);
}
