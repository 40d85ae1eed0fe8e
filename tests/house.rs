//! What the project promises about itself: file sizes and names, no forgotten test, few and explained dependencies.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::RegexSet;

/// The largest number of packages in `Cargo.lock`. Raise it only for a reason that the commit names.
const PACKAGE_BUDGET: usize = 330;

/// The largest number of lines in a source file.
const LINE_BUDGET: usize = 300;

#[test]
fn source_files_stay_short() {
    let long: Vec<String> = project_files()
        .into_iter()
        .filter(|path| path.starts_with("src/") && is_rust(path))
        .map(|path| (text_of(&path).map_or(0, |text| text.lines().count()), path))
        .filter(|(lines, _)| *lines > LINE_BUDGET)
        .map(|(lines, path)| format!("{path} has {lines} lines, {LINE_BUDGET} are allowed"))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn modules_are_named_by_their_noun() {
    let files = project_files();
    let nameless: Vec<&String> = files.iter().filter(|path| is_rust(path) && is_nameless(path)).collect();
    assert!(nameless.is_empty(), "names that say nothing: {nameless:?}");
}

#[test]
fn no_rust_file_is_forgotten() {
    let files: Vec<String> = project_files().into_iter().filter(|path| is_rust(path)).collect();
    let forgotten = forgotten(&files, &|path| text_of(path).unwrap_or_default());
    assert!(forgotten.is_empty(), "no `mod` line names {forgotten:?}");
}

#[test]
fn the_lock_file_is_within_its_budget() {
    let count = packages(&text_of("Cargo.lock").expect("the lock file is committed"));
    assert!(count > 0, "the lock file has packages");
    assert!(count <= PACKAGE_BUDGET, "Cargo.lock has {count} packages, {PACKAGE_BUDGET} are allowed");
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let unexplained = unexplained(&text_of("Cargo.toml").expect("the manifest is there"));
    assert!(unexplained.is_empty(), "no comment directly above {unexplained:?} in Cargo.toml");
}

#[test]
fn no_file_speaks_of_where_it_was_written() {
    let words = private_words();
    let mut told = Vec::new();
    for path in project_files().iter().filter(|path| *path != "tests/house.rs") {
        let Some(text) = text_of(path) else { continue };
        told.extend(private_lines(&words, path, &text));
    }
    assert!(told.is_empty(), "\n{}", told.join("\n"));
}

/// Paths of all files that Git would not ignore, with `/` between their parts.
fn project_files() -> Vec<String> {
    let mut walk = ignore::WalkBuilder::new(root());
    walk.hidden(false).filter_entry(|entry| entry.file_name() != ".git");
    let mut files: Vec<String> = walk
        .build()
        .map(|entry| entry.expect("the project can be read"))
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| entry.path().strip_prefix(root()).expect("it lies below the root").to_owned())
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .collect();
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The content of a project file, if it is text.
fn text_of(path: &str) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Whether a file or one of its folders has a name that could hold anything.
fn is_nameless(path: &str) -> bool {
    let names = ["util", "utils", "helper", "helpers", "common", "misc"];
    path.trim_end_matches(".rs").split('/').any(|part| names.contains(&part))
}

/// Those of `files` below `src/` and `tests/` that no `mod` line of their parent declares.
fn forgotten(files: &[String], read: &dyn Fn(&str) -> String) -> Vec<String> {
    let all: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    let declares = |parent: &str, name: &str| {
        let declaration = format!("mod {name};");
        read(parent).lines().any(|line| line.trim_end().ends_with(&declaration))
    };
    files
        .iter()
        .filter(|path| path.starts_with("src/") || path.starts_with("tests/"))
        .filter(|path| !["src/lib.rs", "src/main.rs", "tests/main.rs"].contains(&path.as_str()))
        .filter(|path| {
            let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
            let (folder, name) = module.rsplit_once('/').expect("it lies in a folder");
            let parents = match folder {
                "src" => vec!["src/lib.rs".to_owned()],
                "tests" => vec!["tests/main.rs".to_owned()],
                _ => vec![format!("{folder}/mod.rs"), format!("{folder}.rs")],
            };
            !parents.iter().any(|parent| all.contains(parent.as_str()) && declares(parent, name))
        })
        .cloned()
        .collect()
}

fn packages(lock: &str) -> usize {
    lock.lines().filter(|line| *line == "[[package]]").count()
}

/// Names of the dependencies in a manifest without a comment in the line above.
fn unexplained(manifest: &str) -> Vec<String> {
    let (mut in_dependencies, mut open_brackets, mut above) = (false, 0, "");
    let mut names = Vec::new();
    for line in manifest.lines() {
        let outside = open_brackets == 0;
        if outside && line.starts_with('[') {
            in_dependencies = line.trim_end_matches(']').ends_with("dependencies");
        } else if in_dependencies
            && outside
            && !above.starts_with('#')
            && let Some((name, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            names.push(name.trim().to_owned());
        }
        if !line.starts_with('#') {
            open_brackets += line.matches(['[', '{']).count();
            open_brackets -= line.matches([']', '}']).count();
        }
        above = line;
    }
    names
}

/// What only those who made the project would understand.
fn private_words() -> RegexSet {
    RegexSet::new([
        r"(^|[^\w.-])/work/",
        r"/tmp/brief",
        r"\bwt-[a-z]+\b",
        r"(?i)\bissues? #?\d+\b",
        r"(?i)\bsub-?agents?\b",
        r"(?i)\b(this|next|last|previous|earlier) session\b",
        r"(?i)\bthe (lead|brief)\b",
        r"\.\./shared",
    ])
    .expect("the patterns are valid")
}

/// The lines of a file that have one of `words`. Tests and the gate may read data that lies beside the project.
fn private_lines(words: &RegexSet, path: &str, text: &str) -> Vec<String> {
    let beside_allowed = path.starts_with("tests/") || path.starts_with(".ci/");
    let beside = words.len() - 1;
    text.lines()
        .enumerate()
        .filter(|(_, line)| words.matches(line).iter().any(|word| word != beside || !beside_allowed))
        .map(|(number, line)| format!("{path}:{}: {}", number + 1, line.trim()))
        .collect()
}

#[test]
fn a_nameless_module_is_seen() {
    assert!(is_nameless("src/utils.rs"));
    assert!(is_nameless("src/flux/common/mod.rs"));
    assert!(!is_nameless("src/yaml/text.rs"));
}

#[test]
fn a_forgotten_file_is_seen() {
    let files =
        ["tests/main.rs", "tests/a.rs", "tests/b.rs", "tests/c/mod.rs", "tests/c/d.rs", "tests/c/e.rs"];
    let files = files.map(str::to_owned);
    let read = |path: &str| match path {
        "tests/main.rs" => "mod a;\npub mod c;\n".to_owned(),
        "tests/c/mod.rs" => "mod d;\n".to_owned(),
        _ => String::new(),
    };
    assert_eq!(forgotten(&files, &read), ["tests/b.rs", "tests/c/e.rs"]);
}

#[test]
fn packages_are_counted() {
    assert_eq!(packages("version = 4\n\n[[package]]\nname = \"a\"\n\n[[package]]\nname = \"b\"\n"), 2);
}

#[test]
fn an_unexplained_dependency_is_seen() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# Why.\na = \"1\"\nb = { version = \"2\", features = [\n  \
                    \"f=g\",\n] }\n[dev-dependencies]\nc = \"1\"\n[lints.rust]\nd = \"forbid\"\n";
    assert_eq!(unexplained(manifest), ["b", "c"]);
}

#[test]
fn private_words_are_seen() {
    let words = private_words();
    let text = "see /work/main\nfine: /home/work/x\nIssue 12 says\n../shared/corpus\n";
    assert_eq!(
        private_lines(&words, "src/a.rs", text),
        ["src/a.rs:1: see /work/main", "src/a.rs:3: Issue 12 says", "src/a.rs:4: ../shared/corpus"]
    );
    assert_eq!(private_lines(&words, "tests/a.rs", "../shared/corpus"), [""; 0]);
}
