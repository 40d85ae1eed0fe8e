//! The Secrets that a person creates in each cluster: names, keys and commands, never a value.

use serde_json::{Value, json};

use super::Model;
use crate::blueprint::answers::{Auth, Signing};

/// The key that holds a file of several lines.
const CREDENTIALS: &str = "creds";

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

    /// Keys as source-controller reads them: fluxcd/source-controller v1.9.3, `docs/spec/v1/gitrepositories.md`. How it
    /// is created is told where the access to Git is explained, once for all of them.
    fn git_secret(&self, namespace: &str, name: &'static str, repository: &str) -> Need {
        let (keys, scope): (&[&str], _) = match self.answers.auth {
            Auth::DeployKey => (&["identity", "identity.pub", "known_hosts"], "deploy key without write access"),
            Auth::GithubApp => (
                &["githubAppID", "githubAppInstallationID", "githubAppPrivateKey"],
                "GitHub App with read access to contents",
            ),
            _ => (&["username", "password"], "token that may only read the repository"),
        };
        Need {
            namespace: namespace.to_owned(),
            name,
            keys: texts(keys),
            purpose: format!("reading the repository {repository}"),
            scope,
            commands: Vec::new(),
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
                "read -r NAME # of the account".to_owned(),
                "read -rs TOKEN".to_owned(),
                format!(
                    "kubectl create secret generic registry-auth --namespace {namespace} \\\n  --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=/dev/stdin <<EOF"
                ),
                format!(r#"{{"auths": {{"{host}": {{"username": "$NAME", "password": "$TOKEN"}}}}}}"#),
                "EOF".to_owned(),
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
            let create = format!("kubectl create secret generic alerts --namespace {namespace}");
            Need {
                commands: asked(&create, keys),
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
                "openssl rand -hex 32 | tr -d '\\n' |\n  kubectl create secret generic receiver-token --namespace flux-system --from-file=token=/dev/stdin".into(),
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
                    "scope": need.scope,
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

/// Commands that ask for the value of each key and hand all of them over without showing them to other processes.
/// What is several lines long comes from a file.
fn asked(create: &str, keys: &[(&str, &str)]) -> Vec<String> {
    let variable = |key: &str| key.to_uppercase();
    if let Some((file, what)) = keys.iter().find(|(key, _)| *key == CREDENTIALS) {
        let others = keys.iter().filter(|(key, _)| key != file);
        let literals: String =
            others.clone().map(|(key, _)| format!(" --from-literal={key}=\"${}\"", variable(key))).collect();
        let ask = others.map(|(key, what)| format!("read -r {} # {what}", variable(key)));
        let create = format!("{create} \\\n {literals} --from-file={file}=PATH # {what}");
        return ask.chain([create]).collect();
    }
    let ask = keys.iter().map(|(key, what)| format!("read -rs {} # {what}", variable(key)));
    let lines = keys.iter().map(|(key, _)| format!("{key}=${}", variable(key)));
    ask.chain([format!("{create} --from-env-file=/dev/stdin <<EOF")])
        .chain(lines)
        .chain(["EOF".to_owned()])
        .collect()
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
