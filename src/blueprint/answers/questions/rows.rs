//! The table of questions.

use super::Applies::{Asked, Not, Quietly};
use super::{Applies, Choice, PATTERNS, Question, Shape, Tier, choice, chosen, later, word};
use crate::blueprint::answers::providers::{Channel, PROVIDERS, provider};
use crate::blueprint::answers::raw::{Problem, Raw};
use crate::blueprint::answers::repository::{Host, Repository};
use crate::blueprint::answers::{Answers, Auth, Issuer, Promotion, Signing};
use crate::blueprint::answers::{clusters, components, contact, teams};
use crate::blueprint::catalogue::Catalogue;

const PLATFORMS: &[Choice] = &[
    choice("kubernetes", "any cluster that conforms"),
    choice("aws", "Amazon EKS"),
    choice("azure", "Azure AKS"),
    choice("gcp", "Google GKE"),
    choice("openshift", "Red Hat OpenShift"),
    choice("kind-only", "kind on one machine, with small controllers"),
];
const AUTHS: &[Choice] = &[
    choice("deploy-key", "an SSH key for each cluster that may only read"),
    choice("github-app", "a GitHub App; its tokens are short-lived and belong to nobody"),
    choice("token", "a token with the right to read, over HTTPS"),
    choice("none", "nothing, for the repository is public"),
];
const ISSUERS: &[Choice] = &[
    choice("gateway-http01", "Let's Encrypt, which looks at the gateway over HTTP"),
    later("dns01", "Let's Encrypt, which looks at the DNS"),
    choice("private-ca", "a certificate authority of your own, from a Secret"),
];
const SIGNINGS: &[Choice] = &[
    choice("keyless", "by the identity of the workflow; no key to keep"),
    choice("key-pair", "by a key pair of your own"),
];
const PROMOTIONS: &[Choice] = &[
    choice("git-tags", "production follows Git tags"),
    choice("pr-between-overlays", "all follow one branch; a pull request raises versions in production's overlay"),
];

fn alerts() -> Vec<Choice> {
    let types = PROVIDERS.iter().map(|provider| choice(provider.id, provider.meaning));
    types.chain([choice("none", "nowhere")]).collect()
}

