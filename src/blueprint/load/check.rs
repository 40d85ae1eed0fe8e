//! Checks a blueprint against a sample of the data before anything is rendered.

use std::collections::{BTreeMap, BTreeSet};

use handlebars::Context;
use serde_json::Value;

use super::{Blueprint, NEXT, language};
use crate::blueprint::answers::Answers;
use crate::blueprint::include::{self, Expanded};
use crate::blueprint::manifest::Names;
use crate::blueprint::model;
use crate::blueprint::scope::{Scope, scopes};
use crate::blueprint::templates::Language;
use crate::error::{Context as _, Error, Kind, Result};

impl Blueprint {
    /// Checks every template against a sample of the data.
    pub(super) fn check(&mut self, next: &Expanded) -> Result<()> {
        let data = self.sample();
        let context = Context::wraps(&data).context(Kind::Internal, || "the sample".to_owned())?;
        self.templates.check(NEXT, next, Language::Text, &data, &Scope::default())?;
        self.paths(&data, &context)?;
        let mut used = BTreeSet::new();
        for (index, part) in self.manifest.files.iter().enumerate() {
            let mut checked = BTreeSet::new();
            // Conditions are looked up too, though the sample need not fulfil them.
            scopes(&part.path, &part.each, &part.when, &data)?;
            for scope in scopes(&part.path, &part.each, &Names::default(), &data)? {
                for (source, _) in self.sources_of(index, &context, &scope)? {
                    used.insert(&source.path);
                    if let (Some(text), true) = (&source.template, checked.insert(&source.path)) {
                        let language = language(&source.path);
                        self.templates.check(&source.path, text, language, &data, &scope)?;
                    }
                }
            }
            if checked.is_empty() && part.from.as_ref().is_none_or(|from| !from.contains("{{")) {
                let found = self.sources_of_any(index, &context)?;
                if !found {
                    let message = format!("part `{}` of blueprint `{}` has no file", part.path, self.id);
                    return Err(Error::new(Kind::Input, message));
                }
            }
        }
        Ok(())
    }

    /// Whether a part that checked no template has a file that is copied as it is.
    fn sources_of_any(&self, index: usize, context: &Context) -> Result<bool> {
        Ok(!self.sources_of(index, context, &Scope::default())?.is_empty())
    }

    /// Compiles and checks the expressions in paths.
    fn paths(&mut self, data: &Value, context: &Context) -> Result<()> {
        let never = |what: &str| {
            Error::new(Kind::Input, format!("part `{what}` of blueprint `{}` never renders", self.id))
        };
        let mut paths: Vec<(String, Scope)> = Vec::new();
        for folder in &self.manifest.repositories {
            let scope = scopes(&folder.folder, &folder.each, &Names::default(), data)?.into_iter().next();
            paths.push((folder.folder.clone(), scope.ok_or_else(|| never(&folder.folder))?));
        }
        for part in &self.manifest.files {
            let scope = scopes(&part.path, &part.each, &Names::default(), data)?.into_iter().next();
            let scope = scope.ok_or_else(|| never(&part.path))?;
            paths.extend(part.from.iter().map(|from| (from.clone(), scope.clone())));
            paths.push((part.path.clone(), scope));
        }
        for (path, scope) in &paths {
            self.templates.add_path(path)?;
            if path.contains("{{") {
                let text = include::expand(path, path, &BTreeMap::new())?;
                self.templates.check(path, &text, Language::Text, data, scope)?;
            }
        }
        for index in 0..self.manifest.files.len() {
            let part = &self.manifest.files[index];
            let mut rests = Vec::new();
            for scope in scopes(&part.path, &part.each, &Names::default(), data)? {
                let found = self.sources_of(index, context, &scope)?;
                rests.extend(found.iter().map(|(_, rest)| ((*rest).to_owned(), scope.clone())));
            }
            for (rest, scope) in rests.iter().filter(|(rest, _)| rest.contains("{{")) {
                self.templates.add_path(rest)?;
                let text = include::expand(rest, rest, &BTreeMap::new())?;
                self.templates.check(rest, &text, Language::Text, data, scope)?;
            }
        }
        Ok(())
    }

    /// Data in which no list is empty and every component is there.
    fn sample(&self) -> Value {
        let ids: Vec<&str> = self.catalogue.selectable().map(|component| component.id.as_str()).collect();
        let ids = ids.join(",");
        let more = [
            ("components", ids.as_str()),
            ("teams", "sample"),
            ("domain", "sample.io"),
            ("email", "a@sample.io"),
            ("alerts.provider", "slack"),
            ("alerts.channel", "sample"),
        ];
        let answers = Answers::sample(self.asked(), &more);
        model::sample(&answers, &self.catalogue, &self.facts)
    }
}
