//! The answers file as such: its version, its keys, its form.

use super::{file, refusal, refused};
use crate::harness::snapshots;

#[test]
fn unknown_keys_and_versions() {
    refused(
        "keys",
        &[
            ("wrong version", "monorepo", &[("version", "2")]),
            ("version as a list", "monorepo", &[("version", "[1]")]),
            ("unknown key", "monorepo", &[("platfrom", "aws")]),
            ("unknown key, nothing near", "monorepo", &[("zzz", "1")]),
            ("a secret where none is asked for", "monorepo", &[("token", "hunter2")]),
            ("unknown key below another", "monorepo", &[("alerts", "{provder: slack}")]),
            ("text in place of a mapping", "monorepo", &[("alerts", "slack")]),
            ("a key of another pattern", "monorepo", &[("registry", "ghcr.io/acme")]),
            ("a key of another pattern", "gitless", &[("promotion", "git-tags")]),
            ("several mistakes", "monorepo", &[("platform", "vax"), ("domain", "x"), ("zzz", "1")]),
        ],
    );
}

#[test]
fn what_is_not_yet_supported() {
    refused(
        "later",
        &[
            ("secrets", "monorepo", &[("secrets", "{method: sops-age}")]),
            ("secrets with a secret in it", "monorepo", &[("secrets", "{method: sops-age, key: hunter2}")]),
            ("updates", "monorepo", &[("updates", "{by: renovate}")]),
            ("DNS provider", "monorepo", &[("dns", "{provider: route53}")]),
            ("hub with spokes", "monorepo", &[("topology", "hub-spoke")]),
            ("window", "monorepo", &[("window", "{cron: 0 2 * * 2, zone: Mars/Olympus, duration: 1m}")]),
            ("dns01", "monorepo", &[("issuer", "dns01")]),
            ("a Provider of Flux 2.10", "monorepo", &[("alerts", "{provider: incident.io}")]),
        ],
    );
}

#[test]
fn files_of_another_form() {
    let good = file("monorepo", &[]);
    let cases = [
        ("no version", good.replace("version: 1\n", "")),
        ("no mapping", "- pattern: monorepo\n".to_owned()),
        ("empty", "# nothing\n".to_owned()),
        ("two documents", format!("{good}---\nversion: 1\n")),
        ("not YAML", "version: 1\nclusters: [\n".to_owned()),
        ("an alias", good.replace("platform: kubernetes", "platform: *x")),
        ("a key given twice", format!("{good}platform: aws\n")),
    ];
    let shown = cases.iter().map(|(what, text)| format!("## {what}\n=> {}\n", refusal("monorepo", text)));
    let _guard = snapshots("answers");
    insta::assert_snapshot!("forms", shown.collect::<String>());
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let cases = [
        ("version: 1\npattern: monorepo\n", "monorepo"),
        ("version: 1\npattern: gitless\nplatform: aws\nalerts: {provider: slack}\n", "gitless"),
        (
            "version: 1\npattern: monorepo\nplatform: vax\nrepository: ssh://git@git.lab/acme/platform\n",
            "monorepo",
        ),
    ];
    let shown = cases.iter().map(|(text, pattern)| format!("{text}=> {}\n", refusal(pattern, text)));
    let _guard = snapshots("answers");
    insta::assert_snapshot!("missing", shown.collect::<String>());
}
