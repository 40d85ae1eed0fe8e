//! Answers: what is asked, how it is given, checked and written.

mod clusters;
mod components;
mod contact;
mod draft;
mod names;
mod providers;
mod questions;
mod raw;
mod repository;
mod schema;
mod teams;
mod text;
mod walk;

use super::catalogue::{Catalogue, Component};

pub use clusters::Cluster;
pub use draft::{Asked, Draft};
pub use providers::{Address, Channel, Provider, provider};
pub use questions::{Choice, PATTERNS, QUESTIONS, Question, Shape, Tier, question};
pub use repository::{Host, Repository, Scheme};
pub use schema::json_schema;
pub use teams::Team;
pub use walk::Walk;

/// Version of the answers file.
const VERSION: i64 = 1;

/// The answers to all questions, checked one by one and against each other.
///
/// Where a question does not apply its answer is empty, or the first of its choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Id of the pattern.
    pub pattern: String,
    /// Where the repository lives, or the prefix of the names of several.
    pub repository: Repository,
    /// The clusters in the order of promotion; at least one, the first is not production.
    pub clusters: Vec<Cluster>,
    /// The domain that the clusters' own lie below; empty where they have no names on the Internet.
    pub domain: String,
    /// Where the clusters run.
    pub platform: Platform,
    /// Ids of the selected components, as they were given.
    pub components: Vec<String>,
    /// The teams.
    pub teams: Vec<Team>,
    /// How Flux authenticates to Git.
    pub auth: Auth,
    /// Keys of the Git host, in lines of a `known_hosts` file.
    pub known_hosts: String,
    /// Who issues certificates.
    pub issuer: Issuer,
    /// The contact of the certificates; empty where no authority is asked for any.
    pub email: String,
    /// Where notifications go; `None` is nowhere.
    pub alerts: Option<&'static Provider>,
    /// The channel there, where it has one.
    pub channel: String,
    /// Host and path of the OCI registry.
    pub registry: String,
    /// How artifacts are signed.
    pub signing: Signing,
    /// How apps reach production.
    pub promotion: Promotion,
}

/// A remark on an answer that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The question that the remark belongs to.
    pub key: &'static str,
    /// A sentence without a period.
    pub text: String,
    /// Whether what comes of the answer may be other than what was meant.
    pub warns: bool,
}

/// An answer that is one of several words.
pub(super) trait Word: Copy + 'static {
    const ALL: &'static [(Self, &'static str)];

    /// The word in answers.
    fn id(self) -> &'static str
    where
        Self: PartialEq,
    {
        let found = Self::ALL.iter().find(|(value, _)| *value == self);
        found.expect("every value has its word").1
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($value:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum $name { $($value),+ }

        impl Word for $name {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$value, $word)),+];
        }

        impl $name {
            /// The word in answers.
            pub fn id(self) -> &'static str {
                Word::id(self)
            }
        }
    };
}

words! {
    /// Where the clusters run.
    Platform {
        Kubernetes = "kubernetes",
        Aws = "aws",
        Azure = "azure",
        Gcp = "gcp",
        Openshift = "openshift",
        KindOnly = "kind-only",
    }
}
words! {
    /// How Flux authenticates to Git.
    Auth { DeployKey = "deploy-key", GithubApp = "github-app", Token = "token", None = "none" }
}
words! {
    /// Who issues certificates.
    Issuer { GatewayHttp01 = "gateway-http01", PrivateCa = "private-ca" }
}
words! {
    /// How artifacts are signed.
    Signing { Keyless = "keyless", KeyPair = "key-pair" }
}
words! {
    /// How apps reach production.
    Promotion { GitTags = "git-tags", Overlays = "pr-between-overlays" }
}

impl Auth {
    /// How Flux speaks with the host.
    pub(super) fn scheme(self) -> Scheme {
        if self == Self::DeployKey { Scheme::Ssh } else { Scheme::Https }
    }
}

impl Platform {
    /// `spec.cluster.type` of the `FluxInstance` (CRD enum `kubernetes`, `openshift`, `aws`, `azure`, `gcp`).
    pub fn cluster_type(self) -> &'static str {
        if self == Self::KindOnly { Self::Kubernetes.id() } else { self.id() }
    }

    /// `spec.cluster.size` of the `FluxInstance`: how much the controllers may use.
    pub fn cluster_size(self) -> &'static str {
        if self == Self::KindOnly { "small" } else { "medium" }
    }

    /// Whether someone else runs the control plane.
    pub fn is_managed(self) -> bool {
        matches!(self, Self::Aws | Self::Azure | Self::Gcp)
    }
}

impl Answers {
    /// What stands where nothing was answered yet.
    fn blank() -> Self {
        let (host, path) = ("github.com".to_owned(), "example/platform".to_owned());
        Self {
            pattern: String::new(),
            repository: Repository { scheme: Scheme::Https, user: "git".into(), host, port: None, path },
            clusters: Vec::new(),
            domain: String::new(),
            platform: Platform::Kubernetes,
            components: Vec::new(),
            teams: Vec::new(),
            auth: Auth::None,
            known_hosts: String::new(),
            issuer: Issuer::PrivateCa,
            email: String::new(),
            alerts: None,
            channel: String::new(),
            registry: String::new(),
            signing: Signing::Keyless,
            promotion: Promotion::Overlays,
        }
    }

    /// Whether some cluster is production.
    pub fn has_production(&self) -> bool {
        self.clusters.iter().any(|cluster| cluster.production)
    }

    /// How Flux, or what publishes for it, reads the repositories.
    pub fn scheme(&self) -> Scheme {
        self.auth.scheme()
    }

    /// Whether `capability` is among the selected components and what they need.
    pub(super) fn provides(&self, catalogue: &Catalogue, capability: &str) -> bool {
        self.resolved(catalogue).iter().any(|component| component.capability == capability)
    }

    /// The selected components with all that they need, in the order of installation.
    pub(super) fn resolved<'c>(&self, catalogue: &'c Catalogue) -> Vec<&'c Component> {
        catalogue.resolve(&self.components)
    }
}
