//! The Secrets that a person creates in each cluster: names, keys and commands, never a value.

use serde_json::{Value, json};

use super::Model;
use super::shell::{ask, asked, block};
use crate::blueprint::answers::{Auth, Signing};
use crate::blueprint::catalogue::SecretNeed;

/// The namespace of Flux, which is there before any Secret.
const FLUX: &str = "flux-system";

/// A Secret that must exist, in one or several namespaces.
struct Need {
    namespaces: Vec<String>,
    name: String,
    keys: Vec<String>,
    purpose: String,
    scope: String,
    steps: Steps,
}

/// How a Secret is created.
enum Steps {
    /// It is explained where the access to Git is.
    Elsewhere,
    /// By these commands, in the one namespace.
    Whole(Vec<String>),
    /// By these, which ask for what only a person knows, in each namespace.
    Ask(Vec<String>),
}

impl Model<'_> {
    /// One entry for each Secret of each namespace.
    pub(super) fn secrets(&self) -> Vec<Value> {
        let one = |need: &Need| {
            let entry = |namespace: &String| {
                json!({
                    "namespace": namespace,
                    "name": need.name,
                    "keys": need.keys,
                    "purpose": need.purpose,
                    "scope": need.scope,
                })
            };
            need.namespaces.iter().map(entry).collect::<Vec<_>>()
        };
        self.needs().iter().flat_map(one).collect()
    }

    /// The commands that create them, the same Secret of several namespaces at once.
    pub(super) fn secret_steps(&self) -> Vec<Value> {
        let step = |need: &Need| {
            let commands = need.commands();
            (!commands.is_empty())
                .then(|| json!({"name": need.name, "namespaces": need.namespaces, "commands": commands}))
        };
        self.needs().iter().filter_map(step).collect()
    }

    fn needs(&self) -> Vec<Need> {
        let mut needs = if self.is_gitless() { self.registry_secrets() } else { self.git_secrets() };
        needs.extend(self.signing_key());
        needs.extend(self.alert_secrets());
        needs.extend(self.receiver_token());
        needs.extend(self.certificate_authority());
        needs.extend(self.component_secrets());
        needs
    }

    fn git_secrets(&self) -> Vec<Need> {
        if self.answers.auth == Auth::None {
            return Vec::new();
        }
        let name = |repository: Value| repository["name"].as_str().unwrap_or_default().to_owned();
        let mut needs =
            vec![self.git_secret(FLUX, "flux-system", &name(self.repository(self.suffix("fleet"))))];
        if self.answers.pattern == "multi-repo" {
            needs.push(self.git_secret(FLUX, "infra-auth", &name(self.repository(self.suffix("infra")))));
            let team = |unit: Value| {
                let namespace = unit["namespace"].as_str().unwrap_or_default();
                self.git_secret(namespace, "git-auth", &name(unit["repository"].clone()))
            };
            needs.extend(self.units().into_iter().map(team));
        }
        needs
    }

    /// Keys as source-controller reads them: fluxcd/source-controller v1.9.3, `docs/spec/v1/gitrepositories.md`.
    fn git_secret(&self, namespace: &str, name: &str, repository: &str) -> Need {
        let (keys, scope): (&[&str], _) = match self.answers.auth {
            Auth::DeployKey => {
                (&["identity", "identity.pub", "known_hosts"], "deploy key without write access")
            }
            Auth::GithubApp => (
                &["githubAppID", "githubAppInstallationID", "githubAppPrivateKey"],
                "GitHub App with read access to contents",
            ),
            _ => (&["username", "password"], "token that may only read the repository"),
        };
        Need {
            namespaces: vec![namespace.to_owned()],
            name: name.to_owned(),
            keys: texts(keys),
            purpose: format!("reading the repository {repository}"),
            scope: scope.to_owned(),
            steps: Steps::Elsewhere,
        }
    }

    /// That of the platform, and one for each namespace of a team: its administrators can read it.
    fn registry_secrets(&self) -> Vec<Need> {
        let registry = self.registry();
        if registry["secret"] == "" {
            return Vec::new();
        }
        let host = registry["host"].as_str().unwrap_or_default();
        let commands = |namespace: &str| {
            vec![
                ask("NAME", "the account's name", false),
                ask("TOKEN", "its token", true),
                format!("kubectl create secret generic registry-auth --namespace {namespace} \\"),
                "  --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=/dev/stdin <<EOF"
                    .to_owned(),
                format!(r#"{{"auths": {{"{host}": {{"username": "$NAME", "password": "$TOKEN"}}}}}}"#),
                "EOF".to_owned(),
            ]
        };
        let need = |namespaces: Vec<String>, what: &str| Need {
            steps: Steps::Ask(commands(&place(&namespaces))),
            namespaces,
            name: "registry-auth".into(),
            keys: texts(&[".dockerconfigjson"]),
            purpose: format!("pulling {what} from {host}"),
            scope: "token that may only read packages".into(),
        };
        vec![
            need(vec![FLUX.into()], "the artifacts of the fleet and the platform"),
            need(self.app_namespaces(), "the artifact of the namespace"),
        ]
    }

    fn signing_key(&self) -> Option<Need> {
        let wanted = self.is_gitless() && self.answers.signing == Signing::KeyPair;
        let create =
            format!("kubectl create secret generic cosign-pub --namespace {FLUX} --from-file=cosign.pub");
        wanted.then(|| Need {
            namespaces: vec![FLUX.into()],
            name: "cosign-pub".into(),
            keys: texts(&["cosign.pub"]),
            purpose: "verifying signatures".into(),
            scope: "public half of the signing key".into(),
            steps: Steps::Whole(vec![create]),
        })
    }

    /// That of the platform, and one for each namespace of a team: its administrators can read it.
    fn alert_secrets(&self) -> Vec<Need> {
        let keys = self.alert_keys();
        let Some(provider) = self.answers.alerts.filter(|_| !keys.is_empty()) else { return Vec::new() };
        let need = |namespaces: Vec<String>, scope: &str| Need {
            steps: Steps::Ask(asked(&place(&namespaces), keys)),
            namespaces,
            name: "alerts".into(),
            keys: keys.iter().map(|(key, _)| (*key).to_owned()).collect(),
            purpose: format!("sending notifications to {}", provider.id),
            scope: scope.to_owned(),
        };
        let mut needs = vec![need(vec![FLUX.into()], "what the provider needs to send, and nothing more")];
        if !self.answers.teams.is_empty() {
            needs.push(need(self.app_namespaces(), "the same for the team alone, which can read it"));
        }
        needs
    }

    fn receiver_token(&self) -> Option<Need> {
        let receiver = self.receiver();
        let wanted = receiver["enabled"] == true && receiver["secret"] != "";
        wanted.then(|| Need {
            namespaces: vec![FLUX.into()],
            name: "receiver-token".into(),
            keys: texts(&["token"]),
            purpose: "telling real webhooks from others".into(),
            scope: "random text, known to whoever calls".into(),
            steps: Steps::Whole(vec![
                "openssl rand -hex 32 | tr -d '\\n' |".into(),
                format!("  kubectl create secret generic receiver-token --namespace {FLUX} --from-file=token=/dev/stdin"),
            ]),
        })
    }

    fn certificate_authority(&self) -> Option<Need> {
        let issuer = self.issuer();
        (issuer["ca"] == true).then(|| Need {
            namespaces: vec!["cert-manager".into()],
            name: "private-ca".into(),
            keys: texts(&["tls.crt", "tls.key"]),
            purpose: "issuing certificates".into(),
            scope: "certificate authority for names of the clusters".into(),
            steps: Steps::Whole(vec![
                "kubectl create secret tls private-ca --namespace cert-manager --cert=ca.crt --key=ca.key"
                    .into(),
            ]),
        })
    }

    fn component_secrets(&self) -> Vec<Need> {
        let need = |namespace: &str, secret: &SecretNeed| Need {
            namespaces: vec![namespace.to_owned()],
            name: secret.name.clone(),
            keys: secret.keys.clone(),
            purpose: secret.purpose.clone(),
            scope: secret.scope.clone(),
            steps: Steps::Whole(secret.commands.clone()),
        };
        let of = |component: &&crate::blueprint::catalogue::Component| {
            component.secrets.iter().map(|secret| need(&component.namespace, secret)).collect::<Vec<_>>()
        };
        self.components.iter().flat_map(of).collect()
    }
}

