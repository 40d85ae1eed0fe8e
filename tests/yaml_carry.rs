//! Parts of a document that are carried elsewhere: excerpts, `Take`, and items at the front of a sequence.

use flux_forge::change;
use flux_forge::yaml::{
    Node, Operation, Route, Step, Value, draft, edits, excerpt, excerpt_from, parse, prove,
};
use proptest::prelude::*;

use crate::yaml_properties::{document, other_at};

fn route(path: &str) -> Route {
    let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.to_owned()), Step::Index);
    Route::from(path.split('.').filter(|part| !part.is_empty()).map(step).collect::<Vec<_>>())
}

fn run(text: &str, operations: &[Operation]) -> Result<String, String> {
    let operations: Vec<_> = operations.iter().map(|operation| (0, operation.clone())).collect();
    let edits = edits(text, &parse(text), &operations).map_err(|refusal| refusal.to_string())?;
    change::apply(text, &edits).map_err(|clash| clash.to_string())
}

fn prepend(to: &str, value: impl Into<Value>) -> Operation {
    Operation::Prepend { to: route(to), value: value.into() }
}

fn append(to: &str, value: impl Into<Value>) -> Operation {
    Operation::Append { to: route(to), value: value.into() }
}

#[track_caller]
fn gives(text: &str, operations: &[Operation], expected: &str) {
    assert_eq!(run(text, operations).as_deref(), Ok(expected));
}

#[track_caller]
fn take_gives(text: &str, at: &str, expected: &str) {
    gives(text, &[Operation::Take { at: route(at) }], expected);
}

#[test]
fn items_come_to_the_front_in_their_order() {
    gives("a:\n- 1 # c\nb: 2\n", &[prepend("a", 2), prepend("a", 3)], "a:\n- 2\n- 3\n- 1 # c\nb: 2\n");
    gives(
        "a: # list\n# why\n  # one\n  - 1\n",
        &[prepend("a", 2)],
        "a: # list\n  - 2\n# why\n  # one\n  - 1\n",
    );
    gives("a:\n  - 1\n", &[append("a", 2), prepend("a", 0)], "a:\n  - 0\n  - 1\n  - 2\n");
    gives("- - 1\n  - 2\n", &[prepend("0", 3)], "- - 3\n  - 1\n  - 2\n");
    gives("# top\n- 1\n", &[prepend("", 3)], "- 3\n# top\n- 1\n");
    gives("a: [1]\n", &[prepend("a", 2), prepend("a", 3)], "a: [2, 3, 1]\n");
    gives("a: []\n", &[append("a", "y"), prepend("a", "w"), prepend("a", "x")], "a: [w, x, \"y\"]\n");
    gives("{\"a\": [\n  1\n]}", &[prepend("a", "x")], "{\"a\": [\n  \"x\",\n  1\n]}");
    let patch = Value::Mapping(vec![("patch".into(), "a: 1\nb: 2\n".into())]);
    gives(
        "a:\r\n- x: 1\r\n",
        &[prepend("a", patch)],
        "a:\r\n- patch: |\r\n    a: 1\r\n    b: 2\r\n- x: 1\r\n",
    );
    assert!(run("a: 1\n", &[prepend("a", 2)]).unwrap_err().contains("a sequence at `a`"));
}

#[test]
fn what_is_taken_leaves_with_its_inner_comments() {
    let text = "# of a\na: # behind key\n  # in a\n  x: 1 # x\n  # end\n  y: 2 # y\n# of b\nb: 1\n";
    take_gives(text, "a", "# of a\n# y\n# of b\nb: 1\n");
    take_gives("a: 1\nb:\n  # in\n  - x: 1\n", "b", "a: 1\n");
    take_gives(
        "l:\n# one\n- 1 # in\n# two\n- # in\n  # lead\n  a: 1 # x\n  b: 2\n- 3\n",
        "l.1",
        "l:\n# one\n- 1 # in\n# two\n- 3\n",
    );
    take_gives("l:\n  - 1\n  -\n    # in\n    a: 1\n", "l.1", "l:\n  - 1\n");
    take_gives("- a:\n    # in\n    x: 1\n  b: 2\n", "0.a", "- b: 2\n");
    take_gives("l:\n- # in\n  a: 1\nm: 1\n", "l.0", "l: []\nm: 1\n");
    take_gives("{a: 1, b: 2}\n", "a", "{b: 2}\n");
    let all = [Operation::Take { at: route("l.0") }, Operation::Take { at: route("l.1") }];
    let between = run("l:\n- # in\n  a: 1\n# between\n- 2\n", &all).unwrap_err();
    assert!(between.contains("comment"), "{between}");
}

