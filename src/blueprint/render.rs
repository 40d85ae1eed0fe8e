//! A loaded blueprint, and the files that it makes of answers.

use std::collections::{BTreeMap, BTreeSet};

use handlebars::Context;
use serde_json::Value;

use super::answers::Answers;
use super::manifest::{Class, Manifest, Part};
use super::model;
use super::state;
use super::templates::{Language, Templates};
use crate::change::{Action, Change};
use crate::error::{Error, Kind, Result};
use crate::yaml;

/// Marks a file as a template; the suffix is no part of the path that is written.
const TEMPLATE_SUFFIX: &str = ".hbs";

/// The template of the next steps, beside `files/`.
const NEXT: &str = "next.txt.hbs";

/// A blueprint that was read and checked.
pub struct Blueprint {
    id: String,
    manifest: Manifest,
    examples: BTreeMap<String, String>,
    sources: Vec<Source>,
    templates: Templates,
}

/// A file below `files/`.
struct Source {
    /// Path below `files/`, without the template suffix.
    path: String,
    /// Index of its part in the manifest.
    part: usize,
    /// Its bytes, where it is copied as it is.
    verbatim: Option<Vec<u8>>,
}

/// What a blueprint makes of answers.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Every file by its path below the root, state and answers among them.
    pub files: BTreeMap<String, RenderedFile>,
    /// Path and meaning of each part that came out, in the order of the manifest.
    pub parts: Vec<(String, String)>,
    /// What the user does next, in lines of a shell with remarks between; empty where the blueprint says nothing.
    pub next: String,
}

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// All of its bytes.
    pub content: Vec<u8>,
    /// Whether it gets the executable bit.
    pub executable: bool,
    /// Who owns it afterwards.
    pub class: Class,
    /// Why it is written, as a sentence without a final period.
    pub meaning: String,
}

impl Blueprint {
    /// Loads the blueprint `id` from the files of its folder, by path below it.
    ///
    /// # Errors
    /// Names the file that is missing, is of no part, or holds a template that cannot be right.
    pub fn load(id: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let text = |path: &str| match files.get(path).map(|bytes| std::str::from_utf8(bytes)) {
            Some(Ok(text)) => Ok(text),
            Some(Err(_)) => {
                Err(Error::new(Kind::Input, format!("`{path}` of blueprint `{id}` is not UTF-8")))
            }
            None => Err(Error::new(Kind::Input, format!("blueprint `{id}` has no `{path}`"))),
        };
        let manifest = Manifest::read(id, text("blueprint.yaml")?)?;
        let mut examples = BTreeMap::new();
        for path in files.keys() {
            let name = path.strip_prefix("examples/").and_then(|name| name.strip_suffix(".yaml"));
            if let Some(name) = name {
                examples.insert(name.to_owned(), text(path)?.to_owned());
            }
        }
        let mut blueprint =
            Self { id: id.into(), manifest, examples, sources: Vec::new(), templates: Templates::new() };
        for (path, bytes) in files {
            if let Some(source) = path.strip_prefix("files/") {
                blueprint.add(source, bytes)?;
            }
        }
        blueprint.check_parts()?;
        let next = if files.contains_key(NEXT) { text(NEXT)? } else { "" };
        let inputs = model::data(&Answers::sample(), &blueprint.manifest.facts);
        blueprint.templates.add(NEXT, next, Language::Text, &inputs)?;
        Ok(blueprint)
    }

    /// Its name, that of its folder.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What `blueprint.yaml` says.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Answers that must work, as texts of answers files by name.
    pub const fn examples(&self) -> &BTreeMap<String, String> {
        &self.examples
    }

    /// The files for `answers`. The same answers give the same bytes everywhere.
    ///
    /// # Errors
    /// Only where the blueprint itself is wrong: two files at one path, a path outside the root, YAML that cannot be
    /// read.
    pub fn render(&self, answers: &Answers) -> Result<Rendered> {
        let data = model::data(answers, &self.manifest.facts);
        let mut rendered = self.render_data(&data)?;
        rendered.next = self.templates.render(NEXT, &self.context(&data)?)?;
        let text = answers.to_yaml();
        rendered.insert(state::ANSWERS_PATH, state::file(text, "the answers, for later runs"))?;
        let state = state::to_yaml(&self.id, &self.manifest, &rendered);
        rendered
            .insert(state::STATE_PATH, state::file(state, "what was written, to tell your changes later"))?;
        rendered.parts.push((".flux-forge".into(), "answers and state; they belong in Git".into()));
        Ok(rendered)
    }

    /// The files of `files/` for `data`, without answers and state.
    fn render_data(&self, data: &Value) -> Result<Rendered> {
        let mut rendered = Rendered { files: BTreeMap::new(), parts: Vec::new(), next: String::new() };
        for (index, part) in self.manifest.files.iter().enumerate() {
            for scope in scopes(part, data)? {
                let context = self.context(&scope)?;
                let path = self.templates.render(&part.path, &context)?;
                rendered.parts.push((path, part.meaning.clone()));
                for source in self.sources.iter().filter(|source| source.part == index) {
                    let (path, file) = self.file(source, part, &context)?;
                    rendered.insert(&path, file)?;
                }
            }
        }
        Ok(rendered)
    }

    fn context(&self, data: &Value) -> Result<Context> {
        Context::wraps(data)
            .map_err(|error| Error::new(Kind::Internal, format!("data of blueprint `{}`: {error}", self.id)))
    }

