//! Any text, any operations: the editor refuses, or its result reads and every byte outside the edits is the same.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use flux_forge::change;
use flux_forge::yaml::{self, Node, NodeKind, Operation, Position, Route, Step, Stream, Value};
use libfuzzer_sys::fuzz_target;

/// More operations in one batch find nothing that these do not.
const MOST_OPERATIONS: usize = 4;

fuzz_target!(|data: &[u8]| {
    let mut source = Unstructured::new(data);
    // Too few bytes for the choices end the run early; that is no finding.
    let _ = run(&mut source);
});

fn run(source: &mut Unstructured<'_>) -> Result<()> {
    let choices = source.bytes(source.len() / 4)?.to_vec();
    let Ok(text) = std::str::from_utf8(source.bytes(source.len())?) else { return Ok(()) };
    let stream = yaml::parse(text);
    if stream.documents.iter().all(|document| document.root.is_err()) {
        return Ok(());
    }
    let operations = operations(&mut Unstructured::new(&choices), &stream)?;
    if let Ok(edits) = yaml::edits(text, &stream, &operations) {
        let result = change::apply(text, &edits).expect("edits that are handed out can be applied");
        let broken =
            |stream: &Stream| stream.documents.iter().filter(|document| document.root.is_err()).count();
        let after = yaml::parse(&result);
        assert_eq!(stream.documents.len(), after.documents.len(), "documents appeared or vanished");
        assert_eq!(broken(&stream), broken(&after), "a document cannot be read any more");
        let back = change::inverse(text, &edits).expect("what can be applied can be undone");
        assert_eq!(change::apply(&result, &back).as_deref(), Ok(text), "undoing gives another text");
    }
    Ok(())
}

fn operations(choices: &mut Unstructured<'_>, stream: &Stream) -> Result<Vec<(usize, Operation)>> {
    (0..choices.int_in_range(1..=MOST_OPERATIONS)?)
        .map(|_| {
            let document = choices.choose(&stream.documents)?;
            let mut routes = vec![Route::root()];
            if let Ok(Some(root)) = &document.root {
                collect(root, &Route::root(), &mut routes);
            }
            Ok((document.index, operation(choices, &routes, document.comments.len())?))
        })
        .collect()
}

/// Routes to everything below `node`.
fn collect(node: &Node, at: &Route, routes: &mut Vec<Route>) {
    let mut visit = |child: &Node, step: Step| {
        let mut steps = at.steps().to_vec();
        steps.push(step);
        let route = Route::from(steps);
        routes.push(route.clone());
        collect(child, &route, routes);
    };
    match &node.kind {
        NodeKind::Mapping { entries, .. } => {
            for entry in entries {
                if let NodeKind::Scalar { text, .. } = &entry.key.kind {
                    visit(&entry.value, Step::Key(text.clone()));
                }
            }
        }
        NodeKind::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                visit(item, Step::Index(index));
            }
        }
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
    }
}

fn operation(choices: &mut Unstructured<'_>, routes: &[Route], comments: usize) -> Result<Operation> {
    let at = choices.choose(routes)?.clone();
    Ok(match choices.int_in_range(0..=6)? {
        0 => Operation::Replace { at, value: value(choices, 2)? },
        1 => Operation::Rename { at, key: word(choices)? },
        2 => Operation::Insert {
            into: at,
            position: position(choices)?,
            key: word(choices)?,
            value: value(choices, 2)?,
        },
        3 => Operation::Append { to: at, value: value(choices, 2)? },
        4 => Operation::Remove { at },
        5 => Operation::Move {
            from: at,
            into: choices.choose(routes)?.clone(),
            position: position(choices)?,
            key: word(choices)?,
        },
        _ => Operation::ReplaceInComment {
            comment: choices.int_in_range(0..=comments)?,
            old: word(choices)?,
            new: word(choices)?,
        },
    })
}

fn position(choices: &mut Unstructured<'_>) -> Result<Position> {
    Ok(match choices.int_in_range(0..=3)? {
        0 => Position::First,
        1 => Position::Last,
        2 => Position::Before(word(choices)?),
        _ => Position::After(word(choices)?),
    })
}

/// A value at most `depth` collections deep.
fn value(choices: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let count = choices.int_in_range(0..=2)?;
    Ok(match choices.int_in_range(0..=if depth > 0 { 5 } else { 3 })? {
        0 => Value::Null,
        1 => Value::Bool(bool::arbitrary(choices)?),
        2 => Value::Int(i64::arbitrary(choices)?),
        3 => Value::String(word(choices)?),
        4 => Value::Sequence((0..count).map(|_| value(choices, depth - 1)).collect::<Result<_>>()?),
        _ => Value::Mapping(
            (0..count).map(|_| Ok((word(choices)?, value(choices, depth - 1)?))).collect::<Result<_>>()?,
        ),
    })
}

/// Words that readers of YAML take for something else, ordinary ones, and any text.
fn word(choices: &mut Unstructured<'_>) -> Result<String> {
    let known = [
        "a",
        "b",
        "name",
        "",
        "yes",
        "~",
        "0777",
        "1e3",
        "- x",
        "k: v",
        "# c",
        "'",
        "\"",
        "line\nbreak",
        "<<",
    ];
    if bool::arbitrary(choices)? {
        Ok((*choices.choose(&known)?).to_owned())
    } else {
        String::arbitrary(choices)
    }
}