#[test]
fn a_value_is_written_anew_with_what_was_carried_into_it() {
    let recast = |text: &str, at: &str, to: &str| {
        let value = Value::Sequence(vec![Value::Mapping(vec![("patch".into(), "x: 1\ny: 2\n".into())])]);
        let rename = Operation::Rename { at: route(at), key: to.to_owned() };
        run(text, &[rename, Operation::Recast { at: route(at), value }])
    };
    let text = "a:\n  # lead\n  old: # key\n    # in\n    - x: 1 # x\n      y: 2 # y\n  # next\n  z: 3\n";
    let expected = "a:\n  # lead\n  new:\n    - patch: |\n        x: 1\n        y: 2\n  # next\n  z: 3\n";
    assert_eq!(recast(text, "a.old", "new").as_deref(), Ok(expected));
    assert_eq!(
        recast("a: {old: [1], # b\n  b: 2}\n", "a.old", "new").as_deref(),
        Ok("a: {new: [{patch: \"x: 1\\ny: 2\\n\"}], # b\n  b: 2}\n")
    );
    assert_eq!(
        recast("old:\n- x: 1", "old", "new").as_deref(),
        Ok("new:\n  - patch: |\n      x: 1\n      y: 2\n")
    );
    assert!(recast("old: &o\n- x: 1\n", "old", "new").unwrap_err().contains("anchor"));
}

#[test]
fn a_value_of_a_node_is_all_of_it_or_nothing() {
    let of = |text: &str| Value::of(parse(text).documents[0].node().unwrap());
    let list = Value::Sequence(vec![Value::Int(1), Value::Bool(true), Value::Null, "x".into()]);
    assert_eq!(of("a: [1, true, ~, x]"), Some(Value::Mapping(vec![("a".into(), list)])));
    for text in ["a: &x 1", "a: !!str 1", "a: 1.5", "- &x 1\n- *x", "a: {<<: {b: 1}}", "1: a"] {
        assert_eq!(of(text), None, "{text}");
    }
}

fn join(from: &str, into: &str, front: bool) -> Operation {
    Operation::Join { from: route(from), into: route(into), front }
}

#[test]
fn items_join_another_sequence_with_their_comments() {
    let text =
        "r:\n  - a # of a\n# key\nb: # line\n# left\n- x # of x\n# of m\n- m: |\n    t\n\n    u\nc: 1\n";
    gives(
        text,
        &[join("b", "r", false)],
        "r:\n  - a # of a\n  # key\n  # line\n  # left\n  - x # of x\n  # of m\n  - m: |\n      t\n\n      u\nc: 1\n",
    );
    gives(
        "# top\nb:\n  - x\n# of r\nr:\n# of a\n- a\n",
        &[join("b", "r", true)],
        "# top\n# of r\nr:\n- x\n# of a\n- a\n",
    );
    gives("r: [a]\nb: [x, y]\n", &[join("b", "r", false)], "r: [a, x, y]\n");
    gives("r: [a]\nb: [x, {y: 1}]\n", &[join("b", "r", true)], "r: [x, {y: 1}, a]\n");
    gives("r:\n- a\nb: [x, {y: 1}] # c\n", &[join("b", "r", false)], "r:\n- a\n# c\n- x\n- {y: 1}\n");
    gives("r: [a]\nb:\n- x\n", &[join("b", "r", false)], "r: [a, x]\n");
    gives("b:\r\n- x\r\nr:\r\n- a", &[join("b", "r", false)], "r:\r\n- a\r\n- x");
    for (text, why) in [
        ("r: []\nb: [x]\n", "has none"),
        ("r: [a]\nb: # c\n- x\n", "comments"),
        ("r: [a]\nb:\n- x: 1\n", "several lines"),
        ("r: [a]\nb: &k [x]\nc: *k\n", "&k"),
    ] {
        let refusal = run(text, &[join("b", "r", false)]).unwrap_err();
        assert!(refusal.contains(why), "{refusal}");
    }
}

