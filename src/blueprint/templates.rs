//! The template language: strict Handlebars with a handful of helpers.
//!
//! A text is compiled when it is first used, piece by piece: the time that Handlebars takes grows with the square of
//! the length of what it compiles.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::OnceLock;

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, RenderContext, Renderable, StringOutput, Template,
};
use serde_json::Value;

use super::functions;
use super::include::{self, Expanded};
use super::lint;
use super::scope::Scope;
use crate::error::{Error, Kind, Result};

/// Lines of a piece, unless a block is longer.
const PIECE: usize = 12;

/// How the output of a template is read, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Manifests: every value goes through the helper `yaml`.
    Yaml,
    /// Anything else, paths among them.
    Text,
}

/// What runs templates.
pub(super) struct Engine {
    registry: Handlebars<'static>,
    /// Compiled paths that hold expressions.
    paths: RefCell<HashMap<String, Rc<Text>>>,
}

/// A template.
pub(super) struct Text {
    name: String,
    source: Expanded,
    pieces: OnceLock<Vec<Piece>>,
}

/// Some lines of a template, with all of each block that begins in them.
struct Piece {
    /// How many lines stand before it.
    before: usize,
    template: Template,
}

impl Engine {
    pub(super) fn new() -> Self {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        functions::register(&mut registry);
        Self { registry, paths: RefCell::default() }
    }

    /// Fills `text` with `data`, where the names of `scope` mean its items.
    pub(super) fn render(&self, text: &Text, data: &Context, scope: &Scope) -> Result<String> {
        let failed = |error: handlebars::RenderError| {
            Error::new(Kind::Internal, format!("template `{}`: {error}", text.name))
        };
        let mut output = StringOutput::new();
        for piece in text.pieces()? {
            let mut names = BlockParams::new();
            for (name, path) in scope.names() {
                names.add_path(name, path.clone()).map_err(failed)?;
            }
            let mut block = BlockContext::new();
            block.set_block_params(names);
            let mut context = RenderContext::new(None);
            context.push_block(block);
            piece.template.render(&self.registry, data, &mut context, &mut output).map_err(failed)?;
        }
        let written = output.into_string();
        written.map_err(|error| Error::new(Kind::Internal, format!("template `{}`: {error}", text.name)))
    }

    /// Fills a path, which may hold expressions.
    pub(super) fn path(&self, path: &str, data: &Context, scope: &Scope) -> Result<String> {
        if !path.contains("{{") {
            return Ok(path.to_owned());
        }
        let known = self.paths.borrow().get(path).map(Rc::clone);
        let text = if let Some(text) = known {
            text
        } else {
            let text = Rc::new(Text::path(path)?);
            self.paths.borrow_mut().insert(path.to_owned(), Rc::clone(&text));
            text
        };
        self.render(&text, data, scope)
    }
}

impl Text {
    /// The template `source` with the name `name`.
    pub(super) fn new(name: &str, source: Expanded) -> Self {
        Self { name: name.to_owned(), source, pieces: OnceLock::new() }
    }

    /// A path that holds expressions.
    pub(super) fn path(path: &str) -> Result<Self> {
        include::expand(path, path, &BTreeMap::new()).map(|source| Self::new(path, source))
    }

    /// Compiles the template and checks it against a sample of the data that it will get.
    ///
    /// # Errors
    /// Names the place of a mistake in the syntax, a value that the sample does not have, a helper that does not exist,
    /// or a value in YAML that the helper `yaml` does not guard.
    pub(super) fn check(&self, language: Language, sample: &Value, scope: &Scope) -> Result<()> {
        self.pieces()?.iter().try_for_each(|piece| {
            lint::check(&piece.template, language, sample, scope).map_err(|(line, problem)| {
                Error::new(Kind::Input, format!("{}: {problem}", self.source.place(piece.before + line)))
            })
        })
    }

    /// Compiles the template, so that its first use need not.
    pub(super) fn prepare(&self) -> Result<()> {
        self.pieces().map(drop)
    }

    fn pieces(&self) -> Result<&[Piece]> {
        if let Some(pieces) = self.pieces.get() {
            return Ok(pieces);
        }
        let pieces = self.compiled()?;
        Ok(self.pieces.get_or_init(|| pieces))
    }

    fn compiled(&self) -> Result<Vec<Piece>> {
        let mut before = 0;
        let mut pieces = Vec::new();
        for text in cut(&self.source.text) {
            let template = Template::compile_with_name(text, self.name.clone()).map_err(|error| {
                let place = error
                    .pos()
                    .map_or_else(|| format!("`{}`", self.name), |(line, _)| self.source.place(before + line));
                Error::new(Kind::Input, format!("{place}: {}", error.reason()))
            })?;
            pieces.push(Piece { before, template });
            before += text.matches('\n').count();
        }
        Ok(pieces)
    }
}

/// Cuts a template between lines, outside of all blocks.
fn cut(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut end, mut lines, mut depth) = (0, 0, 0, 0_usize);
    for line in text.split_inclusive('\n') {
        end += line.len();
        lines += 1;
        depth += line.matches("{{#").count();
        depth = depth.saturating_sub(line.matches("{{/").count());
        if depth == 0 && lines >= PIECE {
            pieces.push(&text[start..end]);
            (start, lines) = (end, 0);
        }
    }
    if start < end || pieces.is_empty() {
        pieces.push(&text[start..]);
    }
    pieces
}
