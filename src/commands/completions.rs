//! `flux-forge completions`: a completion script, made from the same definition as the help.

use clap::Args;
use clap_complete::{Shell, generate};

use crate::commands::exit;
use crate::ui::Ui;

/// Arguments of `completions`.
#[derive(Args, Clone, Debug)]
pub struct CompletionsArgs {
    /// The shell that will read the script
    pub shell: Shell,
}

/// What the help shows at its end.
pub(crate) const EXAMPLES: &str = "\
Examples:
  flux-forge completions fish > ~/.config/fish/completions/flux-forge.fish
  flux-forge completions zsh > \"${fpath[1]}/_flux-forge\"
  source <(flux-forge completions bash)   # in ~/.bashrc";

/// Prints the script for `command`, the whole command line.
pub(crate) fn run(ui: &mut Ui, args: &CompletionsArgs, mut command: clap::Command) -> u8 {
    let mut script = Vec::new();
    generate(args.shell, &mut command, "flux-forge", &mut script);
    ui.result(script);
    exit::DONE
}
