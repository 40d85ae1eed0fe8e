//! How the desired state reaches a cluster: its source, the channel it follows, and who must have signed.

use serde_json::{Value, json};

use super::{Model, escaped};
use crate::blueprint::answers::{Auth, Cluster, Promotion, Signing};

/// The issuer of the identities of GitHub's workflows.
const GITHUB_ISSUER: &str = r"^https://token\.actions\.githubusercontent\.com$";
/// A release tag.
const RELEASE: &str = r"v\d+\.\d+\.\d+";
/// Before it the name of the artifact, where a repository holds several.
const ANY_ARTIFACT: &str = "([a-z0-9-]+/)?";

/// A registry that a cloud runs lets clusters in by their identity.
struct Cloud {
    id: &'static str,
    provider: &'static str,
}

impl Model<'_> {
    pub(super) fn cluster(&self, cluster: &Cluster) -> Value {
        json!({
            "name": cluster.name,
            "environment": cluster.environment,
            "production": cluster.production,
            "domain": self.cluster_domain(cluster),
            "path": format!("clusters/{}", cluster.name),
            "channel": Self::channel(cluster.production),
            "sync": self.sync(cluster),
        })
    }

    fn cluster_domain(&self, cluster: &Cluster) -> String {
        let domain = &self.answers.domain;
        if domain.is_empty() { String::new() } else { format!("{}.{domain}", cluster.name) }
    }

    pub(super) fn environment(&self, first: &Cluster) -> Value {
        let same = self.answers.clusters.iter().filter(|cluster| cluster.environment == first.environment);
        json!({
            "name": first.environment,
            "production": first.production,
            "clusters": same.map(|cluster| &cluster.name).collect::<Vec<_>>(),
            "channel": Self::channel(first.production),
            "severity": if first.production { "error" } else { "info" },
        })
    }

    /// What production follows is another channel than what the others follow.
    fn channel(production: bool) -> Value {
        json!({
            "branch": if production { "production" } else { "main" },
            "tag": if production { "latest-stable" } else { "latest" },
            "subject": if production {
                format!(r"release\.yaml@refs/tags/{ANY_ARTIFACT}{RELEASE}$")
            } else {
                r"publish\.yaml@refs/heads/main$".to_owned()
            },
        })
    }

    fn sync(&self, cluster: &Cluster) -> Value {
        let path = format!("clusters/{}", cluster.name);
        if self.is_gitless() {
            let registry = self.registry();
            let channel = Self::channel(cluster.production);
            return json!({
                "kind": "OCIRepository",
                "url": self.artifact("fleet"),
                "ref": channel["tag"],
                "tags": false,
                "path": path,
                "provider": registry["provider"],
                "secret": registry["secret"],
                "verify": self.verify(cluster.production),
            });
        }
        let channel = Self::channel(cluster.production && self.answers.pattern == "multi-repo");
        let tags = self.is_monorepo() && cluster.production && self.follows_tags();
        let branch = channel["branch"].as_str().unwrap_or("main");
        let auth = self.auth();
        json!({
            "kind": "GitRepository",
            "url": self.repository(self.suffix("fleet"))["url"],
            "ref": format!("refs/heads/{branch}"),
            "tags": tags,
            "path": path,
            "provider": auth["provider"],
            "secret": if self.answers.auth == Auth::None { "" } else { "flux-system" },
            "verify": {"enabled": false, "keyless": false, "issuer": "", "subject": "", "secret": ""},
        })
    }

    fn follows_tags(&self) -> bool {
        self.answers.promotion == Promotion::GitTags
    }

    pub(super) fn promotion(&self) -> Value {
        json!({"git_tags": self.follows_tags(), "overlays": !self.follows_tags()})
    }

    /// Who must have signed the fleet's artifact.
    fn verify(&self, production: bool) -> Value {
        let keyless = self.answers.signing == Signing::Keyless;
        let workflow = self.workflows("fleet");
        let subject = if production {
            format!(r"{workflow}release\.yaml@refs/tags/{RELEASE}$")
        } else {
            format!(r"{workflow}publish\.yaml@refs/heads/main$")
        };
        json!({
            "enabled": true,
            "keyless": keyless,
            "issuer": if keyless { GITHUB_ISSUER } else { "" },
            "subject": if keyless { subject } else { String::new() },
            "secret": if keyless { "" } else { "cosign-pub" },
        })
    }

    /// The beginning of the subjects of workflows of a repository; the case of its owner is kept.
    fn workflows(&self, part: &str) -> String {
        let repository = &self.answers.repository;
        let path = format!("{}/{}-{part}", repository.owner(), repository.name());
        format!(r"^https://{}/{}/\.github/workflows/", escaped(&repository.host), escaped(&path))
    }

    pub(super) fn signing(&self) -> Value {
        let keyless = self.answers.signing == Signing::Keyless;
        json!({
            "keyless": keyless,
            "key_pair": !keyless,
            "issuer": GITHUB_ISSUER,
            "any_artifact": ANY_ARTIFACT,
            "secret": if keyless { "" } else { "cosign-pub" },
            "fleet": self.workflows("fleet"),
            "infra": self.workflows("infra"),
            "apps": self.workflows("apps"),
        })
    }

    pub(super) fn artifact(&self, part: &str) -> String {
        let name = self.answers.repository.name().to_ascii_lowercase();
        format!("oci://{}/{name}-{part}", self.answers.registry)
    }

    pub(super) fn registry(&self) -> Value {
        let (host, path) = self.answers.registry.split_once('/').unwrap_or(("", ""));
        let cloud = cloud(host);
        // Only a cluster on the same cloud has an identity there.
        let provider = if self.answers.platform.id() == cloud.provider { cloud.provider } else { "" };
        let is = |id: &str| cloud.id == id;
        json!({
            "host": host,
            "path": path,
            "url": format!("oci://{}", self.answers.registry),
            "kind": cloud.id,
            "provider": provider,
            "secret": if provider.is_empty() { "registry-auth" } else { "" },
            "ghcr": is("ghcr"),
            "ecr": is("ecr"),
            "acr": is("acr"),
            "gar": is("gar"),
            "generic": is("generic"),
        })
    }
}

/// Which registry a host is.
fn cloud(host: &str) -> Cloud {
    let (id, provider) = if host == "ghcr.io" {
        ("ghcr", "none")
    } else if host.contains(".dkr.ecr.") && host.ends_with(".amazonaws.com") {
        ("ecr", "aws")
    } else if host.ends_with(".azurecr.io") {
        ("acr", "azure")
    } else if host.ends_with("-docker.pkg.dev") {
        ("gar", "gcp")
    } else {
        ("generic", "none")
    };
    Cloud { id, provider }
}
