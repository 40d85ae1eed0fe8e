//! The template language: strict Handlebars with a handful of helpers, checked before the first use.

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, RenderContext, Renderable, StringOutput, Template,
};
use serde_json::Value;

use super::functions;
use super::include::Expanded;
use super::lint;
use super::scope::Scope;
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

    /// Compiles `source` under `name`.
    ///
    /// # Errors
    /// Names the place of a mistake in the syntax.
    pub(super) fn add(&mut self, name: &str, source: &Expanded) -> Result<()> {
        if self.registry.has_template(name) {
            return Ok(());
        }
        let template = Template::compile_with_name(&source.text, name.to_owned()).map_err(|error| {
            let place = error.pos().map_or_else(|| format!("`{name}`"), |(line, _)| source.place(line));
            Error::new(Kind::Input, format!("{place}: {}", error.reason()))
        })?;
        self.registry.register_template(name, template);
        Ok(())
    }

    /// Compiles a path, which may hold expressions.
    pub(super) fn add_path(&mut self, path: &str) -> Result<()> {
        if path.contains("{{") {
            self.add(path, &super::include::expand(path, path, &std::collections::BTreeMap::new())?)?;
        }
        Ok(())
    }

    /// Checks the template `name` against a sample of the data that it will get.
    ///
    /// # Errors
    /// Names the place of a value that the sample does not have, a helper that does not exist, or a value in YAML that
    /// the helper `yaml` does not guard.
    pub(super) fn check(
        &self,
        name: &str,
        source: &Expanded,
        language: Language,
        sample: &Value,
        scope: &Scope,
    ) -> Result<()> {
        let template = self.registry.get_template(name).expect("it was added before");
        lint::check(template, language, sample, scope)
            .map_err(|(line, problem)| Error::new(Kind::Input, format!("{}: {problem}", source.place(line))))
    }

    /// Fills the template `name` with `data`, where the names of `scope` mean its items.
    pub(super) fn render(&self, name: &str, data: &Context, scope: &Scope) -> Result<String> {
        let failed = |error: handlebars::RenderError| {
            Error::new(Kind::Internal, format!("template `{name}`: {error}"))
        };
        let template = self.registry.get_template(name).expect("it was added before");
        let mut names = BlockParams::new();
        for (name, path) in scope.names() {
            names.add_path(name, path.clone()).map_err(failed)?;
        }
        let mut block = BlockContext::new();
        block.set_block_params(names);
        let mut context = RenderContext::new(template.name.as_ref());
        context.push_block(block);
        let mut output = StringOutput::new();
        template.render(&self.registry, data, &mut context, &mut output).map_err(failed)?;
        output
            .into_string()
            .map_err(|error| Error::new(Kind::Internal, format!("template `{name}`: {error}")))
    }

    /// Fills a path that was added.
    pub(super) fn path(&self, path: &str, data: &Context, scope: &Scope) -> Result<String> {
        if path.contains("{{") { self.render(path, data, scope) } else { Ok(path.to_owned()) }
    }
}
