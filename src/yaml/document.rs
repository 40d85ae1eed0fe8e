//! The spanned tree: what [`super::parse()`] makes of a text.

use std::borrow::Cow;
use std::ops::Range;

use super::route::{Route, Step};
use super::scalar::{self, Scalar};

/// All documents of one text, in order.
#[derive(Clone, Debug)]
pub struct Stream<'t> {
    /// Every document, also those that cannot be read.
    pub documents: Vec<Document<'t>>,
}

/// One document of a stream.
#[derive(Clone, Debug)]
pub struct Document<'t> {
    /// Position in the stream, counted from 0.
    pub index: usize,
    /// Bytes from the first node or comment to the end of the last; markers `---` and `...` are outside.
    pub range: Range<usize>,
    /// The tree; `None` for a document without content, or the reason why it cannot be read.
    pub root: Result<Option<Node<'t>>, Problem>,
    /// The comments inside and directly before it, in order.
    pub comments: Vec<Comment>,
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, without a final period.
    pub message: String,
    /// Byte where the reading stopped.
    pub offset: usize,
}

/// A comment with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the end of the line, without the line break.
    pub range: Range<usize>,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// A block that keeps line breaks (`|`).
    Literal,
    /// A block that folds line breaks (`>`).
    Folded,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// Bytes of the content itself, without anchor and tag: a scalar with its quotes, a block scalar with its
    /// header, a flow collection with its brackets, a block collection from its first key or dash to the end of
    /// its last child. Empty where an empty value stands.
    pub range: Range<usize>,
    /// What it is.
    pub kind: NodeKind<'t>,
    /// Its anchor and its tag. Few nodes have any, and there are millions of nodes.
    pub(super) marks: Option<Box<Marks<'t>>>,
    /// Start of its first property (anchor or tag), where it has one; else the start of `range`.
    pub start: usize,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeKind<'t> {
    /// A scalar: its text after escapes and folding.
    Scalar {
        /// The text that the scalar stands for, borrowed where it is written like that.
        text: Cow<'t, str>,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A mapping.
    Mapping {
        /// Its entries in the order written.
        entries: Vec<Entry<'t>>,
        /// Written in braces.
        flow: bool,
    },
    /// A sequence.
    Sequence {
        /// Its items in the order written.
        items: Vec<Node<'t>>,
        /// Written in brackets.
        flow: bool,
    },
    /// `*name`: the node that `name` was given to before.
    Alias {
        /// The name, without `*`.
        name: Cow<'t, str>,
    },
}

/// Key and value of a mapping.
#[derive(Clone, Debug)]
pub struct Entry<'t> {
    /// First byte: of the key with its properties, or of the `?` before it.
    pub start: usize,
    /// Written with `?`.
    pub explicit: bool,
    /// The colon between key and value, where there is one.
    pub colon: Option<usize>,
    /// The key.
    pub key: Node<'t>,
    /// The value.
    pub value: Node<'t>,
}

/// Anchor and tag of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks<'t> {
    pub(super) anchor: Option<Cow<'t, str>>,
    pub(super) tag: Option<Cow<'t, str>>,
}

impl<'t> Node<'t> {
    /// Name of the anchor on it, without `&`.
    pub fn anchor(&self) -> Option<&str> {
        self.marks.as_ref()?.anchor.as_deref()
    }

    /// Its tag as written, with its `!`.
    pub fn tag(&self) -> Option<&str> {
        self.marks.as_ref()?.tag.as_deref()
    }

    /// The value as Kubernetes reads it, where this is a scalar.
    pub fn scalar(&self) -> Option<Scalar<'_>> {
        match &self.kind {
            NodeKind::Scalar { text, style } => Some(scalar::resolve(text, *style, self.tag())),
            _ => None,
        }
    }

    /// The text, where Kubernetes reads this as a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } if matches!(self.scalar(), Some(Scalar::String(_))) => Some(text),
            _ => None,
        }
    }

    /// The value of the first entry whose key reads `key`, where this is a mapping.
    pub fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The first entry whose key reads `key`, where this is a mapping.
    pub fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries().iter().find(|entry| entry.key_text() == Some(key))
    }

    /// The entries, none where this is no mapping.
    pub fn entries(&self) -> &[Entry<'t>] {
        match &self.kind {
            NodeKind::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The items, none where this is no sequence.
    pub fn items(&self) -> &[Node<'t>] {
        match &self.kind {
            NodeKind::Sequence { items, .. } => items,
            _ => &[],
        }
    }

    /// Follows `route` from here; aliases are not followed, since an edit behind one would change its other uses.
    pub fn find(&self, route: &Route) -> Option<&Node<'t>> {
        route.steps().iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.items().get(*index),
        })
    }

    /// Whether this is a mapping.
    pub const fn is_mapping(&self) -> bool {
        matches!(self.kind, NodeKind::Mapping { .. })
    }

    /// Whether this is a sequence.
    pub const fn is_sequence(&self) -> bool {
        matches!(self.kind, NodeKind::Sequence { .. })
    }
}

impl Entry<'_> {
    /// The text of the key, where it is a scalar.
    pub fn key_text(&self) -> Option<&str> {
        match &self.key.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
}

impl<'t> Document<'t> {
    /// The root node, where there is one and the document can be read.
    pub fn node(&self) -> Option<&Node<'t>> {
        self.root.as_ref().ok().and_then(Option::as_ref)
    }
}
