//! `flux-forge migrate bootstrap`: from the files of `flux bootstrap` to a FluxInstance, in two phases.

mod finalize;
mod gate;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::bootstrap::clusters::{Cluster, State, clusters};
use crate::bootstrap::inventory::appliers;
use crate::bootstrap::{runbook, surroundings};
use crate::change::{Action, Change};
use crate::commands::{Consent, Finish, FinishArgs, finish};
use crate::error::{Error, Kind, Result};
use crate::flux::Index;
use crate::output::bootstrap::{self as output, Handover, Phase};
use crate::plan::Plan;
use crate::repo::{Repo, Root, Scan, discover_root};
use crate::ui::Ui;

pub(super) const ABOUT: &str = "\
Hand Flux over from `flux bootstrap` to the Flux Operator, in two steps that never go together.

First, what is to come is added: for each cluster a FluxInstance that runs the same Flux, with every customisation accounted \
for, and a page that says what to do on the cluster. Files of `flux bootstrap` are left alone, and nothing that the clusters \
apply changes. A cluster is held back, and the report says why, where something cannot be said by a FluxInstance or where \
the operator would make anything else than what is there.

Then, when the operator has taken Flux over, --finalize takes the files of `flux bootstrap` away and lets the cluster apply \
its FluxInstance from Git. For each cluster it wants to see what was added in the last commit, and your word that the \
FluxInstance is Ready: files that go too early take Flux down with them.

No cluster is asked: what the cluster needs is on the page.";

pub(super) const EXAMPLES: &str = "\
Examples:
  flux-forge migrate bootstrap --dry-run                     # what becomes of everything
  flux-forge migrate bootstrap --yes --commit --branch flux-operator
  flux-forge migrate bootstrap --output markdown --dry-run   # for the pull request
  flux-forge migrate bootstrap --finalize --verified staging --yes --commit

";

/// Arguments of `migrate bootstrap`.
#[derive(Args, Clone, Debug)]
pub(super) struct BootstrapArgs {
    /// Files and folders to look at [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Take the files of `flux bootstrap` away, after the operator took Flux over
    #[arg(long)]
    finalize: bool,
    /// The FluxInstance of this cluster is Ready; may be given again
    #[arg(long, value_name = "CLUSTER", requires = "finalize")]
    verified: Vec<String>,
    /// How the report is written
    #[arg(long, short, value_enum, default_value_t, conflicts_with = "diff")]
    output: Format,
    #[command(flatten)]
    finish: FinishArgs,
}

/// Format of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs, with every place
    Json,
    /// As a page, for the description of a pull request
    Markdown,
    /// The page that says what to do on the clusters
    Runbook,
}

/// Runs `migrate bootstrap`.
pub(super) fn run(ui: &mut Ui, args: &BootstrapArgs, cwd: &Path) -> Result<u8> {
    let root = discover_root(cwd, &args.paths)?;
    let texts = |path: &str, bytes: &[u8]| surroundings::wanted(path) && surroundings::matters(path, bytes);
    let scan = Scan { keep: &|_, _| true, texts: Some(&texts), named: Some(&surroundings::wanted) };
    let mut repo = Repo::walk(&root.root, &scan)?;
    repo.add_tracked(&|_, _| true)?;
    let index = Index::new(&repo);
    let found = clusters(&repo, &index);
    let asked = asked(&found, &root)?;
    if args.finalize {
        return finalize::run(
            ui,
            args,
            cwd,
            &finalize::Input { repo: &repo, index: &index, clusters: &asked },
        );
    }
    let mut plan = Plan::new("Prepare Flux for the Flux Operator");
    for cluster in &asked {
        if let State::Ready(ready) = &cluster.state {
            plan.add_all(&repo, &ready.prepared.changes)?;
        }
    }
    refuse_surprises(&repo, &index, &plan, &BTreeSet::new(), &[])?;
    add_runbook(ui, args, &repo, &asked, &mut plan)?;
    show(ui, args, &handover(Phase::Prepare, &repo, &asked, &plan));
    let left = asked.iter().filter(|cluster| matches!(cluster.state, State::Refused(..))).count();
    let finish_args = &args.finish;
    let run = Finish {
        cwd,
        repo: &repo,
        plan: &plan,
        args: finish_args,
        consent: Consent::Ask,
        left,
        shown: false,
        found: &[],
    };
    finish(ui, &run)
}

