//! Laws of the YAML layer, over generated documents, the nasty files of `cases/yaml` and real repositories.
//!
//! For sampled entries each operation is tried. What is not refused is judged by a second reader (`serde_yaml`) and by
//! the bytes around the edits.

use std::path::{Path, PathBuf};

use flux_forge::change::{self, Edit};
use flux_forge::yaml::{
    Document, Node, NodeKind, Operation, Position, Route, Step, Stream, Value, decode, edits, foresee, parse,
};
use proptest::prelude::*;
use serde_yaml::Value as Other;

/// How many operations of each kind were carried out and refused.
#[derive(Default, Debug)]
struct Tally {
    done: usize,
    refused: Vec<String>,
}

/// Every route to an entry of a mapping, at most `most` of them, spread over the document.
fn entry_routes(root: &Node, most: usize) -> Vec<Route> {
    let mut routes = Vec::new();
    collect(root, &Route::root(), &mut routes);
    let step = (routes.len() / most).max(1);
    routes.into_iter().step_by(step).collect()
}

fn collect(node: &Node, route: &Route, routes: &mut Vec<Route>) {
    for entry in node.entries() {
        if let Some(key) = entry.key_text() {
            let here = route.key(key);
            routes.push(here.clone());
            collect(&entry.value, &here, routes);
        }
    }
    for (index, item) in node.items().iter().enumerate() {
        collect(item, &route.index(index), routes);
    }
}

/// The same text as a second reader sees it, one value a document; `None` where it cannot read all of it.
fn other_reader(text: &str) -> Option<Vec<Other>> {
    use serde::Deserialize;
    // This reader fails on a byte order mark before more than one key.
    let text = text.trim_start_matches('\u{feff}');
    serde_yaml::Deserializer::from_str(text).map(|document| Other::deserialize(document).ok()).collect()
}

pub(crate) fn other_at<'v>(value: &'v mut Other, steps: &[Step]) -> Option<&'v mut Other> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key.as_str()),
        Step::Index(index) => value.get_mut(*index),
    })
}

/// What the second reader must see after `operation`.
fn expected(mut value: Other, operation: &Operation) -> Option<Other> {
    match operation {
        Operation::Replace { at, .. } => {
            let place = other_at(&mut value, at.steps())?;
            match place {
                Other::Tagged(tagged) => tagged.value = Other::from("replaced by this"),
                _ => *place = Other::from("replaced by this"),
            }
        }
        Operation::Prepend { to, .. } => {
            other_at(&mut value, to.steps())?.as_sequence_mut()?.insert(0, Other::from("new"));
        }
        Operation::Edit { at, .. } => {
            let place = other_at(&mut value, at.steps())?;
            let edited = Other::from(format!("new{}", place.as_str()?));
            match place {
                Other::Tagged(tagged) => tagged.value = edited,
                _ => *place = edited,
            }
        }
        Operation::Remove { at }
        | Operation::Take { at }
        | Operation::TakeWithLead { at }
        | Operation::Rename { at, .. } => {
            let (above, Step::Key(key)) = at.split_last()? else { return None };
            let mapping = other_at(&mut value, above.steps())?.as_mapping_mut()?;
            let old = mapping.remove(key.as_str())?;
            if let Operation::Rename { key, .. } = operation {
                mapping.insert(Other::from(key.as_str()), old);
            }
        }
        Operation::Insert { into, key, .. } => {
            let mapping = other_at(&mut value, into.steps())?.as_mapping_mut()?;
            mapping.insert(Other::from(key.as_str()), Other::from("new"));
        }
        _ => return None,
    }
    Some(value)
}

fn operations(root: &Node, route: &Route) -> Vec<Operation> {
    let above = route.split_last().map(|(above, _)| above).unwrap_or_default();
    let Some((_, Step::Key(key))) = route.split_last().map(|(above, step)| (above, step.clone())) else {
        return Vec::new();
    };
    let insert = |position| Operation::Insert {
        into: above.clone(),
        position,
        key: "inserted-here".into(),
        value: "new".into(),
    };
    let here = match root.find(route).map(|node| &node.kind) {
        Some(NodeKind::Sequence { .. }) => {
            Some(Operation::Prepend { to: route.clone(), value: "new".into() })
        }
        Some(NodeKind::Scalar { .. }) => {
            Some(Operation::Edit { at: route.clone(), edits: vec![Edit::insert(0, "new")] })
        }
        _ => None,
    };
    let mut operations = vec![
        Operation::Replace { at: route.clone(), value: "replaced by this".into() },
        Operation::Rename { at: route.clone(), key: "renamed-key".into() },
        Operation::Remove { at: route.clone() },
        Operation::Take { at: route.clone() },
        Operation::TakeWithLead { at: route.clone() },
        insert(Position::Before(key.clone())),
        insert(Position::After(key.clone())),
        insert(Position::Last),
        Operation::Move {
            from: route.clone(),
            into: Route::root(),
            position: Position::Last,
            key: "moved-key".into(),
        },
    ];
    operations.extend(here);
    operations
}

