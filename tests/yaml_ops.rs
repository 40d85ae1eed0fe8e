//! Operations on text: what changes, what stays, what is refused.

use flux_forge::change;
use flux_forge::yaml::{Operation, Position, Route, Value, edits, parse};

fn route(path: &str) -> Route {
    let mut route = Route::root();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        route = match part.parse() {
            Ok(index) => route.index(index),
            Err(_) => route.key(part),
        };
    }
    route
}

fn replace(at: &str, value: impl Into<Value>) -> Operation {
    Operation::Replace { at: route(at), value: value.into() }
}

fn rename(at: &str, key: &str) -> Operation {
    Operation::Rename { at: route(at), key: key.into() }
}

fn insert(into: &str, position: Position, key: &str, value: impl Into<Value>) -> Operation {
    Operation::Insert { into: route(into), position, key: key.into(), value: value.into() }
}

fn append(to: &str, value: impl Into<Value>) -> Operation {
    Operation::Append { to: route(to), value: value.into() }
}

fn remove(at: &str) -> Operation {
    Operation::Remove { at: route(at) }
}

fn moved(from: &str, into: &str, position: Position, key: &str) -> Operation {
    Operation::Move { from: route(from), into: route(into), position, key: key.into() }
}

fn after(key: &str) -> Position {
    Position::After(key.into())
}

/// The text after `operations` on its document `index`, or the refusal as text.
fn run_on(index: usize, text: &str, operations: Vec<Operation>) -> Result<String, String> {
    let stream = parse(text);
    let operations: Vec<_> = operations.into_iter().map(|operation| (index, operation)).collect();
    let edits = edits(text, &stream, &operations).map_err(|refusal| refusal.to_string())?;
    change::apply(text, &edits).map_err(|clash| clash.to_string())
}

fn run(text: &str, operation: Operation) -> Result<String, String> {
    run_on(0, text, vec![operation])
}

#[track_caller]
fn gives(text: &str, operation: Operation, expected: &str) {
    assert_eq!(run(text, operation).as_deref(), Ok(expected));
}

#[track_caller]
fn refused(text: &str, operation: Operation, reason: &str) {
    let refusal = run(text, operation).expect_err("the operation must be refused");
    assert!(refusal.contains(reason), "{refusal}");
}

#[test]
fn replace_keeps_quotes_comments_and_everything_else() {
    gives("a: 'x' # c\nb: 1\n", replace("a", "y"), "a: 'y' # c\nb: 1\n");
    gives("a: \"x\"\n", replace("a", "y"), "a: \"y\"\n");
    gives("a: x", replace("a", "yes"), "a: \"yes\"");
    gives("a: x\r\nb: 1\r\n", replace("a", "z"), "a: z\r\nb: 1\r\n");
    gives("a: &k !!str  x # c\n", replace("a", "z"), "a: &k !!str  z # c\n");
    gives("\u{feff}a: x\n", replace("a", "z"), "\u{feff}a: z\n");
    gives("{\"a\":\"x\",\"b\":[1]}", replace("b.0", 2), "{\"a\":\"x\",\"b\":[2]}");
    gives("r: {cpu: 100m, memory: 128Mi}\n", replace("r.cpu", "1"), "r: {cpu: \"1\", memory: 128Mi}\n");
    gives("a: |\n  text\n\n# c\nb: 1\n", replace("a", "x"), "a: x\n\n# c\nb: 1\n");
    gives("a: x\n", replace("a", "one\ntwo\n"), "a: |\n  one\n  two\n");
}

#[test]
fn replace_fills_empty_values_right_behind_the_colon() {
    gives(
        "on:\n  pull_request: # c\n  push:\n",
        replace("on.pull_request", true),
        "on:\n  pull_request: true # c\n  push:\n",
    );
    gives("on:\n  push:\n", replace("on.push", "x"), "on:\n  push: x\n");
    gives("{a, b: 1}", replace("a", "x"), "{a: x, b: 1}");
    gives("-\n- b\n", replace("0", "a"), "- a\n- b\n");
}

#[test]
fn replace_puts_collections_in_place_of_scalars_and_back() {
    let value =
        Value::Mapping(vec![("x".into(), Value::Int(1)), ("w".into(), Value::Sequence(vec!["z".into()]))]);
    gives("a: 1\nb: 2\n", replace("a", value.clone()), "a:\n  x: 1\n  w:\n    - z\nb: 2\n");
    gives("{\"a\": 1}", replace("a", value), "{\"a\": {\"x\": 1, \"w\": [\"z\"]}}");
    gives("a:\n  b: 1\n  c: 2\nd: 3\n", replace("a", "x"), "a: x\nd: 3\n");
    gives("a:\n- 1\n- 2\nd: 3\n", replace("a", "x"), "a: x\nd: 3\n");
    refused("a:\n  # why\n  b: 1\n", replace("a", "x"), "comment");
}

