//! Edits of a text: all or none, in any order, and back again.

use flux_forge::change::{Clash, Edit, apply, composed, inverse};
use proptest::prelude::*;

/// A text and edits of it that do not clash, in no particular order.
fn text_and_edits() -> impl Strategy<Value = (String, Vec<Edit>)> {
    ("[a-zäß€🦀\n\r]{0,40}", prop::collection::vec((any::<prop::sample::Index>(), "[xyé]{0,3}"), 0..8))
        .prop_flat_map(|(text, cuts)| {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut cuts: Vec<(usize, String)> =
                cuts.into_iter().map(|(at, new)| (places[at.index(places.len())], new)).collect();
            cuts.sort();
            cuts.dedup_by_key(|(at, _)| *at);
            // Each pair of cuts bounds one edit; a cut that is left over inserts.
            let edits: Vec<Edit> = cuts
                .chunks(2)
                .map(|pair| match pair {
                    [(start, new), (end, _)] => Edit::replace(*start..*end, new.clone()),
                    [(start, new)] => Edit::insert(*start, new.clone()),
                    _ => unreachable!("chunks of two"),
                })
                .collect();
            (Just(text), Just(edits).prop_shuffle())
        })
}

proptest! {
    #[test]
    fn apply_then_inverse_gives_the_original((text, edits) in text_and_edits()) {
        let after = apply(&text, &edits).unwrap();
        let back = inverse(&text, &edits).unwrap();
        prop_assert_eq!(apply(&after, &back).unwrap(), text);
    }

    #[test]
    fn stages_composed_do_what_they_do_one_by_one(
        (text, edits) in text_and_edits(),
        more in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[xyé]{0,3}"), 0..4),
    ) {
        let mut stages = vec![edits.clone()];
        let mut result = apply(&text, &edits).unwrap();
        for (one, other, new) in more {
            let places: Vec<usize> =
                result.char_indices().map(|(at, _)| at).chain([result.len()]).collect();
            let (one, other) = (places[one.index(places.len())], places[other.index(places.len())]);
            let stage = vec![Edit::replace(one.min(other)..one.max(other), new)];
            result = apply(&result, &stage).unwrap();
            stages.push(stage);
        }
        prop_assert_eq!(apply(&text, &composed(&text, &stages).unwrap()).unwrap(), result);
    }

    #[test]
    fn the_order_of_edits_does_not_matter((text, edits) in text_and_edits()) {
        let mut sorted = edits.clone();
        sorted.sort();
        prop_assert_eq!(apply(&text, &edits), apply(&text, &sorted));
    }

    #[test]
    fn an_edit_wanted_twice_is_done_once((text, edits) in text_and_edits()) {
        let twice: Vec<Edit> = edits.iter().chain(&edits).cloned().collect();
        prop_assert_eq!(apply(&text, &twice), apply(&text, &edits));
    }

    #[test]
    fn bytes_outside_the_edits_stay((text, edits) in text_and_edits()) {
        let cut = |edits: &[Edit]| edits.iter().map(|edit| Edit::delete(edit.range())).collect::<Vec<_>>();
        let kept = apply(&text, &cut(&edits)).unwrap();
        let after = apply(&text, &edits).unwrap();
        prop_assert_eq!(apply(&after, &cut(&inverse(&text, &edits).unwrap())).unwrap(), kept);
    }
}

#[test]
fn overlapping_edits_clash() {
    let clash = apply("abcdef", &[Edit::replace(0..3, "x"), Edit::replace(2..4, "y")]);
    assert_eq!(clash, Err(Clash::Overlap(0..3, 2..4)));
}

#[test]
fn different_texts_at_one_place_clash() {
    let clash = apply("abc", &[Edit::insert(1, "x"), Edit::insert(1, "y")]);
    assert_eq!(clash, Err(Clash::Overlap(1..1, 1..1)));
}

#[test]
fn neighbours_do_not_clash() {
    let edits = [Edit::replace(2..4, "Y"), Edit::replace(0..2, "X")];
    assert_eq!(apply("abcdef", &edits).unwrap(), "XYef");
}

#[test]
fn neighbouring_deletions_are_undone_as_one() {
    let back = inverse("abcdef", &[Edit::delete(0..2), Edit::delete(2..4)]).unwrap();
    assert_eq!(back, [Edit::insert(0, "abcd")]);
}

#[test]
fn an_insertion_inside_a_replacement_clashes() {
    let clash = apply("abcdef", &[Edit::replace(0..4, "x"), Edit::insert(2, "y")]);
    assert_eq!(clash, Err(Clash::Overlap(0..4, 2..2)));
}

#[test]
fn edits_outside_of_the_text_or_inside_a_character_are_refused() {
    assert_eq!(apply("abc", &[Edit::replace(2..9, "x")]), Err(Clash::OutOfBounds(2..9)));
    assert_eq!(apply("aéb", &[Edit::replace(2..3, "x")]), Err(Clash::OutOfBounds(2..3)));
    assert_eq!(inverse("aéb", &[Edit::replace(2..3, "x")]), Err(Clash::OutOfBounds(2..3)));
}

#[test]
fn a_clash_says_where() {
    let clash = apply("abcdef", &[Edit::replace(0..3, "x"), Edit::replace(2..4, "y")]).unwrap_err();
    assert_eq!(clash.to_string(), "edits of bytes 0..3 and 2..4 overlap");
}

#[test]
fn composed_edits_touch_only_what_changed() {
    let stages = [vec![Edit::replace(0..1, "xy")], vec![Edit::delete(1..2), Edit::insert(4, "!")]];
    let edits = composed("abcd", &stages).unwrap();
    assert_eq!(edits, [Edit::replace(0..1, "x"), Edit::insert(3, "!")]);
    assert_eq!(composed("abcd", &[]), Ok(Vec::new()));
}
