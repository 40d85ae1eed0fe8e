//! Refused answers to the questions that are always asked.

use super::{Case, refused};

/// Cases of the same key and pattern, each called by its value.
fn each<'a>(pairs: &'a [[(&'a str, &'a str); 1]], pattern: &'a str) -> Vec<Case<'a>> {
    pairs.iter().map(|pair| (pair[0].0, pattern, &pair[..])).collect()
}

#[test]
fn choices() {
    refused(
        "choices",
        &[
            ("unknown pattern", "monorepo", &[("pattern", "mono-repo")]),
            ("the blueprint of another pattern", "monorepo", &[("pattern", "gitless")]),
            ("unknown platform", "monorepo", &[("platform", "kubernets")]),
            ("nothing near", "monorepo", &[("platform", "vax")]),
            ("a list", "monorepo", &[("platform", "[aws]")]),
            ("nothing", "monorepo", &[("platform", "")]),
            ("a truth value", "monorepo", &[("platform", "yes")]),
        ],
    );
}

#[test]
fn repositories() {
    let given = [
        "https://token@github.com/acme/platform",
        "https://bot:hunter2@github.com/acme/platform",
        "ssh://git:hunter2@github.com/acme/platform",
        "git:hunter2@github.com:acme/platform",
        "ssh://hunter2@gitlab.com/acme/platform",
        "https://github.com/acme/platform?private_token=hunter2",
        "git@github.com",
        "'git@github.com:'",
        "git@github.com:2222:acme/platform",
        "http://github.com/acme/platform",
        "file:///srv/git/platform",
        "https://github.com/acme",
        "https://github.com",
        "https://dev.azure.com/acme/infra/platform",
        "ssh://git@github.com:0/acme/platform",
        "ssh://git@-x/acme/platform",
        "ssh://git@github.com/acme/../platform",
        "ssh://git@github.com/acme/$(id)",
        "git@github.com:acme/plat form",
        "platform",
        "\"\"",
    ];
    let pairs = given.map(|url| [("repository", url)]);
    refused("repositories", &each(&pairs, "monorepo"));
}

#[test]
fn clusters() {
    let long = format!("[{{name: {}, environment: a}}]", "a".repeat(41));
    let clusters = |list| [("clusters", list)];
    let lists = [
        ("no clusters", clusters("[]")),
        ("a number", clusters("3")),
        ("a text without environments", clusters("a, b=c")),
        ("two stars", clusters("a=b, c=d**")),
        ("environment missing", clusters("[{name: a}]")),
        ("name missing", clusters("[{environment: a}]")),
        ("cluster named local", clusters("[{name: local, environment: dev}]")),
        ("cluster named update", clusters("[{name: update, environment: dev}]")),
        ("reserved environment", clusters("[{name: a, environment: base}]")),
        ("upper case", clusters("[{name: Staging, environment: dev}]")),
        ("underscore", clusters("[{name: my_cluster, environment: dev}]")),
        ("hyphen at the end", clusters("[{name: a-, environment: dev}]")),
        ("a path", clusters("[{name: ../a, environment: dev}]")),
        ("a number as name", clusters("[{name: 1, environment: dev}]")),
        ("a truth value", clusters("[{name: on, environment: dev}]")),
        ("too long", clusters(&long)),
        ("unknown key", clusters("[{name: a, environment: dev, produktion: true}]")),
        ("production as a text", clusters("[{name: a, environment: dev, production: 'yes'}]")),
        ("duplicate cluster", clusters("[{name: a, environment: dev}, {name: a, environment: qa}]")),
        ("all clusters production", clusters("[{name: a, environment: prod, production: true}]")),
        ("production first", clusters("p=prod*, a=dev")),
        ("half an environment in production", clusters("a=dev, b=dev*")),
        ("named like another's environment", clusters("prod=dev, b=prod*")),
        ("several mistakes", clusters("[{name: A, environment: base}, {nam: b}, x]")),
    ];
    let cases: Vec<Case<'_>> = lists.iter().map(|(what, pair)| (*what, "monorepo", &pair[..])).collect();
    refused("clusters", &cases);
}

#[test]
fn domains() {
    let given = [
        "https://acme.io/",
        "https://bot:hunter2@acme.io",
        "\"*.acme.io\"",
        "192.0.2.7",
        "\"2001:db8::1\"",
        "acme.io:8443",
        "Acme.IO",
        "acme",
        "acme..io",
        "-acme.io",
        "ops@acme.io",
        "7",
        "[acme.io]",
    ];
    let pairs = given.map(|domain| [("domain", domain)]);
    refused("domains", &each(&pairs, "monorepo"));
}

#[test]
fn components() {
    refused(
        "components",
        &[
            ("unknown component", "monorepo", &[("components", "[cert-manger]")]),
            ("nothing near", "monorepo", &[("components", "[zzz]")]),
            ("capability as id", "monorepo", &[("components", "[gateway, certificates]")]),
            ("retired component", "monorepo", &[("components", "[ingress-nginx]")]),
            ("the sample app", "monorepo", &[("components", "[podinfo]")]),
            ("twice", "monorepo", &[("components", "[kyverno, kyverno]")]),
            ("a mapping", "monorepo", &[("components", "{kyverno: true}")]),
            ("a mapping in the list", "monorepo", &[("components", "[{kyverno: true}]")]),
            (
                "metrics-server where the platform brings one",
                "monorepo",
                &[("platform", "azure"), ("components", "[metrics-server]")],
            ),
        ],
    );
}

#[test]
fn teams() {
    let long = format!("[{{name: shop, namespaces: [{}]}}]", "n".repeat(59));
    let teams = |list| [("teams", list)];
    let lists = [
        ("namespace kube-x", teams("[{name: shop, namespaces: [kube-shop]}]")),
        ("the default namespace", teams("[{name: shop, namespaces: [default]}]")),
        ("Flux's namespace", teams("[{name: shop, namespaces: [flux-system]}]")),
        ("a component's namespace", teams("[{name: shop, namespaces: [cert-manager]}]")),
        ("an environment", teams("[{name: shop, namespaces: [staging]}]")),
        ("name over the limit with what is put before it", teams(&long)),
        ("team called fleet", teams("[fleet]")),
        ("team called infra", teams("[{name: infra}]")),
        ("the same namespace in two teams", teams("shop=web; billing=web")),
        ("the same namespace twice", teams("shop=web,web")),
        ("the same team twice", teams("[shop, shop]")),
        ("no namespaces", teams("[{name: shop, namespaces: []}]")),
        ("namespaces as a text", teams("[{name: shop, namespaces: web}]")),
        ("no name", teams("[{namespaces: [web]}]")),
        ("unknown key", teams("[{name: shop, namespace: web}]")),
        ("upper case", teams("Shop")),
        ("a blank behind a comma", teams("\"shop=web, api\"")),
        ("a number", teams("7")),
    ];
    let cases: Vec<Case<'_>> = lists.iter().map(|(what, pair)| (*what, "multi-repo", &pair[..])).collect();
    refused("teams", &cases);
}
