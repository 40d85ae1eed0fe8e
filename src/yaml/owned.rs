//! Trees that outlive their text: for text that is found inside of a scalar and has no other owner.

use std::borrow::Cow;

use super::document::{Document, Entry, Marks, Node, NodeKind, Stream};

impl Stream<'_> {
    /// The same stream without a borrow of its text.
    pub fn into_owned(self) -> Stream<'static> {
        Stream { documents: self.documents.into_iter().map(Document::into_owned).collect() }
    }
}

impl Document<'_> {
    fn into_owned(self) -> Document<'static> {
        let Document { index, range, root, comments } = self;
        Document { index, range, root: root.map(|node| node.map(Node::into_owned)), comments }
    }
}

impl Node<'_> {
    fn into_owned(self) -> Node<'static> {
        let Node { range, kind, marks, start } = self;
        let kind = match kind {
            NodeKind::Scalar { text, style } => NodeKind::Scalar { text: owned(text), style },
            NodeKind::Mapping { entries, flow } => {
                NodeKind::Mapping { entries: entries.into_iter().map(Entry::into_owned).collect(), flow }
            }
            NodeKind::Sequence { items, flow } => {
                NodeKind::Sequence { items: items.into_iter().map(Node::into_owned).collect(), flow }
            }
            NodeKind::Alias { name } => NodeKind::Alias { name: owned(name) },
        };
        let marks =
            marks.map(|marks| Box::new(Marks { anchor: marks.anchor.map(owned), tag: marks.tag.map(owned) }));
        Node { range, kind, marks, start }
    }
}

impl Entry<'_> {
    fn into_owned(self) -> Entry<'static> {
        let Entry { start, explicit, colon, key, value } = self;
        Entry { start, explicit, colon, key: key.into_owned(), value: value.into_owned() }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
