//! Fields that an object takes from elsewhere in its document, by an alias or a merge key: no transition and no check of
//! its schema sees them where they are used.

use crate::yaml::{Node, NodeKind};

/// Keys of fields that some version of a Flux kind had and the newest has not.
const GONE: [&str; 7] = [
    "validation",
    "patchesStrategicMerge",
    "patchesJson6902",
    "valuesFile",
    "gitImplementation",
    "accessFrom",
    "gitRepositoryRef",
];

/// The first key of a field that is gone and that `object`, a node of the document `root`, may take from an anchor.
pub(super) fn gone_field<'n>(root: &'n Node<'_>, object: &Node<'_>) -> Option<&'n str> {
    if !uses_alias(object) {
        return None;
    }
    let mut found = None;
    visit(root, false, &mut found);
    found
}

/// Whether something below `node` is an alias; the values of a chart are its own.
fn uses_alias(node: &Node<'_>) -> bool {
    match &node.kind {
        NodeKind::Alias { .. } => true,
        NodeKind::Mapping { entries, .. } => {
            entries.iter().any(|entry| entry.key_text() != Some("values") && uses_alias(&entry.value))
        }
        NodeKind::Sequence { items, .. } => items.iter().any(uses_alias),
        NodeKind::Scalar { .. } => false,
    }
}

fn visit<'n>(node: &'n Node<'_>, is_anchored: bool, found: &mut Option<&'n str>) {
    let is_anchored = is_anchored || node.anchor().is_some();
    for entry in node.entries() {
        let key = entry.key_text().filter(|key| is_anchored && GONE.contains(key));
        if found.is_none() {
            *found = key;
        }
        visit(&entry.value, is_anchored, found);
    }
    for item in node.items() {
        visit(item, is_anchored, found);
    }
}
