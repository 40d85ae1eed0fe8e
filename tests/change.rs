//! Edits are applied all or not at all, in any order, and can be undone.

use flux_forge::change::{Clash, Edit, apply, inverse};
use proptest::prelude::*;

#[test]
fn edits_do_not_depend_on_their_order() {
    let edits = [Edit::replace(4..7, "v2"), Edit::delete(0..2), Edit::insert(2, "x")];
    let mut turned = edits.clone();
    turned.reverse();
    assert_eq!(apply("ab: old\n", &edits).as_deref(), Ok("x: v2\n"));
    assert_eq!(apply("ab: old\n", &turned), apply("ab: old\n", &edits));
}

#[test]
fn the_same_edit_twice_is_one_and_different_ones_clash() {
    let twice = [Edit::replace(0..1, "b"), Edit::replace(0..1, "b")];
    assert_eq!(apply("a", &twice).as_deref(), Ok("b"));
    let clash = [Edit::insert(1, "b"), Edit::insert(1, "c")];
    assert_eq!(apply("a", &clash), Err(Clash::Overlap(1..1, 1..1)));
    let overlap = [Edit::delete(0..2), Edit::delete(1..3)];
    assert_eq!(apply("abc", &overlap), Err(Clash::Overlap(0..2, 1..3)));
}

#[test]
fn an_edit_outside_the_text_or_inside_a_character_is_refused() {
    assert_eq!(apply("a", &[Edit::delete(1..2)]), Err(Clash::OutOfBounds(1..2)));
    assert_eq!(apply("ä", &[Edit::insert(1, "x")]), Err(Clash::OutOfBounds(1..1)));
}

#[test]
fn neighbouring_deletions_can_be_undone() {
    let edits = [Edit::delete(0..2), Edit::delete(2..3)];
    let back = inverse("abc", &edits).expect("they can be inverted");
    assert_eq!(back, [Edit::insert(0, "abc")]);
}

proptest! {
    #[test]
    fn undoing_gives_the_text_back(
        pieces in prop::collection::vec(("[a-zä\n]{0,4}", prop::option::of("[A-Z]{0,3}")), 0..12),
    ) {
        let (mut text, mut edits) = (String::new(), Vec::new());
        for (piece, replacement) in &pieces {
            let start = text.len();
            text.push_str(piece);
            if let Some(replacement) = replacement && !piece.is_empty() {
                edits.push(Edit::replace(start..text.len(), replacement));
            }
        }
        let changed = apply(&text, &edits).expect("they do not overlap");
        let back = inverse(&text, &edits).expect("what can be applied can be inverted");
        prop_assert_eq!(apply(&changed, &back), Ok(text));
    }
}