/// All questions in the order in which they are asked.
pub static QUESTIONS: [Question; 16] = [
    Question {
        key: "pattern",
        flag: "pattern",
        asks: "Which pattern",
        help: "How the desired state is spread over repositories",
        value_name: "PATTERN",
        tier: Tier::Essential,
        shape: Shape::Choice(|| PATTERNS.to_vec()),
        usually: "monorepo",
        applies: always,
        default: |_, _| Some("monorepo".into()),
        take: |raw, answers, _| {
            answers.pattern = one(chosen("pattern", raw, PATTERNS))?.to_owned();
            Ok(None)
        },
    },
    Question {
        key: "repository",
        flag: "repository",
        asks: "Where will the repository live",
        help: "The Git repository, or the prefix of the names of several; none is created for you",
        value_name: "URL",
        tier: Tier::Essential,
        shape: Shape::Text,
        usually: "https://github.com/example/platform",
        applies: always,
        default: |_, _| Some("https://github.com/example/platform".into()),
        take: |raw, answers, _| {
            answers.repository = one(Repository::read(raw))?;
            Ok(None)
        },
    },
    Question {
        key: "clusters",
        flag: "clusters",
        asks: "Which clusters, in which environment",
        help: "In the order of promotion; `*` marks production, which gets what others have tried",
        value_name: "NAME=ENVIRONMENT[*],…",
        tier: Tier::Essential,
        shape: Shape::Clusters,
        usually: "staging=staging, production=production*",
        applies: always,
        default: |_, _| Some("staging=staging, production=production*".into()),
        take: |raw, answers, _| {
            answers.clusters = clusters::read(raw)?;
            Ok(None)
        },
    },
    Question {
        key: "domain",
        flag: "domain",
        asks: "Base domain",
        help: "Each cluster gets CLUSTER.DOMAIN; without one there are no public names and certificates are self-signed",
        value_name: "DOMAIN",
        tier: Tier::Essential,
        shape: Shape::Text,
        usually: "none",
        applies: always,
        default: |_, _| Some(String::new()),
        take: |raw, answers, _| {
            let (domain, note) = one(contact::domain(raw))?;
            answers.domain = domain;
            Ok(note)
        },
    },
    Question {
        key: "platform",
        flag: "platform",
        asks: "Where do the clusters run",
        help: "What the clusters are, which decides how Flux is set up and sized",
        value_name: "PLATFORM",
        tier: Tier::Essential,
        shape: Shape::Choice(|| PLATFORMS.to_vec()),
        usually: "kubernetes",
        applies: always,
        default: |_, _| Some("kubernetes".into()),
        take: |raw, answers, _| {
            answers.platform = word("platform", raw, PLATFORMS)?;
            Ok(None)
        },
    },
    Question {
        key: "components",
        flag: "components",
        asks: "Platform components",
        help: "What every cluster runs beside your own apps; what they need comes with them",
        value_name: "ID,…",
        tier: Tier::Essential,
        shape: Shape::Components,
        usually: "envoy-gateway, cert-manager, metrics-server, kube-prometheus-stack, as far as the platform has a place for them",
        applies: always,
        default: |answers, catalogue| Some(components::usual(answers.platform, catalogue).join(", ")),
        take: |raw, answers, catalogue| {
            answers.components = components::read(raw, catalogue)?;
            let resolved = answers.resolved(catalogue);
            let added = resolved.into_iter().filter(|component| !answers.components.contains(&component.id));
            let added: Vec<_> = added.collect();
            let note = || format!("`components`: {} added, since others need them", super::super::Component::ids(added.iter().copied()));
            Ok((!added.is_empty()).then(note))
        },
    },
    Question {
        key: "teams",
        flag: "teams",
        asks: "Teams and their namespaces",
        help: "Each team gets namespaces with bounded rights and limits of its own",
        value_name: "TEAM=NAMESPACE,…;…",
        tier: Tier::Essential,
        shape: Shape::Teams,
        usually: "demo; none in a monorepo",
        applies: always,
        default: |answers, _| Some(if answers.pattern == "monorepo" { String::new() } else { "demo".into() }),
        take: |raw, answers, _| {
            answers.teams = teams::read(raw)?;
            Ok(None)
        },
    },
    Question {
        key: "registry",
        flag: "registry",
        asks: "OCI registry and path for the artifacts",
        help: "Where the artifacts are pushed to, and where the clusters fetch them",
        value_name: "HOST/PATH",
        tier: Tier::FollowUp,
        shape: Shape::Text,
        usually: "ghcr.io/OWNER on GitHub, registry.HOST/PATH elsewhere",
        applies: always,
        default: |answers, _| Some(usual_registry(&answers.repository)),
        take: |raw, answers, _| {
            answers.registry = one(contact::registry(raw))?;
            Ok(None)
        },
    },
    Question {
        key: "signing",
        flag: "signing",
        asks: "How are artifacts signed",
        help: "The clusters take signed artifacts only",
        value_name: "METHOD",
        tier: Tier::FollowUp,
        shape: Shape::Choice(|| SIGNINGS.to_vec()),
        usually: "keyless on github.com, key-pair elsewhere",
        applies: |answers, _| if answers.repository.provider() == Host::Github { Quietly } else { Asked },
        default: |answers, _| {
            let github = answers.repository.provider() == Host::Github;
            Some(if github { Signing::Keyless } else { Signing::KeyPair }.id().into())
        },
        take: |raw, answers, _| {
            answers.signing = word("signing", raw, SIGNINGS)?;
            Ok(None)
        },
    },
    Question {
        key: "auth",
        flag: "auth",
        asks: "How does Flux authenticate to Git",
        help: "What the Secret holds that each cluster reads the repository with",
        value_name: "METHOD",
        tier: Tier::FollowUp,
        shape: Shape::Choice(|| AUTHS.to_vec()),
        usually: "deploy-key",
        applies: always,
        default: |_, _| Some("deploy-key".into()),
        take: auth,
    },
    Question {
        key: "known_hosts",
        flag: "known-hosts",
        asks: "The Git host's SSH keys",
        help: "Lines of a known_hosts file that you have compared with what the host's owner publishes",
        value_name: "LINES",
        tier: Tier::FollowUp,
        shape: Shape::Text,
        usually: "none on well-known hosts",
        applies: |answers, _| match (answers.auth, answers.repository.provider()) {
            (Auth::DeployKey, Host::Other) => Asked,
            (Auth::DeployKey, _) => Quietly,
            _ => Not("only a deploy key is used with one"),
        },
        default: |answers, _| (answers.repository.provider() != Host::Other).then(String::new),
        take: |raw, answers, _| {
            answers.known_hosts = one(contact::known_hosts(raw))?;
            if answers.known_hosts.is_empty() && answers.repository.provider() == Host::Other {
                let message = format!("is empty, but the keys of `{}` are not widely known", answers.repository.host);
                return Err(vec![raw.problem("known_hosts", message, contact::KNOWN_HOSTS)]);
            }
            Ok(None)
        },
    },
    Question {
        key: "issuer",
        flag: "issuer",
        asks: "Who issues certificates",
        help: "How cert-manager gets the certificates of public names",
        value_name: "ISSUER",
        tier: Tier::FollowUp,
        shape: Shape::Choice(|| ISSUERS.to_vec()),
        usually: "gateway-http01 where there is a gateway, else private-ca",
        applies: certificates,
        default: |answers, catalogue| {
            let gateway = answers.provides(catalogue, "gateway");
            Some(if gateway { Issuer::GatewayHttp01 } else { Issuer::PrivateCa }.id().into())
        },
        take: |raw, answers, catalogue| {
            answers.issuer = word("issuer", raw, ISSUERS)?;
            if answers.issuer == Issuer::GatewayHttp01 && !answers.provides(catalogue, "gateway") {
                let message = "is `gateway-http01`, but no component is a gateway";
                return Err(vec![raw.problem("issuer", message, "`private-ca`, or `envoy-gateway` among the components")]);
            }
            Ok(None)
        },
    },
    Question {
        key: "email",
        flag: "email",
        asks: "Contact e-mail for certificates",
        help: "Let's Encrypt writes to it; without one, certificates are self-signed",
        value_name: "ADDRESS",
        tier: Tier::FollowUp,
        shape: Shape::Text,
        usually: "none",
        applies: |answers, catalogue| match certificates(answers, catalogue) {
            Asked if answers.issuer == Issuer::PrivateCa => Not("a private certificate authority has no use for it"),
            other => other,
        },
        default: |_, _| Some(String::new()),
        take: |raw, answers, _| {
            answers.email = one(contact::email(raw))?;
            Ok(None)
        },
    },
    Question {
        key: "alerts.provider",
        flag: "alerts-provider",
        asks: "Where do failures go",
        help: "Flux tells there what fails; tokens live in Secrets",
        value_name: "TYPE",
        tier: Tier::FollowUp,
        shape: Shape::Choice(alerts),
        usually: "alertmanager with kube-prometheus-stack, else none",
        applies: always,
        default: |answers, catalogue| {
            Some(if answers.provides(catalogue, "monitoring") { "alertmanager" } else { "none" }.into())
        },
        take: |raw, answers, _| {
            let id = one(chosen("alerts.provider", raw, &alerts()))?;
            answers.alerts = provider(id);
            Ok(None)
        },
    },
    Question {
        key: "alerts.channel",
        flag: "alerts-channel",
        asks: "Which channel there",
        help: "Channel, room, topic or routing key, as the provider calls it",
        value_name: "CHANNEL",
        tier: Tier::FollowUp,
        shape: Shape::Text,
        usually: "none",
        applies: |answers, _| match answers.alerts.map(|provider| provider.channel) {
            Some(Channel::Required(_)) => Asked,
            Some(Channel::Optional(_)) => Quietly,
            _ => Not("the provider has no channels"),
        },
        default: |answers, _| match answers.alerts.map(|provider| provider.channel) {
            Some(Channel::Required(_)) => None,
            _ => Some(String::new()),
        },
        take: channel,
    },
    Question {
        key: "promotion",
        flag: "promotion",
        asks: "How do apps reach production",
        help: "What makes production take what other environments have tried",
        value_name: "WAY",
        tier: Tier::FollowUp,
        shape: Shape::Choice(|| PROMOTIONS.to_vec()),
        usually: "git-tags where there is production",
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
                return Err(vec![raw.problem("promotion", message, "`pr-between-overlays`, or a cluster with `*`")]);
            }
            Ok(None)
        },
    },
];

