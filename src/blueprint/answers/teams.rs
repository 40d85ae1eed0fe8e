//! The teams and the namespaces that they own.

use super::Answers;
use super::names::{Name, field, made, unknown};
use super::raw::{Problem, Raw, RawValue};
use crate::blueprint::catalogue::Component;

/// What the question `teams` takes.
pub(super) const ACCEPTED: &str = "a list of teams, each with `name` and, where they are not the name alone, `namespaces`; as one text \
     `TEAM=NAMESPACE,NAMESPACE; TEAM`, or `none`";
const TEAM: Name = Name {
    max: 40,
    reserved: &["base", "default", "flux-system", "fleet", "infra", "apps"],
    accepted: "lower-case letters, digits and hyphens, at most 40, beginning and ending with a letter or digit, and none \
         of `base`, `default`, `flux-system`, `fleet`, `infra`, `apps`",
};
const NAMESPACE: Name = Name {
    // The longest name made of it is `apps-NAMESPACE`.
    max: 58,
    reserved: &["base", "default", "flux-system"],
    accepted: "lower-case letters, digits and hyphens, at most 58, beginning and ending with a letter or digit, not \
         beginning with `kube-`, and none of `base`, `default`, `flux-system`",
};
const FIELDS: &[&str] = &["name", "namespaces"];
/// Namespaces that may have a host: a Gateway has 64 listeners at most (`listeners` of the Gateway API's CRD,
/// `maxItems`), and one each is for plain HTTP and for the webhook.
const MOST_HOSTS: usize = 62;

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Names its repository and its label.
    pub name: String,
    /// At least one; no other team has it.
    pub namespaces: Vec<String>,
}

