//! Every question, defined once: flag, `--set`, key of the answers file and prompt read this table.

use super::answers::{Platform, VERSION};
use super::clusters;
use super::raw::{Problem, Raw, RawValue, nearest};
use super::repository::{self, Repository};
use crate::phrase::{List, literals};

/// One question.
#[derive(Debug)]
pub struct Question {
    /// Its key in the answers file and in `--set`; the flag is `--` and the key.
    pub key: &'static str,
    /// The prompt, without a question mark.
    pub asks: &'static str,
    /// What follows from the answer, for `--help` and below the prompt.
    pub help: &'static str,
    /// What stands for the value in `--help`.
    pub value_name: &'static str,
    /// What would be accepted.
    pub accepts: &'static str,
    /// The answer where none is given; a constant, never taken from the machine.
    pub default: &'static str,
    /// What to choose from; empty where any text may be given.
    pub choices: &'static [Choice],
    check: fn(&Raw) -> Result<Option<String>, Vec<Problem>>,
}

/// One of several answers.
#[derive(Debug)]
pub struct Choice {
    /// The word in answers.
    pub id: &'static str,
    /// One line on what it means.
    pub meaning: &'static str,
    /// Whether this version of the program can do it.
    pub supported: bool,
}

const fn choice(id: &'static str, meaning: &'static str) -> Choice {
    Choice { id, meaning, supported: true }
}

const fn later(id: &'static str, meaning: &'static str) -> Choice {
    Choice { id, meaning, supported: false }
}

const PATTERNS: &[Choice] = &[
    choice("monorepo", "one repository for clusters, infrastructure and apps"),
    later("multi-repo", "a repository for the fleet, one for infrastructure, one for each team"),
    later("gitless", "signed OCI artifacts instead of Git in the clusters"),
];

const PLATFORMS: &[Choice] = &[
    choice("kubernetes", "any cluster that conforms"),
    choice("aws", "Amazon EKS"),
    choice("azure", "Azure AKS"),
    choice("gcp", "Google GKE"),
    choice("openshift", "Red Hat OpenShift"),
    choice("kind-only", "kind on one machine, with small controllers"),
];

/// All questions in the order in which they are asked.
pub static QUESTIONS: [Question; 4] = [
    Question {
        key: "pattern",
        asks: "Which pattern",
        help: "How the desired state is spread over repositories",
        value_name: "PATTERN",
        accepts: "`monorepo`",
        default: "monorepo",
        choices: PATTERNS,
        check: |raw| pattern(raw).map(|_| None).map_err(|problem| vec![problem]),
    },
    Question {
        key: "repository",
        asks: "Where will the repository live",
        help: "The Git repository that Flux reads with deploy keys; it is not created for you",
        value_name: "URL",
        accepts: repository::ACCEPTED,
        default: "https://github.com/example/platform",
        choices: &[],
        check: |raw| Repository::read(raw).map(|(_, note)| note).map_err(|problem| vec![problem]),
    },
    Question {
        key: "platform",
        asks: "Where do the clusters run",
        help: "What the clusters are, which decides how Flux is set up and sized",
        value_name: "PLATFORM",
        accepts: "`kubernetes`, `aws`, `azure`, `gcp`, `openshift`, or `kind-only`",
        default: "kubernetes",
        choices: PLATFORMS,
        check: |raw| platform(raw).map(|_| None).map_err(|problem| vec![problem]),
    },
    Question {
        key: "clusters",
        asks: "Which clusters, in which environment",
        help: "In the order of promotion; `*` marks production, which follows Git tags",
        value_name: "NAME=ENVIRONMENT[*],…",
        accepts: clusters::ACCEPTED,
        default: "staging=staging, production=production*",
        choices: &[],
        check: |raw| clusters::read(raw).map(|_| None),
    },
];

/// Keys that the answers file will know, but this version of the program does not.
pub(super) const LATER: [&str; 26] = [
    "air-gap",
    "alerts",
    "auth",
    "backups",
    "bootstrap",
    "components",
    "dns",
    "domain",
    "flux",
    "intervals",
    "issuer",
    "known_hosts",
    "preview",
    "promotion",
    "receiver",
    "region",
    "registry",
    "secrets",
    "signing",
    "teams",
    "tooling",
    "topology",
    "updates",
    "validation",
    "web",
    "window",
];

/// The question with `key`.
pub fn question(key: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.key == key)
}

impl Question {
    /// Checks a text typed at the prompt.
    ///
    /// # Errors
    /// What is wrong with it and what would be accepted, one sentence a line.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let problems = (self.check)(&Raw::text(text, "")).map(drop);
        problems.map_err(|problems| problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))
    }

    /// Checks a given value, and says how it was rewritten where it was.
    pub(super) fn check_raw(&self, raw: &Raw) -> Result<Option<String>, Vec<Problem>> {
        (self.check)(raw)
    }
}

pub(super) fn pattern(raw: &Raw) -> Result<String, Problem> {
    chosen("pattern", raw, PATTERNS).map(str::to_owned)
}

pub(super) fn platform(raw: &Raw) -> Result<Platform, Problem> {
    let id = chosen("platform", raw, PLATFORMS)?;
    Ok(Platform::ALL.into_iter().find(|platform| platform.id() == id).unwrap_or(Platform::Kubernetes))
}

/// The version of an answers file.
pub(super) fn version(raw: &Raw) -> Result<(), Problem> {
    match &raw.value {
        RawValue::Number(number) | RawValue::Text(number) if *number == VERSION.to_string() => Ok(()),
        RawValue::Number(number) => Err(format!("`{number}`")),
        _ => Err(raw.kind()),
    }
    .map_err(|given| raw.problem("version", format!("is {given}"), &format!("`{VERSION}`")))
}

fn chosen(key: &str, raw: &Raw, choices: &[Choice]) -> Result<&'static str, Problem> {
    let supported: Vec<&'static str> =
        choices.iter().filter(|choice| choice.supported).map(|choice| choice.id).collect();
    let accepted = List(&literals(&supported), "or").to_string();
    let text = raw.expect_text(key, &accepted)?;
    match choices.iter().find(|choice| choice.id == text) {
        Some(choice) if choice.supported => Ok(choice.id),
        Some(_) => Err(raw.problem(key, format!("is `{text}`, which is not yet supported"), &accepted)),
        None => {
            let nearest = nearest(text, &supported);
            Err(raw.problem(key, format!("is `{text}`, which is none of its choices{nearest}"), &accepted))
        }
    }
}
