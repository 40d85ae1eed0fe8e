//! Answers: what is taken, what is refused and in which words, and which source wins.

use flux_forge::blueprint::{Draft, QUESTIONS};

const GOOD: &str = "version: 1
pattern: monorepo
repository: ssh://git@github.com/acme/platform
platform: kubernetes
clusters:
  - {name: staging, environment: staging}
  - {name: production, environment: production, production: true}
";

/// What an answers file leads to: the resolved answers and notes, or the errors.
fn outcome(text: &str) -> String {
    let mut draft = Draft::default();
    let result = draft.read("answers.yaml", text).and_then(|()| draft.finish());
    match result {
        Ok((answers, notes)) => format!("{}{}", notes.join("\n"), answers.to_yaml()),
        Err(error) => {
            let hints: String = error.hints().iter().map(|hint| format!("\nhint: {hint}")).collect();
            format!("{error}{hints}")
        }
    }
}

/// The lines that are not those of the good answers, with their numbers.
fn shown(given: &str) -> String {
    let lines = given.lines().enumerate().filter(|(_, line)| GOOD.lines().all(|good| good != *line));
    lines.map(|(index, line)| format!("{}: {line}\n", index + 1)).collect()
}

fn snapshot(name: &str, cases: &[(&str, String)]) {
    let text: String = cases
        .iter()
        .map(|(what, given)| format!("## {what}\n{}=> {}\n\n", shown(given), outcome(given)))
        .collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/answers"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, text) });
}

/// The good answers with the line of `key` replaced.
fn with(key: &str, line: &str) -> String {
    let mut found = false;
    let lines = GOOD.lines().map(|old| {
        let hit = old.starts_with(&format!("{key}:"));
        found |= hit;
        format!("{}\n", if hit { line } else { old })
    });
    let text = lines.collect();
    assert!(found, "no line for {key}");
    text
}

fn with_clusters(list: &str) -> String {
    format!("{}clusters: {list}\n", GOOD.split("clusters:").next().unwrap())
}

#[test]
fn bad_files_are_refused_with_their_place() {
    snapshot(
        "files",
        &[
            ("wrong version", with("version", "version: 2")),
            ("no version", with("version", "# nothing")),
            ("unknown key", with("platform", "platfrom: kubernetes")),
            ("unknown key, nothing near", format!("{GOOD}zzz: 1\n")),
            ("later keys", format!("{GOOD}domain: example.net\nteams: []\nregistry: ghcr.io/acme\n")),
            ("a key given twice", format!("{GOOD}platform: aws\n")),
            ("missing answers", "version: 1\npattern: monorepo\n".into()),
            ("no mapping", "- pattern: monorepo\n".into()),
            ("empty", "# nothing\n".into()),
            ("two documents", format!("{GOOD}---\nversion: 1\n")),
            ("not YAML", "version: 1\nclusters: [\n".into()),
            ("an alias", with("platform", "platform: *x")),
        ],
    );
}

#[test]
fn bad_choices_are_refused() {
    snapshot(
        "choices",
        &[
            ("later pattern", with("pattern", "pattern: gitless")),
            ("later pattern", with("pattern", "pattern: multi-repo")),
            ("unknown pattern", with("pattern", "pattern: mono-repo")),
            ("unknown platform", with("platform", "platform: kubernets")),
            ("a list", with("platform", "platform: [aws]")),
            ("nothing", with("platform", "platform:")),
            ("a truth value", with("platform", "platform: yes")),
        ],
    );
}

