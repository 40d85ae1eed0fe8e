//! Sets of answers in which every choice of every question meets every choice of every other one, where the program
//! takes both together.

mod cover;
mod pairs;
mod questions;

use flux_forge::blueprint::{Answers, Asked, Blueprint, Draft, question};
use flux_forge::error::Kind;

pub(crate) use cover::covering;

/// Something to choose, mostly one question.
pub(crate) struct Dimension {
    pub(crate) name: &'static str,
    pub(crate) choices: Vec<Choice>,
}

/// A choice, and the answers that stand for it; none where a question is left out.
pub(crate) struct Choice {
    pub(crate) label: String,
    answers: Vec<(&'static str, String)>,
}

/// One choice of each dimension, which the program takes.
pub(crate) struct Set {
    /// `monorepo-017`.
    pub(crate) name: String,
    /// The index of the choice in each dimension.
    pub(crate) chosen: Vec<usize>,
    pub(crate) answers: Answers,
}

/// The sets of a pattern.
pub(crate) struct Matrix {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) sets: Vec<Set>,
    /// Pairs of choices that the program does not take together.
    pub(crate) refused: Vec<String>,
}

impl Matrix {
    /// The sets for `blueprint`, always the same.
    pub(crate) fn of(blueprint: &Blueprint) -> Self {
        let asked = blueprint.asked();
        let dimensions = questions::dimensions(asked);
        let accepts = |chosen: &[usize]| takes(&dimensions, chosen, asked);
        let sizes: Vec<usize> = dimensions.iter().map(|dimension| dimension.choices.len()).collect();
        let (all, refused) = pairs::meet(&sizes, &accepts);
        let show = |dimension: usize, choice: usize| {
            let dimension = &dimensions[dimension];
            format!("{} {}", dimension.name, dimension.choices[choice].label)
        };
        let refused =
            refused.iter().map(|pair| format!("{} + {}", show(pair.a, pair.x), show(pair.b, pair.y)));
        let refused = refused.collect();
        let sets = all.into_iter().enumerate().map(|(index, chosen)| Set {
            name: format!("{}-{index:03}", blueprint.id()),
            answers: answers(&dimensions, &chosen, asked),
            chosen,
        });
        let sets = sets.collect();
        Self { dimensions, sets, refused }
    }

    /// What a set chooses, for messages.
    pub(crate) fn describe(&self, set: &Set) -> String {
        let chosen = self.dimensions.iter().zip(&set.chosen);
        let words = chosen
            .map(|(dimension, index)| format!("{}={}", dimension.name, dimension.choices[*index].label));
        format!("{} ({})", set.name, words.collect::<Vec<_>>().join(" "))
    }
}

/// Whether the program takes the choices of the first dimensions; what is open may be settled by a later one.
fn takes(dimensions: &[Dimension], chosen: &[usize], asked: Asked<'_>) -> bool {
    let Err(error) = draft(dimensions, chosen, asked).finish(asked, true) else { return true };
    let message = error.to_string();
    let is_open = |name: &str| {
        question(name).is_some_and(|question| message.contains(&format!("--{} ", question.flag)))
    };
    error.kind() == Kind::Usage && !dimensions[..chosen.len()].iter().any(|dimension| is_open(dimension.name))
}

/// The answers of the first dimensions.
fn draft(dimensions: &[Dimension], chosen: &[usize], asked: Asked<'_>) -> Draft {
    let mut draft = Draft::default();
    draft.set("pattern", asked.pattern, "").expect("`pattern` is a question");
    for (dimension, index) in dimensions.iter().zip(chosen) {
        for (key, text) in &dimension.choices[*index].answers {
            draft.set(key, text, "").expect("the dimensions name questions");
        }
    }
    draft
}

fn answers(dimensions: &[Dimension], chosen: &[usize], asked: Asked<'_>) -> Answers {
    draft(dimensions, chosen, asked).finish(asked, true).expect("the program took every choice").0
}
