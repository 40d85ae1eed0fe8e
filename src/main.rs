//! The binary: the library does everything.

use std::process::ExitCode;

use flux_forge::cli;
use flux_forge::error::{Context, Kind};
use flux_forge::ui::Ui;

fn main() -> ExitCode {
    let mut ui = Ui::from_process();
    let cwd = std::env::current_dir().context(Kind::System, || "cannot find the current folder".to_owned());
    ExitCode::from(match cwd {
        Ok(cwd) => cli::run(std::env::args_os(), &mut ui, &cwd),
        Err(error) => {
            ui.error(&error);
            2
        }
    })
}
