//! The template language: strict Handlebars with a handful of helpers, checked before the first use.

use handlebars::{Context, Handlebars, Template};
use serde_json::Value;

use super::functions;
use super::lint;
use crate::error::{Error, Kind, Result};

/// How the output of a template is read, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Manifests: every value goes through the helper `yaml`.
    Yaml,
    /// Anything else, paths among them.
    Text,
}

/// Compiled templates by name.
pub(super) struct Templates {
    registry: Handlebars<'static>,
}

impl Templates {
    pub(super) fn new() -> Self {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        functions::register(&mut registry);
        Self { registry }
    }

    /// Compiles `source` under `name`. `inputs` is a sample of the data that it may use.
    ///
    /// # Errors
    /// Names the template with its line and column: a mistake in the syntax, a value that `inputs` does not have, a
    /// helper that does not exist, or a value in YAML that the helper `yaml` does not guard.
    pub(super) fn add(&mut self, name: &str, source: &str, language: Language, inputs: &Value) -> Result<()> {
        let template = Template::compile_with_name(source, name.to_owned())
            .map_err(|error| Error::new(Kind::Input, format!("template `{name}`: {error}")))?;
        lint::check(name, &template, language, inputs)?;
        self.registry.register_template(name, template);
        Ok(())
    }

    /// Fills the template `name` with `data`.
    pub(super) fn render(&self, name: &str, data: &Context) -> Result<String> {
        self.registry
            .render_with_context(name, data)
            .map_err(|error| Error::new(Kind::Internal, format!("template `{name}`: {error}")))
    }
}
