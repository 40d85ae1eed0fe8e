//! Custom resources by the component that works on them: where a component is dropped, its CRDs go, and all of these.

use super::scope::Scope;
use crate::phrase::Count;
use crate::place::Place;

/// The custom resources of one component of Flux.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomResources {
    /// The component, as bootstrap and FluxInstance name it.
    pub component: &'static str,
    /// Its kinds that are there.
    pub kinds: Vec<&'static str>,
    /// The objects, as indices in [`crate::flux::Index::resources`].
    pub resources: Vec<usize>,
    /// The first of them.
    pub first: Place,
    /// What happens to them without the component.
    pub message: String,
}

/// Group, kind and component of the custom resources of every component that can be left out.
///
/// Source: the CRDs in `manifests.tar.gz` of fluxcd/flux2 v2.9, by component.
const KINDS: [(&str, &str, &str); 8] = [
    ("helm.toolkit.fluxcd.io", "HelmRelease", "helm-controller"),
    ("notification.toolkit.fluxcd.io", "Alert", "notification-controller"),
    ("notification.toolkit.fluxcd.io", "Provider", "notification-controller"),
    ("notification.toolkit.fluxcd.io", "Receiver", "notification-controller"),
    ("image.toolkit.fluxcd.io", "ImageRepository", "image-reflector-controller"),
    ("image.toolkit.fluxcd.io", "ImagePolicy", "image-reflector-controller"),
    ("image.toolkit.fluxcd.io", "ImageUpdateAutomation", "image-automation-controller"),
    ("source.extensions.fluxcd.io", "ArtifactGenerator", "source-watcher"),
];

/// The component that works on objects of this group and kind; `None` for those of source-controller and
/// kustomize-controller, which every bootstrap has.
pub fn component_of(group: &str, kind: &str) -> Option<&'static str> {
    row(group, kind).map(|(_, component)| component)
}

pub(super) fn read(scope: &Scope<'_>) -> Vec<CustomResources> {
    let mut found: Vec<CustomResources> = Vec::new();
    for object in scope.objects() {
        let id = &object.resource.id;
        let Some((kind, component)) = row(&id.group, &id.kind) else { continue };
        if let Some(known) = found.iter_mut().find(|known| known.component == component) {
            known.resources.push(object.index);
            if !known.kinds.contains(&kind) {
                known.kinds.push(kind);
            }
        } else {
            let (kinds, resources) = (vec![kind], vec![object.index]);
            let first = scope.place(object);
            found.push(CustomResources { component, kinds, resources, first, message: String::new() });
        }
    }
    for known in &mut found {
        let count = Count(known.resources.len(), "object");
        known.message = format!(
            "{count} of `{}` in this repository: without it their CRDs are deleted, and they with them",
            known.component
        );
    }
    found.sort_by_key(|known| known.component);
    found
}

fn row(group: &str, kind: &str) -> Option<(&'static str, &'static str)> {
    let row = KINDS.iter().find(|(of, name, _)| (*of, *name) == (group, kind))?;
    Some((row.1, row.2))
}
