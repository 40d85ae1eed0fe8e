//! Edits in the text of scalars: where they land in the file, what is refused, and laws over generated scalars.

use flux_forge::change::{self, Edit};
use flux_forge::yaml::{Node, NodeKind, Operation, Route, edits, parse};
use proptest::prelude::*;

fn at(key: &str) -> Route {
    key.split('.').filter(|part| !part.is_empty()).collect()
}

/// Replaces each `old` in the text at `key` by its `new`.
fn swap(text: &str, key: &str, pairs: &[(&str, &str)]) -> Result<String, String> {
    let stream = parse(text);
    let node = stream.documents[0].node().unwrap().find(&at(key)).unwrap();
    let NodeKind::Scalar { text: value, .. } = &node.kind else { panic!("{key} is no scalar") };
    let operations: Vec<_> = pairs
        .iter()
        .map(|(old, new)| {
            let place = value.find(old).unwrap_or_else(|| panic!("{old:?} is in {value:?}"));
            let edit = Edit::replace(place..place + old.len(), *new);
            (0, Operation::Edit { at: at(key), edits: vec![edit] })
        })
        .collect();
    let edits = edits(text, &stream, &operations).map_err(|refusal| refusal.to_string())?;
    change::apply(text, &edits).map_err(|clash| clash.to_string())
}

#[track_caller]
fn gives(text: &str, key: &str, pairs: &[(&str, &str)], expected: &str) {
    assert_eq!(swap(text, key, pairs).as_deref(), Ok(expected));
}

#[track_caller]
fn refused(text: &str, key: &str, pairs: &[(&str, &str)], reason: &str) {
    let refusal = swap(text, key, pairs).expect_err("the edit must be refused");
    assert!(refusal.contains(reason), "{refusal}");
}

#[test]
fn a_token_in_a_block_is_changed_alone() {
    let text = "a: |  # why\n  # in\n  v: one\n   \n  w: two\n# out\nb: 1\n";
    gives(text, "a", &[("one", "1")], "a: |  # why\n  # in\n  v: 1\n   \n  w: two\n# out\nb: 1\n");
    gives(
        text,
        "a",
        &[("two", "2"), ("one", "1"), ("v", "k")],
        "a: |  # why\n  # in\n  k: 1\n   \n  w: 2\n# out\nb: 1\n",
    );
    gives("a: &x !!str |-\n    one\r\n    two", "a", &[("two", "2")], "a: &x !!str |-\n    one\r\n    2");
    gives("a: |2+\n    one\n\n\nb: 1\n", "a", &[("one", "1")], "a: |2+\n    1\n\n\nb: 1\n");
}

#[test]
fn lines_of_a_block_come_and_go() {
    let text = "a: |\n  one\n  two\n\n  three\n\nb: 1\n";
    gives(text, "a", &[("one\n", "")], "a: |\n  two\n\n  three\n\nb: 1\n");
    gives(text, "a", &[("two\n", "")], "a: |\n  one\n\n  three\n\nb: 1\n");
    gives(
        text,
        "a",
        &[("three\n", "three\nfour\n\n  five\n")],
        "a: |\n  one\n  two\n\n  three\n  four\n\n    five\n\nb: 1\n",
    );
    gives(text, "a", &[("\n\nthree", "")], "a: |\n  one\n  two\n\nb: 1\n");
    gives(
        text,
        "a",
        &[("one", "zero\none"), ("\n\n", "\n")],
        "a: |\n  zero\n  one\n  two\n  three\n\nb: 1\n",
    );
    gives(text, "a", &[("one\ntwo", "one two")], "a: |\n  one two\n\n  three\n\nb: 1\n");
    gives("a: |-\n  one\n  two\nb: 1\n", "a", &[("\ntwo", "")], "a: |-\n  one\nb: 1\n");
    gives("a: |-\n  one\nb: 1\n", "a", &[("one", "one\ntwo")], "a: |-\n  one\n  two\nb: 1\n");
    gives("a: |+\n  one\n\nb: 1\n", "a", &[("one\n", "")], "a: |+\n\nb: 1\n");
    gives("a: |\r\n  one\r\n  two\r\n", "a", &[("one", "one\nmore")], "a: |\r\n  one\r\n  more\r\n  two\r\n");
    gives("a: |\n  one\n  two", "a", &[("two", "2\n3")], "a: |\n  one\n  2\n  3");
}

#[test]
fn a_block_cannot_end_as_its_header_does_not_say() {
    refused("a: |\n  one\nb: 1\n", "a", &[("one\n", "one")], "line breaks");
    refused("a: |\n  one\nb: 1\n", "a", &[("one\n", "one\n\n")], "line breaks");
    refused("a: |-\n  one\n  two\nb: 1\n", "a", &[("two", "")], "line breaks");
    refused("a: |\n  one\n  two\nb: 1\n", "a", &[("one", " one")], "could not be read");
}

