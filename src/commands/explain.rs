//! `flux-forge explain`: what a rule finds, why, and what to do.

use clap::Args;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use super::exit;
use crate::error::{Error, Kind, Result};
use crate::output;
use crate::phrase::{List, Literal, literals};
use crate::rules::{RULES, find, similar};
use crate::ui::Ui;

/// Arguments of `explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// Id of a rule, as reports show it in brackets [default: a list of all rules]
    #[arg(value_name = "RULE", value_parser = RuleId, hide_possible_values = true)]
    rule: Option<String>,
    /// Print the cases of the rule too: files before and after
    #[arg(long, requires = "rule")]
    cases: bool,
}

/// What the help shows at its end.
pub(crate) const EXAMPLES: &str = "\
Examples:
  flux-forge explain                    # all rules
  flux-forge explain old-api-version    # what it finds, why it matters, what to do
  flux-forge explain dead-field --cases # with every case, before and after";

/// Any text: completion scripts offer the rules, and what is none is answered with those that are called like it.
#[derive(Clone)]
struct RuleId;

impl TypedValueParser for RuleId {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values: Vec<PossibleValue> =
            RULES.iter().map(|rule| PossibleValue::new(rule.meta.id).help(rule.meta.summary)).collect();
        Some(Box::new(values.into_iter()))
    }
}

/// Runs `explain`.
pub(crate) fn run(ui: &mut Ui, args: &ExplainArgs) -> Result<u8> {
    let text = match &args.rule {
        None => output::rules::list(ui),
        Some(id) => output::rules::page(&find(id).ok_or_else(|| unknown(id))?.meta, args.cases, ui),
    };
    ui.result(text);
    Ok(exit::DONE)
}

fn unknown(id: &str) -> Error {
    let error = Error::new(Kind::Usage, format!("there is no rule {}", Literal(id)));
    let near = similar(id);
    if near.is_empty() {
        return error.hint("List the rules with: flux-forge explain");
    }
    error.hint(format!("Did you mean {}?", List(&literals(&near), "or")))
}