impl Need {
    /// The commands, in a loop where there are several namespaces.
    fn commands(&self) -> Vec<String> {
        let (asks, commands) = match &self.steps {
            Steps::Elsewhere => return Vec::new(),
            Steps::Whole(commands) => (false, commands),
            Steps::Ask(commands) => (true, commands),
        };
        let namespace = place(&self.namespaces);
        let several = self.namespaces.len() > 1;
        let mut lines = Vec::new();
        lines.extend(several.then(|| "echo \"$namespace\"".to_owned()));
        if self.namespaces != [FLUX] {
            // The namespaces of teams and components are made by Flux; it takes over those that are there already.
            let make =
                format!("kubectl create namespace {namespace} --dry-run=client -o yaml | kubectl apply -f -");
            lines.push(make);
        }
        lines.extend(commands.iter().cloned());
        if several {
            let begin = format!("for namespace in {}; do", self.namespaces.join(" "));
            return block(begin, &lines, "done");
        }
        // A shell reads all that stands in parentheses before it begins: pasted, nothing of it is taken for an answer.
        if asks { block("(".to_owned(), &lines, ")") } else { lines }
    }
}

/// How commands name the namespace.
fn place(namespaces: &[String]) -> String {
    match namespaces {
        [one] => one.clone(),
        _ => "\"$namespace\"".to_owned(),
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
