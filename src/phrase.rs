//! Counts, lists and literals as an English sentence wants them.

use std::fmt;

/// A number of things: `1 file`, `2 files`, `3 entries`.
#[derive(Clone, Copy, Debug)]
pub struct Count(pub usize, pub &'static str);

/// Several things and the word before the last: `a`, `a or b`, `a, b, or c`.
#[derive(Clone, Copy, Debug)]
pub struct List<'a, T>(pub &'a [T], pub &'static str);

/// A literal, in backticks.
#[derive(Clone, Copy, Debug)]
pub struct Literal<T>(pub T);

/// Each of `items` as a literal, for a [`List`].
pub fn literals<T: Copy>(items: &[T]) -> Vec<Literal<T>> {
    items.iter().copied().map(Literal).collect()
}

impl<T: fmt::Display> fmt::Display for Literal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, noun) = *self;
        write!(f, "{count} ")?;
        if count == 1 {
            return f.write_str(noun);
        }
        let vowel_before_y = ["ay", "ey", "oy", "uy"].iter().any(|end| noun.ends_with(end));
        match noun.strip_suffix('y') {
            Some(stem) if !vowel_before_y => write!(f, "{stem}ies"),
            _ if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => write!(f, "{noun}es"),
            _ => write!(f, "{noun}s"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(items, word) = self;
        for (at, item) in items.iter().enumerate() {
            let last = at + 1 == items.len();
            match (at, last) {
                (0, _) => {}
                (1, true) => write!(f, " {word} ")?,
                (_, true) => write!(f, ", {word} ")?,
                (_, false) => f.write_str(", ")?,
            }
            write!(f, "{item}")?;
        }
        Ok(())
    }
}
