//! Lets every two choices of different dimensions meet in some set.

use std::collections::BTreeSet;

/// Random sets that are tried before two choices count as refused.
const ATTEMPTS: usize = 24;
/// Sets made for other pairs that are tried with one choice exchanged.
const SWAPS: usize = 48;

/// The choice `x` of the dimension `a` beside the choice `y` of the later dimension `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) a: usize,
    pub(super) x: usize,
    pub(super) b: usize,
    pub(super) y: usize,
}

/// Sets in which all pairs meet that can, and the pairs that cannot.
///
/// `accepts` says whether the choices of the first dimensions are taken; later dimensions may still rule them out.
pub(super) fn meet(sizes: &[usize], accepts: &dyn Fn(&[usize]) -> bool) -> (Vec<Vec<usize>>, Vec<Pair>) {
    let random = Random(0x9e37_79b9_7f4a_7c15);
    let mut search = Search { sizes, accepts, open: all(sizes), made: Vec::new(), random };
    let mut refused = Vec::new();
    // The largest dimensions first: their pairs need the most sets, which the others then share.
    let mut order: Vec<Pair> = search.open.iter().copied().collect();
    order.sort_by_key(|pair| std::cmp::Reverse(sizes[pair.a] * sizes[pair.b]));
    for pair in order {
        if !search.open.contains(&pair) {
            continue;
        }
        let set = search.set(pair, true).or_else(|| search.swapped(pair));
        match set.or_else(|| (0..ATTEMPTS).find_map(|_| search.set(pair, false))) {
            Some(set) => {
                search.open.retain(|pair| set[pair.a] != pair.x || set[pair.b] != pair.y);
                search.made.push(set);
            }
            None => refused.push(pair),
        }
    }
    // Some meet by chance in a set that was made for others.
    refused.retain(|pair| search.open.contains(pair));
    refused.sort_unstable();
    (search.made, refused)
}

struct Search<'s> {
    sizes: &'s [usize],
    accepts: &'s dyn Fn(&[usize]) -> bool,
    /// Pairs that no set has yet.
    open: BTreeSet<Pair>,
    made: Vec<Vec<usize>>,
    random: Random,
}

impl Search<'_> {
    /// A set with `pair` in it and, if `greedy`, as many other open ones as choosing one by one finds.
    fn set(&mut self, pair: Pair, greedy: bool) -> Option<Vec<usize>> {
        let mut set = Vec::new();
        for dimension in 0..self.sizes.len() {
            let mut choices: Vec<usize> = match dimension {
                _ if dimension == pair.a => vec![pair.x],
                _ if dimension == pair.b => vec![pair.y],
                _ => self.random.shuffled(self.sizes[dimension]),
            };
            if greedy {
                choices.sort_by_key(|choice| std::cmp::Reverse(self.gain(&set, dimension, *choice, pair)));
            }
            let taken = choices.into_iter().find(|choice| {
                set.push(*choice);
                let is_taken = (self.accepts)(&set);
                set.pop();
                is_taken
            });
            set.push(taken?);
        }
        Some(set)
    }

    /// A set that has one choice of `pair`, with the other in place of what it had.
    fn swapped(&self, pair: Pair) -> Option<Vec<usize>> {
        let half = |set: &&Vec<usize>| set[pair.a] == pair.x || set[pair.b] == pair.y;
        let swap = |set: &Vec<usize>| {
            let mut set = set.clone();
            (set[pair.a], set[pair.b]) = (pair.x, pair.y);
            (self.accepts)(&set).then_some(set)
        };
        self.made.iter().rev().filter(half).take(SWAPS).find_map(swap)
    }

    /// How many open pairs a choice makes with those made before, and with those of `pair` that come later.
    fn gain(&self, set: &[usize], b: usize, y: usize, pair: Pair) -> usize {
        let before = set.iter().enumerate().map(|(a, x)| Pair { a, x: *x, b, y });
        let later = [(pair.a, pair.x), (pair.b, pair.y)].into_iter().filter(|(later, _)| *later > b);
        let later = later.map(|(later, choice)| Pair { a: b, x: y, b: later, y: choice });
        before.chain(later).filter(|pair| self.open.contains(pair)).count()
    }
}

fn all(sizes: &[usize]) -> BTreeSet<Pair> {
    let mut all = BTreeSet::new();
    for b in 0..sizes.len() {
        for a in 0..b {
            for x in 0..sizes[a] {
                all.extend((0..sizes[b]).map(|y| Pair { a, x, b, y }));
            }
        }
    }
    all
}

/// Numbers that look random and are always the same (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % bound
    }

    fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut items: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            items.swap(last, self.below(last + 1));
        }
        items
    }
}
