//! The engine: what it refuses when a blueprint is read, and what comes out of one that it takes.

use super::{load, render};
use crate::harness::snapshots;

const ONE: &str = "files: [{path: a.yaml, class: managed, meaning: a file}]\nfacts: {name: x, list: [a, b], no: false, empty: []}\n";

/// The error of a blueprint.
fn refusal(manifest: &str, files: &[(&str, &str)]) -> String {
    load(manifest, files).err().unwrap_or_else(|| panic!("{manifest} {files:?} is wrong")).to_string()
}

/// A file that a blueprint makes of the defaults.
fn rendered(manifest: &str, files: &[(&str, &str)], path: &str) -> String {
    let mut rendered = render(&load(manifest, files).unwrap(), &[]).unwrap();
    String::from_utf8(rendered.files.remove(path).unwrap_or_else(|| panic!("no {path}")).content).unwrap()
}

/// The files but those of the program itself.
fn paths(manifest: &str, files: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<String> {
    let rendered = render(&load(manifest, files).unwrap(), more).unwrap();
    rendered.files.into_keys().filter(|path| !path.contains(".flux-forge/")).collect()
}

#[test]
fn a_template_that_cannot_be_right_is_refused_when_it_is_loaded() {
    let wrong = [
        "a: {{yaml facts.nam}}\n",
        "a: 1\n{{#if facts.nam}}\nb: 2\n{{/if}}\n",
        "{{#if facts.no}}\na: {{yaml nothing}}\n{{/if}}\n",
        "a: 1\n{{#if (eq facts.nam \"x\")}}\nb: 2\n{{/if}}\n",
        "a: 1\n{{#if (and facts.no (not facts.nam))}}\nb: 2\n{{/if}}\n",
        "a: {{facts.name}}\n",
        "a: {{{facts.name}}}\n",
        "# {{facts.name}}\n",
        "a: {{text facts.name}}\n",
        "a: {{yaml (lookup facts \"name\")}}\n",
        "a: {{unknown facts.name}}\n",
        "a: {{yaml this}}\n",
        "{{#each facts.list}}\n- {{yaml this}}\n{{/each}}\n",
        "{{#each facts.name as |x|}}\n- {{yaml x}}\n{{/each}}\n",
        "{{#each clusters as |c|}}\n- {{yaml c.region}}\n{{/each}}\n",
        "{{#each clusters as |c|}}\n- {{yaml c.name}}\n{{/each}}\nb: {{yaml c.name}}\n",
        "{{#with facts}}\na: 1\n{{/with}}\n",
        "a: {{> part}}\n",
        "{{> part}}\n",
        "a: {{yaml facts.name\n",
        "{{#if facts.no}}\na: 1\n",
    ];
    let told =
        wrong.iter().map(|text| format!("{text}=> {}\n\n", refusal(ONE, &[("files/a.yaml.hbs", text)])));
    let _guard = snapshots("blueprints");
    insta::assert_snapshot!("refused-templates", told.collect::<String>());
}

#[test]
fn a_mistake_is_told_with_the_file_and_the_line_it_stands_in() {
    let template = "a: 1\n  {{> inner/part}}\nb: 2\n";
    let fragment = "x: {{yaml facts.name}}\ny: {{yaml facts.nam}}\n";
    let told = refusal(ONE, &[("files/a.yaml.hbs", template), ("parts/inner/part.hbs", fragment)]);
    assert_eq!(told, "`parts/inner/part.hbs`, line 2: there is no value `facts.nam`");
    let below = [
        ("files/a.yaml.hbs", "a: 1\n{{> part}}\n\nb: {{yaml nothing}}\n"),
        ("parts/part.hbs", "c: 1\nd: 2\n"),
    ];
    assert_eq!(refusal(ONE, &below), "`files/a.yaml.hbs`, line 4: there is no value `nothing`");
    let circle = [("files/a.yaml.hbs", "{{> part}}\n"), ("parts/part.hbs", "{{> part}}\n")];
    assert_eq!(
        refusal(ONE, &circle),
        "`parts/part.hbs`, line 1: the fragment `parts/part.hbs` holds itself in the end"
    );
}

#[test]
fn a_manifest_that_cannot_be_right_is_refused() {
    let part = |rest: &str| {
        format!("files: [{{path: a, class: seed, meaning: a, {rest}}}]\nfacts: {{name: x, list: [a]}}\n")
    };
    let of = |rest: &str| refusal(&part(rest), &[("files/a", "")]);
    let told = [
        of("each: {x: facts.name}"),
        of("each: {x: facts.nothing}"),
        of("each: {x: clusters, y: x.regions}"),
        of("when: facts.name"),
        of("when: [production, nothing]"),
        refusal("files: [{path: a, class: seed, meaning: a, from: parts/none}]\n", &[]),
        refusal("files: [{path: a, class: owned, meaning: a}]\n", &[("files/a", "")]),
        refusal("files: []\n", &[("files/a", "")]),
        refusal("files: [{path: b, class: seed, meaning: b}]\n", &[]),
        refusal("files: [{path: '{{nothing}}', class: seed, meaning: b}]\n", &[("files/{{nothing}}", "")]),
        refusal("fils: []\n", &[]),
        refusal("files: [{path: a, class: seed, meaning: a}]\n", &[("files/a", ""), ("files/a.hbs", "")]),
    ];
    let _guard = snapshots("blueprints");
    insta::assert_snapshot!("refused-manifests", told.join("\n") + "\n");
}

#[test]
fn a_name_means_the_same_inside_a_loop() {
    let text = "{{#each clusters as |c|}}\n{{#each facts.list as |x|}}\n- {{yaml (text facts.name c.name x)}}{{#if @last}} # last{{/if}}\n{{/each}}\n{{/each}}\n";
    let expected = "- xstaginga\n- xstagingb # last\n- xproductiona\n- xproductionb # last\n";
    assert_eq!(rendered(ONE, &[("files/a.yaml.hbs", text)], "a.yaml"), expected);
}

#[test]
fn conditions_and_lists_choose_what_is_written() {
    let text = "{{#if facts.empty}}\na: 1\n{{else}}\nb: 2\n{{/if}}\n{{#unless facts.no}}\nc: 3\n{{/unless}}\n{{#each facts.empty as |x|}}\n- {{yaml x}}\n{{else}}\nd: []\n{{/each}}\n{{#if (and facts.name (not facts.no) (or facts.no (ne facts.name \"y\")))}}\ne: 4\n{{/if}}\n";
    assert_eq!(rendered(ONE, &[("files/a.yaml.hbs", text)], "a.yaml"), "b: 2\nc: 3\nd: []\ne: 4\n");
}

#[test]
fn what_follows_a_fragment_without_a_last_line_break_stands_on_its_own_line() {
    let template = "a:\n  {{> part}}\nb: 2\n";
    let files = [("files/a.yaml.hbs", template), ("parts/part.hbs", "x: 1")];
    assert_eq!(rendered(ONE, &files, "a.yaml"), "a:\n  x: 1\nb: 2\n");
}

#[test]
fn a_fragment_is_indented_like_its_tag_and_sees_the_names_of_its_place() {
    let template = "list:\n{{#each clusters as |c|}}\n  - {{yaml c.name}}:\n      {{> inner}}\n{{/each}}\n";
    let inner = "of: {{yaml c.environment}}\n\ntext: |\n  a\n  {{> deep}}\n";
    let files = [
        ("files/a.yaml.hbs", template),
        ("parts/inner.hbs", inner),
        ("parts/deep.hbs", "{{#if facts.name}}\nb\n{{/if}}\n"),
    ];
    let one = "      of: staging\n\n      text: |\n        a\n        b\n";
    let two = one.replace("staging", "production");
    let expected = format!("list:\n  - staging:\n{one}  - production:\n{two}");
    assert_eq!(rendered(ONE, &files, "a.yaml"), expected);
}

#[test]
fn a_part_is_rendered_once_for_each_item_and_left_out_where_a_condition_is_false() {
    let manifest = "files:
  - {path: 'c/{{cluster.name}}', each: {cluster: clusters}, class: managed, meaning: all}
  - {path: 'c/{{cluster.name}}/only.txt', each: {cluster: clusters}, when: cluster.production, class: seed, meaning: some}
  - {path: 'c/{{cluster.name}}/both.txt', each: {cluster: clusters}, when: [cluster.production, tenants], class: seed, meaning: some}
";
    let files = [
        ("files/c/{{cluster.name}}/a.txt.hbs", "{{cluster.name}}\n"),
        ("files/c/{{cluster.name}}/only.txt", "x\n"),
        ("files/c/{{cluster.name}}/both.txt", "x\n"),
    ];
    let without = ["c/production/a.txt", "c/production/only.txt", "c/staging/a.txt"];
    assert_eq!(paths(manifest, &files, &[]), without);
    let with = ["c/production/a.txt", "c/production/both.txt", "c/production/only.txt", "c/staging/a.txt"];
    assert_eq!(paths(manifest, &files, &[("teams", "shop")]), with);
}

#[test]
fn inner_lists_hang_on_outer_items() {
    let manifest = "files:
  - path: '{{team.name}}/{{unit.namespace}}/{{environment.name}}.txt'
    each: {team: teams, unit: team.units, environment: environments}
    class: seed
    meaning: an app
";
    let files = [(
        "files/{{team.name}}/{{unit.namespace}}/{{environment.name}}.txt.hbs",
        "{{team.name}} {{unit.namespace}} {{environment.name}}\n",
    )];
    let teams = ("teams", "shop=web,api; data");
    let expected = [
        "data/data/production.txt",
        "data/data/staging.txt",
        "shop/api/production.txt",
        "shop/api/staging.txt",
        "shop/web/production.txt",
        "shop/web/staging.txt",
    ];
    assert_eq!(paths(manifest, &files, &[teams]), expected);
    let rendered = render(&load(manifest, &files).unwrap(), &[teams]).unwrap();
    assert_eq!(rendered.files["shop/api/staging.txt"].content, b"shop api staging\n");
    assert_eq!(paths(manifest, &files, &[("teams", "")]), [""; 0]);
}

#[test]
fn parts_are_taken_from_other_folders_and_the_longest_claims_a_file() {
    let manifest = "files:
  - {path: 'of/{{cluster.name}}', from: parts/p, each: {cluster: clusters}, class: managed, meaning: most}
  - {path: inner, from: parts/p/inner, class: managed, meaning: the rest}
  - {path: one.txt, from: parts/p/single.txt, class: managed, meaning: a file}
  - {path: 'of/{{item}}', from: 'components/{{item}}/base', each: {item: facts.list}, class: managed, meaning: none or some}
facts: {list: [a, b]}
";
    let component = "summary: a\ncapability: sample\nnamespace: a\npod_security: restricted\ntimeout: 5m\nchart: {kind: OCIRepository, url: oci://x/y, name: y, version: 1.0.0, range: 1.x, unsigned: Nobody signs}\n";
    let files = [
        ("parts/p/a.txt.hbs", "{{cluster.name}}\n"),
        ("parts/p/inner/b.txt", "b\n"),
        ("parts/p/single.txt.hbs", "{{name}}\n"),
        ("components/a/component.yaml", component),
        ("components/a/base/c.txt", "c\n"),
    ];
    let expected = ["inner/b.txt", "of/a/c.txt", "of/production/a.txt", "of/staging/a.txt", "one.txt"];
    assert_eq!(paths(manifest, &files, &[]), expected);
}

#[test]
fn repositories_lie_side_by_side_and_the_first_holds_the_answers() {
    let manifest = "repositories:
  - {folder: '{{name}}-fleet', meaning: the clusters}
  - {folder: '{{name}}-{{team.name}}', each: {team: teams}, meaning: a team's}
files:
  - {path: '{{name}}-fleet/a.txt', class: seed, meaning: a}
  - {path: '{{name}}-{{team.name}}/b.txt', each: {team: teams}, class: seed, meaning: b}
";
    let files = [("files/{{name}}-fleet/a.txt", "a\n"), ("files/{{name}}-{{team.name}}/b.txt", "b\n")];
    let rendered = render(&load(manifest, &files).unwrap(), &[("teams", "shop;data")]).unwrap();
    let folders: Vec<_> = rendered.repositories.iter().map(|repository| repository.folder.as_str()).collect();
    assert_eq!(folders, ["platform-fleet", "platform-shop", "platform-data"]);
    let paths: Vec<_> = rendered.files.keys().map(String::as_str).collect();
    let expected = [
        "platform-data/.flux-forge/state.yaml",
        "platform-data/b.txt",
        "platform-fleet/.flux-forge/answers.yaml",
        "platform-fleet/.flux-forge/state.yaml",
        "platform-fleet/a.txt",
        "platform-shop/.flux-forge/state.yaml",
        "platform-shop/b.txt",
    ];
    assert_eq!(paths, expected);
    let outside = format!("{manifest}  - {{path: c.txt, class: seed, meaning: c}}\n");
    let more = [files[0], files[1], ("files/c.txt", "c\n")];
    let error = render(&load(&outside, &more).unwrap(), &[("teams", "shop")]).unwrap_err();
    assert_eq!(error.to_string(), "the path `c.txt` is in no repository");
}

#[test]
fn a_file_without_the_suffix_is_copied_as_it_is() {
    let text = "run: echo ${{ github.ref }} {{ .Values.x }}\n";
    assert_eq!(rendered(ONE, &[("files/a.yaml", text)], "a.yaml"), text);
    let escaped = "run: echo $\\{{ github.ref }} {{yaml facts.name}}\n";
    let expected = "run: echo ${{ github.ref }} x\n";
    assert_eq!(rendered(ONE, &[("files/a.yaml.hbs", escaped)], "a.yaml"), expected);
}

#[test]
fn paths_stay_inside_and_apart() {
    let outside = "files: [{path: '{{facts.name}}', class: seed, meaning: b}]\nfacts: {name: ../b}\n";
    let error = render(&load(outside, &[("files/{{facts.name}}", "")]).unwrap(), &[]).unwrap_err();
    assert_eq!(error.to_string(), "the path `../b` leaves the repository");
    let git = outside.replace("../b", ".git/hooks/post-checkout");
    assert!(render(&load(&git, &[("files/{{facts.name}}", "")]).unwrap(), &[]).is_err());
    let twice = "files:\n  - {path: '{{facts.name}}', class: seed, meaning: b}\n  - {path: b, class: seed, meaning: b}\nfacts: {name: b}\n";
    let files = [("files/{{facts.name}}", ""), ("files/b", "")];
    let error = render(&load(twice, &files).unwrap(), &[]).unwrap_err();
    assert_eq!(error.to_string(), "two files are rendered to `b`");
}

#[test]
fn what_does_not_parse_is_never_returned() {
    let text = "a: [1\nb: {{yaml facts.name}}\n";
    let error = render(&load(ONE, &[("files/a.yaml.hbs", text)]).unwrap(), &[]).unwrap_err();
    assert_eq!(error.kind(), flux_forge::error::Kind::Internal);
    assert!(error.to_string().starts_with("`a.yaml` is not YAML as rendered: "), "{error}");
}

#[test]
fn own_facts_are_laid_over_shared_ones() {
    let manifest = "files: [{path: a.txt, class: seed, meaning: a}]\nfacts: {flux: {version: 3.x}}\n";
    let files = [
        ("parts/facts.yaml", "flux: {version: 2.x, registry: ghcr.io}\nother: 1\n"),
        ("files/a.txt.hbs", "{{facts.flux.version}} {{facts.flux.registry}} {{facts.other}}\n"),
    ];
    assert_eq!(rendered(manifest, &files, "a.txt"), "3.x ghcr.io 1\n");
}

#[test]
fn a_blueprint_sees_the_answers() {
    let manifest = "files: [{path: a.txt, class: seed, meaning: a}]\n";
    let text = "{{repositories.fleet.url}} {{name}} {{owner}} {{git.host}} {{git.port}} {{platform.cluster_type}} {{platform.size}} {{words trials}} {{production}}\n";
    let known = "[git.example.com]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9ok";
    let given = [
        ("repository", "ssh://flux@git.example.com:2222/a/b/c.git"),
        ("known_hosts", known),
        ("platform", "openshift"),
        ("components", ""),
        ("clusters", "a=x,b=z"),
    ];
    let rendered = render(&load(manifest, &[("files/a.txt.hbs", text)]).unwrap(), &given).unwrap();
    let expected = "ssh://flux@git.example.com:2222/a/b/c.git c a/b git.example.com 2222 openshift medium `x` and `z` false\n";
    assert_eq!(String::from_utf8_lossy(&rendered.files["a.txt"].content), expected);
}
