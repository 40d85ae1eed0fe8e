//! Answers that are taken: they render, and the file that tells them gives them again.

use flux_forge::blueprint::{Draft, embedded, patterns};

use super::{Case, blueprint, file, read};
use crate::harness::snapshots;

/// Answers that are taken: a name, a pattern and what differs from the good ones.
pub(super) const ACCEPTED: [Case<'_>; 10] = [
    (
        "one kind cluster",
        "monorepo",
        &[
            ("clusters", "kind=dev"),
            ("platform", "kind-only"),
            ("domain", ""),
            ("components", "[metrics-server]"),
            ("teams", "none"),
        ],
    ),
    ("monorepo, two environments", "monorepo", &[("teams", "[]"), ("promotion", "pr-between-overlays")]),
    (
        "monorepo with teams",
        "monorepo",
        &[
            ("teams", "[{name: shop, namespaces: [shop-web, shop-api]}, {name: billing}]"),
            ("email", "ops@acme.io"),
        ],
    ),
    (
        "multi-repo, three clusters",
        "multi-repo",
        &[
            ("clusters", "staging=staging, prod-eu=production*, prod-us=production*"),
            ("alerts", "{provider: slack, channel: ops}"),
        ],
    ),
    ("gitless on GitHub's registry", "gitless", &[("teams", "demo")]),
    (
        "gitless on a cloud's registry",
        "gitless",
        &[("platform", "aws"), ("registry", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme")],
    ),
    (
        "gitless with a key pair",
        "gitless",
        &[("repository", "https://git.lab:8443/acme/platform"), ("registry", "registry.lab:5000/acme")],
    ),
    ("a group on GitLab", "monorepo", &[("repository", "git@gitlab.com:acme/cloud/platform.git")]),
    ("a public repository", "multi-repo", &[("repository", "acme/platform"), ("auth", "none")]),
    (
        "a Git server of one's own",
        "monorepo",
        &[
            ("repository", "ssh://git@git.lab:2222/~ops/platform.git"),
            (
                "known_hosts",
                "'[git.lab]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9ok'",
            ),
            ("domain", "lab.example"),
            ("issuer", "private-ca"),
        ],
    ),
];

#[test]
fn they_render_and_are_told() {
    let mut shown = String::new();
    for (name, pattern, others) in ACCEPTED {
        let blueprint = blueprint(pattern);
        let (answers, notes) = read(&file(pattern, others), blueprint.asked()).unwrap();
        let rendered = blueprint.render(&answers).unwrap();
        assert!(rendered.files.len() > 10, "{name}");
        shown.push_str(&format!("## {name}\n"));
        for note in notes {
            shown.push_str(&format!("{}: {}\n", if note.warns { "warning" } else { "note" }, note.text));
        }
        shown.push_str(&format!("{}\n", answers.to_yaml(blueprint.asked())));
    }
    let _guard = snapshots("answers");
    insta::assert_snapshot!("accepted", shown);
}

#[test]
fn what_is_told_is_read_back() {
    for (name, pattern, others) in ACCEPTED {
        let blueprint = blueprint(pattern);
        let (answers, _) = read(&file(pattern, others), blueprint.asked()).unwrap();
        let told = answers.to_yaml(blueprint.asked());
        let (again, notes) = read(&told, blueprint.asked()).unwrap();
        assert_eq!(again, answers, "{name}");
        assert_eq!(again.to_yaml(blueprint.asked()), told, "{name}");
        assert!(notes.iter().all(|note| note.key != "auth" && note.key != "repository"), "{name}: {notes:?}");
    }
}

#[test]
fn the_defaults_of_each_pattern_are_taken() {
    for id in patterns() {
        let blueprint = embedded(id).unwrap().unwrap();
        let mut draft = Draft::default();
        draft.set("pattern", id, "--set").unwrap();
        let (answers, _) = draft.finish(blueprint.asked(), true).unwrap();
        assert_eq!(answers.repository.web(""), "https://github.com/example/platform");
        assert_eq!(answers.clusters.len(), 2, "{id}");
        assert!(draft.finish(blueprint.asked(), false).is_err(), "{id}");
    }
}
