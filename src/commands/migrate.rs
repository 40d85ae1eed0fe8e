//! `flux-forge migrate`: brings what is there to what current Flux takes.

mod advise;
mod apis;
mod bootstrap;
mod charts;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::{Args, Subcommand};

use super::report::{self, Format};
use super::{Consent, Finish, FinishArgs, finish};
use crate::error::{Error, Kind, Result};
use crate::finding::{Finding, Fix, Safety, Severity};
use crate::flux::scan::{self, Verdict};
use crate::flux::{FluxVersion, Index, named_files};
use crate::output::Migration;
use crate::plan::Plan;
use crate::repo::{Repo, Scan, Skipped};
use crate::rules::data::Target;
use crate::ui::{Progress, Ui};
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
    #[command(long_about = apis::ABOUT, after_long_help = apis::EXAMPLES)]
    Apis(apis::ApisArgs),
    /// Hand Flux over from `flux bootstrap` to the Flux Operator
    #[command(long_about = bootstrap::ABOUT, after_long_help = bootstrap::EXAMPLES)]
    Bootstrap(bootstrap::BootstrapArgs),
    /// Say what an upgrade of Flux takes for this repository
    #[command(long_about = advise::ABOUT, after_long_help = advise::EXAMPLES)]
    Advise(advise::AdviseArgs),
    /// Take the charts of releases from OCIRepositories
    #[command(long_about = charts::ABOUT, after_long_help = charts::EXAMPLES)]
    Charts(charts::ChartsArgs),
}

/// Runs `migrate`.
pub(crate) fn run(ui: &mut Ui, args: &MigrateArgs, cwd: &Path) -> Result<u8> {
    match &args.command {
        MigrateCommand::Apis(args) => apis::run(ui, args, cwd),
        MigrateCommand::Bootstrap(args) => bootstrap::run(ui, args, cwd),
        MigrateCommand::Advise(args) => advise::run(ui, args, cwd),
        MigrateCommand::Charts(args) => charts::run(ui, args, cwd),
    }
}

/// What a migration reads.
struct Input {
    repo: Repo,
    /// Every `gotk-components.yaml`, which the repository does not hold, and the Flux that it tells of.
    bootstrapped: Vec<(String, Option<FluxVersion>)>,
}

/// Reads what a migration needs. Where nothing old is found that is little; else it is every file with Flux in it,
/// every kustomization and what these name, and what Git tracks although it ignores it: all of these may select an
/// object by its version. The keys of Secrets that objects name are looked at too. With `everything`, all Flux and
/// all that kustomizations name is read in any case.
fn read(root: &Path, everything: bool, progress: &Progress) -> Result<Input> {
    progress.stage("Reading files", 0);
    let bootstrapped = Mutex::new(Vec::new());
    let aside = Mutex::new(Vec::new());
    let later = Mutex::new(Vec::new());
    let beside = Mutex::new(Vec::new());
    let judge = |path: &str, bytes: &[u8]| {
        progress.step();
        scan::judge(path, bytes)
    };
    let keep = |path: &str, bytes: &[u8]| match judge(path, bytes) {
        Verdict::Read => true,
        Verdict::Foreign => false,
        // A broken file is read whatever version it names: its objects are not known.
        Verdict::Later if everything || !decode(bytes).is_ok_and(is_well_formed) => true,
        Verdict::Later => {
            locked(&later).push(path.to_owned());
            false
        }
        Verdict::Beside => {
            locked(&beside).push(path.to_owned());
            false
        }
        Verdict::Aside(reason) => {
            if scan::file_name(path) == scan::COMPONENTS {
                locked(&bootstrapped).push((path.to_owned(), scan::bootstrapped(bytes)));
            }
            locked(&aside).push(Skipped { path: path.to_owned(), reason: reason.to_owned(), failed: false });
            false
        }
    };
    let mut repo = Repo::walk(
        root,
        &Scan { keep: &keep, texts: Some(&|_, bytes| scan::names_old_flux(bytes)), named: None },
    )?;
    repo.add_tracked(&keep)?;
    repo.coverage.skipped.append(&mut locked(&aside));
    repo.coverage.skipped.sort();
    let mut bootstrapped = std::mem::take(&mut *locked(&bootstrapped));
    bootstrapped.sort();
    if !everything && repo.files.keys().all(|path| scan::is_kustomization(path)) {
        return Ok(Input { repo, bootstrapped });
    }
    let mut more = std::mem::take(&mut *locked(&later));
    more.extend(named_files(&repo));
    // What cannot be read here stays unknown, and the index takes it for that.
    let more = more.into_iter().filter_map(|path| Some((repo.read(&path).ok()??, path)));
    // A Secret in a template tells nothing.
    let secrets = std::mem::take(&mut *locked(&beside)).into_iter().filter_map(|path| {
        let file = repo.read(&path).ok()??;
        decode(&file.bytes).is_ok_and(is_well_formed).then_some((file, path))
    });
    let more: Vec<_> = more.chain(secrets).map(|(file, path)| (path, Some(file))).collect();
    Ok(Input { repo: repo.with(more), bootstrapped })
}

/// A repository that was judged.
struct Judged<'a> {
    repo: &'a Repo,
    index: &'a Index<'a>,
    findings: &'a [Finding],
    target: Target,
    /// What the changes do, as the subject of a commit.
    title: String,
}

/// Reports what was found, and takes what can be done about it to the finish line.
fn settle(ui: &mut Ui, cwd: &Path, output: Format, args: &FinishArgs, judged: &Judged<'_>) -> Result<u8> {
    let Judged { repo, index, findings, target, title } = judged;
    let plan = plan(repo, findings, title)?;
    let report = Migration {
        target: target.to_string(),
        repo,
        plan: &plan,
        findings,
        parsed: index.files.iter().filter(|file| file.host.is_none()).count(),
        unread: index.unreadable.iter().filter(|file| !file.looks_like_flux).count(),
        coverage: &repo.coverage,
    };
    report::show(ui, output, args, &report);
    let left = |finding: &&Finding| finding.fix.is_none() && finding.severity >= Severity::Warning;
    let left = findings.iter().filter(left).count();
    finish(ui, &Finish { cwd, repo, plan: &plan, args, consent: Consent::Ask, left, shown: true, found: &[] })
}

fn locked<T>(list: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All safe fixes as one plan; findings that only one fix mends together share it.
fn plan(repo: &Repo, findings: &[Finding], title: &str) -> Result<Plan> {
    let mut fixes: Vec<&Arc<Fix>> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.retain(|fix| fix.safety == Safety::Safe);
    fixes.sort_by_key(|fix| Arc::as_ptr(fix));
    fixes.dedup_by_key(|fix| Arc::as_ptr(fix));
    let mut plan = Plan::new(title);
    plan.add_all(repo, fixes.iter().flat_map(|fix| &fix.changes)).map_err(|conflict| {
        Error::new(Kind::Internal, format!("two fixes contradict each other: {conflict}"))
    })?;
    Ok(plan)
}
