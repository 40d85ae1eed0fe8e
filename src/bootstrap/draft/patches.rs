//! The patches of kustomizations, with what is needed to port them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::arguments;
use crate::bootstrap::fields::Fields;
use crate::bootstrap::instance::Instance;
use crate::bootstrap::operator;
use crate::bootstrap::port::{self, Key, Ports, key};
use crate::bootstrap::read::Installation;
use crate::flux::scan::folder;
use crate::kustomize::{Action, Id, Step};
use crate::repo::Repo;
use crate::yaml::decode;

/// The patches among the steps of a build, for `base`; with `moves_flags`, flags that are put in front go to the end.
pub(super) fn ported(
    repo: &Repo,
    installation: &Installation,
    fields: &Fields,
    base: &Instance,
    moves_flags: bool,
) -> port::Ported {
    let core: BTreeSet<Key> = installation.stock.iter().map(|value| key(&Id::of(value))).collect();
    let root = installation.root.iter().flat_map(|root| [&root.source_id, &root.kustomization_id]);
    let roots: BTreeSet<Key> = root.map(key).collect();
    let arguments = installation.stock.iter().filter_map(arguments::count).collect();
    let is_role = |object: &&Value| object["kind"] == "ClusterRole";
    let stock: Vec<&Value> = installation.stock.iter().filter(is_role).collect();
    let rendered = operator::render(base, &stock, installation.version()).unwrap_or_default();
    let name = format!("crd-controller-{}", installation.namespace);
    let is_flux = |object: &&Value| object["metadata"]["name"] == *name;
    let roles = [stock.into_iter().find(is_flux), rendered.iter().find(is_flux)];
    let roles = roles.map(|role| role.cloned().unwrap_or_default());
    let ports = Ports { core: &core, roots: &roots, fields, roles, arguments, moves_flags };
    let patches = installation.build.steps.iter().filter_map(|step| match &step.action {
        Action::Patch(patch) => Some((step, patch, comments_above(repo, step))),
        _ => None,
    });
    let relevant = patches.filter(|(step, ..)| concerns(installation, step, &core, &roots));
    port::port(&ports, relevant)
}

/// Whether a patch is a thing of this installation: it changes Flux, or it stands among its files and finds nothing.
fn concerns(installation: &Installation, step: &Step, core: &BTreeSet<Key>, roots: &BTreeSet<Key>) -> bool {
    let is_own = |id: &Id| core.contains(&key(id)) || roots.contains(&key(id));
    let is_beside = folder(&step.path) == installation.folder;
    step.selected.iter().any(is_own) || step.selected.is_empty() && is_beside
}

/// The lines of comments directly above an entry of a kustomization, without `#`.
fn comments_above(repo: &Repo, step: &Step) -> Vec<String> {
    let text = repo.files.get(&step.path).and_then(|file| decode(&file.bytes).ok()).unwrap_or_default();
    let above = text.get(..step.place.start).unwrap_or_default();
    let lines: Vec<&str> = above.lines().collect();
    let own = above.len() > above.rfind('\n').map_or(0, |at| at + 1);
    let lines = if own { &lines[..lines.len().saturating_sub(1)] } else { &lines[..] };
    let is_comment = |line: &&str| line.starts_with('#');
    let mut above = lines.iter().rev().map(|line| line.trim()).peekable();
    let mut comments = Vec::new();
    while let Some(line) = above.next_if(is_comment) {
        comments.push(line.trim_start_matches('#').trim_start().to_owned());
    }
    // What stands above the list is about its first item too.
    if step.field.ends_with("[0]") && above.next_if(|line| line.ends_with(':')).is_some() {
        while let Some(line) = above.next_if(is_comment) {
            comments.push(line.trim_start_matches('#').trim_start().to_owned());
        }
    }
    comments.reverse();
    comments
}