#[test]
fn rename_keeps_the_quotes_of_the_key() {
    gives("a : 1\n", rename("a", "b"), "b : 1\n");
    gives("{\"k\":\"v\"}", rename("k", "n"), "{\"n\":\"v\"}");
    gives("'k': v\n", rename("k", "n"), "'n': v\n");
    gives("\u{feff}# c\nk: v\n", rename("k", "on"), "\u{feff}# c\n\"on\": v\n");
    refused("a: 1\nb: 2\n", rename("a", "b"), "already");
    refused("? a\n: 1\n", rename("a", "b"), "`?`");
}

#[test]
fn insert_finds_its_place_in_lines() {
    gives("a: 1\nb: 2\n", insert("", Position::Last, "c", 3), "a: 1\nb: 2\nc: 3\n");
    gives("a: 1\nb: 2", insert("", Position::Last, "c", 3), "a: 1\nb: 2\nc: 3");
    gives(
        "a: 1\n# of b\nb: 2\n",
        insert("", Position::Before("b".into()), "c", 3),
        "a: 1\nc: 3\n# of b\nb: 2\n",
    );
    gives("# top\na: 1\n", insert("", Position::First, "c", 3), "c: 3\n# top\na: 1\n");
    gives("a: 1 # c\nb: 2\n", insert("", after("a"), "c", 3), "a: 1 # c\nc: 3\nb: 2\n");
    gives("- a: 1\n  b: 2\n", insert("0", Position::First, "c", 3), "- c: 3\n  a: 1\n  b: 2\n");
    gives("- a: 1\n  b: 2\n", insert("0", after("a"), "c", 3), "- a: 1\n  c: 3\n  b: 2\n");
    gives("a: |+\n  x\n\nb: 1\n", insert("", after("a"), "c", 3), "a: |+\n  x\n\nc: 3\nb: 1\n");
    gives("a:\r\n  b: 1\r\n", insert("a", Position::Last, "c", 3), "a:\r\n  b: 1\r\n  c: 3\r\n");
    refused("a: 1\n", insert("", Position::Last, "a", 3), "already");
}

#[test]
fn insert_finds_its_place_in_braces() {
    gives("{a: 1}\n", insert("", Position::Last, "c", 3), "{a: 1, c: 3}\n");
    gives("{a: 1}\n", insert("", Position::First, "c", 3), "{c: 3, a: 1}\n");
    gives("m: {}\n", insert("m", Position::First, "c", 3), "m: {c: 3}\n");
    gives("{\n  \"a\": 1\n}\n", insert("", Position::Last, "c", "x"), "{\n  \"a\": 1,\n  \"c\": \"x\"\n}\n");
}

#[test]
fn append_works_in_lines_and_brackets() {
    gives("a:\n- 1 # c\nb: 2\n", append("a", 2), "a:\n- 1 # c\n- 2\nb: 2\n");
    gives(
        "a:\n    - x: 1\n",
        append("a", Value::Mapping(vec![("z".into(), 2.into())])),
        "a:\n    - x: 1\n    - z: 2\n",
    );
    gives("a: [1]\n", append("a", 2), "a: [1, 2]\n");
    gives("a: []\n", append("a", "x"), "a: [x]\n");
}

#[test]
fn remove_keeps_comments() {
    gives("a: 1\nb: 2\n", remove("a"), "b: 2\n");
    gives("a: 1\nb: 2", remove("b"), "a: 1");
    gives("a: 1\n# why b\nb: 2 # or not\nc: 3\n", remove("b"), "a: 1\n# why b\n# or not\nc: 3\n");
    gives("a:\n  # in\n  b: 1\nc: 3\n", remove("a"), "# in\nc: 3\n");
    gives("- a: 1\n  b: 2\n", remove("0.a"), "- b: 2\n");
    gives("m:\n  a: 1\nn: 1\n", remove("m.a"), "m: {}\nn: 1\n");
    gives("m: {a: 1, b: 2, c: 3}\n", remove("m.c"), "m: {a: 1, b: 2}\n");
    gives("m: {a: 1}\n", remove("m.a"), "m: {}\n");
    gives("l:\n- 1\n# two\n- 2\n", remove("l.0"), "l:\n# two\n- 2\n");
    gives("l: [1, 2]\n", remove("l.0"), "l: [2]\n");
    gives("{\n  \"a\": 1,\n  \"b\": 2\n}\n", remove("b"), "{\n  \"a\": 1\n}\n");
}

