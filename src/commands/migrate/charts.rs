//! `flux-forge migrate charts`: OCIRepositories in the place of HelmRepositories of type `oci`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Input, Judged, read, settle};
use crate::commands::FinishArgs;
use crate::commands::report::Format;
use crate::config::Config;
use crate::error::Result;
use crate::flux::Index;
use crate::flux::running::clusters;
use crate::repo::{Excludes, discover_root};
use crate::rules::ignore::Ignores;
use crate::rules::{Context, Group, Options, engine};
use crate::ui::Ui;

pub(super) const ABOUT: &str = "\
Take the charts of releases from OCIRepositories.

A release whose chart comes from a HelmRepository of type `oci` gets an OCIRepository of its own, in a document before \
it, and refers to that with `chartRef`. The HelmRepository stays; the report says where nothing here uses it any more. \
A release stays as it is, and the report says why, where something has no counterpart, where a patch may change its \
chart or its HelmRepository, or where it is not at the current API version yet.

When this reaches a cluster, each release gets one Helm upgrade, since the version of its chart then carries the digest \
of the artifact.";

pub(super) const EXAMPLES: &str = "\
Examples:
  flux-forge migrate charts --dry-run            # which releases, which not and why
  flux-forge migrate charts --diff | git apply   # the same, as a patch
  flux-forge migrate charts --yes --commit --branch oci-charts apps/staging

";

/// Arguments of `migrate charts`.
#[derive(Args, Clone, Debug)]
pub(super) struct ChartsArgs {
    /// Files and folders to change [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Files to leave alone, as in .gitignore; may be given again
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// How the report is written
    #[arg(long, short, value_enum, default_value_t, conflicts_with = "diff")]
    output: Format,
    #[command(flatten)]
    finish: FinishArgs,
}

/// Runs `migrate charts`.
pub(super) fn run(ui: &mut Ui, args: &ChartsArgs, cwd: &Path) -> Result<u8> {
    let root = discover_root(cwd, &args.paths)?;
    let excludes = Excludes::new(&root.root, &args.exclude)?;
    let config = Config::read(&root.root)?;
    let may_change = |path: &str| root.contains(path) && !excludes.contains(path);
    let Input { repo, bootstrapped } = read(&root.root, true, &ui.progress())?;
    let index = Index::new(&repo);
    let clusters = clusters(&index, &bootstrapped);
    let options = Options::default();
    let ignores = Ignores::new(&index, config.ignores);
    let context = Context {
        clusters: &clusters,
        writes: !args.finish.check,
        may_change: &may_change,
        ..Context::new(&index, &options, &ignores)
    };
    let findings = engine::run(&context, &[Group::Input, Group::Charts]);
    let title = "Take Helm charts from OCIRepositories".to_owned();
    let judged = Judged { repo: &repo, index: &index, findings: &findings, target: options.target, title };
    settle(ui, cwd, args.output, &args.finish, &judged)
}