#[test]
fn a_scalar_is_put_into_a_mapping_where_it_stands() {
    let wrap = |at: &str| Operation::Wrap { at: route(at), key: "k".into() };
    gives("l:\n- a # c\n-  b\n", &[wrap("l.0"), wrap("l.1")], "l:\n- k: a # c\n-  k: b\n");
    gives(
        "l:\n  - |-\n    x\n\n     y\n  - >2\n    z\n",
        &[wrap("l.0"), wrap("l.1")],
        "l:\n  - k: |-\n      x\n\n       y\n  - k: >2\n      z\n",
    );
    gives("l:\n- 'a\n  b'\n", &[wrap("l.0")], "l:\n- k: 'a\n    b'\n");
    gives("l: [a, \"b\"]\n", &[wrap("l.0"), wrap("l.1")], "l: [{k: a}, {k: \"b\"}]\n");
    assert!(run("l:\n- a: 1\n", &[wrap("l.0")]).unwrap_err().contains("no scalar"));
    assert!(run("a: b\n", &[wrap("a")]).unwrap_err().contains("no item"));
}

/// Excerpts of the node at `path`, alone and with what leads it from the byte behind `from`.
fn excerpts(text: &str, path: &str, from: &str) -> (Option<String>, Option<String>) {
    let stream = parse(text);
    let document = &stream.documents[0];
    let node = document.node().unwrap().find(&route(path)).unwrap();
    let from = text.find(from).unwrap() + from.len();
    (excerpt(text, document, node), excerpt_from(text, document, node, from))
}

#[test]
fn an_excerpt_stands_at_the_left_with_its_comments() {
    let text = "l:\n  - 1 # trails 1\n  # lead\n  # more\n  - # dash\n    a: 1 # in\n    # of b\n    b: |\n      x\n\n      y\n  - 3\n";
    let (alone, led) = excerpts(text, "l.1", "- 1");
    assert_eq!(alone.as_deref(), Some("a: 1 # in\n# of b\nb: |\n  x\n\n  y\n"));
    assert_eq!(led.as_deref(), Some("# lead\n# more\n# dash\na: 1 # in\n# of b\nb: |\n  x\n\n  y\n"));
    let (_, from_dash) = excerpts(text, "l.1", "# more\n  ");
    assert_eq!(from_dash.as_deref(), Some("# dash\na: 1 # in\n# of b\nb: |\n  x\n\n  y\n"));
    assert_eq!(excerpts("a: {x: 1,\n    y: 2\n  } # c\n", "a", "").0.as_deref(), Some("{x: 1,\n  y: 2\n}\n"));
    assert_eq!(
        excerpts("a:\r\n  b: &x !!str 1\r\n  c: *x\r\n", "a", "").0.as_deref(),
        Some("b: &x !!str 1\r\nc: *x\r\n")
    );
    assert_eq!(excerpts("a:\n  b: |-\n      x\n      y\n", "a.b", "").0.as_deref(), Some("|-\n  x\n  y\n"));
    assert_eq!(excerpts("a:\n- b: 1\n# left\n- c\n", "a", "").0.as_deref(), Some("- b: 1\n# left\n- c\n"));
}

#[test]
fn what_does_not_read_alike_alone_has_no_excerpt() {
    assert_eq!(excerpts("a: &x 1\nb: {c: *x}\n", "b", "").0, None);
    assert_eq!(excerpts("a: {b: &x 1}\nc: *x\n", "a", "").0, None);
    assert_eq!(excerpts("%TAG !e! tag:e,2000:\n---\na: !e!x 1\n", "a", "").0, None);
    assert_eq!(excerpts("a:\nb: 1\n", "a", "").0, None);
}

