//! Which kustomization changes an object on its way to the cluster.

use crate::flux::{Index, Kustomization, Patch, PatchText, Resource};
use crate::yaml::Node;

/// Fields of a kustomization that carry text from or into any field.
const CARRIERS: [&str; 4] = ["replacements", "vars", "configurations", "transformers"];

/// The path of a kustomization that may change `field` of the `spec` of the resource with the index `at`.
pub(super) fn by<'i>(index: &'i Index<'_>, at: usize, field: &str) -> Option<&'i str> {
    let resource = &index.resources[at];
    let found = index.kustomizations.iter().enumerate().find(|(number, kustomization)| {
        let patches = kustomization.patches.iter();
        let touches = kustomization.opaque.is_some()
            || carries(index, kustomization, field)
            || patches.into_iter().any(|patch| touches(index, kustomization, patch, resource, field));
        touches && {
            let reach = index.tree.reach(index, *number);
            reach.resources.contains(&at) || (reach.has_unknown && kustomization.opaque.is_none())
        }
    });
    found.map(|(_, kustomization)| index.files[kustomization.file].path)
}

/// The path of a kustomization that gives the resource with the index `at` another name.
pub(super) fn renamed_by<'i>(index: &'i Index<'_>, at: usize) -> Option<&'i str> {
    let renaming = index.kustomizations.iter().enumerate().filter(|(_, kustomization)| kustomization.renames);
    let mut renaming =
        renaming.filter(|(number, _)| index.tree.reach(index, *number).resources.contains(&at));
    renaming.next().map(|(_, kustomization)| index.files[kustomization.file].path)
}

fn carries(index: &Index<'_>, kustomization: &Kustomization, field: &str) -> bool {
    let file = &index.files[kustomization.file];
    let Some(root) = file.stream.documents[kustomization.document].node() else { return false };
    let fields = CARRIERS.iter().filter_map(|carrier| root.get(carrier));
    let pattern = format!("spec.{field}");
    fields.into_iter().any(|node| file.text[node.range.clone()].replace('/', ".").contains(&pattern))
}

fn touches(
    index: &Index<'_>,
    kustomization: &Kustomization,
    patch: &Patch,
    resource: &Resource,
    field: &str,
) -> bool {
    let id = &resource.id;
    if let Some(target) = &patch.target
        && !target.selects(&id.group, &resource.version, id, !kustomization.renames)
    {
        return false;
    }
    let says = |node: &Node<'_>| is_about(node, patch, resource) && sets(node, field);
    match &patch.text {
        PatchText::Unknown => true,
        PatchText::File(named) => match index.file_index(named) {
            Some(file) => any_root(index, file, &says),
            None => true,
        },
        PatchText::Inline(file) => any_root(index, *file, &says),
        PatchText::Written(_) | PatchText::Nodes(_) => {
            let document = &index.files[kustomization.file].stream.documents[kustomization.document];
            let node = document.node().and_then(|root| root.find(&patch.route));
            node.is_none_or(says)
        }
    }
}

fn any_root(index: &Index<'_>, file: usize, holds: &dyn Fn(&Node<'_>) -> bool) -> bool {
    index.files[file].stream.documents.iter().any(|document| document.node().is_some_and(holds))
}

/// Without a target, a merge patch is put onto the object that it names.
fn is_about(node: &Node<'_>, patch: &Patch, resource: &Resource) -> bool {
    let name = node.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::as_str);
    let kind = node.get("kind").and_then(Node::as_str);
    patch.target.is_some() || kind == Some(&resource.id.kind) && name == Some(&resource.id.name)
}

/// Whether a patch sets `field` of `spec`, or something around it.
fn sets(node: &Node<'_>, field: &str) -> bool {
    let pointer = format!("/spec/{field}");
    let mut pointers = node.items().iter().filter_map(|operation| operation.get("path")?.as_str());
    let by_pointer = pointers.any(|path| path.starts_with(&pointer) || pointer.starts_with(path));
    let spec = node.get("spec");
    let by_key = |spec: &Node<'_>| {
        spec.get("<<").is_some()
            || spec.entries().iter().filter_map(|entry| entry.key_text()).any(|key| key.starts_with(field))
    };
    by_pointer || spec.is_some_and(by_key)
}
