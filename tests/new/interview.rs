//! The interview with given answers: what is asked, what is offered, what the review can change.

use super::shown;
use crate::harness::{Ran, World, snapshots};

/// Answers to all questions of a monorepo with one cluster on kind.
const KIND: [&str; 8] =
    ["monorepo", "acme/platform", "1=dev", "", "kind-only", "metrics-server", "", "token"];

/// Runs the interview in an empty folder.
fn asked(args: &[&str], answers: &[&str]) -> (World, Ran) {
    let world = World::new();
    let ran = world.run_answering(&[&["new", "out", "--no-git"], args].concat(), answers);
    (world, ran)
}

fn answers(world: &World) -> String {
    world.read("out/.flux-forge/answers.yaml")
}

#[test]
fn the_shortest_way() {
    let (world, ran) = asked(&[], &[&KIND[..], &["none", "Write"]].concat());
    assert_eq!(ran.status, 0, "{ran}");
    assert!(answers(&world).contains("platform: kind-only\n"));
    let _guard = snapshots("new");
    insta::assert_snapshot!("interview", shown(&ran));
}

#[test]
fn flags_set_file_and_prompts_give_the_same_bytes() {
    let file = "version: 1\npattern: gitless\nrepository: acme/platform\nplatform: aws\ndomain: acme.io\n\
        clusters:\n  - {name: a, environment: dev}\n  - {name: b, environment: prod, production: true}\n\
        components: [cert-manager, envoy-gateway]\nteams:\n  - {name: shop, namespaces: [web, api]}\n  - name: ops\n\
        email: ops@acme.io\nalerts: {provider: slack, channel: '#ops'}\n";
    let (clusters, teams) = ("a=dev, b=prod*", "shop=web,api; ops");
    let pairs = [
        ("pattern", "gitless"),
        ("repository", "acme/platform"),
        ("clusters", clusters),
        ("domain", "acme.io"),
        ("platform", "aws"),
        ("components", "cert-manager, envoy-gateway"),
        ("teams", teams),
        ("email", "ops@acme.io"),
        ("alerts.provider", "slack"),
        ("alerts.channel", "#ops"),
    ];
    let flags: Vec<String> =
        pairs.iter().map(|(key, text)| format!("--{}={text}", key.replace('.', "-"))).collect();
    let sets: Vec<String> = pairs.iter().map(|(key, text)| format!("--set={key}={text}")).collect();
    let run = |given: &[String]| {
        let world = World::new().file("answers.yaml", file);
        let call: Vec<&str> =
            ["new", "out", "--no-git"].into_iter().chain(given.iter().map(String::as_str)).collect();
        let ran = world.run(&call);
        assert_eq!(ran.status, 0, "{ran}");
        world.tree()
    };
    let trees = [run(&["--answers=answers.yaml".to_owned()]), run(&flags), run(&sets)];

    let world = World::new().file("answers.yaml", file);
    let mut typed: Vec<&str> = pairs.iter().map(|(_, text)| *text).collect();
    // Registry and issuer are asked for before the e-mail; their defaults are taken.
    typed.splice(7..7, ["", ""]);
    typed.push("Write");
    let ran = world.run_answering(&["new", "out", "--no-git"], &typed);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(trees.iter().all(|tree| *tree == world.tree()));
}

