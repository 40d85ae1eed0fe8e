//! The choices of each question.

use flux_forge::blueprint::{Asked, Channel, provider, question};

use super::{Choice, Dimension};

/// A word for a choice, and the answer; the answer `-` leaves the question out.
type Row = (&'static str, &'static str);

const CLUSTERS: &[Row] = &[
    ("one", "1=dev"),
    ("two", "staging=staging, production=production*"),
    ("three environments", "dev=dev, qa-eu=qa, prod-eu=prod*"),
    ("two in production", "staging=staging, prod-eu=production*, prod-us=production*"),
    ("none in production", "on=yes, off=no"),
];
const DOMAINS: &[Row] = &[("none", ""), ("given", "acme.io")];
const TEAMS: &[Row] =
    &[("left out", "-"), ("none", ""), ("one", "shop"), ("two", "shop=shop-web,shop-api; null=true,404")];
const GIT: &[Row] = &[
    ("github", "https://github.com/Acme/platform.v2"),
    ("gitlab", "git@gitlab.com:acme/cloud/platform.git"),
    ("bitbucket", "https://bitbucket.org/acme/platform"),
    ("azure devops", "https://dev.azure.com/acme/shop/_git/platform"),
    ("codeberg", "https://codeberg.org/acme/platform.git"),
    ("own host", "https://git.acme.io/lab/fleet"),
    ("own host, ssh port", "ssh://flux@git.acme.io:2222/lab/fleet.git"),
    ("own host, https port", "https://git.acme.io:8443/lab/fleet"),
];
const REGISTRIES: &[Row] = &[
    ("left out", "-"),
    ("ghcr", "ghcr.io/acme"),
    ("ecr", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme"),
    ("acr", "acme.azurecr.io/fleet"),
    ("gar", "europe-docker.pkg.dev/acme/fleet"),
    ("generic", "registry.acme.io:5000/acme"),
];
const KNOWN_HOSTS: &[Row] = &[
    ("left out", "-"),
    ("given", "git.acme.io ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"),
];
const EMAILS: &[Row] = &[("left out", "-"), ("given", "ops@acme.io")];

/// What there is to choose for a pattern, in the order of the questions.
pub(super) fn dimensions(asked: Asked<'_>) -> Vec<Dimension> {
    let mut all = vec![
        fixed("repository", GIT),
        fixed("clusters", CLUSTERS),
        fixed("domain", DOMAINS),
        words("platform", false),
        components(asked),
        fixed("teams", TEAMS),
        fixed("registry", REGISTRIES),
        words("signing", true),
        words("auth", true),
        fixed("known_hosts", KNOWN_HOSTS),
        words("issuer", true),
        fixed("email", EMAILS),
        alerts(),
        words("promotion", true),
    ];
    let is_asked = |name: &str| {
        asked.questions.iter().any(|key| key == name || key == "alerts.provider" && name == "alerts")
    };
    all.retain(|dimension| is_asked(dimension.name));
    all
}

fn left_out() -> Choice {
    Choice { label: "left out".into(), answers: Vec::new() }
}

fn fixed(name: &'static str, rows: &[Row]) -> Dimension {
    let choice = |(label, text): &Row| match *text {
        "-" => left_out(),
        text => Choice { label: (*label).into(), answers: vec![(name, text.into())] },
    };
    Dimension { name, choices: rows.iter().map(choice).collect() }
}

/// Every supported word of a question.
fn words(name: &'static str, may_be_left_out: bool) -> Dimension {
    let choices = question(name).expect("the dimension is a question").choices();
    let supported = choices.iter().filter(|choice| choice.supported);
    let words =
        supported.map(|choice| Choice { label: choice.id.into(), answers: vec![(name, choice.id.into())] });
    Dimension { name, choices: may_be_left_out.then(left_out).into_iter().chain(words).collect() }
}

/// None, each alone, the default, all that every platform has a place for, and all.
fn components(asked: Asked<'_>) -> Dimension {
    let name = "components";
    let choice =
        |label: &str, ids: &[&str]| Choice { label: label.into(), answers: vec![(name, ids.join(","))] };
    let all: Vec<_> = asked.catalogue.selectable().collect();
    let ids: Vec<&str> = all.iter().map(|component| component.id.as_str()).collect();
    let anywhere = all.iter().filter(|component| component.platforms_without.is_empty());
    let anywhere: Vec<&str> = anywhere.map(|component| component.id.as_str()).collect();
    let mut choices =
        vec![left_out(), choice("none", &[]), choice("all", &ids), choice("all for any platform", &anywhere)];
    choices.extend(ids.iter().map(|id| choice(id, &[id])));
    Dimension { name, choices }
}

/// Every type of Provider, with a channel where it has one, and without where it need not be named.
fn alerts() -> Dimension {
    let mut choices = vec![left_out()];
    let all = question("alerts.provider").expect("it is a question").choices();
    for id in all.iter().map(|choice| choice.id) {
        let plain = Choice { label: id.into(), answers: vec![("alerts.provider", id.into())] };
        let channel = || ("alerts.channel", "#ops: a \"channel\"".to_owned());
        match provider(id).map(|provider| provider.channel) {
            None | Some(Channel::None) => choices.push(plain),
            Some(Channel::Required(_)) => {
                choices.push(Choice { answers: [plain.answers, vec![channel()]].concat(), ..plain });
            }
            Some(Channel::Optional(_)) => {
                let label = format!("{id} with channel");
                choices.push(Choice { label, answers: [plain.answers.clone(), vec![channel()]].concat() });
                choices.push(plain);
            }
        }
    }
    Dimension { name: "alerts", choices }
}
