//! The text of an answers file that gives the answers again, with a word on each.

use super::questions::{QUESTIONS, Shape};
use super::{Answers, Asked, Draft, VERSION, Word};
use crate::yaml::{Value, write};

const HEAD: &str = "# What this was made from: `flux-forge new --answers` takes this file.\n";

impl Answers {
    /// The text of an answers file that gives these answers again; it holds the questions of `asked` that apply.
    pub fn to_yaml(&self, asked: Asked<'_>) -> String {
        let mut text = format!("{HEAD}{}", line("version", &Value::Int(VERSION), 0));
        let applying = self.applying(asked);
        let mut group = "";
        for question in QUESTIONS.iter().filter(|question| applying.contains(&question.key)) {
            let (above, key) = question.key.split_once('.').unwrap_or(("", question.key));
            let indent = if above.is_empty() { 0 } else { 2 };
            if above.is_empty() || above != group {
                text.push('\n');
            }
            if !above.is_empty() && above != group {
                text.push_str(&format!("{above}:\n"));
            }
            group = above;
            text.push_str(&format!("{:indent$}# {}{}\n", "", question.help, words(question)));
            text.push_str(&line(key, &self.value(question.key), indent));
        }
        text
    }

    /// Keys of the questions that have a meaning with these answers.
    fn applying(&self, asked: Asked<'_>) -> Vec<&'static str> {
        let mut keys = Vec::new();
        for question in &QUESTIONS {
            let here = asked.questions.iter().any(|key| key == question.key);
            let applies = (question.applies)(self, asked.catalogue);
            if here && !matches!(applies, super::questions::Applies::Not(_)) {
                keys.push(question.key);
            }
        }
        keys
    }

    /// The answer to the question `key`.
    pub fn value(&self, key: &str) -> Value {
        let texts =
            |items: &[String]| Value::Sequence(items.iter().map(|item| item.as_str().into()).collect());
        match key {
            "pattern" => self.pattern.as_str().into(),
            // The port tells which scheme was meant; without one every scheme gives the same repository.
            "repository" => {
                self.repository.url(self.scheme(), "").unwrap_or_else(|_| self.repository.web("")).into()
            }
            "clusters" => Value::Sequence(self.clusters.iter().map(cluster).collect()),
            "domain" => self.domain.as_str().into(),
            "platform" => Word::id(self.platform).into(),
            "components" => texts(&self.components),
            "teams" => Value::Sequence(self.teams.iter().map(team).collect()),
            "registry" => self.registry.as_str().into(),
            "signing" => Word::id(self.signing).into(),
            "auth" => Word::id(self.auth).into(),
            "known_hosts" => self.known_hosts.as_str().into(),
            "issuer" => Word::id(self.issuer).into(),
            "email" => self.email.as_str().into(),
            "alerts.provider" => self.alerts.map_or("none", |provider| provider.id).into(),
            "alerts.channel" => self.channel.as_str().into(),
            "promotion" => Word::id(self.promotion).into(),
            _ => Value::Null,
        }
    }

    /// The answer to the question `key` on one line, as flags take it; a text of several lines stays so.
    pub fn text(&self, key: &str) -> String {
        match key {
            "clusters" => self.clusters.iter().map(cluster_text).collect::<Vec<_>>().join(", "),
            "components" => self.components.join(", "),
            "teams" => self.teams.iter().map(team_text).collect::<Vec<_>>().join("; "),
            _ => match self.value(key) {
                Value::String(text) => text,
                _ => String::new(),
            },
        }
    }

    /// The default answers to `asked` with `more` set: for checks of templates.
    pub(in crate::blueprint) fn sample(asked: Asked<'_>, more: &[(&str, &str)]) -> Self {
        let mut draft = Draft::default();
        let known = more.iter().filter(|(key, _)| asked.questions.iter().any(|asked| asked == key));
        known.for_each(|(key, text)| draft.set(key, text, "").expect("the sample names questions"));
        draft.set("pattern", asked.pattern, "").expect("`pattern` is a question");
        draft.walk(asked).answers
    }
}

/// The words of a choice, for the remark above it.
fn words(question: &super::Question) -> String {
    let ids: Vec<&str> =
        question.choices().iter().filter(|choice| choice.supported).map(|choice| choice.id).collect();
    match question.shape {
        Shape::Choice(_) if ids.len() < 8 => format!(": {}", crate::phrase::List(&ids, "or")),
        _ => String::new(),
    }
}

fn line(key: &str, value: &Value, indent: usize) -> String {
    format!("{:indent$}{}\n", "", write::entry(key, value, write::Style::Block, indent, "\n"))
}

fn cluster(cluster: &super::Cluster) -> Value {
    let mut fields = vec![
        ("name".to_owned(), Value::from(cluster.name.as_str())),
        ("environment".to_owned(), Value::from(cluster.environment.as_str())),
    ];
    if cluster.production {
        fields.push(("production".to_owned(), Value::Bool(true)));
    }
    Value::Mapping(fields)
}

fn cluster_text(cluster: &super::Cluster) -> String {
    let star = if cluster.production { "*" } else { "" };
    format!("{}={}{star}", cluster.name, cluster.environment)
}

fn team_text(team: &super::Team) -> String {
    if team.namespaces == [team.name.as_str()] {
        team.name.clone()
    } else {
        format!("{}={}", team.name, team.namespaces.join(","))
    }
}

fn team(team: &super::Team) -> Value {
    let mut fields = vec![("name".to_owned(), Value::from(team.name.as_str()))];
    if team.namespaces != [team.name.as_str()] {
        let namespaces = team.namespaces.iter().map(|namespace| namespace.as_str().into());
        fields.push(("namespaces".to_owned(), Value::Sequence(namespaces.collect())));
    }
    Value::Mapping(fields)
}
