//! The command line: the list of commands; parse, run, return the exit code.

use std::ffi::OsString;
use std::path::Path;
use std::sync::LazyLock;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{completions, exit, migrate};
use crate::error::Result;
use crate::rules::data;
use crate::ui::Ui;

/// Generate and migrate Flux `GitOps` repositories
#[derive(Parser)]
#[command(
    name = "flux-forge",
    // Flux calls its plugins by this name too, so the help shows one that works everywhere.
    bin_name = "flux-forge",
    version = version(),
    about = "Generate, migrate and judge Flux GitOps repositories",
    long_about = "Generate, migrate and judge Flux GitOps repositories.\n\n\
        flux-forge works on files: it needs no cluster, no network and no Git program. Whatever it would change can be \
        seen before (--dry-run, --diff) and taken back afterwards with Git.",
    after_long_help = exit::HELP,
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
    /// Bring a repository to what current Flux takes
    Migrate(migrate::MigrateArgs),
    /// Print a script that completes commands and flags in your shell
    #[command(after_long_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArgs),
}

/// What `--version` prints after the name of the program.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (Flux data of {})", env!("CARGO_PKG_VERSION"), data::data_date()));
    &VERSION
}

/// The definition of the command line, for whatever is made from it: help, completions, reference.
pub fn command() -> clap::Command {
    Cli::command()
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
        Command::Migrate(args) => migrate::run(ui, &args, cwd),
        Command::Completions(args) => Ok(completions::run(ui, &args, Cli::command())),
    }
}

/// Help and version are answers and go to standard output; a wrong call is told on standard error.
fn parse(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> Result<Cli, u8> {
    let mut command = Cli::command();
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
