//! A range of versions as the Flux Operator takes it.
//!
//! Source: Masterminds/semver `constraints.go`: alternatives with `||`, parts that must all hold with a comma or a
//! space, `x` and `*` for any number, `~`, `^`, comparisons, and `a - b`.

use crate::flux::FluxVersion;

type Triple = [u32; 3];

/// No release has a patch that high.
const LAST_PATCH: u32 = 99;

/// Alternatives, each a list of half-open spans that must all hold.
pub(super) struct Constraint(Vec<Vec<Part>>);

enum Part {
    /// From the first on, before the second.
    Span(Triple, Triple),
    /// Not in it.
    Not(Triple, Triple),
}

impl Constraint {
    /// Reads `text`; `None` where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        text.split("||").map(alternative).collect::<Option<_>>().map(Self)
    }

    /// Whether a release of the minor `flux` is in the range.
    pub(super) fn allows_some_of(&self, flux: FluxVersion) -> bool {
        (0..=LAST_PATCH).any(|patch| {
            let version = [flux.major.into(), flux.minor.into(), patch];
            self.0.iter().any(|parts| parts.iter().all(|part| part.allows(version)))
        })
    }
}

impl Part {
    fn allows(&self, version: Triple) -> bool {
        match self {
            Self::Span(from, to) => *from <= version && version < *to,
            Self::Not(from, to) => version < *from || *to <= version,
        }
    }
}

const FIRST: Triple = [0; 3];
const END: Triple = [u32::MAX; 3];

fn alternative(text: &str) -> Option<Vec<Part>> {
    if let Some((from, to)) = text.split_once(" - ") {
        return Some(vec![Part::Span(numbers(from)?.0, numbers(to)?.1)]);
    }
    // An operator may stand apart from its version.
    let mut parts = Vec::new();
    let mut operator = String::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let at = word.find(|letter: char| !"<>=!~^".contains(letter)).unwrap_or(word.len());
        operator.push_str(&word[..at]);
        if at < word.len() {
            parts.push(part(&operator, &word[at..])?);
            operator.clear();
        }
    }
    (operator.is_empty() && !parts.is_empty()).then_some(parts)
}

fn part(operator: &str, version: &str) -> Option<Part> {
    let (from, to) = numbers(version)?;
    let [major, minor, _] = from;
    let is_major_only = to == END || to == [major + 1, 0, 0];
    Some(match operator {
        "" | "=" | "==" => Part::Span(from, to),
        "!=" => Part::Not(from, to),
        ">" => Part::Span(to, END),
        ">=" | "=>" => Part::Span(from, END),
        "<" => Part::Span(FIRST, from),
        "<=" | "=<" => Part::Span(FIRST, to),
        "~" | "~>" if is_major_only => Part::Span(from, to),
        "~" | "~>" => Part::Span(from, [major, minor + 1, 0]),
        "^" if to == END => Part::Span(from, to),
        "^" if major == 0 && !is_major_only => Part::Span(from, [0, minor + 1, 0]),
        "^" => Part::Span(from, [major + 1, 0, 0]),
        _ => return None,
    })
}

/// The first version that `text` stands for, and the first after all that it stands for.
fn numbers(text: &str) -> Option<(Triple, Triple)> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let plain = text.split(['-', '+']).next()?;
    let mut from = FIRST;
    let mut known = 0;
    for (at, number) in plain.split('.').enumerate() {
        if at > 2 {
            return None;
        }
        if matches!(number, "x" | "X" | "*") {
            break;
        }
        from[at] = number.parse().ok().filter(|number| *number < u32::from(u16::MAX))?;
        known = at + 1;
    }
    let mut to = from;
    match known {
        0 => to = END,
        _ => to[known - 1] += 1,
    }
    Some((from, to))
}