fn always(_: &Answers, _: &Catalogue) -> Applies {
    Asked
}

fn one<T>(result: Result<T, Problem>) -> Result<T, Vec<Problem>> {
    result.map_err(|problem| vec![problem])
}

fn certificates(answers: &Answers, catalogue: &Catalogue) -> Applies {
    if answers.domain.is_empty() {
        Not("without a domain, certificates are self-signed")
    } else if !answers.provides(catalogue, "certificates") {
        Not("no component issues certificates")
    } else {
        Asked
    }
}

fn usual_registry(repository: &Repository) -> String {
    let owner = repository.owner().to_ascii_lowercase();
    let path = if owner.is_empty() { repository.name().to_ascii_lowercase() } else { owner };
    match repository.provider() {
        Host::Github => format!("ghcr.io/{path}"),
        _ => format!("registry.{}/{path}", repository.host),
    }
}

fn auth(raw: &Raw, answers: &mut Answers, _: &Catalogue) -> Result<Option<String>, Vec<Problem>> {
    answers.auth = word("auth", raw, AUTHS)?;
    if answers.auth == Auth::GithubApp && answers.repository.provider() != Host::Github {
        let message = format!("is `github-app`, but the repository lives on `{}`", answers.repository.host);
        return Err(vec![raw.problem("auth", message, "`deploy-key`, `token`, or `none`")]);
    }
    match answers.repository.url(answers.scheme(), "") {
        Ok(_) => Ok(None),
        Err(problem) => {
            let message = format!("is `{}`, but the address of the repository is one {problem}", answers.auth.id());
            let accepted = "a `repository` in the form that goes with it: `ssh://` for `deploy-key`, `https://` for the others";
            Err(vec![raw.problem("auth", message, accepted)])
        }
    }
}

fn channel(raw: &Raw, answers: &mut Answers, _: &Catalogue) -> Result<Option<String>, Vec<Problem>> {
    let wanted = match answers.alerts.map(|provider| provider.channel) {
        Some(Channel::Required(what) | Channel::Optional(what)) => what,
        _ => "nothing",
    };
    let accepted = format!("{wanted}, on one line");
    let text = one(raw.expect_any_text("alerts.channel", &accepted))?;
    let required = matches!(answers.alerts.map(|provider| provider.channel), Some(Channel::Required(_)));
    if text.is_empty() && required {
        return Err(vec![raw.problem("alerts.channel", "is empty", &accepted)]);
    }
    if text.chars().any(char::is_control) || text.len() > 2048 {
        return Err(vec![raw.problem("alerts.channel", "is more than a line", &accepted)]);
    }
    answers.channel = text.to_owned();
    Ok(None)
}
