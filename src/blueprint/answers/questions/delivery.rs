//! How the desired state reaches the clusters: registry, signatures, credentials, promotion.

use super::Applies::{Asked, Not, Quietly};
use super::{Choice, Question, Shape, Taken, Tier, always, choice, one, word};
use crate::blueprint::answers::raw::Raw;
use crate::blueprint::answers::repository::{Host, Repository, Scheme};
use crate::blueprint::answers::{Answers, Auth, Promotion, Signing, contact};
use crate::blueprint::catalogue::Catalogue;

const AUTHS: &[Choice] = &[
    choice("deploy-key", "an SSH key for each cluster that may only read"),
    choice("github-app", "a GitHub App: short-lived tokens, best for organizations"),
    choice("token", "a token with the right to read, over HTTPS"),
    choice("none", "nothing, for the repository is public"),
];
const SIGNINGS: &[Choice] = &[
    choice("keyless", "by the identity of the workflow; no key to keep"),
    choice("key-pair", "by a key pair of your own"),
];
const PROMOTIONS: &[Choice] = &[
    choice("git-tags", "production follows Git tags"),
    choice("pr-between-overlays", "pull requests raise the versions in production"),
];

pub(super) const REGISTRY: Question = Question {
    key: "registry",
    flag: "registry",
    asks: "OCI registry and path for the artifacts",
    help: "Where the artifacts are pushed to, and where the clusters fetch them",
    value_name: "HOST/PATH",
    tier: Tier::FollowUp,
    shape: Shape::Text,
    usually: "ghcr.io/OWNER on GitHub, registry.HOST/PATH elsewhere",
    follows: &["repository"],
    applies: always,
    default: |answers, _| Some(usual_registry(&answers.repository)),
    take: |raw, answers, _| {
        answers.registry = one(contact::registry(raw))?;
        Ok(None)
    },
};

pub(super) const SIGNING: Question = Question {
    key: "signing",
    flag: "signing",
    asks: "How are artifacts signed",
    help: "The clusters take signed artifacts only",
    value_name: "METHOD",
    tier: Tier::FollowUp,
    shape: Shape::Choice(|| SIGNINGS.to_vec()),
    usually: "keyless on github.com, key-pair elsewhere",
    follows: &["repository"],
    applies: |answers, _| if answers.repository.provider() == Host::Github { Quietly } else { Asked },
    default: |answers, _| {
        let github = answers.repository.provider() == Host::Github;
        Some(if github { Signing::Keyless } else { Signing::KeyPair }.id().into())
    },
    take: |raw, answers, _| {
        answers.signing = word("signing", raw, SIGNINGS)?;
        Ok(None)
    },
};

pub(super) const AUTH: Question = Question {
    key: "auth",
    flag: "auth",
    asks: "How does Flux authenticate to Git",
    help: "What each cluster reads the repository with, kept in a Secret",
    value_name: "METHOD",
    tier: Tier::FollowUp,
    shape: Shape::Choice(|| AUTHS.to_vec()),
    usually: "deploy-key",
    follows: &["repository"],
    applies: always,
    default: |_, _| Some("deploy-key".into()),
    take: auth,
};

pub(super) const KNOWN_HOSTS: Question = Question {
    key: "known_hosts",
    flag: "known-hosts",
    asks: "The Git host's SSH keys",
    help: "Lines of a known_hosts file that you have compared with what the host's owner publishes",
    value_name: "LINES",
    tier: Tier::FollowUp,
    shape: Shape::Text,
    usually: "none on well-known hosts",
    follows: &["repository", "auth"],
    applies: |answers, _| match (answers.auth, answers.repository.provider()) {
        (Auth::DeployKey, Host::Other) => Asked,
        (Auth::DeployKey, _) => Quietly,
        _ => Not("only a deploy key is used with one"),
    },
    default: |answers, _| (answers.repository.provider() != Host::Other).then(String::new),
    take: |raw, answers, _| {
        answers.known_hosts = one(contact::known_hosts(raw, &answers.repository))?;
        if answers.known_hosts.is_empty() && answers.repository.provider() == Host::Other {
            let message =
                format!("is empty, but the keys of `{}` are not widely known", answers.repository.host);
            return Err(vec![raw.problem("known_hosts", message, contact::KNOWN_HOSTS)]);
        }
        Ok(None)
    },
};

pub(super) const PROMOTION: Question = Question {
    key: "promotion",
    flag: "promotion",
    asks: "How do apps reach production",
    help: "What makes production take what other environments have tried",
    value_name: "WAY",
    tier: Tier::FollowUp,
    shape: Shape::Choice(|| PROMOTIONS.to_vec()),
    usually: "git-tags where there is production",
    follows: &["clusters"],
    applies: |answers, _| {
        let one = answers.clusters.windows(2).all(|pair| pair[0].environment == pair[1].environment);
        if one { Not("there is one environment only") } else { Asked }
    },
    default: |answers, _| {
        Some(if answers.has_production() { Promotion::GitTags } else { Promotion::Overlays }.id().into())
    },
    take: |raw, answers, _| {
        answers.promotion = word("promotion", raw, PROMOTIONS)?;
        if answers.promotion == Promotion::GitTags && !answers.has_production() {
            let message = "is `git-tags`, but no cluster is production";
            return Err(vec![raw.problem(
                "promotion",
                message,
                "`pr-between-overlays`, or a cluster with `*`",
            )]);
        }
        Ok(None)
    },
};

fn usual_registry(repository: &Repository) -> String {
    let owner = repository.owner().to_ascii_lowercase();
    let path = if owner.is_empty() { repository.name().to_ascii_lowercase() } else { owner };
    match repository.provider() {
        Host::Github => format!("ghcr.io/{path}"),
        _ => format!("registry.{}/{path}", repository.host),
    }
}

fn auth(raw: &Raw, answers: &mut Answers, _: &Catalogue) -> Taken {
    let auth: Auth = word("auth", raw, AUTHS)?;
    let id = auth.id();
    if auth == Auth::GithubApp && answers.repository.provider() != Host::Github {
        let message = format!("is `{id}`, but the repository lives on `{}`", answers.repository.host);
        return Err(vec![raw.problem("auth", message, "`deploy-key`, `token`, or `none`")]);
    }
    if let Err(problem) = answers.repository.url(auth.scheme(), "") {
        let message = format!("is `{id}`, but the repository has an address {problem}");
        let accepted = match auth.scheme() {
            Scheme::Ssh => "`token` or `none`; or a `repository` that begins with `ssh://`",
            Scheme::Https => "`deploy-key`; or a `repository` that begins with `https://`",
        };
        return Err(vec![raw.problem("auth", message, accepted)]);
    }
    answers.auth = auth;
    Ok(None)
}
