//! What around an installation gets in the way of replacing it.
//!
//! Everything here is read from texts alone: nothing is known of other repositories, of a Terraform state or of a
//! cluster. What is listed is what a person has to look at; it says why, and what to do.

mod automation;
mod charts;
mod commands;
mod components;
mod hcl;
mod json5;
mod link;
mod policies;
mod renovate;
mod scope;
mod selectors;
mod terraform;
mod wanted;
mod writers;

use std::fmt;

use crate::flux::{Id, Index};
use crate::repo::Repo;

pub use automation::Automation;
pub use charts::{Chart, Install, Instance, Means};
pub use components::{CustomResources, component_of};
pub use link::{NamespaceObject, Reference, Use, Users};
pub use policies::{Policy, Why};
pub use selectors::Selector;
pub use terraform::{Attribute, Fed, TerraformInstall, TerraformKind, Value};
pub use wanted::{matters, wanted};
pub use writers::{Mention, Writer, WriterKind};

use scope::Scope;

/// What stands around the installations of a repository.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// What Terraform installs by the Flux provider.
    pub terraform: Vec<TerraformInstall>,
    /// Flux, its sync, the operator and instances that come from charts or plain manifests.
    pub installs: Vec<Install>,
    /// Every FluxInstance.
    pub instances: Vec<Instance>,
    /// What writes gotk files again after they were removed.
    pub writers: Vec<Writer>,
    /// Scripts that read gotk files and fail without them.
    pub mentions: Vec<Mention>,
    /// Every ImageUpdateAutomation.
    pub automations: Vec<Automation>,
    /// Policies that may refuse what the operator applies.
    pub policies: Vec<Policy>,
    /// What selects pods by labels that the operator does not set.
    pub selectors: Vec<Selector>,
    /// Every path that a kustomization, kustomize's or Flux's, builds from.
    pub references: Vec<Reference>,
    /// Every object that is one of the given namespaces.
    pub namespaces: Vec<NamespaceObject>,
    /// Every `sourceRef` and every `dependsOn` of a Kustomization.
    pub uses: Vec<Use>,
    /// The custom resources of each component that can be left out.
    pub custom_resources: Vec<CustomResources>,
}

/// Reads what stands around the installations in `namespaces`. The index holds no `gotk-components.yaml`, so what is
/// in there is never counted as something around.
pub fn read(repo: &Repo, index: &Index<'_>, namespaces: &[&str]) -> Surroundings {
    let scope = Scope::new(index, namespaces);
    let modules = terraform::Modules::new(index);
    let mut found = Surroundings {
        terraform: terraform::installs(&modules, namespaces),
        automations: automation::read(&scope),
        policies: policies::read(&scope),
        selectors: selectors::read(&scope),
        references: link::references(&scope),
        namespaces: link::namespaces(&scope),
        uses: link::uses(&scope),
        custom_resources: components::read(&scope),
        ..Surroundings::default()
    };
    terraform::namespaces(&modules, namespaces, &mut found.namespaces);
    charts::read(&scope, &modules, &mut found);
    writers::read(&scope, &mut found);
    found.writers.extend(renovate::read(repo, index));
    found.sort();
    found
}

impl Surroundings {
    /// The installations of Flux that a chart made, which no gotk file describes.
    pub fn charts_of_flux(&self) -> impl Iterator<Item = &Install> {
        self.installs.iter().filter(|install| matches!(install.chart, Chart::Flux | Chart::Sync))
    }

    /// The operators that are already there.
    pub fn operators(&self) -> impl Iterator<Item = &Install> {
        self.installs.iter().filter(|install| install.chart == Chart::Operator)
    }

    /// The image automations that take their branch from `source`, a GitRepository: without one of their own they stop
    /// when its reference no longer names a branch.
    pub fn automations_on_branch<'a>(&'a self, source: &'a Id) -> impl Iterator<Item = &'a Automation> {
        self.automations.iter().filter(|automation| automation.needs_branch() && automation.is_on(source))
    }

    /// What outside of `folder` names it or something in it.
    pub fn references_to<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Reference> {
        self.references.iter().filter(move |reference| reference.leads_into(folder))
    }

    /// The objects that are `namespace` and lie outside of `folder`: each is a second owner.
    pub fn owners_of<'a>(
        &'a self,
        namespace: &'a str,
        folder: &'a str,
    ) -> impl Iterator<Item = &'a NamespaceObject> {
        let is_other = move |object: &&NamespaceObject| !link::is_within(&object.place.path, folder);
        self.namespaces.iter().filter(move |object| object.name == namespace).filter(is_other)
    }

    /// How many objects name `root`, a source or a Flux Kustomization.
    pub fn users_of(&self, root: &Id) -> Users {
        link::users(&self.uses, root)
    }

    /// By place, so that two runs say the same.
    fn sort(&mut self) {
        self.terraform.sort_by(|one, other| one.place.cmp(&other.place));
        self.installs.sort_by(|one, other| one.place.cmp(&other.place));
        self.instances.sort_by(|one, other| one.place.cmp(&other.place));
        self.writers.sort_by(|one, other| one.place.cmp(&other.place));
        self.mentions.sort_by(|one, other| one.place.cmp(&other.place));
        self.policies.sort_by(|one, other| (&one.place, one.why).cmp(&(&other.place, other.why)));
        self.selectors.sort_by(|one, other| one.place.cmp(&other.place));
        self.namespaces.sort_by(|one, other| one.place.cmp(&other.place));
    }
}

/// A name with its namespace, where that is known.
fn called(name: Option<&str>, namespace: Option<&str>) -> String {
    match (name, namespace) {
        (Some(name), Some(namespace)) => format!("`{namespace}/{name}`"),
        (Some(name), None) => format!("`{name}`"),
        (None, _) => "without a known name".to_owned(),
    }
}

/// ` in namespace …`, or nothing.
struct Within<'a>(Option<&'a str>);

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |namespace| write!(f, " in namespace `{namespace}`"))
    }
}
