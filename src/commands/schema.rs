//! `flux-forge schema`: JSON Schemas of files that people write.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::blueprint::load;
use super::exit;
use crate::blueprint::{PATTERNS, QUESTIONS, json_schema};
use crate::config;
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
    /// The configuration, `.flux-forge/config.yaml`
    #[command(after_long_help = CONFIG_EXAMPLES)]
    Config,
}

const EXAMPLES: &str = "\
Examples:
  flux-forge schema answers > answers.schema.json

An editor with a YAML language server reads it from the first line of an answers file:
  # yaml-language-server: $schema=answers.schema.json
";

const CONFIG_EXAMPLES: &str = "\
Examples:
  flux-forge schema config > .flux-forge/config.schema.json

An editor with a YAML language server reads it from the first line of the configuration:
  # yaml-language-server: $schema=config.schema.json
";

/// Runs `schema`.
pub(crate) fn run(ui: &mut Ui, args: &SchemaArgs) -> Result<u8> {
    let schema = match args.what {
        What::Answers => answers()?,
        What::Config => config::json_schema(),
    };
    let text = serde_json::to_string_pretty(&schema)
        .context(Kind::Internal, || "cannot print the schema".to_owned())?;
    ui.result(format!("{text}\n"));
    Ok(exit::DONE)
}

fn answers() -> Result<Value> {
    let blueprint = load::embedded(PATTERNS[0].id)?;
    let every: Vec<String> = QUESTIONS.iter().map(|question| question.key.to_owned()).collect();
    let asked = crate::blueprint::Asked { questions: &every, ..blueprint.asked() };
    Ok(json_schema(asked))
}
