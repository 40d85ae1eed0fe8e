//! Image automations, and which of them take the branch from their source.

use super::scope::{Object, Scope};
use crate::flux::{Id, PatchText, Role};
use crate::place::Place;
use crate::yaml::Node;

/// An ImageUpdateAutomation.
///
/// Source: fluxcd/image-automation-controller `internal/source/git.go`: without a checkout reference of its own it takes
/// that of the GitRepository, and without a push branch it pushes to the branch that it checked out. A reference by name
/// has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automation {
    /// Its name.
    pub place: Place,
    /// What becomes of it, where it has no branch of its own.
    pub message: String,
    /// Its index in [`crate::flux::Index::resources`].
    pub resource: usize,
    /// What it is called.
    pub id: Id,
    /// Name of the GitRepository that it works on.
    pub source: String,
    /// Namespace of that, where it is written here or is that of the automation.
    pub source_namespace: Option<String>,
    /// `spec.git.checkout.ref.branch`.
    pub checkout_branch: Option<String>,
    /// `spec.git.push.branch`.
    pub push_branch: Option<String>,
    /// A patch may give it the branch that its file lacks.
    pub is_patched: bool,
}

impl Automation {
    /// Whether it has no branch to check out. A push branch alone is accepted, but Flux before 2.7 clones the default
    /// branch then.
    pub const fn needs_branch(&self) -> bool {
        self.checkout_branch.is_none()
    }

    /// Whether it works on `source`; a name that is filled in later may be any.
    pub fn is_on(&self, source: &Id) -> bool {
        let is_open = |written: &str| written.contains("${") || written.contains("<<");
        let holds = |written: &str, wanted: &str| written == wanted || is_open(written);
        let namespaces = (self.source_namespace.as_deref(), source.namespace.as_deref());
        let same_namespace = match namespaces {
            (Some(written), Some(wanted)) => holds(written, wanted),
            _ => true,
        };
        source.kind == "GitRepository" && holds(&self.source, &source.name) && same_namespace
    }
}

pub(super) fn read(scope: &Scope<'_>) -> Vec<Automation> {
    scope
        .of_kind("image.toolkit.fluxcd.io", "ImageUpdateAutomation")
        .filter_map(|one| automation(scope, one))
        .collect()
}

fn automation(scope: &Scope<'_>, object: Object<'_>) -> Option<Automation> {
    // Before v1alpha2 the source stood below `spec.checkout`.
    let old = ["spec", "checkout", "gitRepositoryRef", "name"];
    let source = object.text(&["spec", "sourceRef", "name"]).or_else(|| object.text(&old))?;
    let written = object.text(&["spec", "sourceRef", "namespace"]);
    let text = |keys: &[&str]| object.text(keys).map(str::to_owned);
    let checkout =
        text(&["spec", "git", "checkout", "ref", "branch"]).or_else(|| text(&["spec", "checkout", "branch"]));
    let push = text(&["spec", "git", "push", "branch"]).or_else(|| text(&["spec", "push", "branch"]));
    let mut automation = Automation {
        place: scope.place(object),
        message: String::new(),
        resource: object.index,
        id: object.resource.id.clone(),
        source: source.to_owned(),
        source_namespace: written.or_else(|| object.namespace()).map(str::to_owned),
        checkout_branch: checkout,
        push_branch: push,
        is_patched: is_patched(scope, object),
    };
    automation.message = message(&automation);
    Some(automation)
}

fn message(automation: &Automation) -> String {
    let Automation { source, id, checkout_branch, push_branch, is_patched, .. } = automation;
    let title = format!("ImageUpdateAutomation `{}`", id.name);
    let hint = if *is_patched { ", unless a patch does" } else { "" };
    match (checkout_branch, push_branch) {
        (Some(branch), _) => {
            format!("{title} checks out branch `{branch}` whatever GitRepository `{source}` says")
        }
        (None, Some(_)) => format!(
            "{title} takes the branch that it checks out from GitRepository `{source}`, and Flux before 2.7 clones the \
             default branch once that has a reference by name: set `spec.git.checkout.ref.branch`{hint}"
        ),
        (None, None) => format!(
            "{title} takes its branch from GitRepository `{source}` and stops once that has a reference by name: set \
             `spec.git.checkout.ref.branch`{hint}"
        ),
    }
}

/// Whether a patch in the repository is put onto this automation, or onto any, and speaks of a branch.
fn is_patched(scope: &Scope<'_>, object: Object<'_>) -> bool {
    let (index, id) = (scope.index, &object.resource.id);
    let merges = index.resources.iter().any(|resource| {
        resource.role == Role::Patch
            && (&resource.id.kind, &resource.id.name) == (&id.kind, &id.name)
            && branch(index.node(resource)).is_some()
    });
    let by_target = || {
        index.kustomizations.iter().flat_map(|kustomization| &kustomization.patches).any(|patch| {
            let version = &object.resource.version;
            let selects = patch
                .target
                .as_ref()
                .is_some_and(|target| target.kind.is_some() && target.selects(&id.group, version, id, true));
            let text = match &patch.text {
                PatchText::File(_) | PatchText::Inline(_) => {
                    index.text_of(patch).map(|file| &*index.files[file].text)
                }
                PatchText::Written(_) | PatchText::Nodes(_) | PatchText::Unknown => None,
            };
            selects && text.is_some_and(|text| text.contains("branch"))
        })
    };
    merges || by_target()
}

fn branch<'n>(node: &'n Node<'n>) -> Option<&'n Node<'n>> {
    super::scope::at(node, &["spec", "git", "checkout", "ref", "branch"])
}
