//! Imports respect the layer table of `docs/architecture.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::rust_paths::{Use, uses};

/// A row of the table.
#[derive(Debug, PartialEq)]
struct Row {
    layer: u8,
    also: Vec<String>,
    forbidden: Vec<String>,
}

type Table = BTreeMap<String, Row>;

#[test]
fn imports_respect_the_layers() {
    let table = committed_table();
    let mut violations = Vec::new();
    for file in rust_files(&root().join("src")) {
        let path = below_root(&file);
        let source = fs::read_to_string(&file).expect("a source file is text");
        violations.extend(violations_in(&table, &path, &source));
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn the_table_and_the_source_have_the_same_modules() {
    let in_table: BTreeSet<String> = committed_table().into_keys().collect();
    let in_source: BTreeSet<String> = fs::read_dir(root().join("src"))
        .expect("the source folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "lib")
        .collect();
    assert_eq!(in_source, in_table, "left: modules in src, right: rows in docs/architecture.md");
}

#[test]
fn the_table_does_not_contradict_itself() {
    let table = committed_table();
    for (module, row) in &table {
        for other in &row.also {
            let same_layer = table.get(other).is_some_and(|other| other.layer == row.layer);
            assert!(same_layer, "`{module}` also uses `{other}`, which is not a row of its own layer");
        }
        for other in &row.forbidden {
            let lower = table.get(other).is_some_and(|other| other.layer < row.layer);
            assert!(lower, "`{module}` must not know `{other}`, which is not a row of a lower layer");
        }
    }
}

fn committed_table() -> Table {
    table(&fs::read_to_string(root().join("docs/architecture.md")).expect("the page is there"))
}

/// Reads the rows under the heading `| Layer | Module |…`.
fn table(markdown: &str) -> Table {
    let rows = markdown
        .lines()
        .skip_while(|line| !line.starts_with("| Layer | Module |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [layer, module, also, _, forbidden] = cells[..] else { panic!("five cells expected: {line}") };
        let layer = layer.parse().expect("a layer is a number");
        (module.trim_matches('`').to_owned(), Row { layer, also: quoted(also), forbidden: quoted(forbidden) })
    })
    .collect()
}

/// The words in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What is wrong with the imports of the file at `path` (`src/…`), one line for each.
fn violations_in(table: &Table, path: &str, source: &str) -> Vec<String> {
    let inside = module_path(path);
    let Some(from) = inside.first() else { return Vec::new() };
    uses(source)
        .iter()
        .filter_map(|found| {
            let to = top_module(&inside, found)?;
            let why = refusal(table, from, to)?;
            Some(format!("{path}:{}: `{from}` must not use `{to}`: {why}", found.line))
        })
        .collect()
}

/// `src/yaml/ops.rs` is `["yaml", "ops"]`; the crate root is empty.
fn module_path(path: &str) -> Vec<&str> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Vec::new() } else { path.split('/').collect() }
}

/// The module right below the crate root that a path leads to, if it leaves the module that it stands in.
fn top_module<'a>(inside: &[&str], found: &'a Use) -> Option<&'a str> {
    let mut segments = found.segments.iter().map(String::as_str).peekable();
    let mut depth = match segments.peek() {
        Some(&("crate" | "flux_forge")) => 0,
        Some(&"super") => inside.len() - 1,
        _ => inside.len(),
    };
    segments.next();
    while depth > 0 && segments.next_if_eq(&"super").is_some() {
        depth -= 1;
    }
    if depth > 0 { None } else { Some(segments.next().unwrap_or("*")) }
}

/// Why `from` may not use `to`, if so.
fn refusal(table: &Table, from: &str, to: &str) -> Option<&'static str> {
    let (Some(source), Some(target)) = (table.get(from), table.get(to)) else {
        return Some("the layer table has no row for one of them");
    };
    if from == to || source.also.iter().any(|also| also == to) {
        None
    } else if target.layer > source.layer {
        Some("it lies in a higher layer")
    } else if target.layer == source.layer {
        Some("it lies in the same layer")
    } else if source.forbidden.iter().any(|forbidden| forbidden == to) {
        Some("the table puts it out of bounds")
    } else {
        None
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ignore::Walk::new(folder)
        .map(|entry| entry.expect("the source can be read").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn below_root(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("the file lies in the package");
    path.to_str().expect("source files have plain names").replace('\\', "/")
}

const SMALL: &str = "
| Layer | Module | Also uses | Duty | Must not know |
|---|---|---|---|---|
| 0 | `ground` | | Carries. | Anything. |
| 1 | `left` | | Is left. | `right`'s word. |
| 1 | `right` | `left` | Is right. | |
| 2 | `roof` | | Covers. | `ground`: too far. |
";

#[track_caller]
fn assert_violations(path: &str, source: &str, expected: &[&str]) {
    assert_eq!(violations_in(&table(SMALL), path, source), expected);
}

#[test]
fn the_table_is_read_from_markdown() {
    let table = table(SMALL);
    assert_eq!(table.keys().collect::<Vec<_>>(), ["ground", "left", "right", "roof"]);
    let roof = Row { layer: 2, also: Vec::new(), forbidden: vec!["ground".to_owned()] };
    assert_eq!(table["roof"], roof);
    assert_eq!(table["right"].also, ["left"]);
}

#[test]
fn a_higher_layer_is_reported_with_file_and_line() {
    let expected = ["src/ground.rs:2: `ground` must not use `roof`: it lies in a higher layer"];
    assert_violations("src/ground.rs", "//! Text.\nuse crate::roof::Tile;", &expected);
}

#[test]
fn a_sibling_needs_permission() {
    let expected = ["src/left/a.rs:1: `left` must not use `right`: it lies in the same layer"];
    assert_violations("src/left/a.rs", "use crate::right;", &expected);
    assert_violations("src/right.rs", "use crate::left;", &[]);
}

#[test]
fn what_is_out_of_bounds_is_reported() {
    let expected = ["src/roof.rs:1: `roof` must not use `ground`: the table puts it out of bounds"];
    assert_violations("src/roof.rs", "fn f() { crate::ground::dig() }", &expected);
}

#[test]
fn braces_and_ways_up_are_followed() {
    let nested = "use crate::{\n    ground::{Stone, Sand as S},\n    right::{self, Wing},\n};";
    let expected = ["src/left/a.rs:3: `left` must not use `right`: it lies in the same layer"; 2];
    assert_violations("src/left/a.rs", nested, &expected);
    let up = "src/left/a/b.rs:1: `left` must not use `roof`: it lies in a higher layer";
    assert_violations("src/left/a/b.rs", "use super::super::super::roof;", &[up]);
    assert_violations("src/left/a/b.rs", "use super::super::roof; use self::roof; use super::roof;", &[]);
}

#[test]
fn the_whole_crate_and_unknown_modules_are_reported() {
    let expected = ["src/left.rs:1: `left` must not use `*`: the layer table has no row for one of them"];
    assert_violations("src/left.rs", "use crate::*;", &expected);
    let expected = ["src/new.rs:1: `new` must not use `left`: the layer table has no row for one of them"];
    assert_violations("src/new.rs", "use crate::left;", &expected);
}
