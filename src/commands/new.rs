//! `flux-forge new`: answers to a repository, written in one go with its first commit.

mod target;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use self::target::{Target, same, taken};
use super::undo::quoted;
use super::{Consent, Finish, FinishArgs, finish};
use crate::blueprint::{Answers, Blueprint, Choice, Draft, QUESTIONS, Question, Rendered, embedded};
use crate::error::{Context, Error, Kind, Result};
use crate::output;
use crate::phrase::List;
use crate::plan::Plan;
use crate::repo::{Repo, git};
use crate::ui::{self, Ui};

/// Arguments of `new`.
#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// The folder to write: new, empty, or a clone without a commit [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Take the default of every question that is not answered otherwise
    #[arg(long)]
    defaults: bool,
    /// Read answers from a file; every repository keeps its own in .flux-forge/answers.yaml
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Answer one question, as its flag below does; may be given again, and wins over the file
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    given: Given,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
    /// Only write the files, make neither a Git repository nor a commit
    #[arg(long)]
    no_git: bool,
}

/// One flag for each question, in the order given by [`QUESTIONS`].
#[derive(Clone, Debug, Default)]
struct Given(Vec<(&'static Question, String)>);

impl NewArgs {
    /// Whether every answer would have to be asked for.
    fn answer_nothing(&self) -> bool {
        !self.defaults && self.answers.is_none() && self.set.is_empty() && self.given.0.is_empty()
    }
}

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        QUESTIONS.iter().fold(command, |command, question| {
            let flag = Arg::new(question.key).long(question.key).value_name(question.value_name);
            command.arg(flag.help(help(question)).help_heading("Answers"))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = QUESTIONS.iter().filter_map(|question| {
            matches.get_one::<String>(question.key).map(|text| (question, text.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn help(question: &Question) -> String {
    let choices: Vec<_> =
        question.choices.iter().filter(|choice| choice.supported).map(|choice| choice.id).collect();
    let choices = if choices.is_empty() { String::new() } else { format!(": {}", List(&choices, "or")) };
    format!("{}{choices} [with --defaults: {}]", question.help, question.default)
}

pub(crate) const ABOUT: &str = "\
Write a Flux repository that can be deployed as it stands.

A few answers are enough: where the repository will live, where the clusters run, and which clusters there are. In a \
terminal they are asked for; elsewhere they come from flags, from --answers, or from --defaults. The same answers give \
the same files on every machine. No answer is ever a secret: the README of the repository tells which Secrets must \
exist and how to create them.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  flux-forge new platform           # answer the questions in the terminal
  flux-forge new demo --defaults    # staging and production, all by default
  flux-forge new platform --repository acme/platform --defaults
  flux-forge new platform --defaults --set platform=aws \\
    --set clusters='dev=dev, prod-eu=prod*, prod-us=prod*'
  flux-forge new copy --answers platform/.flux-forge/answers.yaml

";

/// Runs `new`.
pub(crate) fn run(ui: &mut Ui, args: &NewArgs, cwd: &Path) -> Result<u8> {
    // Without the `.` of `new .`, which messages would show.
    let root: PathBuf = cwd.join(args.dir.as_deref().unwrap_or(Path::new(""))).components().collect();
    let target = Target::look(&root)?;
    if matches!(target, Target::Ours(_)) && args.answer_nothing() {
        return Err(taken(&root, "the folder holds a repository that was made before"));
    }
    let (answers, asked) = gather(ui, args, cwd, &root)?;
    if let Target::Ours(earlier) = target {
        return same(ui, &root, &earlier, &answers);
    }
    let blueprint = pattern(&answers.pattern)?;
    let rendered = blueprint.render(&answers)?;
    let repo = Repo::empty(&root);
    let plan = plan(&repo, &answers, &rendered)?;

    let name = args.dir.as_deref().unwrap_or(Path::new(".")).display().to_string();
    let tree = output::tree(name.trim_end_matches('/'), &rendered, ui);
    ui.result(tree);
    let finish_args = FinishArgs { dry_run: args.dry_run, ..FinishArgs::default() };
    let run = Finish {
        cwd,
        repo: &repo,
        plan: &plan,
        args: &finish_args,
        consent: if asked { Consent::AskToCreate } else { Consent::Given },
        left: 0,
        shown: true,
        found: !args.no_git,
    };
    let code = finish(ui, &run)?;
    if !args.dry_run {
        next_steps(ui, args, &root, &rendered)?;
    }
    Ok(code)
}

/// All answers, and whether someone was asked for some of them.
fn gather(ui: &mut Ui, args: &NewArgs, cwd: &Path, root: &Path) -> Result<(Answers, bool)> {
    let mut draft = Draft::default();
    if let Some(file) = &args.answers {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(cwd.join(file))
            .context(Kind::Input, || format!("cannot read the answers in `{name}`"))?;
        draft.read(&name, &text)?;
    }
    for (question, text) in &args.given.0 {
        draft.set(question.key, text, &format!("--{}", question.key))?;
    }
    for pair in &args.set {
        let given = pair.split_once('=').filter(|(key, _)| !key.contains([':', '@']));
        let Some((key, text)) = given else {
            // What was given is not shown, for it may be an address with a credential in it.
            let message = "`--set` takes a key, `=` and a value, like `platform=aws`";
            return Err(Error::new(Kind::Usage, message));
        };
        draft.set(key.trim(), text, "--set")?;
    }
    let mut asked = false;
    if args.defaults {
        draft.fill_defaults();
    } else if ui.interactive() {
        for question in draft.unanswered() {
            let text = ask(ui, question, root)?;
            draft.set(question.key, &text, "")?;
            asked = true;
        }
    }
    let (answers, notes) = draft.finish()?;
    for note in &notes {
        ui.status(note);
    }
    Ok((answers, asked))
}

/// Asks one question. What the machine knows is only ever suggested.
fn ask(ui: &mut Ui, question: &Question, root: &Path) -> Result<String> {
    let choices: Vec<&Choice> = question.choices.iter().filter(|choice| choice.supported).collect();
    if let [only] = choices[..] {
        ui.status(&format!("{}: {} ({})", question.key, only.id, only.meaning));
        return Ok(only.id.to_owned());
    }
    ui.status(question.help);
    let instead = format!("--{}, --set {}=…, --answers or --defaults", question.key, question.key);
    let prompt = ui::Question { prompt: question.asks, instead: &instead };
    if choices.is_empty() {
        let suggested = (question.key == "repository").then(|| origin(root)).flatten();
        let default = suggested.filter(|url| question.check(url).is_ok());
        let default = default.unwrap_or_else(|| question.default.to_owned());
        return ui.input(prompt, Some(&default), &|text| question.check(text));
    }
    let items: Vec<_> = choices.iter().map(|choice| format!("{}: {}", choice.id, choice.meaning)).collect();
    let default = choices.iter().position(|choice| choice.id == question.default).unwrap_or_default();
    Ok(choices[ui.select(prompt, &items, default)?].id.to_owned())
}

/// Where a fresh clone came from.
fn origin(root: &Path) -> Option<String> {
    let tree = git::discover(root).ok()??;
    let url = tree.prefix.is_empty().then(|| tree.git.config_snapshot().string("remote.origin.url"))??;
    Some(url.to_string())
}

fn pattern(id: &str) -> Result<Blueprint> {
    embedded(id).unwrap_or_else(|| {
        Err(Error::new(Kind::Internal, format!("the pattern `{id}` is accepted, but has no blueprint")))
    })
}

fn plan(repo: &Repo, answers: &Answers, rendered: &Rendered) -> Result<Plan> {
    let names: Vec<_> = answers.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let mut plan = Plan::new(format!("Let Flux manage {}", List(&names, "and")));
    for change in rendered.changes() {
        plan.add(repo, change)?;
    }
    Ok(plan)
}

/// What the user does now, with the names of this very repository.
fn next_steps(ui: &mut Ui, args: &NewArgs, root: &Path, rendered: &Rendered) -> Result<()> {
    // Flux looks for the clusters at the top of the repository.
    let inside_another = git::discover(root)?.is_some_and(|tree| !tree.prefix.is_empty());
    let mut lines = Vec::new();
    let elsewhere = args.dir.as_ref().filter(|dir| dir.as_path() != Path::new("."));
    lines.extend(elsewhere.map(|dir| format!("cd {}", quoted(&dir.to_string_lossy()))));
    if args.no_git || inside_another {
        lines.push("git init -b main && git add -A && git commit -m 'Begin'".to_owned());
    }
    lines.extend(rendered.next.lines().map(str::to_owned));
    let indented = lines.iter().map(|line| format!("  {line}").trim_end().to_owned() + "\n");
    let heading = ui.out_label(ui::Label::Heading, "Next steps");
    ui.result(format!("\n{heading}\n{}", indented.collect::<String>()));
    Ok(())
}
