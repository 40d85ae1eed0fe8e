//! File, flags and `--set` lead to the same; the table of questions is one for all.

use std::collections::BTreeSet;

use flux_forge::blueprint::{Answers, Draft, QUESTIONS, Shape, Tier, embedded, patterns};
use proptest::prelude::*;

use super::accepted::ACCEPTED;
use super::{blueprint, file, read, told};

/// The answers in the form in which flags take them.
fn as_texts(answers: &Answers, pattern: &str) -> Draft {
    let blueprint = blueprint(pattern);
    let mut draft = Draft::default();
    for (question, _) in as_draft(answers, pattern).walk(blueprint.asked()).applying {
        draft.set(question.key, &answers.text(question.key), &format!("--{}", question.flag)).unwrap();
    }
    draft
}

fn as_draft(answers: &Answers, pattern: &str) -> Draft {
    let mut draft = Draft::default();
    draft.read("answers.yaml", &answers.to_yaml(blueprint(pattern).asked())).unwrap();
    draft
}

#[test]
fn file_and_flags_give_the_same_bytes() {
    for (name, pattern, others) in ACCEPTED {
        let blueprint = blueprint(pattern);
        let (by_file, _) = read(&file(pattern, others), blueprint.asked()).unwrap();
        let (by_flags, _) = as_texts(&by_file, pattern).finish(blueprint.asked(), false).unwrap();
        assert_eq!(by_flags, by_file, "{name}");
        let contents = |answers: &Answers| -> Vec<(String, Vec<u8>)> {
            let files = blueprint.render(answers).unwrap().files;
            files.into_iter().map(|(path, file)| (path, file.content)).collect()
        };
        assert!(contents(&by_flags) == contents(&by_file), "{name}");
    }
}

#[test]
fn a_later_answer_replaces_an_earlier_one() {
    let blueprint = blueprint("monorepo");
    let mut draft = Draft::default();
    draft.read("answers.yaml", "version: 1\nplatform: aws\nrepository: a/b\n").unwrap();
    draft.set("platform", "gcp", "--set").unwrap();
    let open: Vec<_> = draft.walk(blueprint.asked()).open.iter().map(|question| question.key).collect();
    let expected =
        ["pattern", "clusters", "domain", "components", "teams", "auth", "alerts.provider", "promotion"];
    assert_eq!(open, expected);
    let (answers, _) = draft.finish(blueprint.asked(), true).unwrap();
    assert_eq!(
        (answers.platform.id(), answers.repository.web("").as_str()),
        ("gcp", "https://github.com/a/b")
    );
}

#[test]
fn an_unknown_key_of_a_flag_is_refused() {
    let mut draft = Draft::default();
    let error = told(&draft.set("cluster", "a=b", "--set").unwrap_err());
    assert!(
        error
            .starts_with("--set: `cluster` is no question (did you mean `clusters`?); accepted: `pattern`, ")
    );
    let error = told(&draft.set("secrets.method", "sops-age", "--set").unwrap_err());
    let start = "--set: `secrets.method` is `sops-age`, but this question is not yet supported; accepted: ";
    assert!(error.starts_with(start), "{error}");
}

#[test]
fn what_a_prompt_refuses_says_what_it_takes() {
    for pattern in patterns() {
        let blueprint = embedded(pattern).unwrap().unwrap();
        let mut draft = Draft::default();
        draft.set("pattern", pattern, "--set").unwrap();
        let walk = draft.walk(blueprint.asked());
        for question in walk.open {
            let usual = walk.answers.text(question.key);
            assert_eq!(draft.would_take(blueprint.asked(), question, &usual), Ok(()), "{}", question.key);
            let refused = draft.would_take(blueprint.asked(), question, "!").unwrap_err();
            assert!(refused.contains("; accepted: "), "{}: {refused}", question.key);
        }
    }
}

#[test]
fn the_table_of_questions_is_sound() {
    let keys: BTreeSet<&str> = QUESTIONS.iter().map(|question| question.key).collect();
    let flags: BTreeSet<&str> = QUESTIONS.iter().map(|question| question.flag).collect();
    assert_eq!((keys.len(), flags.len()), (QUESTIONS.len(), QUESTIONS.len()));
    for question in &QUESTIONS {
        assert_eq!(question.flag, question.key.replace(['.', '_'], "-"));
        assert!(!question.asks.ends_with('?') && !question.help.ends_with('.'), "{}", question.key);
        assert_eq!(
            matches!(question.shape, Shape::Choice(_)),
            !question.choices().is_empty(),
            "{}",
            question.key
        );
    }
    for pattern in patterns() {
        let blueprint = embedded(pattern).unwrap().unwrap();
        let asked: BTreeSet<&str> = blueprint.manifest().questions.iter().map(String::as_str).collect();
        assert!(asked.is_subset(&keys), "{pattern}");
        let essential = QUESTIONS.iter().filter(|question| question.tier == Tier::Essential);
        assert!(essential.map(|question| question.key).all(|key| asked.contains(key)), "{pattern}");
    }
}

#[test]
fn one_text_stands_for_each_list() {
    let listed = |others: &[(&str, &str)]| {
        let (answers, _) = read(&file("multi-repo", others), blueprint("multi-repo").asked()).unwrap();
        (answers.clusters, answers.teams, answers.components)
    };
    let good = listed(&[("teams", "[{name: shop, namespaces: [web, api]}, {name: billing}]")]);
    let texts = [
        ("clusters", "' staging = staging ,prod=production * '"),
        ("teams", "shop=web,api; billing"),
        ("components", "cert-manager envoy-gateway"),
    ];
    assert_eq!(listed(&texts), good);
    let mixed = [("clusters", "[staging=staging, prod=production*]"), ("teams", "['shop=web,api', billing]")];
    assert_eq!(listed(&mixed), good);
}

proptest! {
    /// Whatever is given is refused in words, or gives answers that their own file and their own texts give again.
    #[test]
    fn any_text_is_refused_or_kept(
        repository in prop_oneof![any::<String>(), "(ssh://|https://|git@)?[a-zA-Z0-9.:@/?#~_-]{0,20}/[a-z/.]{0,9}"],
        clusters in prop_oneof![any::<String>(), "[a-c1 =,*-]{0,16}", "[a-z0-9]{1,3}=[a-z0-9]{1,5}"],
        domain in prop_oneof![Just(String::new()), any::<String>(), "[a-z0-9.-]{0,12}"],
        teams in prop_oneof![any::<String>(), "[a-c=,; ]{0,12}"],
        auth in prop_oneof![Just("none"), Just("token"), Just("deploy-key")],
    ) {
        let blueprint = blueprint("multi-repo");
        let mut draft = Draft::default();
        let given = [("repository", repository), ("clusters", clusters), ("domain", domain), ("teams", teams)];
        for (key, text) in given {
            draft.set(key, &text, "--set").unwrap();
        }
        draft.set("auth", auth, "--set").unwrap();
        draft.set("pattern", "multi-repo", "--set").unwrap();
        match draft.finish(blueprint.asked(), true) {
            Err(error) => {
                let told = error.to_string();
                prop_assert!(told.contains("accepted: ") || told.contains("--known-hosts"), "{}", told);
            }
            Ok((answers, _)) => {
                let again = as_draft(&answers, "multi-repo").finish(blueprint.asked(), false).unwrap().0;
                prop_assert_eq!(&again, &answers);
                let again = as_texts(&answers, "multi-repo").finish(blueprint.asked(), false).unwrap().0;
                prop_assert_eq!(again, answers);
            }
        }
    }
}
