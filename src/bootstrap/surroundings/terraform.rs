//! Flux that Terraform (or `OpenTofu`) installs by its Flux provider.
//!
//! Sources: fluxcd/terraform-provider-flux v1.8.5 `docs/resources/bootstrap_git.md` and
//! `internal/provider/resource_bootstrap_git.go`; v0.25.3 `docs/data-sources/install.md` and `sync.md`.

mod fed;
mod modules;

use super::hcl::{Block, Literal, literal};
use super::link::NamespaceObject;
use crate::place::Place;

pub use fed::Fed;
pub(super) use modules::{Found, Modules, is_terraform};

/// Something in Terraform that installs Flux.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerraformInstall {
    /// The head of its block.
    pub place: Place,
    /// What it does, and what has to be done about it.
    pub message: String,
    /// What it is.
    pub kind: TerraformKind,
    /// Its addresses in the state, one for each module call that leads to it. `terraform state rm` takes those of
    /// resources; data sources have nothing to be removed.
    pub addresses: Vec<String>,
    /// It, or a module call that leads to it, has `count` or `for_each`: the state has addresses with keys, which
    /// `terraform state list` tells.
    pub is_keyed: bool,
    /// The attributes that say how Flux is installed, in order.
    pub attributes: Vec<Attribute>,
    /// For data sources the resources that are fed by them, which have to leave the state before the block goes.
    pub fed: Vec<Fed>,
}

/// What installs Flux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TerraformKind {
    /// `resource "flux_bootstrap_git"`, provider 0.23 and later, the only one since 1.0.
    BootstrapGit,
    /// `data "flux_install"`, provider before 1.0: the text of `gotk-components.yaml`.
    Install,
    /// `data "flux_sync"`, provider before 1.0: the texts of `gotk-sync.yaml` and of the kustomization.
    Sync,
}

/// An attribute of such a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What it is set to.
    pub value: Value,
    /// The whole of it.
    pub place: Place,
}

/// What an attribute is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A list of strings.
    Texts(Vec<String>),
    /// An expression, as it is written: only Terraform knows its value.
    Expression(String),
}

/// Attributes that say nothing of how Flux is installed.
const ASIDE: [&str; 5] = ["count", "depends_on", "for_each", "provider", "registry_credentials"];

impl TerraformInstall {
    /// The attribute with this name, where it is written.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &attribute.value)
    }

    /// Whether destroying it deletes the gotk files in Git: unless `delete_git_manifests` says otherwise.
    pub fn deletes_manifests(&self) -> bool {
        self.kind == TerraformKind::BootstrapGit
            && self.get("delete_git_manifests") != Some(&Value::Flag(false))
    }

    /// Whether destroying it deletes the namespace: unless `keep_namespace` says otherwise.
    pub fn deletes_namespace(&self) -> bool {
        self.kind == TerraformKind::BootstrapGit && self.get("keep_namespace") != Some(&Value::Flag(true))
    }
}

/// What installs Flux, with what is fed by it.
pub(super) fn installs(modules: &Modules<'_>, namespaces: &[&str]) -> Vec<TerraformInstall> {
    modules.found().filter_map(|found| install(modules, &found, namespaces)).collect()
}

/// Objects of Terraform that are one of `namespaces`.
pub(super) fn namespaces(modules: &Modules<'_>, namespaces: &[&str], objects: &mut Vec<NamespaceObject>) {
    for found in modules.found().filter(|found| found.is_resource(&fed::NAMESPACES)) {
        let metadata = found.block.blocks.iter().find(|block| block.kind == "metadata");
        let name = metadata.and_then(|metadata| metadata.text("name"));
        if let Some(name) = name.filter(|name| namespaces.contains(&name.as_str())) {
            let message = format!(
                "Terraform owns namespace `{name}` as `{}`: destroying that deletes Flux, and Terraform and the \
                 operator both set its labels",
                found.address()
            );
            let place = found.place(found.block.header.clone());
            objects.push(NamespaceObject { place, message, resource: None, name, is_kept: true });
        }
    }
}

fn install(modules: &Modules<'_>, found: &Found<'_>, namespaces: &[&str]) -> Option<TerraformInstall> {
    let kind = match (found.block.kind, found.type_name()?) {
        ("resource", "flux_bootstrap_git") => TerraformKind::BootstrapGit,
        ("data", "flux_install") => TerraformKind::Install,
        ("data", "flux_sync") => TerraformKind::Sync,
        _ => return None,
    };
    let (addresses, is_keyed) = modules.addresses(found);
    let known = found.block.attributes.iter().filter(|attribute| !ASIDE.contains(&attribute.name));
    let mut install = TerraformInstall {
        place: found.place(found.block.header.clone()),
        message: String::new(),
        kind,
        addresses,
        is_keyed,
        attributes: known.map(|attribute| read(found, attribute)).collect(),
        fed: Vec::new(),
    };
    if kind != TerraformKind::BootstrapGit {
        install.fed = fed::by(modules, found, namespaces);
    }
    install.message = message(&install);
    Some(install)
}

fn message(install: &TerraformInstall) -> String {
    let address = install.addresses.first().map_or("", String::as_str);
    if install.kind != TerraformKind::BootstrapGit {
        let count = crate::phrase::Count(install.fed.len(), "resource");
        return format!(
            "`{address}` makes the gotk files, and {count} of Terraform put them where they are: take those out of the \
             state before the block goes"
        );
    }
    let lost: Vec<&str> = [
        (install.deletes_manifests(), "the gotk files in Git"),
        (install.deletes_namespace(), "the namespace with all that runs in it"),
    ]
    .into_iter()
    .filter_map(|(is_lost, what)| is_lost.then_some(what))
    .collect();
    let destroyed = if lost.is_empty() {
        "destroying it uninstalls Flux".to_owned()
    } else {
        format!("destroying it uninstalls Flux and deletes {}", lost.join(" and "))
    };
    format!(
        "`{address}` writes the gotk files again on every apply, and {destroyed}: take it out of the state before \
         anything changes in Git"
    )
}

fn read(found: &Found<'_>, attribute: &super::hcl::Attribute<'_>) -> Attribute {
    let value = match literal(attribute.text) {
        Some(Literal::Text(text)) => Value::Text(text),
        Some(Literal::Flag(flag)) => Value::Flag(flag),
        Some(Literal::Texts(texts)) => Value::Texts(texts),
        None => Value::Expression(attribute.text.to_owned()),
    };
    Attribute { name: attribute.name.to_owned(), value, place: found.place(attribute.range.clone()) }
}

impl Found<'_> {
    /// The type of a resource or data source.
    pub(super) fn type_name(&self) -> Option<&str> {
        let is_object = matches!(self.block.kind, "resource" | "data") && self.block.labels.len() == 2;
        is_object.then(|| self.block.labels[0].as_ref())
    }

    /// Whether it is a resource of one of these types.
    pub(super) fn is_resource(&self, types: &[&str]) -> bool {
        self.block.kind == "resource" && self.type_name().is_some_and(|name| types.contains(&name))
    }

    /// Its address in its own module.
    pub(super) fn address(&self) -> String {
        let prefix = if self.block.kind == "data" { "data." } else { "" };
        format!("{prefix}{}", self.block.labels.join("."))
    }
}

/// Whether a block stands for any number of objects.
fn is_keyed(block: &Block<'_>) -> bool {
    block.get("count").is_some() || block.get("for_each").is_some()
}