/// Adds the page for the clusters, where they are prepared in this run. One that is there may have notes in it.
fn add_runbook(
    ui: &mut Ui,
    args: &BootstrapArgs,
    repo: &Repo,
    clusters: &[&Cluster],
    plan: &mut Plan,
) -> Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    if repo.read(runbook::PATH)?.is_some() {
        if !args.finish.check {
            ui.warning(&format!("`{}` is there already and stays as it is", runbook::PATH));
            ui.hint("Print the page for these clusters with --output runbook --dry-run");
        }
        return Ok(());
    }
    let content = runbook::runbook(clusters).into_bytes();
    let action = Action::Create { content, executable: false };
    let reason = "says what to do on the clusters, step by step".to_owned();
    plan.add(repo, Change { path: runbook::PATH.to_owned(), action, reason })?;
    Ok(())
}

/// What is reported.
fn handover<'a>(phase: Phase, repo: &Repo, clusters: &'a [&'a Cluster], plan: &'a Plan) -> Handover<'a> {
    let is_there = |path: &str| repo.read(path).is_ok_and(|file| file.is_some());
    let has_page = |path: &&str| plan.entries().contains_key(*path) || is_there(path);
    Handover { phase, clusters, plan, runbook: Some(runbook::PATH).filter(has_page) }
}

/// The clusters below the paths that the user named.
fn asked<'c>(found: &'c [Cluster], root: &Root) -> Result<Vec<&'c Cluster>> {
    let asked: Vec<&Cluster> = found
        .iter()
        .filter(|cluster| root.contains(&cluster.site.folder) || root.contains(&below(cluster)))
        .collect();
    if asked.is_empty() {
        return Err(Error::new(Kind::Usage, "nothing here was installed by `flux bootstrap`")
            .hint("its files are called gotk-components.yaml and gotk-sync.yaml"));
    }
    Ok(asked)
}

/// A file in the folder of a cluster.
fn below(cluster: &Cluster) -> String {
    format!("{}/x", cluster.site.folder)
}

/// Fails where the plan would change what a Kustomization applies otherwise than it has to.
fn refuse_surprises(
    repo: &Repo,
    index: &Index<'_>,
    plan: &Plan,
    gone: &BTreeSet<crate::bootstrap::port::Key>,
    new: &[&str],
) -> Result<()> {
    let after = plan.preview(repo)?;
    let paths: Vec<&str> = plan.entries().keys().map(String::as_str).collect();
    let shifts = appliers(index, &paths).into_iter().filter_map(|applier| applier.shift(repo, &after));
    let surprises: Vec<String> =
        shifts.filter(|shift| !shift.is_expected(gone, new)).map(|shift| shift.meaning()).collect();
    match surprises.first() {
        None => Ok(()),
        Some(first) => Err(Error::new(Kind::Refused, format!("nothing was written: {first}"))
            .hint("what the clusters apply must stay as it is in this step; please report the layout of this repository")),
    }
}

/// Shows the report: on standard output, or beside the patch of `--diff` on standard error.
fn show(ui: &mut Ui, args: &BootstrapArgs, report: &Handover<'_>) {
    match args.output {
        Format::Json => ui.result(output::json(report)),
        Format::Markdown => ui.result(output::markdown(report)),
        Format::Runbook => ui.result(runbook::runbook(report.clusters)),
        Format::Text if args.finish.diff => {
            let text = output::summary(report, ui);
            ui.status(text.trim_end());
        }
        Format::Text if args.finish.check => {
            let text = output::summary(report, ui);
            ui.result(text);
            ui.hint("See what and where with --dry-run");
        }
        Format::Text => {
            let text = output::text(report, ui);
            ui.result(text);
        }
    }
}
