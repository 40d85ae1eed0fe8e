//! The sets of answers that the checks of `tests/acceptance` run over.

use std::collections::BTreeSet;

use flux_forge::blueprint::{embedded, patterns};

use super::answers_of;
use crate::harness::snapshots;
use crate::matrix::{Matrix, covering};

#[test]
fn every_two_choices_meet_unless_the_program_refuses_them_together() {
    let mut told = String::new();
    for id in patterns() {
        let matrix = Matrix::of(&embedded(id).unwrap().unwrap());
        assert!(matrix.sets.len() >= 80, "{id}: {} sets", matrix.sets.len());
        let met: BTreeSet<_> = matrix.sets.iter().flat_map(|set| pairs_of(&set.chosen)).collect();
        let names = |dimension: usize| {
            let dimension = &matrix.dimensions[dimension];
            dimension.choices.iter().map(|choice| format!("{} {}", dimension.name, choice.label)).enumerate()
        };
        let mut refused = 0;
        for (b, a) in (0..matrix.dimensions.len()).flat_map(|b| (0..b).map(move |a| (b, a))) {
            for ((x, earlier), (y, later)) in names(a).flat_map(|x| names(b).map(move |y| (x.clone(), y))) {
                let both = format!("{earlier} + {later}");
                let is_refused =
                    matrix.refused.iter().any(|told| *told == both || *told == earlier || *told == later);
                assert_ne!(met.contains(&(a, x, b, y)), is_refused, "{id}: {both}");
                refused += usize::from(is_refused);
            }
        }
        assert!(refused > 0 && refused < met.len(), "{id}: {refused} pairs are refused");
        told.extend(matrix.refused.iter().map(|pair| format!("{id}: {pair}\n")));
    }
    let _guard = snapshots("blueprints");
    insta::assert_snapshot!("refused-pairs", told);
}

fn pairs_of(chosen: &[usize]) -> Vec<(usize, usize, usize, usize)> {
    let of = |b: usize| (0..b).map(move |a| (a, chosen[a], b, chosen[b]));
    (0..chosen.len()).flat_map(of).collect()
}

#[test]
fn a_few_sets_cover_every_choice() {
    let matrix = Matrix::of(&embedded("monorepo").unwrap().unwrap());
    let few = covering(&matrix, 12);
    for (index, dimension) in matrix.dimensions.iter().enumerate() {
        let chosen: BTreeSet<usize> = few.iter().map(|set| set.chosen[index]).collect();
        assert_eq!(chosen.len(), dimension.choices.len(), "{}", dimension.name);
    }
    assert!(few.len() >= 12 && few.len() < matrix.sets.len() / 4, "{} sets", few.len());
    assert_eq!(covering(&matrix, 60).len(), 60);
}

#[test]
fn answers_of_every_set_come_back_from_the_file_that_tells_them() {
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        for (index, set) in Matrix::of(&blueprint).sets.iter().enumerate() {
            let text = set.answers.to_yaml(blueprint.asked());
            let again = answers_of(&blueprint, &text);
            assert_eq!(again.to_yaml(blueprint.asked()), text, "{}", set.name);
            if index % 16 == 0 {
                let files = |answers| blueprint.render(answers).unwrap().files;
                assert_eq!(files(&again), files(&set.answers), "{}", set.name);
            }
        }
    }
}