#[test]
fn bad_repositories_are_refused_and_no_credential_is_printed() {
    let given = [
        "https://token@github.com/acme/platform",
        "https://bot:hunter2@github.com/acme/platform",
        "ssh://git:hunter2@github.com/acme/platform",
        "git:hunter2@github.com:acme/platform",
        "ssh://hunter2@gitlab.com/acme/platform",
        "https://github.com/acme/platform?private_token=hunter2",
        "http://github.com/acme/platform",
        "file:///srv/git/platform",
        "https://github.com/acme",
        "https://github.com",
        "https://git.example.com:8443/acme/platform",
        "https://dev.azure.com/acme/infra/_git/platform",
        "ssh://git@github.com:0/acme/platform",
        "ssh://git@-x/acme/platform",
        "ssh://git@github.com/acme/../platform",
        "ssh://git@github.com/acme/$(id)",
        "git@github.com:acme/plat form",
        "platform",
        "\"\"",
    ];
    let cases: Vec<_> =
        given.iter().map(|url| ("repository", with("repository", &format!("repository: {url}")))).collect();
    for (_, text) in &cases {
        assert!(!outcome(text).contains("hunter2") && !outcome(text).contains("token@"), "{text}");
    }
    snapshot("repositories", &cases);
}

#[test]
fn other_forms_of_a_repository_are_rewritten_and_shown() {
    let given = [
        ("https://github.com/acme/platform", "ssh://git@github.com/acme/platform"),
        ("https://GitHub.com/acme/platform.git/", "ssh://git@github.com/acme/platform.git"),
        ("git@gitlab.com:acme/cloud/platform.git", "ssh://git@gitlab.com/acme/cloud/platform.git"),
        ("git.example.com:/srv/git/platform.git", "ssh://git@git.example.com/srv/git/platform.git"),
        ("acme/platform", "ssh://git@github.com/acme/platform"),
        ("ssh://github.com:22/acme/platform", "ssh://git@github.com/acme/platform"),
    ];
    for (text, url) in given {
        let mut draft = Draft::default();
        draft.set("repository", text, "--set").unwrap();
        draft.fill_defaults();
        let (answers, notes) = draft.finish().unwrap();
        assert_eq!(answers.repository.url(), url);
        let note = format!("`repository`: {text} becomes {url}, since Flux reads it with a deploy key");
        assert_eq!(notes, [note]);
    }
}

#[test]
fn bad_clusters_are_refused() {
    let long = format!("[{{name: {}, environment: a}}]", "a".repeat(41));
    let cases = [
        ("no clusters", "[]"),
        ("a text without environments", "a, b=c"),
        ("two stars", "a=b, c=d**"),
        ("environment missing", "[{name: a}]"),
        ("name missing", "[{environment: a}]"),
        ("reserved", "[{name: local, environment: dev}]"),
        ("reserved environment", "[{name: a, environment: base}]"),
        ("upper case", "[{name: Staging, environment: dev}]"),
        ("underscore", "[{name: my_cluster, environment: dev}]"),
        ("hyphen at the end", "[{name: a-, environment: dev}]"),
        ("a path", "[{name: ../a, environment: dev}]"),
        ("a number", "[{name: 1, environment: dev}]"),
        ("a truth value", "[{name: on, environment: dev}]"),
        ("too long", long.as_str()),
        ("unknown key", "[{name: a, environment: dev, produktion: true}]"),
        ("production as a text", "[{name: a, environment: dev, production: 'yes'}]"),
        ("duplicate", "[{name: a, environment: dev}, {name: a, environment: qa}]"),
        ("all production", "[{name: a, environment: prod, production: true}]"),
        ("production first", "[{name: p, environment: prod, production: true}, {name: a, environment: dev}]"),
        (
            "half an environment in production",
            "[{name: a, environment: dev}, {name: b, environment: dev, production: true}]",
        ),
        (
            "named like another's environment",
            "[{name: prod, environment: dev}, {name: b, environment: prod, production: true}]",
        ),
        ("several mistakes at once", "[{name: A, environment: base}, {nam: b}, x]"),
    ];
    let cases: Vec<_> = cases.iter().map(|(what, list)| (*what, with_clusters(list))).collect();
    snapshot("clusters", &cases);
}

