//! Places as people count them.

use flux_forge::flux::Index;
use flux_forge::place::Place;

use crate::harness::World;

fn ends(place: &Place) -> [usize; 4] {
    [place.line, place.column, place.end_line, place.end_column]
}

#[test]
fn lines_and_columns_begin_at_1_and_the_end_is_exclusive() {
    let text = "a: é€𝄞x\nb: 1\n";
    let x = text.find('x').unwrap();
    assert_eq!(ends(&Place::new("f", text, 0..1)), [1, 1, 1, 2]);
    assert_eq!(ends(&Place::new("f", text, x..x + 1)), [1, 7, 1, 8], "columns are characters");
    assert_eq!(ends(&Place::new("f", text, 3..text.len())), [1, 4, 3, 1]);
    assert_eq!(
        ends(&Place::new("f", text, x + 2..x + 2)),
        [2, 1, 2, 1],
        "an empty range ends where it begins"
    );
    assert_eq!(
        ends(&Place::new("f", text, text.len()..text.len() + 5)),
        [3, 1, 3, 1],
        "nothing lies behind the end"
    );
    assert_eq!(ends(&Place::new("f", "", 0..0)), [1, 1, 1, 1]);
    let ranges = [0..1, 3..text.len(), 2..2].map(|range| Place::new("f", text, range).range());
    assert_eq!(ranges, ["1:1-2", "1:4-3:1", "1:3"]);
}

#[test]
fn both_ways_to_count_agree() {
    let text = "é: 1\n\n- b\nc\r\n€".repeat(3);
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let borders: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
    for &start in &borders {
        for &end in borders.iter().filter(|&&end| end >= start) {
            let slow = Place::new("f", &text, start..end);
            assert_eq!(slow, Place::in_lines("f", &text, &starts, start..end));
        }
    }
}

#[test]
fn a_place_far_down_a_stream_is_found_in_its_table_of_lines() {
    let document =
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: ü\n---\n";
    let world = World::new().file("many.yaml", document.repeat(200));
    let repo = world.repo();
    let index = Index::new(&repo);
    let last = index.resources.last().unwrap();
    let place = index.place(last.file, last.api_version.clone());
    assert_eq!(ends(&place), [199 * 5 + 1, 13, 199 * 5 + 1, 40]);
    assert_eq!(place, Place::new("many.yaml", &index.files[0].text, last.api_version.clone()));
}