#[test]
fn several_neighbours_leave_together() {
    let result = run_on(0, "{a: 1, b: 2, c: 3}", vec![remove("b"), remove("c")]);
    assert_eq!(result.as_deref(), Ok("{a: 1}"));
    let result = run_on(0, "m:\n  a: 1\n  b: 2\n", vec![remove("m.a"), remove("m.b")]);
    assert_eq!(result.as_deref(), Ok("m: {}\n"));
}

#[test]
fn move_carries_comments_along() {
    gives(
        "chart:\n  # the name\n  name: web # c\n  spec:\n    version: 1\nz: 1\n",
        moved("chart.name", "chart.spec", Position::First, "chart"),
        "chart:\n  spec:\n    # the name\n    chart: web # c\n    version: 1\nz: 1\n",
    );
    gives(
        "a: {b: [1, 2], c: 1}\nd: {e: 1}\n",
        moved("a.b", "d", Position::Last, "b"),
        "a: {c: 1}\nd: {e: 1, b: [1, 2]}\n",
    );
    gives(
        "a:\n  b: |\n    x\n\n    y\n  c: 1\nd:\n  e: 1\n",
        moved("a.b", "", Position::Last, "b"),
        "a:\n  c: 1\nd:\n  e: 1\nb: |\n  x\n\n  y\n",
    );
}

#[test]
fn text_in_a_comment_is_replaced_once() {
    let in_comment =
        |old: &str, new: &str| Operation::ReplaceInComment { comment: 0, old: old.into(), new: new.into() };
    gives("# see v1beta2 of it\na: 1\n", in_comment("v1beta2", "v1"), "# see v1 of it\na: 1\n");
    refused("# v1 v1\na: 1\n", in_comment("v1", "v2"), "single");
    refused("# v1\na: 1\n", in_comment("v1", "v2\nb: 2"), "single");
}

#[test]
fn documents_of_a_stream_are_independent() {
    let text = "# one\na: 1\n---\n# two\na: 1 # x\n...\n---\nb: {{ .Values }}: x\n---\na: 1\n";
    assert_eq!(
        run_on(1, text, vec![replace("a", 2)]).as_deref(),
        Ok("# one\na: 1\n---\n# two\na: 2 # x\n...\n---\nb: {{ .Values }}: x\n---\na: 1\n")
    );
    assert_eq!(run_on(2, text, vec![replace("b", 2)]), Err("document 3 cannot be read".into()));
    assert!(run_on(3, text, vec![replace("a", 2)]).unwrap().ends_with("---\na: 2\n"));
}

#[test]
fn a_node_that_aliases_share_is_refused() {
    refused("a: &x {b: 1}\nc: *x\n", replace("a.b", 2), "&x");
    gives("a: &x {b: 1}\nc: 1\n", replace("a.b", 2), "a: &x {b: 2}\nc: 1\n");
    refused("a: &x 1\nb: *x\n", remove("a"), "&x");
}

#[test]
fn a_key_that_stands_twice_makes_a_document_unreadable() {
    assert_eq!(run("a: 1\na: 2\n", replace("a", 3)), Err("document 1 cannot be read".into()));
}

#[test]
fn a_document_that_only_yaml_can_read_is_left_alone() {
    for text in ["a: {{ b }}\n", "? [a, b]\n: 1\n", "? {a: b}\n: 1\n", "{{ a }}: 1\n"] {
        assert!(parse(text).documents[0].root.is_err(), "{text}");
    }
    gives("? a\n: 1\nb: 2\n", replace("a", 3), "? a\n: 3\nb: 2\n");
}

#[test]
fn a_batch_addresses_the_tree_as_it_was() {
    let result = run_on(
        0,
        "a: 1\nb: 2\n",
        vec![
            remove("a"),
            replace("b", 3),
            insert("", after("b"), "c", 4),
            insert("", after("b"), "d", 5),
            rename("b", "e"),
        ],
    );
    assert!(result.is_err() || result.as_deref() == Ok("e: 3\nc: 4\nd: 5\n"), "{result:?}");
    assert!(
        run_on(0, "a:\n  b: 1\n", vec![replace("a", 1), replace("a.b", 2)]).unwrap_err().contains("overlap")
    );
}
