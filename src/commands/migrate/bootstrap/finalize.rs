//! The second step: the files of `flux bootstrap` go.

use std::collections::BTreeSet;
use std::path::Path;

use super::gate::{self, Closed};
use super::{BootstrapArgs, Format, handover, refuse_surprises, show};
use crate::bootstrap::clusters::{Cluster, Ready, State};
use crate::bootstrap::files::Files;
use crate::bootstrap::port::{Key, key};
use crate::commands::{Consent, Finish, finish};
use crate::error::{Error, Kind, Result};
use crate::flux::Index;
use crate::kustomize::Id;
use crate::output::bootstrap::Phase;
use crate::phrase::{List, Literal};
use crate::plan::Plan;
use crate::repo::{Repo, git};
use crate::ui::{Question, Ui};

/// What was read.
pub(super) struct Input<'a> {
    pub(super) repo: &'a Repo,
    pub(super) index: &'a Index<'a>,
    pub(super) clusters: &'a [&'a Cluster],
}

/// Kinds that come into the builds.
const NEW: [&str; 2] = ["FluxInstance", "ResourceSet"];

/// Takes the files of every cluster away for which that is safe.
pub(super) fn run(ui: &mut Ui, args: &BootstrapArgs, cwd: &Path, input: &Input<'_>) -> Result<u8> {
    refuse_unknown(args, input)?;
    let Some(tree) = git::discover(&input.repo.root)? else {
        return Err(Error::new(
            Kind::Refused,
            "this is no Git work tree, so nobody can tell what was prepared before",
        )
        .hint("run it in a clone of the repository that the cluster follows"));
    };
    let mut plan = Plan::new("Let the Flux Operator keep Flux");
    let mut gone: BTreeSet<Key> = BTreeSet::new();
    let mut left = 0;
    for cluster in input.clusters {
        let State::Ready(ready) = &cluster.state else {
            ui.warning(&format!("Cluster `{}` stays: it cannot be taken over yet", cluster.name));
            left += 1;
            continue;
        };
        let closed = match gate::prepared(&tree, ready)? {
            None => unverified(ui, args, cluster, ready)?,
            closed => closed,
        };
        if let Some(closed) = closed {
            ui.warning(&format!("Cluster `{}` stays: {}", cluster.name, closed.reason(&cluster.name)));
            left += 1;
            continue;
        }
        let files = Files { repo: input.repo, index: input.index, installation: &ready.installation };
        match files.finalize(&ready.prepared) {
            Ok(changes) => {
                plan.add_all(input.repo, &changes)?;
                gone.extend(own(ready));
            }
            Err(held) => {
                let row = held.into_row();
                ui.warning(&format!("Cluster `{}` stays: {} {}", cluster.name, row.subject, row.outcome));
                left += 1;
            }
        }
    }
    refuse_surprises(input.repo, input.index, &plan, &gone, &NEW)?;
    if args.output != Format::Text {
        show(ui, args, &handover(Phase::Finalize, input.repo, input.clusters, &plan));
    }
    let run = Finish {
        cwd,
        repo: input.repo,
        plan: &plan,
        args: &args.finish,
        consent: Consent::Ask,
        left,
        shown: false,
        found: &[],
    };
    finish(ui, &run)
}

/// What the operator makes of it: all that leaves the builds.
fn own(ready: &Ready) -> impl Iterator<Item = Key> {
    let roots = ready.installation.root.iter().flat_map(|root| [&root.source_id, &root.kustomization_id]);
    let stock = ready.installation.stock.iter().map(|value| key(&Id::of(value)));
    stock.chain(roots.map(key))
}

fn unverified(ui: &mut Ui, args: &BootstrapArgs, cluster: &Cluster, ready: &Ready) -> Result<Option<Closed>> {
    if args.verified.contains(&cluster.name) {
        return Ok(None);
    }
    let only_looks = args.finish.check || args.finish.dry_run || args.finish.diff;
    if only_looks || !ui.interactive() {
        return Ok(Some(Closed::Unverified));
    }
    let namespace = &ready.installation.namespace;
    ui.hint(&format!("Look at cluster `{}` with kubectl -n {namespace} get fluxinstance flux", cluster.name));
    let prompt = format!("Is the FluxInstance of cluster `{}` Ready", cluster.name);
    let instead = format!("--verified {}", cluster.name);
    let is_ready = ui.confirm(Question { prompt: &prompt, instead: &instead }, false)?;
    Ok((!is_ready).then_some(Closed::Unverified))
}

fn refuse_unknown(args: &BootstrapArgs, input: &Input<'_>) -> Result<()> {
    let names: Vec<&str> = input.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    match args.verified.iter().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            let known: Vec<_> = names.iter().map(Literal).collect();
            Err(Error::new(
                Kind::Usage,
                format!("there is no cluster `{unknown}` with files of `flux bootstrap`"),
            )
            .hint(format!("there is {}", List(&known, "and"))))
        }
    }
}
