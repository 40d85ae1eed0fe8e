//! Which rule someone meant who wrote the name of none.

use super::RULES;

/// How many are named at most.
const NAMED: usize = 3;
/// How alike two names are, from 0 to 1, for one to be taken for the other.
const ALIKE: f64 = 0.75;

/// Ids of the rules that are called almost like `id`, the most similar first.
pub fn similar(id: &str) -> Vec<&'static str> {
    let mut near: Vec<(f64, &str)> =
        RULES.iter().map(|rule| (likeness(id, rule.meta.id), rule.meta.id)).collect();
    near.retain(|(likeness, _)| *likeness >= ALIKE);
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().take(NAMED).map(|(_, id)| id).collect()
}

/// A part of a name is as good as most of one with typing errors.
fn likeness(id: &str, known: &str) -> f64 {
    let part = id.len() >= 4 && known.contains(id);
    let whole = strsim::jaro_winkler(id, known);
    if part { whole.max(ALIKE) } else { whole }
}
