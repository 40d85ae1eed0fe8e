//! Which kustomization changes an object on its way to the cluster.

use crate::flux::tree::Reach;
use crate::flux::{Index, Kustomization, Patch, PatchText, Resource};
use crate::yaml::Node;

/// Fields of a kustomization that carry text from or into any field.
const CARRIERS: [&str; 4] = ["replacements", "vars", "configurations", "transformers"];

/// The kustomizations that may change a field of an object's `spec`, found once for all objects.
pub(super) struct Touching<'i> {
    index: &'i Index<'i>,
    field: &'static str,
    found: Vec<One<'i>>,
}

struct One<'i> {
    kustomization: &'i Kustomization,
    /// What it sees.
    reach: Reach,
    /// It may change any object, by other means than patches.
    is_any: bool,
    /// Its patches that set the field of some object.
    patches: Vec<&'i Patch>,
}

impl<'i> Touching<'i> {
    /// Those that change `field`, or a field whose name begins like that.
    pub(super) fn new(index: &'i Index<'i>, field: &'static str) -> Self {
        let all = index.kustomizations.iter().enumerate();
        let found = all.filter_map(|(number, kustomization)| {
            let patches = kustomization.patches.iter();
            let patches =
                patches.filter(|patch| any_says(index, kustomization, patch, &|node| sets(node, field)));
            let patches: Vec<&Patch> = patches.collect();
            let is_any = kustomization.opaque.is_some() || carries(index, kustomization, field);
            (is_any || !patches.is_empty()).then(|| One {
                kustomization,
                reach: index.tree.reach(index, number),
                is_any,
                patches,
            })
        });
        Self { index, field, found: found.collect() }
    }

    /// The path of one that may change the resource with the index `at`.
    pub(super) fn by(&self, at: usize) -> Option<&'i str> {
        let found = self.found.iter().find(|one| {
            let kustomization = one.kustomization;
            let sees =
                one.reach.resources.contains(&at) || one.reach.has_unknown && kustomization.opaque.is_none();
            sees && (one.is_any || one.patches.iter().any(|patch| self.touches(kustomization, patch, at)))
        });
        found.map(|one| self.index.files[one.kustomization.file].path)
    }

    fn touches(&self, kustomization: &Kustomization, patch: &Patch, at: usize) -> bool {
        let resource = &self.index.resources[at];
        let id = &resource.id;
        match &patch.target {
            Some(target) => target.selects(&id.group, &resource.version, id, !kustomization.renames),
            None => any_says(self.index, kustomization, patch, &|node| {
                names(node, resource) && sets(node, self.field)
            }),
        }
    }
}

/// The kustomizations that give objects other names, with what they see.
pub(super) struct Renaming<'i>(Vec<(&'i str, Reach)>);

impl<'i> Renaming<'i> {
    pub(super) fn new(index: &'i Index<'i>) -> Self {
        let all = index.kustomizations.iter().enumerate().filter(|(_, kustomization)| kustomization.renames);
        Self(all.map(|(number, one)| (index.files[one.file].path, index.tree.reach(index, number))).collect())
    }

    /// The path of one that gives the resource with the index `at` another name.
    pub(super) fn by(&self, at: usize) -> Option<&'i str> {
        self.0.iter().find(|(_, reach)| reach.resources.contains(&at)).map(|(path, _)| *path)
    }
}

fn carries(index: &Index<'_>, kustomization: &Kustomization, field: &str) -> bool {
    let file = &index.files[kustomization.file];
    let Some(root) = file.stream.documents[kustomization.document].node() else { return false };
    let fields = CARRIERS.iter().filter_map(|carrier| root.get(carrier));
    let pattern = format!("spec.{field}");
    fields.into_iter().any(|node| file.text[node.range.clone()].replace('/', ".").contains(&pattern))
}

/// Whether the text of a patch holds a node for which `says` is true; one that cannot be read may.
fn any_says(
    index: &Index<'_>,
    kustomization: &Kustomization,
    patch: &Patch,
    says: &dyn Fn(&Node<'_>) -> bool,
) -> bool {
    match &patch.text {
        PatchText::Unknown => true,
        PatchText::File(named) => index.file_index(named).is_none_or(|file| any_root(index, file, says)),
        PatchText::Inline(file) => any_root(index, *file, says),
        PatchText::Written(_) | PatchText::Nodes(_) => {
            let document = &index.files[kustomization.file].stream.documents[kustomization.document];
            document.node().and_then(|root| root.find(&patch.route)).is_none_or(says)
        }
    }
}

fn any_root(index: &Index<'_>, file: usize, holds: &dyn Fn(&Node<'_>) -> bool) -> bool {
    index.files[file].stream.documents.iter().any(|document| document.node().is_some_and(holds))
}

/// Without a target, a merge patch is put onto the object that it names.
fn names(node: &Node<'_>, resource: &Resource) -> bool {
    let name = node.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::as_str);
    let kind = node.get("kind").and_then(Node::as_str);
    kind == Some(&resource.id.kind) && name == Some(&resource.id.name)
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