#[test]
fn what_is_given_is_not_asked() {
    let given =
        ["--pattern=multi-repo", "--platform=gcp", "--set=components=none", "--teams=shop", "--auth=none"];
    let (world, ran) = asked(&given, &["acme/platform", "1=dev", "none", "none", "Write"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(world.exists("out/platform-shop/README.md"), "{ran}");
}

#[test]
fn only_what_nothing_answers_is_asked_where_the_essentials_are_given() {
    let (_, printed) = asked(&["--defaults", "--print-answers"], &[]);
    let world = World::new().file("answers.yaml", printed.out);
    let call = ["new", "out", "--no-git", "--answers=answers.yaml", "--set=alerts.provider=slack"];
    let ran = world.run_answering(&call, &["#ops", "Write"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(answers(&world).contains("  channel: \"#ops\"\n"), "{}", answers(&world));
}

#[test]
fn several_teams_suggest_the_pattern_for_several_teams() {
    let given = ["--teams=shop; ops", "--set=components=none", "--domain=none"];
    let (world, ran) = asked(&given, &["", "acme/x", "1=dev", "", "", "none", "Write"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.err.contains("Offered because of several teams.\nWhich pattern: gitless\n"), "{ran}");
    assert!(world.exists("out/x-apps/components/ops"), "{ran}");
}

#[test]
fn the_remote_of_a_clone_is_offered() {
    let world = World::new();
    world.git_init();
    world.git_run(&["remote", "add", "origin", "git@codeberg.org:lab/fleet.git"]);
    let ran = world.run_answering(&["new"], &[&["monorepo", ""], &KIND[2..], &["none", "Write"]].concat());
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.err.contains("Offered because of the remote `origin`."), "{ran}");
    let answers = world.read(".flux-forge/answers.yaml");
    assert!(answers.contains("repository: https://codeberg.org/lab/fleet.git\n"), "{answers}");
}

#[test]
fn the_remotes_of_clones_side_by_side_are_offered() {
    let world = World::new();
    for part in ["fleet", "infra", "apps"] {
        world.git_run(&["init", "-q", "-b", "main", &format!("stack-{part}")]);
        let url = format!("https://github.com/Acme/stack-{part}.git");
        world.git_run(&["-C", &format!("stack-{part}"), "remote", "add", "origin", &url]);
    }
    let typed = ["gitless", "", "1=dev", "", "kubernetes", "metrics-server", "", "", "none", "Write"];
    let ran = world.run_answering(&["new"], &typed);
    assert_eq!(ran.status, 0, "{ran}");
    let answers = world.read("stack-fleet/.flux-forge/answers.yaml");
    assert!(answers.contains("repository: https://github.com/Acme/stack\n"), "{answers}");
    assert_eq!(world.git_run(&["-C", "stack-apps", "log", "--format=%s"]), "Let Flux manage 1\n");
}

#[test]
fn a_remote_with_a_credential_is_not_offered() {
    let world = World::new();
    world.git_init();
    world.git_run(&["remote", "add", "origin", "https://bot:hunter2@github.com/acme/platform"]);
    let ran =
        world.run_answering(&["new"], &[&["monorepo", "acme/x"], &KIND[2..], &["none", "Write"]].concat());
    assert_eq!(ran.status, 0, "{ran}");
    assert!(!world.tree().contains("hunter2") && !ran.to_string().contains("hunter2"));
}

#[test]
fn a_changed_answer_asks_what_hangs_on_it() {
    let typed = [
        &KIND[..],
        &["slack", "#dev"],
        &["Change", "alerts.provider", "telegram", "@ops"],
        &["Change", "clusters", "a=dev, b=prod*", "pr-between-overlays"],
        &["Change", "domain", "acme.io"],
        // What was answered before is offered again.
        &["Change", "alerts.provider", "slack", ""],
        &["Change", "alerts.provider", "telegram", ""],
        &["Write"],
    ];
    let (world, ran) = asked(&[], &typed.concat());
    assert_eq!(ran.status, 0, "{ran}");
    let told = answers(&world);
    for line in
        ["provider: telegram", "channel: \"@ops\"", "promotion: pr-between-overlays", "domain: acme.io"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[test]
fn an_answer_that_no_longer_goes_with_the_others_is_asked_again() {
    let typed = [&KIND[..], &["none"], &["Change", "platform", "azure", "kyverno", "Write"]];
    let (world, ran) = asked(&[], &typed.concat());
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.err.contains("\nno: `components` has `metrics-server` on `azure`: "), "{ran}");
    assert!(answers(&world).contains("components:\n  - kyverno\n"));
}

#[test]
fn the_pattern_can_be_changed_too() {
    let typed = [&KIND[..], &["none"], &["Change", "pattern", "gitless", "ghcr.io/acme", "Write"]];
    let (world, ran) = asked(&[], &typed.concat());
    assert_eq!(ran.status, 0, "{ran}");
    assert!(world.exists("out/platform-fleet/README.md") && !world.exists("out/README.md"), "{ran}");
}

#[test]
fn what_a_flag_forbids_is_not_offered() {
    let (world, ran) = asked(&["--components=metrics-server"], &["monorepo", "a/b", "1=dev", "", "azure"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.contains("Not beside the other answers: `azure`, `gcp`, and `openshift`\n"), "{ran}");
    assert!(!world.exists("out"));
}

#[test]
fn a_wrong_flag_ends_the_interview_before_it_begins() {
    let (_, ran) = asked(&["--platform=vax", "--pattern=monorepo"], &["a/b"]);
    assert!(ran.err.starts_with("error: --platform: `platform` is `vax`"), "{ran}");
}

#[test]
fn a_stop_leaves_no_trace() {
    let (world, ran) = asked(&[], &[&KIND[..], &["none", "Stop"]].concat());
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.ends_with("refused: nothing was written, as you wished\n"), "{ran}");
    assert!(!world.exists("out"));
}

#[test]
fn a_dry_run_asks_but_does_not_write() {
    let (world, ran) = asked(&["--dry-run"], &[&KIND[..], &["none"]].concat());
    assert_eq!(ran.status, 1, "{ran}");
    assert!(!world.exists("out"));
}