#[test]
fn drafts_can_be_proven_together() {
    let text = "a: 1\nb:\n- 2\n";
    let stream = parse(text);
    let operations = [(0, Operation::Replace { at: route("a"), value: 3.into() }), (0, append("b", 4))];
    let mut drafted = draft(text, &stream, &operations[..1]).unwrap();
    drafted.extend(draft(text, &stream, &operations[1..]).unwrap());
    assert_eq!(prove(text, &stream, &operations, &drafted), Ok(()));
    assert_eq!(edits(text, &stream, &operations), Ok(change::ordered(&drafted).unwrap()));
    assert!(prove(text, &stream, &operations[..1], &drafted).is_err());
    assert!(prove(text, &stream, &operations, &drafted[..1]).is_err());
}

/// Every node below `node`, with its route.
fn nodes<'n>(node: &'n Node<'n>, route: &Route, found: &mut Vec<(Route, &'n Node<'n>)>) {
    found.push((route.clone(), node));
    for entry in node.entries() {
        if let Some(key) = entry.key_text() {
            nodes(&entry.value, &route.key(key), found);
        }
    }
    for (index, item) in node.items().iter().enumerate() {
        nodes(item, &route.index(index), found);
    }
}

/// The comments of `text`, in order.
fn comments(text: &str) -> Vec<String> {
    let stream = parse(text);
    let comments = stream.documents.iter().flat_map(|document| &document.comments);
    comments.map(|comment| text[comment.range.clone()].to_owned()).collect()
}

/// What the excerpt and the rest after `Take` hold of each node of `text`, as a second reader sees it.
fn carried(text: &str) -> usize {
    let stream = parse(text);
    let document = &stream.documents[0];
    let Some(root) = document.node() else { return 0 };
    let mut found = Vec::new();
    nodes(root, &Route::root(), &mut found);
    let mut done = 0;
    for (route, node) in found {
        let Some(excerpt) = excerpt(text, document, node) else { continue };
        done += 1;
        if let (Some(mut whole), Some(alone)) = (read(text), read(&excerpt)) {
            assert_eq!(other_at(&mut whole, route.steps()), Some(&mut alone.clone()), "{route} of {text}");
        }
        let inner: Vec<_> = document
            .comments
            .iter()
            .map(|comment| comment.range.clone())
            .filter(|range| node.start <= range.start && range.end <= node.range.end)
            .collect();
        let inner: Vec<String> = inner.into_iter().map(|range| text[range].to_owned()).collect();
        assert_eq!(comments(&excerpt), inner, "{route} of {text}");
        let Ok(rest) = run(text, &[Operation::Take { at: route.clone() }]) else { continue };
        let mut all = comments(&rest);
        assert!(all.len() + inner.len() <= comments(text).len());
        all.extend(inner);
        assert!(all.iter().all(|comment| comments(text).contains(comment)), "{route} of {text}");
    }
    done
}

fn read(text: &str) -> Option<serde_yaml::Value> {
    serde_yaml::from_str(text.trim_start_matches('\u{feff}')).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn parts_of_generated_documents_mean_the_same_alone(text in document()) {
        prop_assert!(carried(&text) > 0 || parse(&text).documents[0].root.is_err(), "{text}");
    }
}

#[test]
fn what_is_taken_with_its_lead_leaves_nothing_behind() {
    let take = |text: &str, at: &str, expected: &str| {
        gives(text, &[Operation::TakeWithLead { at: route(at) }], expected);
    };
    take("l:\n  # a\n  # b\n  - 1 # c\n  # d\n  - 2\n", "l.0", "l:\n  # d\n  - 2\n");
    take("a: 1\n# why\nl: # how\n  - 2 # what\nb: 3\n", "l", "a: 1\nb: 3\n");
    // A comment at another column leads something else.
    take("a: 1\n  # about a\nb: 2\nc: 3\n", "b", "a: 1\n  # about a\nc: 3\n");
}
