//! Certificates, and who is told what goes wrong.

use super::Applies::{Asked, Not, Quietly};
use super::{Applies, Choice, Question, Shape, Taken, Tier, always, choice, chosen, later, one, word};
use crate::blueprint::answers::providers::{Channel, PROVIDERS, provider};
use crate::blueprint::answers::raw::Raw;
use crate::blueprint::answers::{Answers, Issuer, contact};
use crate::blueprint::catalogue::Catalogue;

const ISSUERS: &[Choice] = &[
    choice("gateway-http01", "Let's Encrypt, which looks at the gateway over HTTP"),
    later("dns01", "Let's Encrypt, which looks at the DNS"),
    choice("private-ca", "a certificate authority of your own, from a Secret"),
];

pub(super) const ISSUER: Question = Question {
    key: "issuer",
    flag: "issuer",
    asks: "Who issues certificates",
    help: "How cert-manager gets the certificates of public names",
    value_name: "ISSUER",
    tier: Tier::FollowUp,
    shape: Shape::Choice(|| ISSUERS.to_vec()),
    usually: "gateway-http01 where there is a gateway, else private-ca",
    follows: &[],
    applies: certificates,
    default: |answers, catalogue| {
        let gateway = answers.provides(catalogue, "gateway");
        Some(if gateway { Issuer::GatewayHttp01 } else { Issuer::PrivateCa }.id().into())
    },
    take: |raw, answers, catalogue| {
        answers.issuer = word("issuer", raw, ISSUERS)?;
        if answers.issuer == Issuer::GatewayHttp01 && !answers.provides(catalogue, "gateway") {
            let message = "is `gateway-http01`, but no component is a gateway";
            return Err(vec![raw.problem(
                "issuer",
                message,
                "`private-ca`, or `envoy-gateway` among the components",
            )]);
        }
        Ok(None)
    },
};

pub(super) const EMAIL: Question = Question {
    key: "email",
    flag: "email",
    asks: "Contact e-mail for certificates",
    help: "Let's Encrypt writes to it; without one, certificates are self-signed",
    value_name: "ADDRESS",
    tier: Tier::FollowUp,
    shape: Shape::Text,
    usually: "none",
    follows: &["issuer"],
    applies: |answers, catalogue| match certificates(answers, catalogue) {
        Asked if answers.issuer == Issuer::PrivateCa => {
            Not("a private certificate authority has no use for it")
        }
        other => other,
    },
    default: |_, _| Some(String::new()),
    take: |raw, answers, _| {
        answers.email = one(contact::email(raw))?;
        Ok(None)
    },
};

pub(super) const ALERTS_PROVIDER: Question = Question {
    key: "alerts.provider",
    flag: "alerts-provider",
    asks: "Where do failures go",
    help: "Who hears from Flux what fails; tokens are kept in Secrets",
    value_name: "TYPE",
    tier: Tier::FollowUp,
    shape: Shape::Choice(alerts),
    usually: "alertmanager with kube-prometheus-stack, else none",
    follows: &["components"],
    applies: always,
    default: |answers, catalogue| {
        Some(if answers.provides(catalogue, "monitoring") { "alertmanager" } else { "none" }.into())
    },
    take: |raw, answers, _| {
        let id = one(chosen("alerts.provider", raw, &alerts()))?;
        answers.alerts = provider(id);
        Ok(None)
    },
};

pub(super) const ALERTS_CHANNEL: Question = Question {
    key: "alerts.channel",
    flag: "alerts-channel",
    asks: "Which channel there",
    help: "Channel, room, topic or routing key, as the provider calls it",
    value_name: "CHANNEL",
    tier: Tier::FollowUp,
    shape: Shape::Text,
    usually: "none",
    follows: &["alerts.provider"],
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
};

fn alerts() -> Vec<Choice> {
    let types = PROVIDERS.iter().map(|provider| choice(provider.id, provider.meaning));
    types.chain([choice("none", "nowhere")]).collect()
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

fn channel(raw: &Raw, answers: &mut Answers, _: &Catalogue) -> Taken {
    let wanted = match answers.alerts.map(|provider| provider.channel) {
        Some(Channel::Required(what) | Channel::Optional(what)) => what,
        _ => "nothing",
    };
    let accepted = format!("{wanted}, on one line");
    let text = one(raw.expect_text_or_none("alerts.channel", &accepted))?;
    let required = matches!(answers.alerts.map(|provider| provider.channel), Some(Channel::Required(_)));
    if text.is_empty() && required {
        return Err(vec![raw.problem("alerts.channel", "is empty", &accepted)]);
    }
    if text.chars().any(char::is_control) || text.len() > 2048 {
        return Err(vec![raw.problem("alerts.channel", "is more than a line", &accepted)]);
    }
    text.clone_into(&mut answers.channel);
    Ok(None)
}
