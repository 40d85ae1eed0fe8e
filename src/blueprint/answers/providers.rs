//! Where notifications go: the types of a Provider of Flux 2.9 and what each needs.
//!
//! Types, fields and Secret keys: fluxcd/notification-controller v1.9.3, `docs/spec/v1beta3/providers.md` and
//! `internal/notifier/factory.go`. The key `address` of the Secret stands in for `spec.address` in every type.

/// A type of Provider.
#[derive(Debug)]
pub struct Provider {
    /// The word in answers.
    pub id: &'static str,
    /// `spec.type`.
    pub type_: &'static str,
    /// One line on what it is.
    pub meaning: &'static str,
    /// Where it is reached.
    pub address: Address,
    /// What `spec.channel` is.
    pub channel: Channel,
    /// Keys of its Secret, each with what it holds; none where it needs no Secret.
    pub keys: &'static [(&'static str, &'static str)],
    /// What one must know about it besides.
    pub note: &'static str,
}

/// Where a Provider is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// It needs no address, or its Secret holds it.
    Hidden,
    /// Everyone uses the same.
    Fixed(&'static str),
    /// The Git repository whose commits it marks.
    Repository,
    /// The Alertmanager of the cluster where there is one, else what the Secret says.
    Alertmanager,
}

/// What `spec.channel` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// It has none.
    None,
    /// It may be named.
    Optional(&'static str),
    /// It must be named.
    Required(&'static str),
}

use Address::{Alertmanager, Fixed, Hidden, Repository};
use Channel::{None, Optional, Required};

const ADDRESS: (&str, &str) = ("address", "the webhook's URL");
const TOKEN: (&str, &str) = ("token", "the token");
const COMMENTS: &str =
    "Comments appear where an object carries the annotation event.toolkit.fluxcd.io/change_request.";

/// A row of the table.
const fn row(
    id: &'static str,
    meaning: &'static str,
    address: Address,
    channel: Channel,
    keys: &'static [(&'static str, &'static str)],
) -> Provider {
    Provider { id, type_: id, meaning, address, channel, keys, note: "" }
}

/// All types, those that most people use first.
pub(super) static PROVIDERS: [Provider; 32] = [
    row(
        "alertmanager",
        "Prometheus Alertmanager",
        Alertmanager,
        None,
        &[("address", "https://HOST/api/v2/alerts/")],
    ),
    row(
        "slack",
        "a Slack channel, by a bot",
        Fixed("https://slack.com/api/chat.postMessage"),
        Required("the channel"),
        &[("token", "the bot's token")],
    ),
    row("msteams", "a Microsoft Teams workflow", Hidden, None, &[ADDRESS]),
    row("discord", "a Discord webhook", Hidden, Optional("the channel"), &[ADDRESS]),
    row("googlechat", "a Google Chat webhook", Hidden, None, &[ADDRESS]),
    Provider { type_: "generic", ..row("webhook", "any HTTP endpoint", Hidden, None, &[ADDRESS]) },
    row("generic-hmac", "any HTTP endpoint, with signed requests", Hidden, None, &[ADDRESS, TOKEN]),
    row("rocket", "a Rocket.Chat webhook", Hidden, Optional("the channel"), &[ADDRESS]),
    row(
        "googlepubsub",
        "a Google Cloud Pub/Sub topic",
        Hidden,
        Required("the topic"),
        &[("address", "the project"), ("token", "the credentials in JSON")],
    ),
    row(
        "webex",
        "a Webex room",
        Fixed("https://webexapis.com/v1/messages"),
        Required("the room's id"),
        &[TOKEN],
    ),
    row("sentry", "Sentry", Hidden, Optional("the environment"), &[("address", "the DSN")]),
    row("azureeventhub", "an Azure event hub", Hidden, None, &[("address", "the SAS connection string")]),
    row("telegram", "a Telegram channel or chat", Hidden, Required("the @channel or chat id"), &[TOKEN]),
    row("lark", "a Lark webhook", Hidden, None, &[ADDRESS]),
    row(
        "matrix",
        "a Matrix room",
        Hidden,
        Required("the room's id"),
        &[("address", "the server's URL"), TOKEN],
    ),
    row("opsgenie", "Opsgenie", Fixed("https://api.opsgenie.com/v2/alerts"), None, &[TOKEN]),
    row(
        "grafana",
        "Grafana annotations",
        Hidden,
        None,
        &[("address", "https://HOST/api/annotations"), TOKEN],
    ),
    row("githubdispatch", "GitHub repository dispatch events", Repository, None, &[TOKEN]),
    Provider {
        note: "The routing key stands here in plain text: PagerDuty takes it from nowhere else.",
        ..row(
            "pagerduty",
            "PagerDuty",
            Fixed("https://events.pagerduty.com"),
            Required("the routing key"),
            &[],
        )
    },
    row("datadog", "Datadog", Hidden, None, &[("address", "the API's URL"), ("token", "the API key")]),
    row(
        "nats",
        "a NATS subject",
        Hidden,
        Required("the subject"),
        &[("address", "the server's URL"), ("creds", "the credentials file")],
    ),
    row(
        "zulip",
        "a Zulip channel",
        Hidden,
        Required("CHANNEL/TOPIC"),
        &[
            ("address", "https://ORG.zulipchat.com"),
            ("username", "the bot's e-mail"),
            ("password", "the bot's key"),
        ],
    ),
    row("otel", "an OpenTelemetry collector", Hidden, None, &[("address", "the collector's URL")]),
    status("github", "commit status on GitHub", &[TOKEN]),
    status("gitlab", "commit status on GitLab", &[("token", "a token with the scope api")]),
    status("gitea", "commit status on Gitea", &[("token", "a token with the scope write:repository")]),
    status("bitbucket", "commit status on Bitbucket", &[("token", "USER:APP-PASSWORD")]),
    status("bitbucketserver", "commit status on Bitbucket Server", &[TOKEN]),
    status("azuredevops", "commit status on Azure DevOps", &[TOKEN]),
    comment("githubpullrequestcomment", "comments on pull requests of GitHub"),
    comment("gitlabmergerequestcomment", "comments on merge requests of GitLab"),
    comment("giteapullrequestcomment", "comments on pull requests of Gitea"),
];

const fn status(
    id: &'static str,
    meaning: &'static str,
    keys: &'static [(&'static str, &'static str)],
) -> Provider {
    row(id, meaning, Repository, None, keys)
}

const fn comment(id: &'static str, meaning: &'static str) -> Provider {
    Provider { note: COMMENTS, ..row(id, meaning, Repository, None, &[TOKEN]) }
}

/// Types that only a later Flux knows.
pub(super) const LATER: [&str; 2] = ["incident.io", "zoom"];

/// The type with the word `id`.
pub fn provider(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.id == id)
}

impl Provider {
    /// Whether it marks commits instead of telling people.
    pub fn is_status(&self) -> bool {
        self.address == Repository && self.note.is_empty() && self.id != "githubdispatch"
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Provider {}
