//! The questions that are always asked.

use super::{Choice, PATTERNS, Question, Shape, Tier, always, choice, chosen, one, word};
use crate::blueprint::answers::repository::Repository;
use crate::blueprint::answers::{clusters, components, contact, teams};

const PLATFORMS: &[Choice] = &[
    choice("kubernetes", "any cluster that conforms"),
    choice("aws", "Amazon EKS"),
    choice("azure", "Azure AKS"),
    choice("gcp", "Google GKE"),
    choice("openshift", "Red Hat OpenShift"),
    choice("kind-only", "kind on one machine, with small controllers"),
];

pub(super) const PATTERN: Question = Question {
    key: "pattern",
    flag: "pattern",
    asks: "Which pattern",
    help: "How the desired state is spread over repositories",
    value_name: "PATTERN",
    tier: Tier::Essential,
    shape: Shape::Choice(|| PATTERNS.to_vec()),
    usually: "monorepo",
    follows: &[],
    applies: always,
    default: |_, _| Some("monorepo".into()),
    take: |raw, answers, _| {
        one(chosen("pattern", raw, PATTERNS))?.clone_into(&mut answers.pattern);
        Ok(None)
    },
};

pub(super) const REPOSITORY: Question = Question {
    key: "repository",
    flag: "repository",
    asks: "Where will the repository live",
    help: "The Git repository, or the prefix of several; nothing is created there",
    value_name: "URL",
    tier: Tier::Essential,
    shape: Shape::Text,
    usually: "https://github.com/example/platform",
    follows: &[],
    applies: always,
    default: |_, _| Some("https://github.com/example/platform".into()),
    take: |raw, answers, _| {
        answers.repository = one(Repository::read(raw))?;
        Ok(None)
    },
};

pub(super) const CLUSTERS: Question = Question {
    key: "clusters",
    flag: "clusters",
    asks: "Which clusters, in which environment",
    help: "In the order of promotion; `*` marks production, which gets what others tried",
    value_name: "NAME=ENVIRONMENT[*],…",
    tier: Tier::Essential,
    shape: Shape::Clusters,
    usually: "staging=staging, production=production*",
    follows: &[],
    applies: always,
    default: |_, _| Some("staging=staging, production=production*".into()),
    take: |raw, answers, _| {
        answers.clusters = clusters::read(raw)?;
        Ok(None)
    },
};

pub(super) const DOMAIN: Question = Question {
    key: "domain",
    flag: "domain",
    asks: "Base domain",
    help: "Each cluster gets CLUSTER.DOMAIN; without one there are no public names and certificates are self-signed",
    value_name: "DOMAIN",
    tier: Tier::Essential,
    shape: Shape::Text,
    usually: "none",
    follows: &[],
    applies: always,
    default: |_, _| Some(String::new()),
    take: |raw, answers, _| {
        let (domain, note) = one(contact::domain(raw))?;
        answers.domain = domain;
        Ok(note)
    },
};

pub(super) const PLATFORM: Question = Question {
    key: "platform",
    flag: "platform",
    asks: "Where do the clusters run",
    help: "What the clusters are, which decides how Flux is set up and sized",
    value_name: "PLATFORM",
    tier: Tier::Essential,
    shape: Shape::Choice(|| PLATFORMS.to_vec()),
    usually: "kubernetes",
    follows: &[],
    applies: always,
    default: |_, _| Some("kubernetes".into()),
    take: |raw, answers, _| {
        answers.platform = word("platform", raw, PLATFORMS)?;
        Ok(None)
    },
};

pub(super) const COMPONENTS: Question = Question {
    key: "components",
    flag: "components",
    asks: "Platform components",
    help: "What every cluster runs beside your own apps; what they need comes with them",
    value_name: "ID,…",
    tier: Tier::Essential,
    shape: Shape::Components,
    usually: "envoy-gateway, cert-manager, metrics-server, kube-prometheus-stack, as far as the platform has a place for them",
    follows: &[],
    applies: always,
    default: |answers, catalogue| Some(components::usual(answers.platform, catalogue).join(", ")),
    take: |raw, answers, catalogue| {
        answers.components = components::read(raw, catalogue)?;
        Ok(components::added(answers, catalogue))
    },
};

pub(super) const TEAMS: Question = Question {
    key: "teams",
    flag: "teams",
    asks: "Teams and their namespaces",
    help: "Each team gets namespaces with bounded rights and limits of its own",
    value_name: "TEAM=NAMESPACE,…;…",
    tier: Tier::Essential,
    shape: Shape::Teams,
    usually: "demo; none in a monorepo",
    follows: &[],
    applies: always,
    default: |answers, _| Some(if answers.pattern == "monorepo" { String::new() } else { "demo".into() }),
    take: |raw, answers, _| {
        answers.teams = teams::read(raw)?;
        Ok(None)
    },
};
