//! What can be wished for: the operations and the places they name.

use super::route::Route;
use super::value::Value;
use crate::change::Edit;

/// One wish about one document.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Puts `value` in the place of the node at `at`.
    Replace {
        /// The node.
        at: Route,
        /// What comes there. A scalar keeps its quotes where they can hold the new text.
        value: Value,
    },
    /// The same for an entry whose value was carried over into the new one as text (`excerpt`): the comments from its
    /// colon to the end of its last line go with it.
    Recast {
        /// The entry's value.
        at: Route,
        /// What comes there.
        value: Value,
    },
    /// Gives the entry at `at` another key; quotes of the key stay.
    Rename {
        /// The entry's value.
        at: Route,
        /// The new key.
        key: String,
    },
    /// Adds an entry to a mapping.
    Insert {
        /// The mapping.
        into: Route,
        /// Where in it.
        position: Position,
        /// The key, which must not be there.
        key: String,
        /// The value.
        value: Value,
    },
    /// Carries out edits in the text that a scalar stands for. All of a batch for one scalar are one intent.
    Edit {
        /// The scalar. Its style stays.
        at: Route,
        /// Their offsets are bytes of the scalar's text, after its escapes, folds and indentation were read.
        edits: Vec<Edit>,
    },
    /// Adds an item to the front of a sequence, before the comments that lead the first one. Several keep their
    /// order.
    Prepend {
        /// The sequence.
        to: Route,
        /// The item.
        value: Value,
    },
    /// Adds an item to the end of a sequence.
    Append {
        /// The sequence.
        to: Route,
        /// The item.
        value: Value,
    },
    /// Takes out an entry or an item. Comments in it stay, in lines of their own; an emptied collection is left as
    /// `{}` or `[]`.
    Remove {
        /// The entry's value, or the item.
        at: Route,
    },
    /// Takes out an entry or an item that was carried elsewhere as text (`excerpt`): the comments from its key or
    /// dash to its end go with it; those before and behind it stay, in lines of their own.
    Take {
        /// The entry's value, or the item.
        at: Route,
    },
    /// The same, and the comments that lead it, which were carried along, go too.
    TakeWithLead {
        /// The entry's value, or the item.
        at: Route,
    },
    /// Carries an entry over to another mapping of the document, as it is written, with its comments.
    Move {
        /// The entry's value.
        from: Route,
        /// The mapping that it moves to.
        into: Route,
        /// Where in it.
        position: Position,
        /// Its key there.
        key: String,
    },
    /// Carries all items of a sequence over to another one of the document, as they are written, with their comments;
    /// the entry that held them goes away. Comments above it go along, unless it is the first of its mapping.
    Join {
        /// The entry's value.
        from: Route,
        /// The sequence that they move to, which has items.
        into: Route,
        /// Before its items, or else behind them.
        front: bool,
    },
    /// Puts a scalar of a sequence into a mapping of its own, where it stands.
    Wrap {
        /// The scalar.
        at: Route,
        /// Its key in that mapping.
        key: String,
    },
    /// Replaces the only occurrence of `old` in a comment.
    ReplaceInComment {
        /// The comment, counted in [`super::Document::comments`].
        comment: usize,
        /// What stands there, on one line.
        old: String,
        /// What comes there, on one line.
        new: String,
    },
}

/// Where an entry goes in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Before the entry with this key, and before the comments that lead it.
    Before(String),
    /// Behind the entry with this key.
    After(String),
}

impl Operation {
    /// Whether it adds an item to the sequence at `route`.
    pub(super) fn is_arrival_in(&self, route: &Route) -> bool {
        matches!(self, Self::Prepend { to, .. } | Self::Append { to, .. } if to == route)
    }

    /// Whether it changes something at `route` or below.
    pub(super) fn concerns(&self, route: &Route) -> bool {
        let below = |other: &Route| other.steps().starts_with(route.steps());
        match self {
            Self::Replace { at, .. }
            | Self::Recast { at, .. }
            | Self::Rename { at, .. }
            | Self::Edit { at, .. }
            | Self::Wrap { at, .. }
            | Self::Remove { at }
            | Self::Take { at }
            | Self::TakeWithLead { at }
            | Self::Insert { into: at, .. }
            | Self::Prepend { to: at, .. }
            | Self::Append { to: at, .. } => below(at),
            Self::Move { from, into, .. } | Self::Join { from, into, .. } => below(from) || below(into),
            Self::ReplaceInComment { .. } => false,
        }
    }
}
