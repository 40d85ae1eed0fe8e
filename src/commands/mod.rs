//! One file per command, and the finish line that all of them share.
//!
//! A command gathers, calls, and hands its plan to [`finish`], the only caller of `plan::apply`. Check, dry run, diff,
//! write and commit are five readings of the same plan.

pub mod blueprint;
pub mod completions;
pub mod exit;
pub mod explain;
pub mod migrate;
pub mod new;
mod report;
pub mod schema;
mod undo;

use std::path::Path;

use clap::Args;

use self::undo::Founded;
use crate::change::Action;
use crate::error::{Error, Kind, Result};
use crate::phrase::Count;
use crate::plan::apply::{Applied, Watch, apply_watched};
use crate::plan::commit::{Committer, Outcome, init};
use crate::plan::guard::guard;
use crate::plan::{Expect, Plan, diff};
use crate::repo::{Repo, git};
use crate::ui::{Label, Question, Ui, Unbroken};

/// How a command that changes files ends.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "What to do with the changes")]
pub struct FinishArgs {
    /// Only say by the exit code whether anything would change; for CI
    #[arg(long, group = "reading")]
    pub check: bool,
    /// Only list each file, what would happen to it and why
    #[arg(long, group = "reading")]
    pub dry_run: bool,
    /// Only print a patch that `git apply` takes
    #[arg(long, group = "reading")]
    pub diff: bool,
    /// Write, then commit exactly the changed files
    #[arg(long, conflicts_with = "reading")]
    pub commit: bool,
    /// Commit to this new branch and switch to it
    #[arg(long, value_name = "NAME", requires = "commit")]
    pub branch: Option<String>,
    /// Also change files that Git could not bring back: modified, untracked, or without Git
    #[arg(long)]
    pub allow_dirty: bool,
    /// Write without asking
    #[arg(long, short, conflicts_with = "reading")]
    pub yes: bool,
}

/// Whether a write needs the user's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Show the plan and ask; `--yes` answers.
    Ask,
    /// Ask once more before writing what questions were answered for.
    AskToCreate,
    /// The command was called to write, as one that only creates.
    Given,
}

/// A run at the finish line.
pub struct Finish<'a> {
    /// The folder the user is in; commands shown for copying work from there.
    pub cwd: &'a Path,
    /// What `plan` was computed from.
    pub repo: &'a Repo,
    /// What to do.
    pub plan: &'a Plan,
    /// How the user wants it.
    pub args: &'a FinishArgs,
    /// Whether to ask before writing.
    pub consent: Consent,
    /// How many things are left to a person: held back, or findings of warning or error level without a change.
    pub left: usize,
    /// Whether the command has already shown what would change.
    pub shown: bool,
    /// The folders, below the root or the root itself as "", that become Git repositories with a first commit where they
    /// are in none or in an unborn one.
    pub found: &'a [String],
}

/// Reads the plan in the way the user asked for and returns the exit code.
pub fn finish(ui: &mut Ui, run: &Finish<'_>) -> Result<u8> {
    let FinishArgs { check, dry_run, diff: patch, .. } = *run.args;
    if !(check || dry_run || patch) {
        write(ui, run)?;
        return Ok(exit::code(false, false, run.left));
    }
    if patch {
        let patch = diff(run.plan, run.repo)?;
        show_patch(ui, &patch);
    } else if dry_run && !run.shown {
        list(ui, run.plan);
    }
    ui.status(&match run.plan.len() {
        0 => "Nothing to change".to_owned(),
        files if run.plan.entries().values().all(|entry| entry.expect == Expect::Absent) => {
            format!("{} would be created", Count(files, "file"))
        }
        files => format!("{} would change", Count(files, "file")),
    });
    Ok(exit::code(true, !run.plan.is_empty(), run.left))
}

fn write(ui: &mut Ui, run: &Finish<'_>) -> Result<()> {
    if run.plan.is_empty() {
        ui.status("Nothing to change");
        return Ok(());
    }
    let undo = guard(run.plan, run.repo, run.args.allow_dirty)?;
    let branch = run.args.branch.as_deref();
    let committer = if run.args.commit { Some(Committer::new(&run.repo.root, branch)?) } else { None };
    let homes: Vec<(&String, Home)> = match committer {
        None => run
            .found
            .iter()
            .map(|folder| Ok((folder, home(&run.repo.root.join(folder))?)))
            .collect::<Result<_>>()?,
        Some(_) => Vec::new(),
    };
    consent(ui, run)?;

    // A commit is not cut in two either.
    let unbroken = ui.unbroken();
    let applied = apply_shown(run, &unbroken)?;
    ui.status(&summary(run.plan));
    let outcome = committer.map(|committer| committer.commit(run.plan)).transpose()?;
    let mut founded = Vec::new();
    for (folder, home) in homes.iter().filter(|(_, home)| *home != Home::Elsewhere) {
        founded.push(found(run, folder, *home)?);
    }
    if founded.len() < homes.len() {
        ui.status("The folder is in a Git work tree already, so nothing was committed");
    }
    report(ui, &undo::Written { run, undo, applied: &applied, outcome: outcome.as_ref(), founded: &founded });
    Ok(())
}

