//! A few sets that stand for all.

use std::collections::BTreeSet;

use super::{Matrix, Set};

/// As few sets as choosing greedily finds in which every choice of every dimension occurs; more, up to `least`, where
/// those are fewer.
pub(crate) fn covering(matrix: &Matrix, least: usize) -> Vec<&Set> {
    let choices = |set: &Set| set.chosen.iter().copied().enumerate().collect::<BTreeSet<_>>();
    let mut open: BTreeSet<_> = matrix.sets.iter().flat_map(choices).collect();
    let mut left: Vec<&Set> = matrix.sets.iter().collect();
    let mut taken = Vec::new();
    while !left.is_empty() && (!open.is_empty() || taken.len() < least) {
        // The first of the best, so that it is always the same.
        let gain = |set: &Set| choices(set).intersection(&open).count();
        let best = (0..left.len()).rev().max_by_key(|index| gain(left[*index])).expect("some are left");
        let set = left.remove(best);
        open.retain(|(dimension, choice)| set.chosen[*dimension] != *choice);
        taken.push(set);
    }
    taken
}
