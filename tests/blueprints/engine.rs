use super::{answers, defaults, load};

const ONE: &str =
    "files: [{path: a.yaml, class: managed, meaning: a file}]\nfacts: {name: x, list: [a, b], no: false}\n";

/// The error of a blueprint of the one template `text` at `a.yaml`.
fn refused(text: &str) -> String {
    load(ONE, &[("files/a.yaml.hbs", text)]).err().expect("the template is wrong").to_string()
}

fn rendered(manifest: &str, files: &[(&str, &str)], path: &str) -> String {
    let mut rendered = load(manifest, files).unwrap().render(&defaults()).unwrap();
    String::from_utf8(rendered.files.remove(path).unwrap_or_else(|| panic!("no {path}")).content).unwrap()
}

#[test]
fn a_template_that_cannot_be_right_is_refused_when_it_is_loaded() {
    let wrong = [
        "a: {{yaml facts.nam}}\n",
        "a: 1\n{{#if facts.nam}}\nb: 2\n{{/if}}\n",
        "{{#if facts.no}}\na: {{yaml nothing}}\n{{/if}}\n",
        "a: 1\n{{#if (eq facts.nam \"x\")}}\nb: 2\n{{/if}}\n",
        "a: {{facts.name}}\n",
        "a: {{{facts.name}}}\n",
        "a: {{text facts.name}}\n",
        "a: {{yaml (lookup facts \"name\")}}\n",
        "a: {{unknown facts.name}}\n",
        "a: {{yaml this}}\n",
        "{{#each facts.list}}\n- {{yaml this}}\n{{/each}}\n",
        "{{#each facts.name as |x|}}\n- {{yaml x}}\n{{/each}}\n",
        "{{#each clusters as |c|}}\n- {{yaml c.region}}\n{{/each}}\n",
        "{{#with facts}}\na: 1\n{{/with}}\n",
        "{{> part}}\n",
        "a: {{yaml facts.name\n",
    ];
    let messages: String = wrong.iter().map(|text| format!("{text}=> {}\n\n", refused(text))).collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/blueprints"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!("refused-templates", messages) });
}

#[test]
fn a_name_means_the_same_inside_a_loop() {
    let text = "{{#each clusters as |c|}}\n{{#each facts.list as |x|}}\n- {{yaml (text facts.name c.name x)}}{{#if @last}} # last{{/if}}\n{{/each}}\n{{/each}}\n";
    let expected = "- xstaginga\n- xstagingb # last\n- xproductiona\n- xproductionb # last\n";
    assert_eq!(rendered(ONE, &[("files/a.yaml.hbs", text)], "a.yaml"), expected);
}

#[test]
fn a_part_is_rendered_once_for_each_item_and_left_out_where_its_condition_is_false() {
    let manifest = "files:
  - {path: 'c/{{cluster.name}}', each: {cluster: clusters}, class: managed, meaning: all}
  - {path: 'c/{{cluster.name}}/only.txt', each: {cluster: clusters}, when: cluster.production, class: seed, meaning: some}
";
    let files = [
        ("files/c/{{cluster.name}}/a.txt.hbs", "{{cluster.name}}\n"),
        ("files/c/{{cluster.name}}/only.txt", "x\n"),
    ];
    let rendered = load(manifest, &files).unwrap().render(&defaults()).unwrap();
    let paths: Vec<_> = rendered.files.keys().filter(|path| !path.starts_with('.')).collect();
    assert_eq!(paths, ["c/production/a.txt", "c/production/only.txt", "c/staging/a.txt"]);
    assert_eq!(rendered.files["c/staging/a.txt"].content, b"staging\n");
}

#[test]
fn a_file_without_the_suffix_is_copied_as_it_is() {
    let text = "run: echo ${{ github.ref }} {{ .Values.x }}\n";
    assert_eq!(rendered(ONE, &[("files/a.yaml", text)], "a.yaml"), text);
}

#[test]
fn files_and_parts_must_match() {
    let missing = load("files: [{path: b, class: seed, meaning: b}]\n", &[]).err().unwrap();
    assert_eq!(missing.to_string(), "part `b` of blueprint `test` has no file");
    let stray = load("files: []\n", &[("files/a", "")]).err().unwrap();
    assert_eq!(stray.to_string(), "`files/a` of blueprint `test` belongs to no part of `blueprint.yaml`");
    let unknown = load("fils: []\n", &[]).err().unwrap();
    assert!(unknown.to_string().contains("unknown field `fils`"), "{unknown}");
}

#[test]
fn paths_stay_inside_and_apart() {
    let outside = "files: [{path: '{{facts.name}}', class: seed, meaning: b}]\nfacts: {name: ../b}\n";
    let error = load(outside, &[("files/{{facts.name}}", "")]).unwrap().render(&defaults()).unwrap_err();
    assert_eq!(error.to_string(), "the path `../b` leaves the repository");
    let twice = "files:\n  - {path: '{{facts.name}}', class: seed, meaning: b}\n  - {path: b, class: seed, meaning: b}\nfacts: {name: b}\n";
    let files = [("files/{{facts.name}}", ""), ("files/b", "")];
    let error = load(twice, &files).unwrap().render(&defaults()).unwrap_err();
    assert_eq!(error.to_string(), "two files are rendered to `b`");
}

#[test]
fn what_does_not_parse_is_never_returned() {
    let text = "a: [1\nb: {{yaml facts.name}}\n";
    let error = load(ONE, &[("files/a.yaml.hbs", text)]).unwrap().render(&defaults()).unwrap_err();
    assert_eq!(error.kind(), flux_forge::error::Kind::Internal);
    assert!(error.to_string().starts_with("`a.yaml` is not YAML as rendered: "), "{error}");
}

#[test]
fn a_blueprint_sees_the_answers() {
    let manifest = "files: [{path: a.txt, class: seed, meaning: a}]\n";
    let text = "{{repository.url}} {{repository.name}} {{repository.host}} {{repository.port}} {{platform.cluster_type}} {{platform.size}} {{words trials}}\n";
    let given = "version: 1\npattern: monorepo\nrepository: ssh://flux@git.example.com:2222/a/b/c.git\nplatform: openshift\nclusters: [{name: a, environment: x}, {name: b, environment: z}]\n";
    let rendered = load(manifest, &[("files/a.txt.hbs", text)]).unwrap().render(&answers(given)).unwrap();
    let expected =
        "ssh://flux@git.example.com:2222/a/b/c.git c git.example.com 2222 openshift medium `x` and `z`\n";
    assert_eq!(String::from_utf8_lossy(&rendered.files["a.txt"].content), expected);
}
