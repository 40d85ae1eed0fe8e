//! What the outside world reaches: gateway, certificates, and the webhook that tells Flux of a push.

use serde_json::{Value, json};

use super::Model;
use crate::blueprint::answers::{Host, Issuer};

/// The domain of a cluster, which Flux fills in.
const CLUSTER_DOMAIN: &str = "${CLUSTER_DOMAIN}";

impl Model<'_> {
    fn has_domain(&self) -> bool {
        !self.answers.domain.is_empty()
    }

    /// The public name of what runs in `namespace`; empty where there are no public names.
    pub(super) fn host(&self, namespace: &str) -> String {
        let public = self.has_domain() && self.has("gateway");
        if public { format!("{namespace}.{CLUSTER_DOMAIN}") } else { String::new() }
    }

    /// Whether an authority on the Internet issues the certificates.
    fn is_acme(&self) -> bool {
        self.has_domain() && self.answers.issuer == Issuer::GatewayHttp01 && !self.answers.email.is_empty()
    }

    fn is_private_ca(&self) -> bool {
        self.has_domain() && self.answers.issuer == Issuer::PrivateCa
    }

    pub(super) fn issuer(&self) -> Value {
        let enabled = self.has("certificates");
        let (acme, ca) = (enabled && self.is_acme(), enabled && self.is_private_ca());
        let name = match (acme, ca) {
            (true, _) => "letsencrypt",
            (_, true) => "private-ca",
            _ => "self-signed",
        };
        json!({
            "enabled": enabled,
            "self_signed": enabled && !acme && !ca,
            "acme": acme,
            "ca": ca,
            "name": name,
            "email": self.answers.email,
            "secret": if ca { "private-ca" } else { "" },
        })
    }

    pub(super) fn gateway(&self) -> Value {
        let enabled = self.has("gateway");
        let public = enabled && self.has_domain();
        let hosts: Vec<String> = self.app_namespaces().iter().map(|namespace| self.host(namespace)).collect();
        json!({
            "enabled": enabled,
            "public": public,
            "tls": public && self.has("certificates"),
            "hosts": if public { hosts } else { Vec::new() },
            "webhook_host": self.host("flux"),
        })
    }

    pub(super) fn receiver(&self) -> Value {
        let oidc = self.is_gitless() && self.answers.repository.provider() == Host::Github;
        let (kind, events): (&str, &[&str]) = match self.answers.repository.provider() {
            _ if oidc => ("generic-oidc", &[]),
            _ if self.is_gitless() => ("generic-hmac", &[]),
            Host::Github | Host::Gitea => ("github", &["ping", "push"]),
            Host::Gitlab => ("gitlab", &["Push Hook", "Tag Push Hook"]),
            Host::Bitbucket => ("bitbucket", &["repo:push"]),
            Host::AzureDevOps | Host::Other => ("generic-hmac", &[]),
        };
        // What sends its secret along, or a token that stands for it, is not told over plain HTTP.
        let shows_secret = matches!(kind, "gitlab" | "generic-oidc");
        let reachable = self.has_domain() && self.has("gateway");
        json!({
            "enabled": reachable && (self.has("certificates") || !shows_secret),
            "type": kind,
            "oidc": oidc,
            "secret": if oidc { "" } else { "receiver-token" },
            "events": events,
            "host": self.host("flux"),
        })
    }
}