/// Reads an answer; every problem is reported.
pub(super) fn read(raw: &Raw) -> Result<Vec<Team>, Vec<Problem>> {
    let items = match &raw.value {
        RawValue::List(items) => items.iter().map(from_item).collect(),
        _ if raw.is_nothing() => Vec::new(),
        RawValue::Text(text) => from_text(text, raw)?,
        _ => return Err(vec![raw.problem("teams", format!("is {}", raw.kind()), ACCEPTED)]),
    };
    let mut teams: Vec<Team> = Vec::new();
    let mut problems = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let key = format!("teams[{index}]");
        match team(item, &key) {
            Ok(team) => {
                problems.extend(clash(item, &key, &team, &teams));
                teams.push(team);
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(teams) } else { Err(problems) }
}

/// Reads `TEAM=NAMESPACE,NAMESPACE; TEAM`. Where no team names its namespaces, commas may stand between teams.
fn from_text(text: &str, raw: &Raw) -> Result<Vec<Raw>, Vec<Problem>> {
    let between = |character: char| {
        character == ';' || character.is_whitespace() || (character == ',' && !text.contains('='))
    };
    // A blank after the comma of a list of namespaces leaves open which team the next name belongs to.
    if text.contains('=') && text.split(between).any(|item| item.ends_with(',') || item.starts_with(',')) {
        let message = format!("is `{text}`, in which a comma has no name on one side");
        return Err(vec![raw.problem("teams", message, ACCEPTED)]);
    }
    let items = text.split(between).filter(|item| !item.is_empty());
    Ok(items.map(|item| from_item(&Raw::text(item, &raw.place))).collect())
}

/// Reads `TEAM` or `TEAM=NAMESPACE,NAMESPACE` into the form of the answers file.
fn from_item(item: &Raw) -> Raw {
    let RawValue::Text(text) = &item.value else { return item.clone() };
    let place = &item.place;
    let (name, namespaces) =
        text.split_once('=').map_or((text.as_str(), None), |(name, list)| (name, Some(list)));
    let mut fields = vec![made("name", RawValue::Text(name.trim().into()), place)];
    if let Some(list) = namespaces {
        let items = list.split(',').map(|namespace| Raw::text(namespace, place)).collect();
        fields.push(made("namespaces", RawValue::List(items), place));
    }
    Raw { value: RawValue::Map(fields), place: place.clone() }
}

fn team(item: &Raw, key: &str) -> Result<Team, Vec<Problem>> {
    let RawValue::Map(fields) = &item.value else {
        return Err(vec![item.problem(key, format!("is {}", item.kind()), ACCEPTED)]);
    };
    let mut problems: Vec<_> = unknown(fields, key, FIELDS).collect();
    let name = match field(fields, "name") {
        None => Err(item.problem(key, "has no `name`", "`name` for each team")),
        Some(raw) => TEAM.read(raw, &format!("{key}.name")),
    };
    let name = name.unwrap_or_else(|problem| {
        problems.push(problem);
        String::new()
    });
    let namespaces = match field(fields, "namespaces") {
        None => namespace(&Raw::text(&name, &item.place), key)
            .map(|name| vec![name])
            .map_err(|problem| vec![problem]),
        Some(raw) => namespaces(raw, &format!("{key}.namespaces")),
    };
    match namespaces {
        Ok(namespaces) if problems.is_empty() => Ok(Team { name, namespaces }),
        Ok(_) => Err(problems),
        // Where the name is wrong, so is the namespace that was made of it: it is told once.
        Err(_) if name.is_empty() && field(fields, "namespaces").is_none() => Err(problems),
        Err(found) => Err(problems.into_iter().chain(found).collect()),
    }
}

fn namespaces(raw: &Raw, key: &str) -> Result<Vec<String>, Vec<Problem>> {
    let accepted = "a list of at least one namespace";
    let RawValue::List(items) = &raw.value else {
        return Err(vec![raw.problem(key, format!("is {}", raw.kind()), accepted)]);
    };
    if items.is_empty() {
        return Err(vec![raw.problem(key, "is empty", accepted)]);
    }
    let read = items.iter().enumerate().map(|(index, item)| namespace(item, &format!("{key}[{index}]")));
    let (good, bad): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    if bad.is_empty() {
        Ok(good.into_iter().filter_map(Result::ok).collect())
    } else {
        Err(bad.into_iter().filter_map(Result::err).collect())
    }
}

fn namespace(raw: &Raw, key: &str) -> Result<String, Problem> {
    let name = NAMESPACE.read(raw, key)?;
    if name.starts_with("kube-") {
        let message = format!("is `{name}`, which belongs to Kubernetes");
        return Err(raw.problem(key, message, NAMESPACE.accepted));
    }
    Ok(name)
}

/// Names that two teams, or one team twice, would have.
fn clash(item: &Raw, key: &str, team: &Team, before: &[Team]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if before.iter().any(|other| other.name == team.name) {
        let message = format!("is a second team named `{}`", team.name);
        problems.push(item.problem(key, message, "a name for each team that no other one has"));
    }
    let accepted = "namespaces that belong to one team each";
    for (index, namespace) in team.namespaces.iter().enumerate() {
        if team.namespaces[..index].contains(namespace) {
            problems.push(item.problem(key, format!("names the namespace `{namespace}` twice"), accepted));
        } else if let Some(other) = before.iter().find(|other| other.namespaces.contains(namespace)) {
            let message = format!("takes the namespace `{namespace}`, which the team `{}` has", other.name);
            problems.push(item.problem(key, message, accepted));
        }
    }
    problems
}

/// What stands between the teams and the other answers.
pub(super) fn together(raw: &Raw, answers: &Answers, components: &[&Component]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, team) in answers.teams.iter().enumerate() {
        let key = format!("teams[{index}]");
        for namespace in &team.namespaces {
            if let Some(owner) = components.iter().find(|component| component.namespace == *namespace) {
                let message = format!(
                    "takes the namespace `{namespace}`, which the component `{}` is installed into",
                    owner.id
                );
                problems.push(raw.problem(&key, message, "a namespace of its own"));
            }
            if answers.clusters.iter().any(|cluster| cluster.environment == *namespace) {
                let message =
                    format!("takes the namespace `{namespace}`, which is the name of an environment");
                problems.push(raw.problem(&key, message, "a name that is no environment"));
            }
        }
    }
    let hosts = answers.teams.iter().map(|team| team.namespaces.len()).sum::<usize>();
    let public =
        components.iter().any(|component| component.capability == "gateway") && !answers.domain.is_empty();
    if public && hosts > MOST_HOSTS {
        let message = format!("has {hosts} namespaces, each with a host of its own");
        let accepted =
            format!("at most {MOST_HOSTS}, for that many listeners a Gateway has room for, or no `domain`");
        problems.push(raw.problem("teams", message, &accepted));
    }
    problems
}