/// Tries every operation on sampled entries of every document of `text`.
fn try_everything(name: &str, text: &str, most: usize, tally: &mut Tally) {
    let stream = parse(text);
    let others = other_reader(text).filter(|others| others.len() == stream.documents.len());
    for document in &stream.documents {
        let Some(root) = document.node() else { continue };
        for operation in entry_routes(root, most).iter().flat_map(|route| operations(root, route)) {
            let batch = [(document.index, operation.clone())];
            let proven = edits(text, &stream, &batch);
            assert_eq!(foresee(text, &stream, &batch), proven, "{name}: {operation:?}");
            let edits = match proven {
                Ok(edits) => edits,
                Err(refusal) => {
                    tally.refused.push(format!("{name}: {operation:?}: {refusal}"));
                    continue;
                }
            };
            tally.done += 1;
            let result = change::apply(text, &edits).unwrap();
            untouched_outside(name, text, &result, &edits, document, &operation);
            let Some(mut wanted) = others.clone() else { continue };
            let Some(value) = expected(wanted[document.index].clone(), &operation) else { continue };
            wanted[document.index] = value;
            let read = other_reader(&result)
                .unwrap_or_else(|| panic!("{name}: {operation:?} breaks the text\n{result}"));
            assert_eq!(read, wanted, "{name}: {operation:?}");
        }
    }
}

fn untouched_outside(
    name: &str,
    text: &str,
    result: &str,
    edits: &[Edit],
    document: &Document,
    operation: &Operation,
) {
    let (first, last) = (edits[0].start, edits.iter().map(|edit| edit.end).max().unwrap());
    assert_eq!(text[..first], result[..first], "{name}: {operation:?}");
    assert!(result.ends_with(&text[last..]), "{name}: {operation:?}");
    // Whole lines: blanks behind the last value belong to its line.
    let line_end = text[document.range.end..].find('\n').map_or(text.len(), |at| document.range.end + at + 1);
    let reach = document.range.start.saturating_sub(2)..line_end;
    assert!(
        edits.iter().all(|edit| reach.start <= edit.start && edit.end <= reach.end),
        "{name}: {operation:?} leaves its document {reach:?}: {edits:?}"
    );
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
        {
            files.push(path);
        }
    }
}

#[test]
fn every_operation_holds_on_nasty_files() {
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/yaml"), &mut files);
    assert!(files.len() >= 20, "the nasty files are there");
    let mut tally = Tally::default();
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(text) = decode(&bytes) else { continue };
        try_everything(path.file_name().unwrap().to_str().unwrap(), text, 1000, &mut tally);
    }
    assert!(tally.done > tally.refused.len(), "{tally:#?}");
}

#[test]
fn every_operation_holds_on_real_files() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: {} is absent", corpus.display());
        return;
    }
    let mut files = Vec::new();
    files_below(&corpus, &mut files);
    assert!(files.len() > 2000);
    let mut tally = Tally::default();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        let Ok(text) = decode(&bytes) else { continue };
        if text.len() < 60_000 {
            try_everything(path.strip_prefix(&corpus).unwrap().to_str().unwrap(), text, 2, &mut tally);
        }
    }
    let refused = tally.refused.len();
    // Moving out of the last entry, out of a line with a dash, and across an anchor are refused by design.
    assert!(
        refused * 8 < tally.done,
        "{} done, {refused} refused: {:#?}",
        tally.done,
        &tally.refused[..refused.min(40)]
    );
}

