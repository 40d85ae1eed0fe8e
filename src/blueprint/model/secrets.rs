//! The Secrets that a person creates in each cluster: names, keys and commands, never a value.

use serde_json::{Value, json};

use super::Model;
use crate::blueprint::answers::{Auth, Signing};

/// A Secret that must exist.
struct Need {
    namespace: String,
    name: &'static str,
    keys: Vec<String>,
    purpose: String,
    scope: &'static str,
    commands: Vec<String>,
}

impl Model<'_> {
    pub(super) fn secrets(&self) -> Vec<Value> {
        let mut needs = Vec::new();
        if self.is_gitless() {
            needs.extend(self.registry_secrets());
        } else {
            needs.extend(self.git_secrets());
        }
        needs.extend(self.signing_key());
        needs.extend(self.alert_secrets());
        needs.extend(self.receiver_token());
        needs.extend(self.certificate_authority());
        let mut all: Vec<Value> = needs.iter().map(Need::value).collect();
        all.extend(self.component_secrets());
        all
    }

    fn git_secrets(&self) -> Vec<Need> {
        if self.answers.auth == Auth::None {
            return Vec::new();
        }
        let fleet = self.repository(self.suffix("fleet"))["name"].as_str().unwrap_or_default().to_owned();
        let mut needs = vec![self.git_secret("flux-system", "flux-system", &fleet)];
        if self.answers.pattern == "multi-repo" {
            let infra = self.repository(self.suffix("infra"))["name"].as_str().unwrap_or_default().to_owned();
            needs.push(self.git_secret("flux-system", "infra-auth", &infra));
            for unit in self.units() {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                needs.push(self.git_secret(
                    &text(&unit["namespace"]),
                    "git-auth",
                    &text(&unit["repository"]["name"]),
                ));
            }
        }
        needs
    }

    /// Keys as source-controller reads them: fluxcd/source-controller v1.9.3, `docs/spec/v1/gitrepositories.md`.
    fn git_secret(&self, namespace: &str, name: &'static str, repository: &str) -> Need {
        let create = format!("kubectl create secret generic {name} --namespace {namespace}");
        let (keys, scope, commands): (&[&str], _, Vec<String>) = match self.answers.auth {
            Auth::DeployKey => (
                &["identity", "identity.pub", "known_hosts"],
                "deploy key without write access",
                vec![format!(
                    "{create} --from-file=\"$keys/identity\" --from-file=\"$keys/identity.pub\" --from-file=\"$keys/known_hosts\""
                )],
            ),
            Auth::GithubApp => (
                &["githubAppID", "githubAppInstallationID", "githubAppPrivateKey"],
                "GitHub App with read access to contents",
                vec![format!(
                    "{create} --from-literal=githubAppID=\"$APP_ID\" --from-literal=githubAppInstallationID=\"$INSTALLATION_ID\" --from-file=githubAppPrivateKey=app.pem"
                )],
            ),
            _ => (
                &["username", "password"],
                "token that may only read the repository",
                vec![
                    "read -rs TOKEN".to_owned(),
                    format!(
                        "printf %s \"$TOKEN\" | {create} --from-literal=username=git --from-file=password=/dev/stdin"
                    ),
                ],
            ),
        };
        Need {
            namespace: namespace.to_owned(),
            name,
            keys: texts(keys),
            purpose: format!("reading the repository {repository}"),
            scope,
            commands,
        }
    }

    fn registry_secrets(&self) -> Vec<Need> {
        let registry = self.registry();
        if registry["secret"] == "" {
            return Vec::new();
        }
        let host = registry["host"].as_str().unwrap_or_default().to_owned();
        let need = |namespace: String, what: &str| Need {
            commands: vec![
                "read -rs TOKEN".to_owned(),
                format!(
                    "kubectl create secret docker-registry registry-auth --namespace {namespace} --docker-server={host} --docker-username=\"$REGISTRY_USER\" --docker-password=\"$TOKEN\""
                ),
            ],
            namespace,
            name: "registry-auth",
            keys: texts(&[".dockerconfigjson"]),
            purpose: format!("pulling {what} from {host}"),
            scope: "token that may only read packages",
        };
        let own = need("flux-system".into(), "the fleet's and the platform's artifacts");
        let tenants =
            self.app_namespaces().into_iter().map(|namespace| need(namespace, "the namespace's artifacts"));
        std::iter::once(own).chain(tenants).collect()
    }

    fn signing_key(&self) -> Vec<Need> {
        if !self.is_gitless() || self.answers.signing == Signing::Keyless {
            return Vec::new();
        }
        let mut namespaces = vec!["flux-system".to_owned()];
        namespaces.extend(
            self.infra_namespaces().iter().filter_map(|value| value["name"].as_str().map(str::to_owned)),
        );
        namespaces.extend(self.app_namespaces());
        // The public half is no secret; where it is copied to is the fleet's business.
        namespaces.truncate(1);
        let need = |namespace: String| Need {
            commands: vec![format!(
                "kubectl create secret generic cosign-pub --namespace {namespace} --from-file=cosign.pub"
            )],
            namespace,
            name: "cosign-pub",
            keys: texts(&["cosign.pub"]),
            purpose: "verifying signatures".into(),
            scope: "public half of the signing key",
        };
        namespaces.into_iter().map(need).collect()
    }

    fn alert_secrets(&self) -> Vec<Need> {
        let keys = self.alert_keys();
        if keys.is_empty() {
            return Vec::new();
        }
        let id = self.answers.alerts.map_or("", |provider| provider.id);
        let mut namespaces = vec!["flux-system".to_owned()];
        if !self.answers.teams.is_empty() {
            namespaces.extend(self.app_namespaces());
        }
        let need = |namespace: String| {
            let ask = keys.iter().map(|(key, what)| format!("read -rs {} # {what}", key.to_uppercase()));
            let literals: String = keys
                .iter()
                .map(|(key, _)| format!(" --from-literal={key}=\"${}\"", key.to_uppercase()))
                .collect();
            let create = format!("kubectl create secret generic alerts --namespace {namespace}{literals}");
            Need {
                commands: ask.chain([create]).collect(),
                namespace,
                name: "alerts",
                keys: keys.iter().map(|(key, _)| (*key).to_owned()).collect(),
                purpose: format!("sending notifications to {id}"),
                scope: "what the provider needs to send, and nothing more",
            }
        };
        namespaces.into_iter().map(need).collect()
    }

    fn receiver_token(&self) -> Option<Need> {
        let receiver = self.receiver();
        let wanted = receiver["enabled"] == true && receiver["secret"] != "";
        wanted.then(|| Need {
            namespace: "flux-system".into(),
            name: "receiver-token",
            keys: texts(&["token"]),
            purpose: "telling real webhooks from others".into(),
            scope: "random text, given to the Git host as the webhook's secret",
            commands: vec![
                "kubectl create secret generic receiver-token --namespace flux-system --from-literal=token=\"$(openssl rand -hex 32)\"".into(),
            ],
        })
    }

    fn certificate_authority(&self) -> Option<Need> {
        let issuer = self.issuer();
        (issuer["ca"] == true).then(|| Need {
            namespace: "cert-manager".into(),
            name: "private-ca",
            keys: texts(&["tls.crt", "tls.key"]),
            purpose: "issuing certificates".into(),
            scope: "certificate authority for names of the clusters",
            commands: vec![
                "kubectl create secret tls private-ca --namespace cert-manager --cert=ca.crt --key=ca.key"
                    .into(),
            ],
        })
    }

    fn component_secrets(&self) -> Vec<Value> {
        let of = |component: &&crate::blueprint::catalogue::Component| {
            let namespace = component.namespace.clone();
            let value = move |need: &crate::blueprint::catalogue::SecretNeed| {
                json!({
                    "namespace": namespace,
                    "name": need.name,
                    "keys": need.keys,
                    "purpose": need.purpose,
                    "scope": "",
                    "commands": need.commands,
                })
            };
            component.secrets.iter().map(value).collect::<Vec<_>>()
        };
        self.components.iter().flat_map(of).collect()
    }
}

impl Need {
    fn value(&self) -> Value {
        json!({
            "namespace": self.namespace,
            "name": self.name,
            "keys": self.keys,
            "purpose": self.purpose,
            "scope": self.scope,
            "commands": self.commands,
        })
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
