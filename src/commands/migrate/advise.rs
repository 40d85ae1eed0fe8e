//! `flux-forge migrate advise`: what an upgrade of Flux takes, without changing anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Input, read};
use crate::commands::exit;
use crate::error::{Error, Kind, Result};
use crate::flux::running::{Cluster, clusters};
use crate::flux::{FluxVersion, Index, Resource};
use crate::output::advice::{self, Advised, Layout};
use crate::repo::discover_root;
use crate::rules::advice::Advice;
use crate::rules::data::Target;
use crate::ui::Ui;

pub(super) const ABOUT: &str = "\
Say what an upgrade of Flux takes for this repository.

Which API versions here are gone, which changes of behaviour touch objects here, and in which order to go: what to \
change in Git, what to do with the cluster, and at which releases to stop on the way. Nothing is written and no cluster \
is asked.

The Flux that runs is read from the repository: gotk-components.yaml, a FluxInstance, or the source that Flux is \
installed from. Each cluster gets its own advice; clusters with the same Flux get one together.";

pub(super) const EXAMPLES: &str = "\
Examples:
  flux-forge migrate advise                    # from what runs here
  flux-forge migrate advise --from 2.6 --to 2.9
  flux-forge migrate advise --output markdown clusters/production > upgrade.md

Exit codes:
  0  nothing has to be changed before the upgrade
  1  something has to be changed before the upgrade
  2  bad usage or failure
";

/// Arguments of `migrate advise`.
#[derive(Args, Clone, Debug)]
pub(super) struct AdviseArgs {
    /// Files and folders to look at [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The Flux that runs, e.g. 2.6 or 0.41 [default: what the repository tells of each cluster]
    #[arg(long, value_name = "RELEASE")]
    from: Option<FluxVersion>,
    /// The Flux to arrive at, at most 2.10
    #[arg(long, value_name = "RELEASE", default_value_t = Target::default().flux())]
    to: FluxVersion,
    /// How the report is written
    #[arg(long, short, value_enum, default_value_t)]
    output: Format,
}

/// Format of the advice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs, with every place
    Json,
    /// As a page, for an issue or a pull request
    Markdown,
}

pub(super) fn run(ui: &mut Ui, args: &AdviseArgs, cwd: &Path) -> Result<u8> {
    refuse_unknown(args)?;
    let root = discover_root(cwd, &args.paths)?;
    let Input { repo, bootstrapped } = read(&root.root, true, &ui.progress())?;
    let index = Index::new(&repo);
    let clusters = clusters(&index, &bootstrapped);
    let is_asked = |resource: &Resource| root.contains(index.file(resource).path);
    let all = match args.from {
        Some(from) => vec![Advised {
            clusters: Vec::new(),
            advice: Advice::new(&index, from, args.to, &|_, resource| is_asked(resource)),
        }],
        None => of_clusters(ui, &index, &clusters, args.to, &is_asked)?,
    };
    ui.result(match args.output {
        Format::Json => advice::json(&all),
        Format::Text => advice::report(&all, Layout::Text),
        Format::Markdown => advice::report(&all, Layout::Markdown),
    });
    let has_work = all.iter().any(|advised| advised.advice.has_work_before());
    Ok(if has_work { exit::LEFT } else { exit::DONE })
}

fn refuse_unknown(args: &AdviseArgs) -> Result<()> {
    let newest = Target::ALL[Target::ALL.len() - 1].flux();
    let asked = [("--to", Some(args.to)), ("--from", args.from)];
    for (flag, flux) in asked.iter().filter_map(|(flag, flux)| Some((flag, (*flux)?))) {
        if flux > newest {
            return Err(Error::new(Kind::Usage, format!("{flag}: Flux {flux} is not known here"))
                .hint(format!("the newest known release is {newest}")));
        }
    }
    match args.from.filter(|from| *from > args.to) {
        Some(from) => Err(Error::new(Kind::Usage, format!("Flux {from} is newer than {}", args.to))
            .hint("Flux is not made to be downgraded")),
        None => Ok(()),
    }
}

/// One advice for all clusters with the same Flux, about what they apply and what no cluster applies.
fn of_clusters(
    ui: &mut Ui,
    index: &Index<'_>,
    clusters: &[Cluster],
    to: FluxVersion,
    is_asked: &dyn Fn(&Resource) -> bool,
) -> Result<Vec<Advised>> {
    let applies = |cluster: &Cluster, at: usize| cluster.resources.contains(&at);
    let is_free = |at: usize| !clusters.iter().any(|cluster| applies(cluster, at));
    let mut by_flux: BTreeMap<FluxVersion, Vec<&Cluster>> = BTreeMap::new();
    for cluster in clusters {
        let asked = || index.resources.iter().enumerate().filter(|(_, resource)| is_asked(resource));
        match cluster.flux {
            _ if !asked().any(|(at, _)| applies(cluster, at)) => {}
            Some(flux) => by_flux.entry(flux).or_default().push(cluster),
            None => ui.warning(&format!(
                "Which Flux cluster `{}` runs is not known: {}",
                cluster.name, cluster.evidence
            )),
        }
    }
    if by_flux.is_empty() {
        return Err(Error::new(Kind::Usage, "the repository does not tell which Flux runs")
            .hint("name it, e.g. with --from 2.6"));
    }
    let advised = by_flux.into_iter().map(|(from, clusters)| Advised {
        advice: Advice::new(index, from, to.max(from), &|at, resource| {
            is_asked(resource) && (is_free(at) || clusters.iter().any(|cluster| applies(cluster, at)))
        }),
        clusters: clusters.iter().map(|cluster| (cluster.name.clone(), cluster.evidence.clone())).collect(),
    });
    Ok(advised.collect())
}
