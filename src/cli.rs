//! The command line: the list of commands; parse, run, return the exit code.

use std::ffi::OsString;
use std::path::Path;
use std::sync::LazyLock;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{blueprint, completions, exit, explain, migrate, new, schema};
use crate::error::Result;
use crate::rules::data;
use crate::ui::Ui;

/// Generate and migrate Flux GitOps repositories
#[derive(Parser)]
#[command(
    name = "flux-forge",
    // Flux calls its plugins by this name too, so the help shows one that works everywhere.
    bin_name = "flux-forge",
    version = version(),
    about = "Generate and migrate Flux GitOps repositories",
    long_about = "Generate and migrate Flux GitOps repositories.\n\n\
        flux-forge works on files: it needs no cluster, no network and no Git program. Whatever it would change can be \
        seen before (--dry-run, --diff) and taken back afterwards with Git.",
    after_long_help = format!("{EXAMPLES}\n\n{}", exit::HELP),
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write Flux repositories that can be deployed as they stand
    #[command(long_about = new::ABOUT, after_long_help = new::EXAMPLES)]
    New(new::NewArgs),
    /// Bring a repository up to date with a Flux release
    Migrate(migrate::MigrateArgs),
    /// List, show, check and eject the blueprints that `new` writes from
    Blueprint(blueprint::BlueprintArgs),
    /// Tell what a rule finds, why it matters and what to do
    #[command(after_long_help = explain::EXAMPLES)]
    Explain(explain::ExplainArgs),
    /// Print a JSON Schema for your editor
    Schema(schema::SchemaArgs),
    /// Print a script that completes commands and flags in your shell
    #[command(after_long_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArgs),
}

const EXAMPLES: &str = "\
Examples:
  flux-forge new demo --defaults      # a complete repository to look at
  flux-forge new platform             # repositories from your answers
  flux-forge migrate apis --dry-run   # which objects here are at old versions

flux-forge COMMAND --help tells more about each.";

/// What `--version` prints after the name of the program.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (Flux data of {})", env!("CARGO_PKG_VERSION"), data::data_date()));
    &VERSION
}

/// The definition of the command line, for whatever is made from it: help, completions, reference.
pub fn command() -> clap::Command {
    with_exit_codes(Cli::command())
}

/// Ends the help of each command that reaches the finish line with the table of exit codes.
fn with_exit_codes(mut command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, with_exit_codes);
    }
    if command.get_arguments().any(|arg| arg.get_id() == "dry_run") {
        let examples = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        command = command.after_long_help(format!("{}\n\n{}", examples.trim_end(), exit::HELP));
    }
    command
}

/// Runs the program with `args`, the first of which is its name, in the folder `cwd`; returns the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, ui: &mut Ui, cwd: &Path) -> u8 {
    let code = match parse(args, ui) {
        Ok(cli) => dispatch(cli.command, ui, cwd).unwrap_or_else(|error| {
            ui.error(&error);
            exit::FAILED
        }),
        Err(code) => code,
    };
    match ui.close() {
        Ok(()) => code,
        Err(error) => {
            ui.error(&error);
            exit::FAILED
        }
    }
}

fn dispatch(command: Command, ui: &mut Ui, cwd: &Path) -> Result<u8> {
    match command {
        Command::New(args) => new::run(ui, &args, cwd),
        Command::Migrate(args) => migrate::run(ui, &args, cwd),
        Command::Blueprint(args) => blueprint::run(ui, &args, cwd),
        Command::Explain(args) => explain::run(ui, &args),
        Command::Schema(args) => schema::run(ui, &args),
        Command::Completions(args) => Ok(completions::run(ui, &args, self::command())),
    }
}

/// Help and version are answers and go to standard output; a wrong call is told on standard error.
fn parse(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> Result<Cli, u8> {
    let mut command = self::command();
    if let Some(width) = ui.width() {
        command = command.term_width(width);
    }
    let parsed = command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|message| {
        let text = message.render();
        let asked = matches!(message.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        let colors = if asked { ui.out_colors() } else { ui.err_colors() };
        let text = if colors { text.ansi().to_string() } else { text.to_string() };
        if asked {
            ui.result(text);
            exit::DONE
        } else {
            ui.say(&text);
            exit::FAILED
        }
    })
}