#[test]
fn the_text_forms_of_clusters_equal_the_list() {
    let clusters = |text: &str| {
        let mut draft = Draft::default();
        draft.read("answers.yaml", text).unwrap();
        draft.finish().unwrap().0.clusters
    };
    let listed = clusters(GOOD);
    assert_eq!(clusters(&with_clusters("' staging = staging ,production=production * '")), listed);
    assert_eq!(clusters(&with_clusters("[staging=staging, production=production*]")), listed);
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let mut draft = Draft::default();
    draft.read("answers.yaml", "version: 1\nplatform: aws\nrepository: a/b\n").unwrap();
    draft.set("platform", "gcp", "--set").unwrap();
    let open: Vec<_> = draft.unanswered().iter().map(|question| question.key).collect();
    assert_eq!(open, ["pattern", "clusters"]);
    draft.fill_defaults();
    let (answers, _) = draft.finish().unwrap();
    assert_eq!(answers.platform.id(), "gcp");
    assert_eq!(answers.repository.url(), "ssh://git@github.com/a/b");
    assert_eq!(answers.clusters.len(), 2);
}

#[test]
fn a_flag_with_an_unknown_key_is_refused() {
    let mut draft = Draft::default();
    let error = draft.set("cluster", "a=b", "--set").unwrap_err().to_string();
    assert_eq!(
        error,
        "--set: `cluster` is no question (did you mean `clusters`?); accepted: `pattern`, `repository`, \
         `platform`, or `clusters`"
    );
    let error = draft.set("domain", "example.net", "--set").unwrap_err().to_string();
    assert!(error.starts_with("--set: `domain` is not yet supported; accepted: "), "{error}");
}

#[test]
fn what_a_prompt_refuses_says_what_it_takes() {
    for question in &QUESTIONS {
        assert_eq!(question.check(question.default), Ok(()), "{}", question.key);
        let refused = question.check(" ").unwrap_err();
        assert!(refused.contains("accepted: "), "{}: {refused}", question.key);
        assert!(!question.asks.ends_with('?') && !question.help.ends_with('.'), "{}", question.key);
    }
}

#[test]
fn every_question_of_the_example_is_one_that_the_blueprint_names() {
    let blueprint = flux_forge::blueprint::embedded("monorepo").unwrap().unwrap();
    let keys: Vec<_> = QUESTIONS.iter().map(|question| question.key).collect();
    assert_eq!(blueprint.manifest().questions, keys);
}

#[test]
fn resolved_answers_are_read_back_as_they_were() {
    for clusters in ["1=dev", "on=no, true=null*", "a=x,b=x,c=y*"] {
        let mut draft = Draft::default();
        draft.set("clusters", clusters, "--set").unwrap();
        draft.fill_defaults();
        let (answers, _) = draft.finish().unwrap();
        let mut again = Draft::default();
        again.read("answers.yaml", &answers.to_yaml()).unwrap();
        assert_eq!(again.finish().unwrap(), (answers, Vec::new()));
    }
}

mod property {
    use flux_forge::blueprint::Draft;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is typed is refused in words, or gives answers that their own file gives again.
        #[test]
        fn any_text_is_refused_or_kept(
            repository in prop_oneof![any::<String>(), "(ssh://|https://|git@)?[a-zA-Z0-9.:@/?#~_-]{0,20}/[a-z/.]{0,9}"],
            clusters in prop_oneof![any::<String>(), "[a-c1 =,*-]{0,16}", "[a-z0-9]{1,3}=[a-z0-9]{1,5}"],
        ) {
            let mut draft = Draft::default();
            draft.set("repository", &repository, "--set").unwrap();
            draft.set("clusters", &clusters, "--set").unwrap();
            draft.fill_defaults();
            match draft.finish() {
                Err(error) => prop_assert!(error.to_string().contains("accepted: ")),
                Ok((answers, _)) => {
                    let mut again = Draft::default();
                    again.read("answers.yaml", &answers.to_yaml()).unwrap();
                    prop_assert_eq!(again.finish().unwrap().0, answers);
                }
            }
        }
    }
}