#[test]
fn quotes_and_escapes_are_followed() {
    gives("a: one two # c\n", "a", &[("two", "2")], "a: one 2 # c\n");
    gives("a: 'it''s one' # c\n", "a", &[("one", "1's")], "a: 'it''s 1''s' # c\n");
    gives("a: 'it''s one'\n", "a", &[("'s", "")], "a: 'it one'\n");
    gives("a: \"q: \\n#\\u0041 one\"\n", "a", &[("one", "1\n2")], "a: \"q: \\n#\\u0041 1\\n2\"\n");
    gives("a: \"\\ud83d\\ude00 \\\"x\\\"\"\n", "a", &[("x", "\"")], "a: \"\\ud83d\\ude00 \\\"\\\"\\\"\"\n");
    gives("{\"a\": \"x\\ny\"}", "a", &[("x\ny", "z")], "{\"a\": \"z\"}");
    gives("a: \"one \\\n  two\n  three\"\n", "a", &[("three", "3")], "a: \"one \\\n  two\n  3\"\n");
    gives("a: one\n  two\n\n  three\n", "a", &[("two", "2")], "a: one\n  2\n\n  three\n");
    gives("a: 'one\n  two'\n", "a", &[("one two", "both")], "a: 'both'\n");
    gives(
        "a: >-\n  one\n  two\n\n  three\nb: 1\n",
        "a",
        &[("two", "2"), ("three", "3")],
        "a: >-\n  one\n  2\n\n  3\nb: 1\n",
    );
    gives("a: >\n  one\n\n    deep\n  two\n", "a", &[("deep", "d")], "a: >\n  one\n\n    d\n  two\n");
}

#[test]
fn what_a_style_cannot_hold_is_refused() {
    refused("a: one\n", "a", &[("one", "1\n2")], "style");
    refused("a: one\n", "a", &[("one", "x: y")], "document could not be read");
    refused("a: one\n", "a", &[("one", "1")], "as intended");
    refused("a: one\n", "a", &[("one", "o #ne")], "as intended");
    refused("a: 'one'\n", "a", &[("one", "1\n2")], "style");
    refused("a: >\n  one\n  two\n", "a", &[("one", "1\n2")], "style");
    refused("a: >\n  one\n\n\n  two\n", "a", &[("\n", "")], "fold");
    refused("a: &x one\nb: *x\n", "a", &[("one", "two")], "&x");
}

/// A text of words, blanks and empty lines.
fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![4 => "[a-z:'\"#\\\\é-]{1,5}", 2 => Just(" ".to_owned()), 2 => Just("\n".to_owned())],
        1..14,
    )
    .prop_map(|parts| parts.concat())
}

/// `value` written in one of seven ways, as the value of `k` between comments.
fn sources(value: &str, crlf: bool) -> Vec<String> {
    let indented: String = value
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") })
        .collect();
    let folded = value.replace('\n', "\n\n    ");
    let scalars = [
        format!("|\n{indented}"),
        format!("|-\n{indented}"),
        format!("|2+ # header\n{indented}"),
        format!(">-\n{indented}"),
        format!("'{}'\n", folded.replace('\'', "''")),
        format!("\"{}\"\n", folded.replace('\\', "\\\\").replace('"', "\\\"")),
        format!("{folded}\n"),
    ];
    let whole = |scalar: &String| format!("# before\no:\n  k: &a {scalar}  # after\n  z: 1 # end\n");
    scalars.iter().map(whole).map(|text| if crlf { text.replace('\n', "\r\n") } else { text }).collect()
}

fn text_of<'n>(node: &'n Node) -> Option<&'n str> {
    match &node.kind {
        NodeKind::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// The bytes before and behind the value of `o.k`.
fn around(text: &str) -> Option<(String, String, String)> {
    let stream = parse(text);
    let node = stream.documents.first()?.node()?.find(&at("o.k"))?;
    let range = node.range.clone();
    Some((text[..range.start].to_owned(), text_of(node)?.to_owned(), text[range.end..].to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn edits_read_as_intended_in_every_style(
        value in words(), crlf in any::<bool>(), new in words(), from in 0usize..40, length in 0usize..12, second in 0usize..40,
    ) {
        for text in sources(&value, crlf) {
            let Some((before, value, behind)) = around(&text) else { continue };
            let fit = |offset: usize| (0..=offset.min(value.len())).rev().find(|at| value.is_char_boundary(*at)).unwrap();
            let wanted = [
                Edit::replace(fit(from)..fit(from + length), new.clone()),
                Edit::insert(fit(second), "ins"),
            ];
            let Ok(expected) = change::apply(&value, &wanted) else { continue };
            let stream = parse(&text);
            let operations = wanted.clone().map(|edit| (0, Operation::Edit { at: at("o.k"), edits: vec![edit] }));
            let Ok(edits) = edits(&text, &stream, &operations) else { continue };
            let result = change::apply(&text, &edits).unwrap();
            let (before_after, value_after, behind_after) = around(&result).unwrap();
            prop_assert_eq!(value_after, expected, "{}", text);
            prop_assert_eq!(before_after, before);
            prop_assert_eq!(behind_after.trim_start(), behind.trim_start());
        }
    }

    #[test]
    fn a_word_for_a_word_is_never_refused_in_a_block(lines in prop::collection::vec("[a-z]{1,6}( [a-z]{1,6}){0,3}", 1..6), pick in any::<prop::sample::Index>(), crlf in any::<bool>()) {
        let value = lines.join("\n") + "\n";
        let words: Vec<usize> = value.char_indices().filter(|(at, _)| *at == 0 || [b' ', b'\n'].contains(&value.as_bytes()[at - 1])).map(|(at, _)| at).collect();
        let start = *pick.get(&words);
        let end = start + value[start..].find([' ', '\n']).unwrap();
        for text in &sources(&value, crlf)[..3] {
            let (_, value, _) = around(text).unwrap();
            prop_assume!(end <= value.len());
            let operation = Operation::Edit { at: at("o.k"), edits: vec![Edit::replace(start..end, "NEW")] };
            let edits = edits(text, &parse(text), &[(0, operation)]).unwrap();
            prop_assert_eq!(edits.len(), 1);
            prop_assert_eq!(&text[edits[0].range()], &value[start..end]);
        }
    }
}