    fn file(&self, source: &Source, part: &Part, context: &Context) -> Result<(String, RenderedFile)> {
        let path = self.templates.render(&source.path, context)?;
        let bytes = match &source.verbatim {
            Some(bytes) => bytes.clone(),
            None => self.templates.render(&content_name(&source.path), context)?.into_bytes(),
        };
        if language(&path) == Language::Yaml {
            check_yaml(&path, &bytes)?;
        }
        let (executable, class) = (part.executable, part.class);
        Ok((path, RenderedFile { content: bytes, executable, class, meaning: part.meaning.clone() }))
    }

    /// Takes in a file below `files/`.
    fn add(&mut self, file: &str, bytes: &[u8]) -> Result<()> {
        let path = file.strip_suffix(TEMPLATE_SUFFIX).unwrap_or(file);
        let problem = |problem: &str| {
            Error::new(Kind::Input, format!("`files/{file}` of blueprint `{}` {problem}", self.id))
        };
        let part =
            self.manifest.part_of(path).ok_or_else(|| problem("belongs to no part of `blueprint.yaml`"))?;
        let inputs = self.inputs(part)?;
        self.templates.add(path, path, Language::Text, &inputs)?;
        let verbatim = if path == file {
            Some(bytes.to_vec())
        } else {
            let text = std::str::from_utf8(bytes).map_err(|_| problem("is not UTF-8"))?;
            self.templates.add(&content_name(path), text, language(path), &inputs)?;
            None
        };
        self.sources.push(Source { path: path.into(), part, verbatim });
        Ok(())
    }

    /// A sample of what the templates of a part may use.
    fn inputs(&self, part: usize) -> Result<Value> {
        let part = &self.manifest.files[part];
        let data = model::data(&Answers::sample(), &self.manifest.facts);
        scopes(&Part { when: None, ..part.clone() }, &data)?.into_iter().next().ok_or_else(|| {
            Error::new(Kind::Input, format!("part `{}` of blueprint `{}` never renders", part.path, self.id))
        })
    }

    fn check_parts(&mut self) -> Result<()> {
        let used: BTreeSet<_> = self.sources.iter().map(|source| source.part).collect();
        for index in 0..self.manifest.files.len() {
            let path = self.manifest.files[index].path.clone();
            if !used.contains(&index) {
                let message = format!("part `{path}` of blueprint `{}` has no file", self.id);
                return Err(Error::new(Kind::Input, message));
            }
            let inputs = self.inputs(index)?;
            self.templates.add(&path, &path, Language::Text, &inputs)?;
        }
        Ok(())
    }
}

impl Rendered {
    /// The changes that bring all files into being.
    pub fn changes(&self) -> Vec<Change> {
        let create = |(path, file): (&String, &RenderedFile)| Change {
            path: path.clone(),
            action: Action::Create { content: file.content.clone(), executable: file.executable },
            reason: file.meaning.clone(),
        };
        self.files.iter().map(create).collect()
    }

    fn insert(&mut self, path: &str, file: RenderedFile) -> Result<()> {
        let inside = path.split('/').all(|name| !matches!(name, "" | "." | ".." | ".git"));
        if !inside || path.contains(['\\', ':']) {
            return Err(Error::new(Kind::Internal, format!("the path `{path}` leaves the repository")));
        }
        match self.files.insert(path.to_owned(), file) {
            None => Ok(()),
            Some(_) => Err(Error::new(Kind::Internal, format!("two files are rendered to `{path}`"))),
        }
    }
}

/// The data of each time that a part is rendered.
fn scopes(part: &Part, data: &Value) -> Result<Vec<Value>> {
    let missing = |name: &str| {
        Error::new(Kind::Input, format!("part `{}` names `{name}`, which is no such value", part.path))
    };
    let all = match part.loop_names()? {
        None => vec![data.clone()],
        Some((item, list)) => {
            let items = find(data, list).and_then(Value::as_array).ok_or_else(|| missing(list))?;
            items.iter().map(|value| bind(data, item, value)).collect()
        }
    };
    let Some(when) = &part.when else { return Ok(all) };
    let mut kept = Vec::new();
    for scope in all {
        if find(&scope, when).and_then(Value::as_bool).ok_or_else(|| missing(when))? {
            kept.push(scope);
        }
    }
    Ok(kept)
}

fn bind(data: &Value, name: &str, value: &Value) -> Value {
    let mut bound = data.clone();
    bound[name] = value.clone();
    bound
}

fn find<'v>(data: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(data, |value, key| value.get(key))
}

/// Templates of contents and of paths share one registry.
fn content_name(path: &str) -> String {
    format!("{path}{TEMPLATE_SUFFIX}")
}

fn language(path: &str) -> Language {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    if matches!(extension, Some("yaml" | "yml" | "json")) { Language::Yaml } else { Language::Text }
}

fn check_yaml(path: &str, content: &[u8]) -> Result<()> {
    let broken =
        |problem: &str| Error::new(Kind::Internal, format!("`{path}` is not YAML as rendered: {problem}"));
    let text = yaml::decode(content).map_err(|problem| broken(&problem))?;
    let problems = yaml::parse(text).documents.into_iter().filter_map(|document| document.root.err());
    problems.into_iter().next().map_or(Ok(()), |problem| Err(broken(&problem.message)))
}