/// A document of mappings, sequences and scalars in block and flow style, with comments, as text.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "[a-z]{1,6}",
        Just("'it''s'".to_owned()),
        Just("\"q: \\n#\"".to_owned()),
        Just("1.0".to_owned()),
        Just("yes".to_owned()),
        Just("{x: 1, \"y\":[a, b], z}".to_owned()),
        Just("[a, {b: c}]".to_owned()),
        Just("&anchor b".to_owned()),
        Just("!!str 1".to_owned()),
        Just(String::new()),
    ];
    let leaf = scalar.prop_map(|text| vec![text]);
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec((inner.clone(), 0..4u8), 1..4).prop_map(|children| mapping(&children)),
            1 => prop::collection::vec(inner, 1..4).prop_map(|children| sequence(&children)),
            1 => Just(vec!["|-".to_owned(), "  text # no comment".to_owned(), String::new(), "   more".to_owned()]),
            1 => Just(vec!["# between".to_owned(), "plain".to_owned()]),
        ]
    });
    (prop::collection::vec((tree, 0..4u8), 1..5), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(children, crlf, bom, newline)| {
            let mut text = mapping(&children)[1..].join("\n");
            if newline {
                text.push('\n');
            }
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            if bom { format!("\u{feff}{text}") } else { text }
        },
    )
}

/// Lines of a block mapping; the first line stands behind the key or dash above.
fn mapping(children: &[(Vec<String>, u8)]) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (index, (child, comment)) in children.iter().enumerate() {
        if *comment == 1 {
            lines.push(format!("# leads k{index}"));
        }
        let trail = if *comment == 2 { " # trails" } else { "" };
        lines.push(format!("k{index}: {}{trail}", child[0]).trim_end().to_owned());
        lines.extend(
            child[1..].iter().map(|line| if line.is_empty() { line.clone() } else { format!("  {line}") }),
        );
    }
    lines
}

fn sequence(children: &[Vec<String>]) -> Vec<String> {
    let mut lines = vec![String::new()];
    for child in children {
        if child[0].is_empty() && child.len() > 1 && !child[1].starts_with('#') {
            lines.push(format!("- {}", child[1]));
            lines.extend(child[2..].iter().map(|line| format!("  {line}")));
        } else {
            lines.push(format!("- {}", child[0]).trim_end().to_owned());
            lines.extend(child[1..].iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

/// The ranges of a tree: inside their parent, in order, and equal to their text where that is short.
fn well_formed(text: &str, node: &Node) {
    let mut at = node.range.start;
    let children: Vec<(usize, &Node)> = match &node.kind {
        NodeKind::Mapping { entries, .. } => entries
            .iter()
            .flat_map(|entry| [(entry.start, &entry.key), (entry.value.start, &entry.value)])
            .collect(),
        NodeKind::Sequence { items, .. } => items.iter().map(|item| (item.start, item)).collect(),
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => Vec::new(),
    };
    for (start, child) in children {
        assert!(at <= start && child.range.end <= node.range.end, "{text:?}: {child:?} in {:?}", node.range);
        at = child.range.end;
        well_formed(text, child);
    }
}

fn whole(stream: &Stream) -> bool {
    stream.documents.iter().all(|document| document.root.is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_holds_on_generated_documents(text in document()) {
        let stream = parse(&text);
        if whole(&stream) {
            for document in &stream.documents {
                if let Some(root) = document.node() {
                    well_formed(&text, root);
                }
            }
        }
        try_everything("generated", &text, 6, &mut Tally::default());
    }

    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        let stream = parse(&text);
        prop_assert!(stream.documents.iter().all(|document| document.range.end <= text.len()));
    }

    #[test]
    fn parsing_never_panics_on_yaml_like_noise(text in "[-?:,\\[\\]{}#&*!|>'\"%@`a \n\r\t]{0,60}") {
        let stream = parse(&text);
        for document in &stream.documents {
            let Some(root) = document.node() else { continue };
            for operation in entry_routes(root, 5).iter().flat_map(|route| operations(root, route)) {
                if let Ok(edits) = edits(&text, &stream, &[(document.index, operation)]) {
                    prop_assert!(change::apply(&text, &edits).is_ok());
                }
            }
        }
    }

    #[test]
    fn replacing_a_value_by_itself_and_back_is_the_identity(text in document()) {
        let stream = parse(&text);
        let Some(root) = stream.documents.first().and_then(Document::node) else { return Ok(()) };
        for route in entry_routes(root, 4) {
            let operation = Operation::Replace { at: route, value: Value::from("other") };
            if let Ok(edits) = edits(&text, &stream, &[(0, operation)]) {
                let changed = change::apply(&text, &edits).unwrap();
                let back = change::inverse(&text, &edits).unwrap();
                prop_assert_eq!(change::apply(&changed, &back).unwrap(), text.clone());
            }
        }
    }
}
