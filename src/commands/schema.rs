//! `flux-forge schema`: JSON Schemas of files that people write.

use clap::{Args, Subcommand};

use super::blueprint::load;
use super::exit;
use crate::blueprint::{PATTERNS, QUESTIONS, json_schema};
use crate::error::{Context, Kind, Result};
use crate::ui::Ui;

/// Arguments of `schema`.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Clone, Copy, Debug)]
enum What {
    /// The answers file that `new --answers` takes
    #[command(after_long_help = EXAMPLES)]
    Answers,
}

const EXAMPLES: &str = "\
Examples:
  flux-forge schema answers > answers.schema.json

An editor with a YAML language server reads it from the first line of an answers file:
  # yaml-language-server: $schema=answers.schema.json
";

/// Runs `schema`.
pub(crate) fn run(ui: &mut Ui, args: &SchemaArgs) -> Result<u8> {
    let What::Answers = args.what;
    let blueprint = load::embedded(PATTERNS[0].id)?;
    let every: Vec<String> = QUESTIONS.iter().map(|question| question.key.to_owned()).collect();
    let asked = crate::blueprint::Asked { questions: &every, ..blueprint.asked() };
    let text = serde_json::to_string_pretty(&json_schema(asked))
        .context(Kind::Internal, || "cannot print the schema".to_owned())?;
    ui.result(format!("{text}\n"));
    Ok(exit::DONE)
}
