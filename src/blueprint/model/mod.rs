//! What templates see: the answers, and everything that is computed from them instead of asked.
//!
//! One model for all patterns: what they share is decided here, not in the text of templates. The names are described
//! in `docs/blueprints.md`.

mod components;
mod delivery;
mod edge;
mod notify;
mod secrets;
mod shell;
mod tenants;

use serde_json::{Value, json};

use super::answers::{Answers, Auth, Cluster, Host, Platform, Scheme};
use super::catalogue::{Catalogue, Component};

/// The answers with what they come to.
struct Model<'a> {
    answers: &'a Answers,
    /// In the order of installation.
    components: Vec<&'a Component>,
    catalogue: &'a Catalogue,
    facts: &'a Value,
}

/// The data of all templates of a blueprint with `facts`.
pub(super) fn data(answers: &Answers, catalogue: &Catalogue, facts: &Value) -> Value {
    Model { answers, components: answers.resolved(catalogue), catalogue, facts }.data()
}

/// The same, with no list empty that parts are repeated for.
pub(super) fn sample(answers: &Answers, catalogue: &Catalogue, facts: &Value) -> Value {
    let mut data = data(answers, catalogue, facts);
    if data["own_units"].as_array().is_some_and(Vec::is_empty) {
        data["own_units"] = data["units"].clone();
    }
    data
}

impl Model<'_> {
    fn data(&self) -> Value {
        let answers = self.answers;
        let repository = &answers.repository;
        let clusters = answers.clusters.iter().map(|cluster| self.cluster(cluster)).collect::<Vec<_>>();
        let environments = self.environments();
        let trials = environments.iter().filter(|environment| !environment.production);
        json!({
            "pattern": answers.pattern,
            "name": repository.name(),
            "owner": repository.owner(),
            "repositories": {
                "fleet": self.repository(self.suffix("fleet")),
                "infra": self.repository(self.suffix("infra")),
                "apps": self.repository(self.suffix("apps")),
            },
            "git": self.git(),
            "auth": self.auth(),
            "platform": {
                "id": answers.platform.id(),
                "cluster_type": answers.platform.cluster_type(),
                "size": answers.platform.cluster_size(),
                "kind": answers.platform == Platform::KindOnly,
                "managed": answers.platform.is_managed(),
            },
            "domain": answers.domain,
            "clusters": clusters,
            "cluster_names": answers.clusters.iter().map(|cluster| &cluster.name).collect::<Vec<_>>(),
            "first_cluster": answers.clusters.first().map_or("", |cluster| &cluster.name),
            "environments": environments.iter().map(|cluster| self.environment(cluster)).collect::<Vec<_>>(),
            "trials": trials.map(|cluster| &cluster.environment).collect::<Vec<_>>(),
            "production": answers.has_production(),
            "components": self.components.iter().map(|component| self.component(component)).collect::<Vec<_>>(),
            "sample_apps": self.catalogue.sample().map(|sample| self.component(sample)).into_iter().collect::<Vec<_>>(),
            "with": self.capabilities(),
            "layers": {
                "controllers": !self.components.is_empty(),
                "configs": self.components.iter().any(|component| component.facts["configs"] == true),
            },
            "infra_namespaces": self.infra_namespaces(),
            "multitenant": self.is_multitenant(),
            "tenants": !answers.teams.is_empty(),
            "teams": answers.teams.iter().map(|team| self.team(team)).collect::<Vec<_>>(),
            "units": self.units(),
            "own_units": self.own_units(),
            "app_namespaces": self.app_namespaces(),
            "allowlist": self.allowlist(),
            "tenant_roles": self.tenant_roles(),
            "alerts": self.alerts(),
            "receiver": self.receiver(),
            "issuer": self.issuer(),
            "gateway": self.gateway(),
            "registry": self.registry(),
            "artifacts": {
                "fleet": self.artifact("fleet"),
                "infra": self.artifact("infra"),
                "apps": self.artifact("apps"),
            },
            "signing": self.signing(),
            "promotion": self.promotion(),
            "secrets": self.secrets(),
            "secret_steps": self.secret_steps(),
            "code_owners": self.code_owner("platform"),
            "facts": self.facts,
        })
    }

    fn is_monorepo(&self) -> bool {
        self.answers.pattern == "monorepo"
    }

    fn is_gitless(&self) -> bool {
        self.answers.pattern == "gitless"
    }

    /// Whether controllers act with the rights of each namespace only.
    fn is_multitenant(&self) -> bool {
        !self.is_monorepo() || !self.answers.teams.is_empty()
    }

    fn has(&self, capability: &str) -> bool {
        self.components.iter().any(|component| component.capability == capability)
    }

    /// What stands behind the name of the repository; nothing where there is one only.
    fn suffix(&self, part: &str) -> String {
        if self.is_monorepo() { String::new() } else { format!("-{part}") }
    }

    fn repository(&self, suffix: impl AsRef<str>) -> Value {
        let (repository, suffix) = (&self.answers.repository, suffix.as_ref());
        let (owner, name) = (repository.owner(), format!("{}{suffix}", repository.name()));
        let url = repository.url(self.answers.scheme(), suffix);
        json!({
            "url": url.expect("the form of the address was checked with the other answers"),
            "web": repository.web(suffix),
            "path": if owner.is_empty() { name.clone() } else { format!("{owner}/{name}") },
            "name": name,
        })
    }

    fn git(&self) -> Value {
        let repository = &self.answers.repository;
        let provider = repository.provider();
        // Over SSH Azure DevOps knows RSA keys only (learn.microsoft.com, "Use SSH key authentication").
        let azure = provider == Host::AzureDevOps;
        let host = if azure && self.answers.scheme() == Scheme::Ssh {
            "ssh.dev.azure.com"
        } else {
            &repository.host
        };
        json!({
            "host": host,
            "port": repository.port.unwrap_or_default(),
            "provider": provider.id(),
            "github": self.runs_actions(),
            "gitlab": provider == Host::Gitlab,
            "known_hosts": self.answers.known_hosts.trim_end(),
            "key_type": if azure { "rsa -b 4096" } else { "ed25519" },
        })
    }

    /// Whether workflows of GitHub Actions are written: on GitHub, and where nothing else can be.
    fn runs_actions(&self) -> bool {
        self.answers.repository.provider() == Host::Github || self.is_gitless()
    }

    fn auth(&self) -> Value {
        let auth = self.answers.auth;
        let is_public = auth == Auth::None;
        json!({
            "method": auth.id(),
            "provider": if auth == Auth::GithubApp { "github" } else { "" },
            "secret": if is_public { "" } else { "flux-system" },
            "deploy_key": auth == Auth::DeployKey,
            "app": auth == Auth::GithubApp,
            "token": auth == Auth::Token,
            "none": is_public,
        })
    }

    /// A team of the organization, as CODEOWNERS of GitHub and GitLab name it.
    fn code_owner(&self, team: &str) -> String {
        let owner = self.answers.repository.owner();
        if owner.is_empty() { format!("@{team}") } else { format!("@{owner}/{team}") }
    }

    /// The first cluster of each environment.
    fn environments(&self) -> Vec<&Cluster> {
        let mut environments: Vec<&Cluster> = Vec::new();
        for cluster in &self.answers.clusters {
            if environments.iter().all(|known| known.environment != cluster.environment) {
                environments.push(cluster);
            }
        }
        environments
    }
}

/// `text` as a regular expression that matches nothing else. Names of hosts, owners and repositories hold no other
/// characters with a meaning.
fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let special = ".+*?()|[]{}^$\\".contains(character);
            special.then_some('\\').into_iter().chain([character])
        })
        .collect()
}
