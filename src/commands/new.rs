//! `flux-forge new`: answers to repositories, written in one go, each with its first commit.

mod given;
mod interview;
mod machine;
mod order;
mod review;
mod target;

use std::path::{Path, PathBuf};

use clap::Args;

use self::given::Given;
use self::interview::Interview;
use self::order::Order;
use self::target::{Target, taken};
use super::blueprint::load;
use super::undo::quoted;
use super::{Consent, Finish, FinishArgs, exit, finish};
use crate::blueprint::{Answers, Blueprint, Draft, Note, PATTERNS, Rendered, STATE_PATH};
use crate::error::{Context, Error, Kind, Result};
use crate::phrase::List;
use crate::plan::Plan;
use crate::repo::{Repo, git};
use crate::ui::{self, Ui, wrapped};

/// Arguments of `new`.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// The folder to write: new, empty, or a clone without a commit; patterns of several repositories write them side
    /// by side in it [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Take the default of every question that is not answered otherwise
    #[arg(long)]
    defaults: bool,
    /// Read answers from a file; what was written keeps its own in .flux-forge/answers.yaml
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Answer one question, as its flag below does; may be given again, and wins over the file
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    given: Given,
    /// Only print the answers, with all defaults, as an answers file
    #[arg(long)]
    print_answers: bool,
    /// Take the blueprint from a folder of your own; `blueprint eject` makes one to begin with
    #[arg(long, value_name = "FOLDER")]
    blueprint: Option<PathBuf>,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
    /// Only write the files, make neither a Git repository nor a commit
    #[arg(long)]
    no_git: bool,
}

impl NewArgs {
    /// Whether every answer would have to be asked for.
    fn answer_nothing(&self) -> bool {
        !self.defaults && self.answers.is_none() && self.set.is_empty() && self.given.0.is_empty()
    }
}

pub(crate) const ABOUT: &str = "\
Write Flux repositories that can be deployed as they stand.

A few answers are enough: the pattern (a monorepo, a fleet of Git repositories, or a Gitless fleet of signed OCI \
artifacts), where it will live, and which clusters, components and teams there are. In a terminal they are asked for; \
elsewhere they come from flags, from --answers, or from --defaults. The same answers give the same files on every \
machine. No answer is ever a secret: the README that is written tells which Secrets must exist and how to create them.";

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
    let target = if args.print_answers { Target::Empty } else { Target::look(&root)? };
    let earlier = target::earlier(&root, &target)?;
    if earlier.is_some() && args.answer_nothing() {
        return Err(taken(&root, "the folder holds what was made before"));
    }
    let mut draft = given(args, cwd)?;
    let may_ask = ui.interactive() && !args.defaults && earlier.is_none();
    let asks_pattern = may_ask && args.blueprint.is_none() && draft.pattern()?.is_none();
    if asks_pattern {
        interview::greet(ui);
        interview::pattern(ui, &mut draft, None)?;
    }
    let blueprint = blueprint(args, cwd, &mut draft)?;
    let walk = draft.walk(blueprint.asked());
    let asks = may_ask && (walk.lacks_essentials() || !walk.missing.is_empty());
    if asks {
        walk.check()?;
        if !asks_pattern {
            interview::greet(ui);
        }
        let only_missing = !walk.lacks_essentials();
        let (draft, asked) = (&mut draft, blueprint.asked());
        Interview { ui, draft, asked, root: &root, earlier: Vec::new() }.begin(only_missing)?;
    }
    let (answers, notes) = draft.finish(blueprint.asked(), args.defaults)?;
    if !asks {
        for note in &notes {
            remark(ui, note);
        }
    }
    if args.print_answers {
        ui.result(answers.to_yaml(blueprint.asked()));
        return Ok(exit::DONE);
    }
    if let Some(earlier) = earlier {
        return same(ui, &root, &target, &blueprint, &earlier, &answers);
    }
    let mut order = Order { args, root: &root, target: &target, blueprint, draft };
    let (answers, rendered) = if asks { order.agree(ui)? } else { order.show(ui)? };
    write(ui, args, cwd, &root, &answers, &rendered)
}

