//! Findings that are not wanted: by comment, by configuration, and what is said where that was in vain.

use flux_forge::config::json_schema;

use crate::harness::{Ran, World};

const OLD: &str = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata:\n  name: a\nspec:\n  interval: 1m\n  url: https://example.com\n";
const IGNORE: &str = "# flux-forge: ignore old-api-version this cluster is frozen\n";

fn check(world: &World) -> Ran {
    world.run(&["migrate", "apis", "--dry-run"])
}

/// Runs over one file; the lines about findings.
fn findings(content: &str) -> Vec<String> {
    let ran = check(&World::new().file("a.yaml", content).git());
    ran.out
        .lines()
        .take_while(|line| !line.starts_with("Rule "))
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn silent(content: &str) -> bool {
    let ran = check(&World::new().file("a.yaml", content).git());
    (ran.status, ran.out.starts_with("Flux 2.9: 0 changes")) == (0, true)
}

#[test]
fn a_comment_covers_its_line_the_line_below_or_the_object_that_begins_there() {
    let behind = OLD.replacen('\n', " # flux-forge: ignore old-api-version this cluster is frozen\n", 1);
    let list = |comment: &str| {
        let item = OLD.replace('\n', "\n  ");
        format!("apiVersion: v1\nkind: List\nitems:\n{comment}- {item}\n")
    };
    for covered in [
        format!("{IGNORE}{OLD}"),
        format!("{IGNORE}\n# more words\n\n{OLD}"),
        format!("# licence\n{IGNORE}---\n{OLD}"),
        format!("---\n{IGNORE}{OLD}"),
        format!("--- {IGNORE}{OLD}"),
        format!("a: 1\n---\n{IGNORE}# more words\n{OLD}"),
        format!("a: 1\n\n{IGNORE}---\n{OLD}"),
        format!("a: 1\n---\n{IGNORE}{OLD}---\nb: 1\n"),
        format!("\u{feff}{IGNORE}{OLD}"),
        format!("{IGNORE}{OLD}").replace('\n', "\r\n"),
        format!(
            "metadata: {{name: a}}\nkind: GitRepository\n{IGNORE}apiVersion: source.toolkit.fluxcd.io/v1beta2\n"
        ),
        behind,
        list(IGNORE),
        IGNORE.replace("# flux", "## flux") + OLD,
    ] {
        assert!(silent(&covered), "{covered}\n{:#?}", findings(&covered));
    }
}

#[test]
fn a_comment_elsewhere_covers_nothing_and_is_reported() {
    for missed in [
        OLD.replace("spec:\n", &format!("{IGNORE}spec:\n")),
        format!("{OLD}{IGNORE}"),
        format!("{IGNORE}a: 1\n---\n{OLD}"),
        format!("{OLD}---\n{IGNORE}b: 1\n"),
        OLD.replace("name: a\n", &format!("name: a {IGNORE}")),
    ] {
        let found = findings(&missed);
        assert_eq!(found.len(), 2, "{missed}\n{found:#?}");
        assert!(found.iter().any(|line| line.contains("→ source.toolkit.fluxcd.io/v1,")), "{found:#?}");
        let unused = "warning: `old-api-version` is ignored here and does not occur; remove the comment";
        assert!(found.iter().any(|line| line.contains(unused)), "{found:#?}");
    }
    assert_eq!(findings(&format!("# {IGNORE}{OLD}")).len(), 1, "taken out by another #");
    assert_eq!(findings(&format!("{OLD}description: |\n  {IGNORE}")).len(), 1, "text is no comment");
}

#[test]
fn what_is_ignored_is_not_written() {
    let ignored = format!("{IGNORE}{OLD}");
    let world = World::new().file("a.yaml", &ignored).file("b.yaml", OLD).git();
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(world.read("a.yaml"), ignored);
    assert!(world.read("b.yaml").starts_with("apiVersion: source.toolkit.fluxcd.io/v1\n"));
}

#[test]
fn what_moves_together_with_something_ignored_stays_and_says_why() {
    let patch = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata: {name: a}\nspec: {interval: 2m}\n";
    let world = World::new()
        .file("base/a.yaml", format!("{IGNORE}{OLD}"))
        .file("base/kustomization.yaml", "resources: [a.yaml]\n")
        .file("over/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n")
        .file("over/patch.yaml", patch)
        .git();
    let ran = world.run(&["migrate", "apis", "--yes"]);
    assert_eq!(ran.status, 1, "{ran}");
    let why = "it moves only together with GitRepository a at base/a.yaml:2, which is ignored";
    assert!(ran.out.contains(why), "{ran}");
    assert_eq!(ran.out.matches("over/patch.yaml:1:").count(), 1, "{ran}");
    assert!(!ran.out.lines().any(|line| line.starts_with("base/a.yaml")), "{ran}");
    assert_eq!(world.read("over/patch.yaml"), patch);
}

#[test]
fn several_rules_share_a_comment_and_each_must_be_met() {
    let both = IGNORE.replace("version", "version, unreadable-flux-file");
    let found = findings(&format!("{both}{OLD}"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("`unreadable-flux-file` is ignored here and does not occur"), "{found:#?}");
    let broken =
        "apiVersion: helm.toolkit.fluxcd.io/v2beta1\nkind: HelmRelease\nmetadata: {name: {{ .name }}}\n";
    assert_eq!(findings(broken).len(), 1);
    let ignored = format!("# flux-forge: ignore unreadable-flux-file a template of ours\n{broken}");
    assert!(silent(&ignored), "{:#?}", findings(&ignored));
}

#[test]
fn a_rule_that_did_not_run_is_not_missed() {
    let other = IGNORE.replace("old-api-version", "invalid-flux-object");
    assert_eq!(findings(&format!("{other}{OLD}")).len(), 1);
}

#[test]
fn a_malformed_comment_says_what_is_wrong_with_it() {
    for (comment, words) in [
        ("# flux-forge: ignore", "it names no rule"),
        ("# flux-forge: ignore old-api-version", "it gives no reason"),
        ("# flux-forge: ignore old-api-version --", "it gives no reason"),
        (
            "# flux-forge: ignore old-api-versions too old",
            "there is no rule `old-api-versions`, only `old-api-version`",
        ),
        ("# flux-forge: ignore nonsense too old", "there is no rule `nonsense`;"),
        ("# flux-forge: ignore unused-ignore too old", "`unused-ignore` cannot be ignored itself"),
        ("# flux-forge: disable old-api-version too old", "`disable` is no instruction"),
    ] {
        let found = findings(&format!("{comment}\n{OLD}"));
        assert_eq!(found.len(), 2, "{found:#?}");
        let form = "; write `# flux-forge: ignore RULE REASON` [malformed-ignore, high confidence]";
        assert!(
            found[1].starts_with("a.yaml:1:1-") && found[1].contains(words) && found[1].ends_with(form),
            "{found:#?}"
        );
    }
}

#[test]
fn paths_that_are_not_asked_about_are_not_judged() {
    let world = World::new().file("a/a.yaml", OLD).file("b/b.yaml", format!("{OLD}{IGNORE}")).git();
    let ran = world.run(&["migrate", "apis", "--dry-run", "a"]);
    assert!(!ran.out.contains("unused-ignore"), "{ran}");
    assert!(check(&world).out.contains("unused-ignore"));
}

fn configured(config: &str) -> World {
    World::new()
        .file(".flux-forge/config.yaml", config)
        .file("legacy/a.yaml", OLD)
        .file("apps/b.yaml", OLD)
        .git()
}

#[test]
fn the_configuration_ignores_rules_in_paths_or_everywhere() {
    let world = configured(
        "ignore:\n  - rule: old-api-version\n    paths: [legacy/, '!legacy/new.yaml']\n    reason: frozen\n",
    );
    assert_eq!(world.run(&["migrate", "apis", "--yes"]).status, 0);
    assert_eq!(world.read("legacy/a.yaml"), OLD);
    assert_ne!(world.read("apps/b.yaml"), OLD);
    let everywhere = configured("ignore: [{rule: old-api-version, reason: frozen}]\n");
    let ran = check(&everywhere);
    assert_eq!(ran.status, 0, "{ran}");
    for nothing in ["", "# later\n", "ignore: []\n", "{}\n"] {
        let ran = check(&configured(nothing));
        assert!(ran.out.contains("2 changes in 2 files"), "{nothing}: {ran}");
    }
}

#[test]
fn an_entry_of_the_configuration_that_is_not_needed_is_reported() {
    let world =
        configured("ignore:\n  - rule: old-api-version\n    paths: [elsewhere/]\n    reason: frozen\n");
    let ran = check(&world);
    let unused = ".flux-forge/config.yaml:2:5-4:19: warning: `old-api-version` is ignored and does not occur in these files";
    assert!(ran.out.contains(unused), "{ran}");
    let narrowed = world.run(&["migrate", "apis", "--dry-run", "apps"]);
    assert!(!narrowed.out.contains("unused-ignore"), "{narrowed}");
}

/// Configurations that are refused, each with words of the refusal.
const REFUSED: [(&str, &str); 9] = [
    (
        "ignore:\n  - rule: old-api-versions\n    reason: x\n",
        ".flux-forge/config.yaml:2:11: there is no rule `old-api-versions`, only `old-api-version`",
    ),
    (
        "ignore: [{rule: unused-ignore, reason: x}]\n",
        ".flux-forge/config.yaml:1:17: `unused-ignore` cannot be ignored itself",
    ),
    ("ignore:\n  - rule: old-api-version\n", "missing field `reason`"),
    (
        "ignore:\n  - rule: old-api-version\n    reason: ''\n",
        ".flux-forge/config.yaml:3:13: `reason` is empty",
    ),
    (
        "ignore:\n  - rule: old-api-version\n    path: a\n    reason: x\n",
        "unknown field `path`, expected one of `rule`, `paths`, `reason`",
    ),
    ("ignores: []\n", ".flux-forge/config.yaml:1:1: unknown field `ignores`, expected `ignore`"),
    ("ignore: [{rule: old-api-version, paths: [], reason: x}]\n", "`paths` names no file"),
    ("ignore: [{rule: old-api-version, paths: apps, reason: x}]\n", "invalid type"),
    ("- a\n", "invalid type"),
];

#[test]
fn a_wrong_configuration_stops_the_run_and_names_place_and_remedy() {
    let others = [
        ("ignore: [{rule: old-api-version, paths: ['a{b'], reason: x}]\n", "`a{b` is no glob"),
        ("ignore: [\n", ".flux-forge/config.yaml:2:1: "),
    ];
    for (config, words) in REFUSED.into_iter().chain(others) {
        let ran = check(&configured(config));
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{ran}");
        assert!(ran.err.contains(words) && ran.err.contains("hint: "), "{config}\n{ran}");
    }
}

#[test]
fn the_schema_of_the_configuration_takes_what_the_program_takes() {
    let schema = jsonschema::validator_for(&json_schema()).unwrap();
    let value = |text: &str| -> serde_json::Value { serde_yaml::from_str(text).unwrap() };
    let good = "ignore:\n  - rule: old-api-version\n    paths: [legacy/]\n    reason: frozen\n";
    assert!(schema.is_valid(&value(good)) && schema.is_valid(&value("# later\n")));
    for (config, _) in REFUSED {
        assert!(!schema.is_valid(&value(config)), "{config}");
    }
    let printed = World::new().run(&["schema", "config"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&printed.out).unwrap(), json_schema());
}

#[cfg(unix)]
#[test]
fn a_configuration_behind_a_link_is_refused() {
    let world = World::new().file("a.yaml", OLD).file("real/config.yaml", "ignore: []\n");
    std::os::unix::fs::symlink("real", world.path(".flux-forge")).unwrap();
    let ran = check(&world.git());
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.err.contains("leads through a symbolic link: `.flux-forge/config.yaml`"), "{ran}");
}
