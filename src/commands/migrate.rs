//! `flux-forge migrate`: brings what is there to what current Flux takes.

mod advise;
mod whole;

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::{Args, Subcommand};

use super::report::{self, Format};
use super::{Consent, Finish, FinishArgs, finish};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::flux::scan::{self, Verdict};
use crate::flux::{FluxVersion, Index, named_files};
use crate::output::Migration;
use crate::plan::Plan;
use crate::repo::{Excludes, Repo, Scan, Skipped, discover_root};
use crate::rules::data::Target;
use crate::rules::ignore::Ignores;
use crate::rules::{Context, DeadFields, Group, Options, engine};
use crate::ui::Ui;
use crate::yaml::{decode, is_well_formed};

/// Arguments of `migrate`.
#[derive(Args, Clone, Debug)]
pub struct MigrateArgs {
    #[command(subcommand)]
    command: MigrateCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum MigrateCommand {
    /// Move Flux objects to the API versions of a Flux release
    #[command(long_about = ABOUT, after_long_help = EXAMPLES)]
    Apis(ApisArgs),
    /// Say what an upgrade of Flux takes for this repository
    #[command(long_about = advise::ABOUT, after_long_help = advise::EXAMPLES)]
    Advise(advise::AdviseArgs),
}

const ABOUT: &str = "\
Move Flux objects to the API versions of a Flux release.

Only the version in `apiVersion` is replaced, and the one in the target of a Flux Kustomization's patch that selects \
the object: comments, quotes, order of keys and every other byte stay. An object is \
held back, and the report says why, where it would not be valid at the new version, where it is encrypted by SOPS, or \
where a patch finds it by its old version and cannot move with it. Merge patches move together with the objects that \
they are put onto, so every kustomize build gives what it gave before, but for the versions. A downgrade is never made, and \
gotk-components.yaml is never touched.

Patches and the objects they change may lie in different folders, so the whole Git work tree around PATH is read (or, \
without Git, PATH itself); only files below PATH are changed.";

const EXAMPLES: &str = "\
Examples:
  flux-forge migrate apis --dry-run            # what would change, what not
  flux-forge migrate apis --diff | git apply   # the same, as a patch
  flux-forge migrate apis --yes --commit --branch flux-2.9
  flux-forge migrate apis --check --output json clusters/production

";

/// Arguments of `migrate apis`.
#[derive(Args, Clone, Debug)]
pub struct ApisArgs {
    /// Files and folders to change [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The Flux release to arrive at: 2.7, 2.8, 2.9, or 2.10
    #[arg(long, value_name = "RELEASE", default_value_t)]
    target: Target,
    /// Rewrite what is valid but deprecated too
    #[arg(long)]
    modernize: bool,
    /// What becomes of fields that the running Flux does not read any more: written in their new form, so that they
    /// take effect again, or removed
    #[arg(long, value_enum, value_name = "HOW")]
    dead_fields: Option<DeadFields>,
    /// Files to leave alone, as in .gitignore; may be given again
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// How the report is written
    #[arg(long, short, value_enum, default_value_t, conflicts_with = "diff")]
    output: Format,
    #[command(flatten)]
    finish: FinishArgs,
}

/// Runs `migrate`.
pub(crate) fn run(ui: &mut Ui, args: &MigrateArgs, cwd: &Path) -> Result<u8> {
    match &args.command {
        MigrateCommand::Apis(args) => apis(ui, args, cwd),
        MigrateCommand::Advise(args) => advise::run(ui, args, cwd),
    }
}

fn apis(ui: &mut Ui, args: &ApisArgs, cwd: &Path) -> Result<u8> {
    let root = discover_root(cwd, &args.paths)?;
    let excludes = Excludes::new(&root.root, &args.exclude)?;
    let config = Config::read(&root.root)?;
    let may_change = |path: &str| root.contains(path) && !excludes.contains(path);
    // The program ends soon after: taking thousands of files, trees and findings apart first would only cost time.
    let Input { repo, bootstrapped: _ } = read(&root.root)?;
    let repo = ManuallyDrop::new(repo);
    let index = ManuallyDrop::new(Index::new(&repo));
    let options = Options { target: args.target, modernize: args.modernize, dead_fields: args.dead_fields };
    let ignores = Ignores::new(&index, config.ignores);
    let context = Context {
        index: &index,
        options: &options,
        writes: !args.finish.check,
        ignores: &ignores,
        may_change: &may_change,
    };
    let findings = ManuallyDrop::new(engine::run(&context, &[Group::Input, Group::Migrate]));
    let plan = plan(&repo, &findings, args.target)?;
    let report = Migration {
        target: args.target.to_string(),
        repo: &repo,
        plan: &plan,
        findings: &findings,
        parsed: index.files.len(),
        unread: index.unreadable.iter().filter(|file| !file.looks_like_flux).count(),
        coverage: &repo.coverage,
    };
    report::show(ui, args.output, &args.finish, &report);
    let left = |finding: &&Finding| finding.fix.is_none() && finding.severity >= Severity::Warning;
    finish(
        ui,
        &Finish {
            cwd,
            repo: &repo,
            plan: &plan,
            args: &args.finish,
            consent: Consent::Ask,
            left: findings.iter().filter(left).count(),
            shown: true,
            found: &[],
        },
    )
}

/// What a migration reads.
struct Input {
    repo: Repo,
    /// Every `gotk-components.yaml`, which the repository does not hold, and the Flux that it tells of.
    bootstrapped: Vec<(String, Option<FluxVersion>)>,
}

/// Reads what a migration needs. Where nothing old is found that is little; else it is every file with Flux in it,
/// every kustomization and what these name, and what Git tracks although it ignores it: all of these may select an
/// object by its version.
fn read(root: &Path) -> Result<Input> {
    let bootstrapped = Mutex::new(Vec::new());
    let aside = Mutex::new(Vec::new());
    let later = Mutex::new(Vec::new());
    let keep = |path: &str, bytes: &[u8]| match scan::judge(path, bytes) {
        Verdict::Read => true,
        Verdict::Foreign => false,
        // A broken file is read whatever version it names: its objects are not known.
        Verdict::Later if !decode(bytes).is_ok_and(is_well_formed) => true,
        Verdict::Later => {
            locked(&later).push(path.to_owned());
            false
        }
        Verdict::Aside(reason) => {
            if scan::file_name(path) == scan::COMPONENTS {
                locked(&bootstrapped).push((path.to_owned(), scan::bootstrapped(bytes)));
            }
            locked(&aside).push(Skipped { path: path.to_owned(), reason: reason.to_owned() });
            false
        }
    };
    let mut repo = Repo::walk(root, &Scan { keep: &keep })?;
    repo.add_tracked(&keep)?;
    repo.coverage.skipped.append(&mut locked(&aside));
    repo.coverage.skipped.sort();
    let mut bootstrapped = std::mem::take(&mut *locked(&bootstrapped));
    bootstrapped.sort();
    if repo.files.keys().all(|path| scan::is_kustomization(path)) {
        return Ok(Input { repo, bootstrapped });
    }
    let mut more = std::mem::take(&mut *locked(&later));
    more.extend(named_files(&repo));
    // What cannot be read here stays unknown, and the index takes it for that.
    let more = more.into_iter().filter_map(|path| Some((repo.read(&path).ok()??, path)));
    let more: Vec<_> = more.map(|(file, path)| (path, Some(file))).collect();
    Ok(Input { repo: repo.with(more), bootstrapped })
}

fn locked<T>(list: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All safe fixes as one plan; findings that only one fix mends together share it.
fn plan(repo: &Repo, findings: &[Finding], target: Target) -> Result<Plan> {
    let mut fixes: Vec<&Arc<Fix>> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.retain(|fix| fix.safety == Safety::Safe);
    fixes.sort_by_key(|fix| Arc::as_ptr(fix));
    fixes.dedup_by_key(|fix| Arc::as_ptr(fix));
    let mut plan = Plan::new(format!("Move Flux objects to the API versions of Flux {target}"));
    plan.add_all(repo, fixes.iter().flat_map(|fix| &fix.changes)).map_err(|conflict| {
        Error::new(Kind::Internal, format!("two fixes contradict each other: {conflict}"))
    })?;
    Ok(plan)
}
