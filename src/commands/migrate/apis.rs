//! `flux-forge migrate apis`: the run, from what is read to what is left.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Input, Judged, read, settle};
use crate::commands::FinishArgs;
use crate::commands::report::Format;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::finding::Finding;
use crate::flux::Index;
use crate::flux::running::{Cluster, clusters};
use crate::phrase::{List, Literal};
use crate::repo::{Excludes, discover_root};
use crate::rules::data::Target;
use crate::rules::ignore::Ignores;
use crate::rules::{self, Context, DeadFields, Group, Options, engine};
use crate::ui::{Question, Ui};

pub(super) const ABOUT: &str = "\
Move Flux objects to the API versions of a Flux release.

The version in `apiVersion` is replaced, and with it what else has to change: fields that moved or are gone, values that \
are not accepted any more, references and patches that name the old version. Comments, quotes, order of keys and every \
other byte stay. An object is held back, and the report says why, where a person has to decide something first, where it \
would not be valid at the new version, where it is encrypted by SOPS, or where a patch would find other objects than \
before. A downgrade is never made, and gotk-components.yaml is never touched.

The Flux that runs is read from gotk-components.yaml and FluxInstances. Where it is older than the target, objects go only \
as far as it serves, unless --target is given: then the run stops (--force-target goes on).

A field that Flux stopped reading long ago would take effect again if it was written in its new form. Where such a Flux \
runs, or where it is not known, --dead-fields says what becomes of these fields; without it their objects stay.

Templates, Markdown, comments and strings that only write objects down are reported and left as they are; --templates and \
--docs replace the versions in the first two.

Patches and the objects they change may lie in different folders, so the whole Git work tree around PATH is read (or, \
without Git, PATH itself); only files below PATH are changed.";

pub(super) const EXAMPLES: &str = "\
Examples:
  flux-forge migrate apis --dry-run            # what would change, what not
  flux-forge migrate apis --diff | git apply   # the same, as a patch
  flux-forge migrate apis --yes --commit --branch flux-2.9
  flux-forge migrate apis --check --output github clusters/production

";

/// Arguments of `migrate apis`.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Args, Clone, Debug)]
pub(super) struct ApisArgs {
    /// Files and folders to change [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The Flux release to arrive at: 2.7, 2.8, 2.9, or 2.10 [default: 2.9, or what the Flux that runs serves]
    #[arg(long, value_name = "RELEASE")]
    target: Option<Target>,
    /// Write the versions of the target even where the Flux that runs does not serve them yet
    #[arg(long)]
    force_target: bool,
    /// Change only what this cluster applies; may be given again
    #[arg(long, value_name = "NAME")]
    cluster: Vec<String>,
    /// What becomes of fields that the running Flux does not read any more
    #[arg(long, value_enum, value_name = "HOW")]
    dead_fields: Option<DeadFields>,
    /// Rewrite what is valid but deprecated too
    #[arg(long)]
    modernize: bool,
    /// Replace versions in templates too (charts, .tpl, .j2, .tf and others), where nothing else can be judged
    #[arg(long)]
    templates: bool,
    /// Replace versions in the YAML blocks of Markdown files too
    #[arg(long)]
    docs: bool,
    /// Files to leave alone, as in .gitignore; may be given again
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// How the report is written
    #[arg(long, short, value_enum, default_value_t, conflicts_with = "diff")]
    output: Format,
    #[command(flatten)]
    finish: FinishArgs,
}