/// Shows a remark on an answer.
fn remark(ui: &mut Ui, note: &Note) {
    let text = wrapped(&note.text, ui.columns(), 4);
    if note.warns { ui.warning(&text) } else { ui.status(&text) }
}

/// The answers of the command line.
fn given(args: &NewArgs, cwd: &Path) -> Result<Draft> {
    let mut draft = Draft::default();
    if let Some(file) = &args.answers {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(cwd.join(file))
            .context(Kind::Input, || format!("cannot read the answers in `{name}`"))?;
        draft.read(&name, &text)?;
    }
    for (question, text) in &args.given.0 {
        draft.set(question.key, text, &format!("--{}", question.flag))?;
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
    Ok(draft)
}

/// The blueprint that the answers name, or that of the user.
fn blueprint(args: &NewArgs, cwd: &Path, draft: &mut Draft) -> Result<Blueprint> {
    if let Some(folder) = &args.blueprint {
        let blueprint = load::folder(cwd, folder)?;
        if draft.pattern()?.is_none() {
            draft.set("pattern", &blueprint.manifest().pattern, "--blueprint")?;
        }
        return Ok(blueprint);
    }
    load::embedded(draft.pattern()?.as_deref().unwrap_or(PATTERNS[0].id))
}

fn write(
    ui: &mut Ui,
    args: &NewArgs,
    cwd: &Path,
    root: &Path,
    answers: &Answers,
    rendered: &Rendered,
) -> Result<u8> {
    let repo = Repo::empty(root);
    let plan = plan(&repo, answers, rendered)?;
    let finish_args = FinishArgs { dry_run: args.dry_run, ..FinishArgs::default() };
    let folders: Vec<String> =
        rendered.repositories.iter().map(|repository| repository.folder.clone()).collect();
    let run = Finish {
        cwd,
        repo: &repo,
        plan: &plan,
        args: &finish_args,
        consent: Consent::Given,
        left: 0,
        shown: true,
        found: if args.no_git { &[] } else { &folders },
    };
    let code = finish(ui, &run)?;
    if !args.dry_run {
        next_steps(ui, args, root, rendered)?;
    }
    Ok(code)
}

/// Ends a run over what an earlier one wrote.
fn same(
    ui: &mut Ui,
    root: &Path,
    target: &Target,
    blueprint: &Blueprint,
    earlier: &str,
    answers: &Answers,
) -> Result<u8> {
    let rendered = blueprint.render(answers)?;
    let other = || taken(root, "the folder holds what was made from other answers");
    target.fits(root, &rendered).map_err(|_| other())?;
    let mut draft = Draft::default();
    let before =
        draft.read(".flux-forge/answers.yaml", earlier).and_then(|()| draft.finish(blueprint.asked(), false));
    let complete = |folder: &str| root.join(folder).join(STATE_PATH).is_file();
    let all = rendered.repositories.iter().all(|repository| complete(&repository.folder));
    if all && before.is_ok_and(|(before, _)| before == *answers) {
        ui.status("Nothing to change: this was made from the same answers");
        return Ok(exit::DONE);
    }
    Err(taken(
        root,
        if all {
            "the folder holds what was made from other answers"
        } else {
            "a part of what was made here is missing"
        },
    ))
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
        for repository in &rendered.repositories {
            let begin = "git init -b main && git add -A && git commit -m 'Begin'";
            lines.push(match repository.folder.as_str() {
                "" => begin.to_owned(),
                folder => format!("(cd {} && {begin})", quoted(folder)),
            });
        }
    }
    // Commands stay whole, so that they can be copied; a sentence is known by its capital letter.
    let is_prose = |line: &&str| line.starts_with(|first: char| first.is_ascii_uppercase());
    let columns = ui.out_columns().map_or(usize::MAX, |columns| columns.saturating_sub(2));
    lines.extend(rendered.next.lines().flat_map(|line| {
        let shown = if is_prose(&line) { wrapped(line, columns, 0) } else { line.to_owned() };
        shown.split('\n').map(str::to_owned).collect::<Vec<_>>()
    }));
    let indented = lines.iter().map(|line| format!("  {line}").trim_end().to_owned() + "\n");
    let heading = ui.out_label(ui::Label::Heading, "Next steps");
    ui.result(format!("\n{heading}\n{}", indented.collect::<String>()));
    Ok(())
}
