//! Resources that are fed by the data sources of the old Flux provider, through locals and other data sources.

use super::{Found, Modules, is_keyed};
use crate::bootstrap::surroundings::hcl::is_word;
use crate::place::Place;

/// A resource that has to leave the state before the data source that feeds it goes: what is destroyed instead is a
/// file in Git or an object of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fed {
    /// The head of its block.
    pub place: Place,
    /// What is lost when it is destroyed.
    pub message: String,
    /// Its addresses in the state, one for each module call that leads to it.
    pub addresses: Vec<String>,
    /// The state has addresses with keys.
    pub is_keyed: bool,
}

/// Resources that are namespaces.
pub(super) const NAMESPACES: [&str; 2] = ["kubernetes_namespace", "kubernetes_namespace_v1"];
const SECRETS: [&str; 2] = ["kubernetes_secret", "kubernetes_secret_v1"];
const FILES: [&str; 7] = [
    "github_repository_file",
    "gitlab_repository_file",
    "gitea_repository_file",
    "forgejo_repository_file",
    "bitbucket_repository_file",
    "azuredevops_git_repository_file",
    "local_file",
];
const MANIFESTS: [&str; 6] = [
    "kubectl_manifest",
    "kubernetes_manifest",
    "k8s_manifest",
    "kustomization_resource",
    "null_resource",
    "terraform_data",
];

/// The resources of its module that are fed by `source`, and the namespace that they need.
pub(super) fn by(modules: &Modules<'_>, source: &Found<'_>, namespaces: &[&str]) -> Vec<Fed> {
    let carriers = carriers(modules, source);
    let is_fed = |found: &Found<'_>| {
        texts(found).any(|text| carriers.iter().any(|carrier| names(text, carrier)))
            || found.is_resource(&NAMESPACES) && is_one_of(found, namespaces)
    };
    let mut fed: Vec<Fed> = Vec::new();
    for found in modules.beside(source).filter(is_fed) {
        let Some(lost) = lost(&found) else { continue };
        let (addresses, _) = modules.addresses(&found);
        let message = format!("`{}` is destroyed with what feeds it, and {lost}", addresses[0]);
        let place = found.place(found.block.header.clone());
        fed.push(Fed { place, message, addresses, is_keyed: is_keyed(found.block) });
    }
    fed
}

/// What is lost when a resource is destroyed; `None` for those that only read.
fn lost(found: &Found<'_>) -> Option<&'static str> {
    let kinds: [(&[&str], &str); 4] = [
        (&FILES, "deletes a file of the installation from Git"),
        (&MANIFESTS, "deletes objects of the installation from the cluster"),
        (&SECRETS, "deletes a Secret that Flux reads Git with"),
        (&NAMESPACES, "deletes the namespace with all that runs in it"),
    ];
    kinds.into_iter().find(|(types, _)| found.is_resource(types)).map(|(_, lost)| lost)
}

/// References to the data source and to every local and data source that takes something from it.
fn carriers(modules: &Modules<'_>, source: &Found<'_>) -> Vec<String> {
    let mut carriers = vec![source.address()];
    loop {
        let before = carriers.len();
        for found in modules.beside(source) {
            let nodes: Vec<(String, Vec<&str>)> = match found.block.kind {
                "locals" => {
                    let locals = found.block.attributes.iter();
                    locals.map(|local| (format!("local.{}", local.name), vec![local.text])).collect()
                }
                "data" => vec![(found.address(), texts(&found).collect())],
                _ => Vec::new(),
            };
            for (name, texts) in nodes {
                let takes = |carrier: &String| texts.iter().any(|text| names(text, carrier));
                if !carriers.contains(&name) && carriers.iter().any(takes) {
                    carriers.push(name);
                }
            }
        }
        if carriers.len() == before {
            return carriers;
        }
    }
}

/// The values in a block, without those that only order it behind others.
fn texts<'m>(found: &Found<'m>) -> impl Iterator<Item = &'m str> {
    let attributes = found.block.all_attributes().into_iter();
    attributes.filter(|attribute| attribute.name != "depends_on").map(|attribute| attribute.text)
}

/// Whether an expression names `reference`, and not one that only begins like it.
fn names(text: &str, reference: &str) -> bool {
    text.match_indices(reference).any(|(at, _)| {
        let before = text.as_bytes()[..at].last();
        let after = text.as_bytes().get(at + reference.len());
        !before.is_some_and(|&byte| is_word(byte) || byte == b'.')
            && !after.is_some_and(|&byte| is_word(byte))
    })
}

fn is_one_of(found: &Found<'_>, namespaces: &[&str]) -> bool {
    let metadata = found.block.blocks.iter().find(|block| block.kind == "metadata");
    let name = metadata.and_then(|metadata| metadata.text("name"));
    name.is_some_and(|name| namespaces.contains(&name.as_str()))
}
