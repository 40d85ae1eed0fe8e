//! The files that a blueprint makes of answers.

use handlebars::Context;
use serde_json::Value;

use super::answers::Answers;
use super::load::{Blueprint, Source, language};
use super::manifest::{Names, Part};
use super::model;
use super::rendered::{Rendered, RenderedFile, RenderedRepository};
use super::scope::{Scope, scopes};
use super::state;
use super::templates::Language;
use crate::error::{Error, Kind, Result};
use crate::yaml;

impl Blueprint {
    /// The files for `answers`. The same answers give the same bytes everywhere.
    ///
    /// # Errors
    /// Only where the blueprint itself is wrong: two files at one path, a path outside the root, YAML that cannot be
    /// read.
    pub fn render(&self, answers: &Answers) -> Result<Rendered> {
        let data = model::data(answers, self.catalogue(), &self.facts);
        let context = Context::wraps(data).map_err(|error| {
            Error::new(Kind::Internal, format!("data of blueprint `{}`: {error}", self.id))
        })?;
        let mut rendered = Rendered {
            repositories: self.repositories(&context)?,
            files: std::collections::BTreeMap::new(),
            parts: Vec::new(),
            next: self.engine.render(&self.next, &context, &Scope::default())?,
        };
        for repository in rendered.repositories.clone() {
            if !repository.folder.is_empty() {
                rendered.parts.push((repository.folder, repository.meaning));
            }
        }
        for (index, part) in self.manifest.files.iter().enumerate() {
            for scope in scopes(&part.path, &part.each, &part.when, context.data())? {
                self.part(index, part, &context, &scope, &mut rendered)?;
            }
        }
        self.record(answers, &mut rendered)?;
        Ok(rendered)
    }

    fn repositories(&self, context: &Context) -> Result<Vec<RenderedRepository>> {
        let folders = &self.manifest.repositories;
        if folders.is_empty() {
            return Ok(vec![RenderedRepository {
                folder: String::new(),
                meaning: self.manifest.summary.clone(),
            }]);
        }
        let mut all = Vec::new();
        for folder in folders {
            for scope in scopes(&folder.folder, &folder.each, &Names::default(), context.data())? {
                let path = self.engine.path(&folder.folder, context, &scope)?;
                all.push(RenderedRepository { folder: path, meaning: folder.meaning.clone() });
            }
        }
        Ok(all)
    }

    fn part(
        &self,
        index: usize,
        part: &Part,
        context: &Context,
        scope: &Scope,
        rendered: &mut Rendered,
    ) -> Result<()> {
        let root = self.engine.path(&part.path, context, scope)?;
        let mut written = false;
        for (source, rest) in self.sources_of(index, context, scope)? {
            let rest = self.engine.path(rest, context, scope)?;
            let path = if rest.is_empty() { root.clone() } else { format!("{root}/{rest}") };
            let file = self.file(source, &path, part, context, scope)?;
            rendered.insert(&path, file)?;
            written = true;
        }
        if written {
            rendered.parts.push((root, part.meaning.clone()));
        }
        Ok(())
    }

    fn file(
        &self,
        source: &Source,
        path: &str,
        part: &Part,
        context: &Context,
        scope: &Scope,
    ) -> Result<RenderedFile> {
        let bytes = match &source.template {
            Some(text) => self.engine.render(text, context, scope)?.into_bytes(),
            None => source.verbatim.clone(),
        };
        if language(path) == Language::Yaml {
            check_yaml(path, &bytes)?;
        }
        let (executable, class) = (part.executable, part.class);
        Ok(RenderedFile { content: bytes, executable, class, meaning: part.meaning.clone() })
    }

    /// Adds what later runs must know: the answers to the first repository, the state to each.
    fn record(&self, answers: &Answers, rendered: &mut Rendered) -> Result<()> {
        let text = answers.to_yaml(self.asked());
        for (index, repository) in rendered.repositories.clone().iter().enumerate() {
            if index == 0 {
                let path = repository.outside(state::ANSWERS_PATH);
                rendered.insert(&path, state::file(text.clone(), "the answers, for later runs"))?;
            }
            let state = state::to_yaml(self, rendered, repository);
            let path = repository.outside(state::STATE_PATH);
            rendered.insert(&path, state::file(state, "what was written, to tell your changes later"))?;
            let meaning =
                if index == 0 { "answers and state; they belong in Git" } else { "state; it belongs in Git" };
            rendered.parts.push((repository.outside(state::FOLDER), meaning.into()));
        }
        Ok(())
    }
}

fn check_yaml(path: &str, content: &[u8]) -> Result<()> {
    let broken =
        |problem: &str| Error::new(Kind::Internal, format!("`{path}` is not YAML as rendered: {problem}"));
    let text = yaml::decode(content).map_err(|problem| broken(&problem))?;
    let problems = yaml::parse(text).documents.into_iter().filter_map(|document| document.root.err());
    problems.into_iter().next().map_or(Ok(()), |problem| Err(broken(&problem.message)))
}

/// `own` over `shared`, key by key in mappings.
pub(super) fn over(shared: &Value, own: &Value) -> Value {
    match (shared, own) {
        (Value::Object(shared), Value::Object(own)) => {
            let mut merged = shared.clone();
            for (key, value) in own {
                let below = shared.get(key).map_or_else(|| value.clone(), |shared| over(shared, value));
                merged.insert(key.clone(), below);
            }
            Value::Object(merged)
        }
        (shared, Value::Null) => shared.clone(),
        (_, own) => own.clone(),
    }
}
