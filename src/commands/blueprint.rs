//! `flux-forge blueprint`: what `new` writes from, to look at, check and make one's own.

pub(super) mod load;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Consent, Finish, FinishArgs, exit, finish};
use crate::blueprint::{Blueprint, Draft, embedded_files, patterns};
use crate::change::{Action, Change};
use crate::error::{Error, Kind, Result};
use crate::phrase::{Count, List, literals};
use crate::plan::Plan;
use crate::repo::Repo;
use crate::ui::Ui;

/// Arguments of `blueprint`.
#[derive(Args, Clone, Debug)]
pub struct BlueprintArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Name every blueprint with what it writes
    #[command(after_long_help = "Examples:\n  flux-forge blueprint list\n")]
    List,
    /// Tell what a blueprint asks, offers and writes
    #[command(after_long_help = "Examples:\n  flux-forge blueprint show gitless\n")]
    Show {
        /// Its name, as `list` prints it
        id: String,
    },
    /// Read a blueprint of your own, render its examples and judge what comes out
    #[command(after_long_help = "Examples:\n  flux-forge blueprint check ours\n")]
    Check {
        /// The folder with its blueprint.yaml
        dir: PathBuf,
    },
    /// Write a blueprint into a folder, with all that it is made of, to change it there
    #[command(after_long_help = EJECT_EXAMPLES)]
    Eject {
        /// Its name, as `list` prints it
        id: String,
        /// A folder that is new or empty
        dir: PathBuf,
    },
}

const EJECT_EXAMPLES: &str = "\
Examples:
  flux-forge blueprint eject gitless ours
  flux-forge blueprint check ours            # after you have changed it
  flux-forge new platform --blueprint ours
";

/// Runs `blueprint`.
pub(crate) fn run(ui: &mut Ui, args: &BlueprintArgs, cwd: &Path) -> Result<u8> {
    match &args.what {
        What::List => list(ui),
        What::Show { id } => {
            show(ui, &load::embedded(id)?);
            Ok(exit::DONE)
        }
        What::Check { dir } => check(ui, &load::folder(cwd, dir)?),
        What::Eject { id, dir } => eject(ui, id, dir, cwd),
    }
}

fn list(ui: &mut Ui) -> Result<u8> {
    for id in patterns() {
        let blueprint = load::embedded(id)?;
        ui.result(format!("{id:<12}{}\n", blueprint.manifest().summary));
    }
    Ok(exit::DONE)
}

fn show(ui: &mut Ui, blueprint: &Blueprint) {
    let manifest = blueprint.manifest();
    let mut text = format!(
        "{} (version {}, facts of {})\n{}\n\nQuestions\n",
        blueprint.id(),
        manifest.version,
        manifest.catalogue,
        manifest.summary
    );
    for key in &manifest.questions {
        if let Some(question) = crate::blueprint::question(key) {
            text.push_str(&format!("  {key:<17}{} [{}]\n", question.help, question.usually));
        }
    }
    text.push_str("\nComponents\n");
    for component in blueprint.catalogue().selectable() {
        let chart = &component.chart;
        text.push_str(&format!("  {:<23}{:<10}{}\n", component.id, chart.version, component.summary));
    }
    text.push_str("\nFiles\n");
    for part in &manifest.files {
        text.push_str(&format!("  {}: {}\n", part.path, part.meaning));
    }
    let examples: Vec<&String> = blueprint.examples().keys().collect();
    text.push_str(&format!("\nExamples: {}\n", List(&examples, "and")));
    ui.result(text);
}

/// Renders every example and judges the result.
fn check(ui: &mut Ui, blueprint: &Blueprint) -> Result<u8> {
    if blueprint.examples().is_empty() {
        return Err(Error::new(Kind::Input, format!("blueprint `{}` has no example", blueprint.id()))
            .hint("Put answers that must work into examples/NAME.yaml"));
    }
    for (name, text) in blueprint.examples() {
        let mut draft = Draft::default();
        draft.read(&format!("examples/{name}.yaml"), text)?;
        let (answers, _) = draft.finish(blueprint.asked(), false)?;
        let rendered = blueprint.render(&answers)?;
        load::audit(&rendered)?;
        let repositories = match rendered.repositories.len() {
            1 => String::new(),
            many => format!(" in {}", Count(many, "repository")),
        };
        ui.result(format!("{name}: {}{repositories}\n", Count(rendered.files.len(), "file")));
    }
    Ok(exit::DONE)
}

fn eject(ui: &mut Ui, id: &str, dir: &Path, cwd: &Path) -> Result<u8> {
    let files = embedded_files(id).ok_or_else(|| load::no_pattern(id))?;
    let root: PathBuf = cwd.join(dir).components().collect();
    let occupied = std::fs::read_dir(&root).is_ok_and(|mut entries| entries.next().is_some());
    if occupied || root.is_file() {
        return Err(Error::new(Kind::Refused, format!("the folder is not empty: `{}`", root.display()))
            .hint("Name a new folder, or an empty one"));
    }
    let repo = Repo::empty(&root);
    let mut plan = Plan::new(format!("Eject the blueprint {id}"));
    for (path, content) in files {
        let action = Action::Create { content, executable: false };
        plan.add(&repo, Change { path, action, reason: "a part of the blueprint".to_owned() })?;
    }
    let run = Finish {
        cwd,
        repo: &repo,
        plan: &plan,
        args: &FinishArgs::default(),
        consent: Consent::Given,
        left: 0,
        shown: true,
        found: &[],
    };
    let code = finish(ui, &run)?;
    ui.hint(&format!(
        "Use it with flux-forge new --blueprint {}",
        super::undo::quoted(&dir.to_string_lossy())
    ));
    Ok(code)
}

/// The names of all patterns, for messages.
fn known() -> String {
    List(&literals(&patterns()), "or").to_string()
}
