//! Laws of the rules over texts that no parser reads: whatever stands there, only versions are replaced, once.

use flux_forge::change::{self, Action};
use flux_forge::finding::Finding;
use flux_forge::flux::Index;
use flux_forge::repo::{File, Repo};
use flux_forge::rules::ignore::Ignores;
use flux_forge::rules::{self, Context, Options, engine};
use proptest::prelude::*;

const RULES: [&str; 3] = ["old-version-in-document", "old-version-in-template", "text-like-an-object"];

/// A repository with `text` as a template, as documentation and as a manifest.
fn repo(text: &str) -> Repo {
    let mut repo = Repo::default();
    for path in ["a.tpl", "a.md"] {
        repo.texts.insert(path.to_owned(), File::new(text.as_bytes()));
    }
    repo.files.insert("a.yaml".to_owned(), File::new(text.as_bytes()));
    repo
}

fn findings(repo: &Repo) -> Vec<Finding> {
    let index = Index::new(repo);
    let options = Options { templates: true, docs: true, ..Options::default() };
    let ignores = Ignores::new(&index, Vec::new());
    let context = Context::new(&index, &options, &ignores);
    RULES.iter().flat_map(|id| engine::run_one(&context, rules::find(id).unwrap())).collect()
}

/// Lines of manifests, templates and Markdown, whole ones and pieces.
fn noise() -> impl Strategy<Value = String> {
    let pieces = [
        "apiVersion",
        ": ",
        "=",
        "\"",
        "'",
        "kind",
        "kind: HelmRelease\n",
        "kind: GitRepository\n",
        "- ",
        "  ",
        "\n",
        "apiVersion: helm.toolkit.fluxcd.io/v2beta1\n",
        "apiVersion: source.toolkit.fluxcd.io/v1beta2\n",
        "{{ x }}\n",
        "helm.toolkit.fluxcd.io/v2beta2",
        "{% if a %}\n",
        "é",
        "# ",
        "//",
        "---\n",
        "```yaml\n",
        "~~~yml\n",
        "```\n",
        "~~~\n",
        ",",
        "{",
        "}",
        "\r\n",
        "metadata:\n",
        "name: a\n",
        "|\n",
        "spec: {interval: 1h}\n",
        "\u{feff}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn only_versions_are_replaced_and_only_once(text in noise()) {
        let repo = repo(&text);
        let mut changed = Vec::new();
        for fix in findings(&repo).iter().filter_map(|finding| finding.fix.as_ref()) {
            for change in &fix.changes {
                let Action::Modify(edits) = &change.action else { panic!("{change:?}") };
                for edit in edits {
                    let old = &text[edit.range()];
                    prop_assert!(old.contains(".fluxcd.io/v") && old.contains("beta"), "{:?} in {:?}", old, text);
                    prop_assert!(["helm.toolkit.fluxcd.io/v2", "source.toolkit.fluxcd.io/v1"].contains(&&*edit.text));
                }
                let result = change::apply(&text, edits).unwrap();
                changed.push((change.path.clone(), Some(File::new(result.into_bytes()))));
            }
        }
        let left = findings(&repo.with(changed));
        prop_assert!(left.iter().all(|finding| finding.fix.is_none()), "{:?} in {:?}", left, text);
    }

    #[test]
    fn a_template_finds_its_kind_in_any_order(
        order in Just(["kind: HelmRelease", "metadata:\n  name: x\n  labels:\n    kind: GitRepository", "{{ with .x }}", "spec: {{ .y }}", "# kind: GitRepository"]).prop_shuffle(),
        place in 0usize..6, indent in 0usize..3, quote in prop::sample::select(vec!["", "'", "\""]),
    ) {
        let mut lines = order.to_vec();
        let own = format!("apiVersion: {quote}helm.toolkit.fluxcd.io/v2beta1{quote}");
        lines.insert(place.min(lines.len()), &own);
        let pad = " ".repeat(indent * 2);
        let text: String = lines.join("\n").lines().map(|line| format!("{pad}{line}\n")).collect();
        let around = format!("---\nkind: GitRepository\n---\n{text}---\nkind: GitRepository\n");
        let found = findings(&repo(&around));
        let fixed: Vec<_> = found.iter().filter(|finding| finding.place.path == "a.tpl" && finding.fix.is_some()).collect();
        prop_assert_eq!(fixed.len(), 1, "{:?} in {}", found, around);
        let fix = fixed[0].fix.as_ref().unwrap();
        let Action::Modify(edits) = &fix.changes[0].action else { panic!("{fix:?}") };
        prop_assert_eq!(&edits[0].text, "helm.toolkit.fluxcd.io/v2");
    }
}
