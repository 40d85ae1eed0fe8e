//! Nothing is lost silently: whatever is changed in the files of an installation changes what is said or written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use flux_forge::bootstrap::clusters::{State, clusters};
use flux_forge::change::Action;
use flux_forge::flux::Index;
use flux_forge::repo::{File, Repo};
use flux_forge::yaml::{self, Node, NodeKind, ScalarStyle};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::cases::{fixture, tell};

/// The folder of Flux.
const FOLDER: &str = "clusters/lab/flux-system";

/// How many scalars are changed of each object in gotk-components.yaml.
const SAMPLE: usize = 10;

/// Changes without a meaning, as `FILE: TEXT`: a patch puts something else there.
const MEANINGLESS: [&str; 1] = ["gotk-sync.yaml: 2m0s"];

#[test]
fn every_change_shows() {
    let fixture = fixture::group("idioms").remove("idiom-all-together").expect("the fixture is there");
    let repo = fixture.world().repo();
    let before = outcome(&repo);
    assert!(before.contains("flux-instance.yaml"), "{before}");
    let mut mutants = Vec::new();
    for (path, file) in &repo.files {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        let is_sampled = path.ends_with("gotk-components.yaml");
        if path.starts_with(FOLDER) {
            mutants.extend(changes(text, is_sampled).into_iter().map(|change| (path, text, change)));
        }
    }
    assert!(mutants.len() > 300, "{} changes are too few", mutants.len());
    let count = mutants.len();
    let lost: Vec<String> = mutants
        .into_par_iter()
        .filter_map(|(path, text, (range, instead))| {
            let line = text[..range.start].lines().count();
            let changed = format!("{}{instead}{}", &text[..range.start], &text[range.end..]);
            let file = File::new(changed.into_bytes());
            let is_lost = outcome(&repo.with([(path.clone(), Some(file))])) == before;
            let name = path.rsplit('/').next().unwrap();
            let shown = format!("{name}: {}", &text[range]);
            (is_lost && !MEANINGLESS.contains(&shown.as_str()))
                .then(|| format!("{shown} -> {instead} (line {line})"))
        })
        .collect();
    assert!(lost.is_empty(), "{} of {count} changes do not show:\n{}", lost.len(), lost.join("\n"));
}

/// All that is said and written.
fn outcome(repo: &Repo) -> String {
    let index = Index::new(repo);
    let mut page = String::new();
    for cluster in clusters(repo, &index) {
        tell(&mut page, &cluster);
        let State::Ready(ready) = &cluster.state else { continue };
        for change in &ready.prepared.changes {
            match &change.action {
                Action::Create { content, .. } => {
                    let _ = write!(page, "--- {}\n{}", change.path, String::from_utf8_lossy(content));
                }
                other => {
                    let _ = writeln!(page, "--- {} {other:?}", change.path);
                }
            }
        }
    }
    page
}

/// A place in a text and what is written there instead.
type Mutation = (Range<usize>, String);

/// A change for each scalar; of many objects only some of each.
fn changes(text: &str, is_sampled: bool) -> Vec<Mutation> {
    let stream = yaml::parse(text);
    let mut all = Vec::new();
    for document in &stream.documents {
        let mut found = BTreeMap::new();
        document.node().into_iter().for_each(|node| leaves(text, node, &mut found));
        let found: Vec<Mutation> = found.into_values().collect();
        let step = if is_sampled { found.len().div_ceil(SAMPLE).max(1) } else { 1 };
        // Not always the same keys: the first one moves from object to object.
        all.extend(found.into_iter().skip(all.len() % step).step_by(step));
    }
    all
}

fn leaves(text: &str, node: &Node<'_>, into: &mut BTreeMap<usize, Mutation>) {
    let range = node.range.clone();
    match &node.kind {
        NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => {
            let mut at = range.start;
            for (number, line) in text[range].split_inclusive('\n').enumerate() {
                let end = at + line.trim_end().len();
                if number > 0 && !line.trim().is_empty() {
                    into.insert(end, (end..end, "x".to_owned()));
                }
                at += line.len();
            }
        }
        NodeKind::Scalar { text: value, .. } => {
            let instead = match (value.parse::<i64>(), value.as_ref()) {
                (Ok(number), _) => (number + 1).to_string(),
                (_, "true") => "false".to_owned(),
                (_, "false") => "true".to_owned(),
                (_, other) => yaml::write::quoted(&format!("{other}x")),
            };
            into.insert(range.start, (range, instead));
        }
        _ => {
            node.items().iter().for_each(|item| leaves(text, item, into));
            node.entries().iter().for_each(|entry| leaves(text, &entry.value, into));
        }
    }
}
