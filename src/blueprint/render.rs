//! The files that a blueprint makes of answers.

use std::collections::BTreeMap;

use handlebars::Context;
use rayon::prelude::*;

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

/// A file to be written.
struct Job<'b> {
    path: String,
    source: &'b Source,
    part: &'b Part,
    scope: Scope,
}

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
            files: BTreeMap::new(),
            parts: Vec::new(),
            next: self.engine.render(&self.next, &context, &Scope::default())?,
        };
        for repository in rendered.repositories.clone() {
            if !repository.folder.is_empty() {
                rendered.parts.push((repository.folder, repository.meaning));
            }
        }
        let jobs = self.jobs(&context, &mut rendered)?;
        // Compiling templates and reading what came of them is nearly all of the work.
        let texts = jobs.iter().filter_map(|job| Some((&job.source.path, job.source.template.as_ref()?)));
        let texts: BTreeMap<_, _> = texts.collect();
        first_error(texts.into_par_iter().map(|(_, text)| text.prepare()))?;
        for job in jobs {
            let bytes = match &job.source.template {
                Some(text) => self.engine.render(text, &context, &job.scope)?.into_bytes(),
                None => job.source.verbatim.clone(),
            };
            let Part { executable, class, .. } = *job.part;
            let file = RenderedFile { content: bytes, executable, class, meaning: job.part.meaning.clone() };
            rendered.insert(&job.path, file)?;
        }
        self.record(answers, &mut rendered)?;
        let manifests = rendered.files.par_iter().filter(|(path, _)| language(path) == Language::Yaml);
        first_error(manifests.map(|(path, file)| check_yaml(path, &file.content)))?;
        Ok(rendered)
    }

    /// The files to be written, in the order of the manifest; tells `rendered` of the parts that have some.
    fn jobs(&self, context: &Context, rendered: &mut Rendered) -> Result<Vec<Job<'_>>> {
        let mut jobs = Vec::new();
        for (index, part) in self.manifest.files.iter().enumerate() {
            for scope in scopes(&part.path, &part.each, &part.when, context.data())? {
                let root = self.engine.path(&part.path, context, &scope)?;
                let sources = self.sources_of(index, context, &scope)?;
                if !sources.is_empty() {
                    rendered.parts.push((root.clone(), part.meaning.clone()));
                }
                for (source, rest) in sources {
                    let rest = self.engine.path(rest, context, &scope)?;
                    let path = if rest.is_empty() { root.clone() } else { format!("{root}/{rest}") };
                    jobs.push(Job { path, source, part, scope: scope.clone() });
                }
            }
        }
        Ok(jobs)
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

/// The first error in order, whichever came about first.
fn first_error(results: impl ParallelIterator<Item = Result<()>>) -> Result<()> {
    let results: Vec<Result<()>> = results.collect();
    results.into_iter().collect()
}

fn check_yaml(path: &str, content: &[u8]) -> Result<()> {
    let broken =
        |problem: &str| Error::new(Kind::Internal, format!("`{path}` is not YAML as rendered: {problem}"));
    let text = yaml::decode(content).map_err(|problem| broken(&problem))?;
    let problems = yaml::parse(text).documents.into_iter().filter_map(|document| document.root.err());
    problems.into_iter().next().map_or(Ok(()), |problem| Err(broken(&problem.message)))
}