/// Writes the plan, unless the user stops it before the first file is replaced.
fn apply_shown(run: &Finish<'_>, unbroken: &Unbroken) -> Result<Applied> {
    let progress = unbroken.progress();
    progress.stage("Writing", run.plan.len());
    let go_on = |_: &str| {
        if unbroken.is_stopped() {
            return false;
        }
        progress.step();
        true
    };
    apply_watched(run.plan, run.repo, Watch { prepare: &go_on, replace: &mut |_| {} })
}

/// Gives the repository in `folder` its first commit.
fn found(run: &Finish<'_>, folder: &str, home: Home) -> Result<Founded> {
    let root = run.repo.root.join(folder);
    if home == Home::Nowhere {
        init(&root)?;
    }
    let outcome = Committer::new(&root, None)?.commit(&run.plan.below(folder))?;
    Ok(Founded { folder: folder.to_owned(), outcome, initialized: home == Home::Nowhere })
}

/// Which Git repository the folder of a new repository is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    Nowhere,
    /// At the top of one without a commit.
    Unborn,
    Elsewhere,
}

fn home(root: &Path) -> Result<Home> {
    let Some(existing) = root.ancestors().find(|folder| folder.is_dir()) else { return Ok(Home::Nowhere) };
    Ok(match git::discover(existing)? {
        None => Home::Nowhere,
        Some(tree) if existing == root && tree.prefix.is_empty() && tree.is_unborn() => Home::Unborn,
        Some(_) => Home::Elsewhere,
    })
}

fn consent(ui: &mut Ui, run: &Finish<'_>) -> Result<()> {
    let (verb, default, instead) = match run.consent {
        Consent::Given => return Ok(()),
        Consent::Ask if run.args.yes => return Ok(()),
        Consent::Ask => ("Change", false, "--yes; or only look with --check, --dry-run or --diff"),
        Consent::AskToCreate => ("Write", true, "--answers or --defaults"),
    };
    if ui.interactive() && !run.shown {
        list(ui, run.plan);
    }
    let prompt = format!("{verb} {}", Count(run.plan.len(), "file"));
    if ui.confirm(Question { prompt: &prompt, instead }, default)? {
        return Ok(());
    }
    Err(Error::new(Kind::Refused, "nothing was written, since the answer was no"))
}

fn report(ui: &mut Ui, written: &undo::Written<'_>) {
    if let Some(outcome) = written.outcome {
        committed(ui, "", outcome);
    }
    for founded in written.founded {
        committed(ui, &founded.folder, &founded.outcome);
    }
    for line in written.lines() {
        ui.hint(&line);
    }
}

/// Says what became of the commit of the repository in `folder`.
fn committed(ui: &mut Ui, folder: &str, outcome: &Outcome) {
    let what = if folder.is_empty() { String::new() } else { format!(" `{folder}`") };
    match outcome {
        Outcome::Committed { id, branch, .. } => {
            let place = branch.as_ref().map_or("a detached HEAD".to_owned(), |branch| format!("`{branch}`"));
            ui.status(&format!("Committed{what} to {place}: {}", &id[..10]));
        }
        Outcome::Staged { reason, command } => {
            ui.status(&format!("{reason}, so the files{what} are staged only"));
            ui.hint(&format!("Commit them with {command}"));
        }
    }
}

/// One line for each file; the answer of `--dry-run` and what is shown before the question.
fn list(ui: &mut Ui, plan: &Plan) {
    for (path, entry) in plan.entries() {
        let (label, verb) = match entry.change.action {
            Action::Create { .. } => (Label::Added, "create"),
            Action::Modify(_) => (Label::Changed, "modify"),
            Action::Delete => (Label::Removed, "delete"),
        };
        let line = format!("{}  {path}  {}\n", ui.out_label(label, verb), entry.change.reason);
        ui.result(line);
    }
}

fn summary(plan: &Plan) -> String {
    let count = |wanted: fn(&Action) -> bool| {
        plan.entries().values().filter(|entry| wanted(&entry.change.action)).count()
    };
    let parts: Vec<String> = [
        ("created", count(|action| matches!(action, Action::Create { .. }))),
        ("modified", count(|action| matches!(action, Action::Modify(_)))),
        ("deleted", count(|action| matches!(action, Action::Delete))),
    ]
    .iter()
    .filter(|(_, count)| *count > 0)
    .map(|(verb, count)| format!("{verb} {}", Count(*count, "file")))
    .collect();
    let parts = parts.join(", ");
    format!("{}{}", parts[..1].to_uppercase(), &parts[1..])
}

fn show_patch(ui: &mut Ui, patch: &[u8]) {
    if !ui.out_colors() {
        return ui.result(patch);
    }
    for line in patch.split_inclusive(|&byte| byte == b'\n') {
        let label = match line {
            [b'+', ..] => Label::Added,
            [b'-', ..] => Label::Removed,
            [b' ' | b'\\', ..] => Label::Faint,
            _ => Label::Heading,
        };
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line));
        let line = format!("{}\n", ui.out_label(label, &text));
        ui.result(line);
    }
}
