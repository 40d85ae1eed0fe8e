//! What becomes of the fields of one object on its way.

use std::ops::Range;

use super::object::Object;
use crate::flux::FluxVersion;
use crate::rules::DeadFields;
use crate::yaml::Operation;

/// One observation about an object on its way, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Id of the rule that made it.
    pub(super) rule: &'static str,
    /// Bytes of what it is about.
    pub(super) range: Range<usize>,
    /// One sentence without a final period.
    pub(super) message: String,
    /// What comes of it.
    pub(super) effect: Effect,
}

/// What comes of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    /// These operations on the document, together with the move.
    Change(Vec<Operation>),
    /// The object goes on; something outside of it wants a look.
    Note,
    /// The object stays until a person has decided. Of no interest where it is valid and would stay anyway.
    Human,
    /// The same, but of interest always: it does not work as it is, though its schema accepts it.
    Broken,
}

impl Effect {
    /// Whether the object stays.
    pub(super) const fn holds(&self) -> bool {
        matches!(self, Self::Human | Self::Broken)
    }
}

/// How a field that the running Flux may no longer read is written in its new form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Conversion {
    /// By these operations.
    Exact(Vec<Operation>),
    /// A person has to, for this reason.
    Human(String),
}

/// A field that some Flux stopped reading.
pub(super) struct DeadField {
    /// Its path, as messages name it.
    pub(super) path: &'static str,
    /// The first Flux that does not read it, whatever version the manifest is at.
    pub(super) since: FluxVersion,
    /// Its new form.
    pub(super) convert: Conversion,
    /// How it is removed.
    pub(super) drop: Vec<Operation>,
}

/// Collects the steps of one object for one rule after the other.
pub(super) struct Steps {
    /// The rule whose steps these are.
    rule: &'static str,
    found: Vec<Step>,
}

impl Steps {
    /// Steps of `rule`.
    pub(super) const fn of(rule: &'static str) -> Self {
        Self { rule, found: Vec::new() }
    }

    /// What was found.
    pub(super) fn into_found(self) -> Vec<Step> {
        self.found
    }

    /// The object changes by `operations` with its move.
    pub(super) fn change(
        &mut self,
        range: Range<usize>,
        message: impl Into<String>,
        operations: Vec<Operation>,
    ) {
        self.add(range, message, Effect::Change(operations));
    }

    /// The object goes on, and something outside of it wants a look. Left out where nothing else changes.
    pub(super) fn note(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.add(range, message, Effect::Note);
    }

    /// The object stays until a person has decided; the message says what is wrong and what to decide.
    pub(super) fn human(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.add(range, message, Effect::Human);
    }

    /// The same for what does not work whatever the version of the object is, though its schema accepts it.
    pub(super) fn broken(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.add(range, message, Effect::Broken);
    }

    /// What is valid but deprecated changes where the user asks for it.
    pub(super) fn offer(
        &mut self,
        object: &Object<'_>,
        range: Range<usize>,
        message: impl Into<String>,
        operations: Vec<Operation>,
    ) {
        if object.options.modernize {
            self.change(range, message, operations);
        }
    }

    /// A field that the running Flux may no longer read: converted where that is known to read it still, else as the
    /// user says, else the object stays.
    pub(super) fn dead(&mut self, object: &Object<'_>, range: Range<usize>, field: DeadField) {
        let DeadField { path, since, convert, drop } = field;
        let works = object.running.is_some_and(|running| running < since);
        let answer = if works { Some(DeadFields::Convert) } else { object.options.dead_fields };
        match (answer, convert) {
            (Some(DeadFields::Drop), _) => {
                let message = format!("`{path}` has had no effect since Flux {since} and is removed");
                self.change(range, message, drop);
            }
            (Some(DeadFields::Convert), Conversion::Exact(operations)) => {
                let effect = if works { "" } else { "; it takes effect again" };
                self.change(range, format!("`{path}` is written in its new form{effect}"), operations);
            }
            (Some(DeadFields::Convert), Conversion::Human(why)) => self.human(range, why),
            (None, _) => {
                let known = match object.running {
                    Some(running) => format!("Flux {running} runs here"),
                    None => "which Flux runs is not known".to_owned(),
                };
                let message = format!(
                    "`{path}` has had no effect since Flux {since}, and {known}: converting it would bring it \
                     back; say which with --dead-fields convert or --dead-fields drop"
                );
                self.human(range, message);
            }
        }
    }

    fn add(&mut self, range: Range<usize>, message: impl Into<String>, effect: Effect) {
        self.found.push(Step { rule: self.rule, range, message: message.into(), effect });
    }
}