/// Runs `migrate apis`.
pub(super) fn run(ui: &mut Ui, args: &ApisArgs, cwd: &Path) -> Result<u8> {
    let root = discover_root(cwd, &args.paths)?;
    let excludes = Excludes::new(&root.root, &args.exclude)?;
    let config = Config::read(&root.root)?;
    // The program ends soon after: taking thousands of files, trees and findings apart first would only cost time.
    let progress = ui.progress();
    let Input { repo, bootstrapped } = read(&root.root, args.modernize, &progress)?;
    progress.stage("Judging objects", 0);
    let repo = ManuallyDrop::new(repo);
    let index = ManuallyDrop::new(Index::new(&repo));
    let clusters = clusters(&index, &bootstrapped);
    let narrowed = narrowed(&index, &clusters, &args.cluster)?;
    let may_change = |path: &str| {
        root.contains(path)
            && !excludes.contains(path)
            && narrowed.as_ref().is_none_or(|paths| paths.contains(path))
    };
    let ignores = Ignores::new(&index, config.ignores);
    let mut options = Options {
        target: args.target.unwrap_or_default(),
        force_target: args.force_target,
        modernize: args.modernize,
        templates: args.templates,
        docs: args.docs,
        dead_fields: args.dead_fields,
    };
    let judge = |options: &Options| -> Result<Vec<Finding>> {
        let context = Context {
            clusters: &clusters,
            writes: !args.finish.check,
            may_change: &may_change,
            ..Context::new(&index, options, &ignores)
        };
        if args.target.is_some() && !args.force_target {
            is_served(&context)?;
        }
        Ok(engine::run(&context, &[Group::Input, Group::Kustomize, Group::Migrate, Group::Text]))
    };
    let mut findings = ManuallyDrop::new(judge(&options)?);
    drop(progress);
    if asks(ui, args)
        && let Some(answer) = ask(ui, &findings)?
    {
        options.dead_fields = Some(answer);
        findings = ManuallyDrop::new(judge(&options)?);
    }
    let title = format!("Move Flux objects to the API versions of Flux {}", options.target);
    let judged = Judged { repo: &repo, index: &index, findings: &findings, target: options.target, title };
    settle(ui, cwd, args.output, &args.finish, &judged)
}

/// The files that the clusters of these names apply; `None` where no name is given.
fn narrowed<'i>(
    index: &Index<'i>,
    clusters: &[Cluster],
    names: &[String],
) -> Result<Option<BTreeSet<&'i str>>> {
    let mut paths = BTreeSet::new();
    for name in names {
        let Some(cluster) = clusters.iter().find(|cluster| cluster.name == *name) else {
            let known: Vec<_> = clusters.iter().map(|cluster| Literal(&cluster.name)).collect();
            let error = Error::new(Kind::Usage, format!("there is no cluster {} here", Literal(name)));
            return Err(match known.as_slice() {
                [] => error.hint("no gotk-components.yaml and no FluxInstance tells of a cluster"),
                known => error.hint(format!("those here: {}", List(known, "and"))),
            });
        };
        paths.extend(cluster.resources.iter().map(|&resource| index.file(&index.resources[resource]).path));
    }
    Ok((!names.is_empty()).then_some(paths))
}

/// An explicit target has to be served by the Flux that runs.
fn is_served(context: &Context<'_>) -> Result<()> {
    let Some(unserved) = rules::unserved(context) else { return Ok(()) };
    let cluster = unserved.cluster;
    let message = format!(
        "{} at {}:{} would become {}, which Flux {} on cluster {} does not serve",
        unserved.object,
        unserved.place.path,
        unserved.place.line,
        unserved.wanted,
        cluster.flux.map(|flux| flux.to_string()).unwrap_or_default(),
        Literal(&cluster.name),
    );
    Err(Error::new(Kind::Usage, message)
        .hint(cluster.evidence.clone())
        .hint("without --target objects go as far as that Flux serves")
        .hint("upgrade Flux first, or go on all the same with --force-target"))
}

/// Only who is about to write and has not answered yet is asked.
fn asks(ui: &Ui, args: &ApisArgs) -> bool {
    let FinishArgs { check, dry_run, diff, yes, .. } = args.finish;
    ui.interactive() && args.dead_fields.is_none() && !(check || dry_run || diff || yes)
}

/// Asks what becomes of dead fields, where there are any.
fn ask(ui: &mut Ui, findings: &[Finding]) -> Result<Option<DeadFields>> {
    let undecided = |finding: &&Finding| finding.rule == rules::DEAD_FIELD && finding.fix.is_none();
    let dead: Vec<&Finding> = findings.iter().filter(undecided).collect();
    if dead.is_empty() {
        return Ok(None);
    }
    for finding in dead {
        ui.status(&format!(
            "{}:{}: {}: {}",
            finding.place.path, finding.place.line, finding.subject, finding.message
        ));
    }
    let items = [
        "leave    their objects stay as they are",
        "convert  write them in their new form: they take effect again",
        "drop     remove them: what the cluster does today",
    ];
    let question = Question { prompt: "What becomes of these fields", instead: "--dead-fields" };
    let picked = ui.select(question, &items.map(str::to_owned), 0)?;
    Ok([None, Some(DeadFields::Convert), Some(DeadFields::Drop)][picked])
}
