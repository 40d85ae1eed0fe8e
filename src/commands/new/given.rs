//! One flag for each question.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::blueprint::{QUESTIONS, Question, Shape};
use crate::phrase::List;

/// The answers given by flags.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(pub(super) Vec<(&'static Question, String)>);

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        QUESTIONS.iter().fold(command, |command, question| {
            let flag = Arg::new(question.key).long(question.flag).value_name(question.value_name);
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
    let choices = question.choices();
    let ids: Vec<&str> = choices.iter().filter(|choice| choice.supported).map(|choice| choice.id).collect();
    let choices = match question.shape {
        Shape::Choice(_) => format!(": {}", List(&ids, "or")),
        _ => String::new(),
    };
    format!("{}{choices} [with --defaults: {}]", question.help, question.usually)
}
