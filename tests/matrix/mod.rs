//! Sets of answers in which every choice of every question meets every choice of every other one, where the program
//! takes both together.

mod cover;
mod pairs;
mod questions;

use flux_forge::blueprint::{Answers, Asked, Blueprint, Draft, question};

pub(crate) use cover::covering;
use pairs::Pair;

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
    /// Choices that the program never takes, and pairs that it does not take together, in words.
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
        let sets = all.iter().cloned().enumerate().map(|(index, chosen)| Set {
            name: format!("{}-{index:03}", blueprint.id()),
            answers: answers(&dimensions, &chosen, asked),
            chosen,
        });
        Self { sets: sets.collect(), refused: shown(&dimensions, &all, &refused), dimensions }
    }

    /// What a set chooses, for messages.
    pub(crate) fn describe(&self, set: &Set) -> String {
        let chosen = self.dimensions.iter().zip(&set.chosen);
        let words = chosen
            .map(|(dimension, index)| format!("{}={}", dimension.name, dimension.choices[*index].label));
        format!("{} ({})", set.name, words.collect::<Vec<_>>().join(" "))
    }
}

/// What is refused, in words: choices that are never taken, and pairs of others.
fn shown(dimensions: &[Dimension], sets: &[Vec<usize>], refused: &[Pair]) -> Vec<String> {
    let show = |dimension: usize, choice: usize| {
        let dimension = &dimensions[dimension];
        format!("{} {}", dimension.name, dimension.choices[choice].label)
    };
    let is_taken = |dimension: usize, choice: usize| sets.iter().any(|set| set[dimension] == choice);
    let mut shown = Vec::new();
    for (index, dimension) in dimensions.iter().enumerate() {
        let never = (0..dimension.choices.len()).filter(|choice| !is_taken(index, *choice));
        shown.extend(never.map(|choice| show(index, choice)));
    }
    let pairs = refused.iter().filter(|pair| is_taken(pair.a, pair.x) && is_taken(pair.b, pair.y));
    shown.extend(pairs.map(|pair| format!("{} + {}", show(pair.a, pair.x), show(pair.b, pair.y))));
    shown
}

/// Whether the program takes the choices of the first dimensions; what it says of later ones may change with them.
fn takes(dimensions: &[Dimension], chosen: &[usize], asked: Asked<'_>) -> bool {
    let Err(error) = draft(dimensions, chosen, asked).finish(asked, true) else { return true };
    let message = error.to_string();
    let named = |name: &str| {
        let flag = question(name).map(|question| format!("\n  --{} ", question.flag));
        let open = flag.is_some_and(|flag| message.contains(&flag));
        open || message.lines().any(|line| key(line) == Some(name))
    };
    let later = dimensions[chosen.len()..].iter().any(|dimension| named(dimension.name));
    later && !dimensions[..chosen.len()].iter().any(|dimension| named(dimension.name))
}

/// The question that a line of a refusal is about: its first literal, up to the place in the answer.
fn key(line: &str) -> Option<&str> {
    line.split('`').nth(1)?.split(['[', '.']).next()
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
