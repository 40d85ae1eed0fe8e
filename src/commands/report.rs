//! How a report of findings reaches the user: its format, and what of it is shown.

use clap::ValueEnum;

use super::FinishArgs;
use crate::output::{self, Migration};
use crate::ui::Ui;

/// Format of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs, with every change, finding and count
    Json,
    /// Annotations of GitHub Actions, shown beside the lines
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Shows the report: on standard output, or beside the patch of `--diff` on standard error.
pub(super) fn show(ui: &mut Ui, format: Format, finish: &FinishArgs, report: &Migration<'_>) {
    match format {
        Format::Json => ui.result(output::json::migration(report)),
        Format::Sarif => ui.result(output::sarif::log(report)),
        Format::Github => {
            let text = output::github::annotations(report) + &output::text::summary(report, ui);
            ui.result(text);
        }
        Format::Text if finish.diff => {
            let text = output::text::summary(report, ui);
            ui.status(text.trim_end());
        }
        Format::Text if finish.check => {
            let text = output::text::summary(report, ui);
            ui.result(text);
            if !report.findings.is_empty() {
                ui.hint("See what and where with --dry-run");
            }
        }
        Format::Text => {
            let text = output::text::migration(report, ui);
            ui.result(text);
        }
    }
}
