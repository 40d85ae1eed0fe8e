//! Checks a blueprint against a sample of the data before anything is rendered.

use std::collections::BTreeSet;

use handlebars::Context;
use serde_json::Value;

use super::{Blueprint, language};
use crate::blueprint::answers::Answers;
use crate::blueprint::manifest::{Names, Part};
use crate::blueprint::model;
use crate::blueprint::scope::{Scope, scopes};
use crate::blueprint::templates::{Language, Text};
use crate::error::{Context as _, Error, Kind, Result};

impl Blueprint {
    /// Checks every template against a sample of the data.
    pub(super) fn check(&self) -> Result<()> {
        let data = self.sample();
        let context = Context::wraps(&data).context(Kind::Internal, || "the sample".to_owned())?;
        self.next.check(Language::Text, &data, &Scope::default())?;
        for folder in &self.manifest.repositories {
            let scope = scopes(&folder.folder, &folder.each, &Names::default(), &data)?.into_iter().next();
            check_path(&folder.folder, &data, &scope.ok_or_else(|| self.never(&folder.folder))?)?;
        }
        for (index, part) in self.manifest.files.iter().enumerate() {
            // Conditions are looked up too, though the sample need not fulfil them.
            scopes(&part.path, &part.each, &part.when, &data)?;
            self.check_part(index, part, &data, &context)?;
        }
        Ok(())
    }

    fn check_part(&self, index: usize, part: &Part, data: &Value, context: &Context) -> Result<()> {
        let scopes = scopes(&part.path, &part.each, &Names::default(), data)?;
        let first = scopes.first().ok_or_else(|| self.never(&part.path))?;
        check_path(&part.path, data, first)?;
        part.from.iter().try_for_each(|from| check_path(from, data, first))?;
        let mut checked = BTreeSet::new();
        for scope in &scopes {
            for (source, rest) in self.sources_of(index, context, scope)? {
                if checked.insert(&source.path) {
                    check_path(rest, data, scope)?;
                    let mut text = source.template.iter();
                    text.try_for_each(|text| text.check(language(&source.path), data, scope))?;
                }
            }
        }
        let depends = part.from.as_ref().is_some_and(|from| from.contains("{{"));
        if checked.is_empty() && !depends {
            let message = format!("part `{}` of blueprint `{}` has no file", part.path, self.id);
            return Err(Error::new(Kind::Input, message));
        }
        Ok(())
    }

    fn never(&self, what: &str) -> Error {
        Error::new(Kind::Input, format!("part `{what}` of blueprint `{}` never renders", self.id))
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

/// Checks the expressions in a path.
fn check_path(path: &str, data: &Value, scope: &Scope) -> Result<()> {
    if path.contains("{{") { Text::path(path)?.check(Language::Text, data, scope) } else { Ok(()) }
}
