//! Renovate and the gotk files.

use super::{at, seen};

const GOTK: (&str, &str) = ("kubernetes/main/flux-system/gotk-components.yaml", "# flux\n");

fn told(path: &str, text: &str) -> Vec<String> {
    let found = seen(&[GOTK, (path, text)]);
    found.writers.iter().map(|writer| format!("{} {:?}", at(&writer.place), writer.kind)).collect()
}

#[test]
fn the_flux_manager_is_on_by_default() {
    let text = "{\n  \"$schema\": \"https://docs.renovatebot.com/renovate-schema.json\",\n  \"extends\": \
                [\"config:recommended\"]\n}\n";
    for path in [
        "renovate.json",
        ".github/renovate.json5",
        ".renovaterc",
        ".renovaterc.json",
        ".gitlab/renovate.json",
    ] {
        assert_eq!(told(path, text), [format!("{path}:1 Renovate")]);
    }
    assert_eq!(
        told("package.json", "{\"name\": \"x\", \"renovate\": {\"extends\": []}}"),
        ["package.json:1 Renovate"]
    );
    assert_eq!(told("package.json", "{\"name\": \"flux\"}"), [""; 0]);
    assert_eq!(told("docs/renovate.json", text), [""; 0]);
    assert_eq!(
        told(".github/dependabot.yml", "version: 2\nupdates:\n  - package-ecosystem: flux\n"),
        [""; 0]
    );
}

#[test]
fn its_own_setting_is_the_place() {
    let text = "// Renovate's \"settings\"\n{\n\textends: ['config:recommended', ':dependencyDashboard'],\n  /* Flux */\n  \
                flux: {\n    managerFilePatterns: ['/(^|/)kubernetes/.+\\\\.ya?ml$/'], // all\n  },\n  kubernetes: {\n    \
                managerFilePatterns: ['/^kubernetes/.+\\.ya?ml$/', 'https://x'],\n  },\n  customManagers: [\n    \
                {customType: 'regex', fileMatch: ['^kubernetes/.+'], matchStrings: ['# renovate: (?<x>.*)']},\n    \
                {customType: 'regex', fileMatch: ['gotk-components\\.yaml$']},\n  ],\n}\n";
    assert_eq!(
        told(".github/renovate.json5", text),
        [
            ".github/renovate.json5:5 Renovate",
            ".github/renovate.json5:9 RenovateLines",
            ".github/renovate.json5:13 RenovateLines",
        ]
    );
    let glob = "{\"kubernetes\": {\"managerFilePatterns\": [\"kubernetes/**/*.{yml,yaml}\"]}, \"enabledManagers\": \
                [\"kubernetes\"]}";
    assert_eq!(told("renovate.json", glob), ["renovate.json:1 RenovateLines"]);
    // What a repository has that lets Renovate update releases only.
    let ignoring = "{\"ignoreDeps\": [\"ghcr.io/fluxcd/source-controller\"], \"kubernetes\": {\"fileMatch\": \
                    [\"kubernetes/.+\\.ya?ml$\"]}}";
    assert_eq!(told(".github/renovate.json5", ignoring), [".github/renovate.json5:1 Renovate"]);
    for pattern in [
        "\"kubernetes/.+\\.ya?ml$\"",
        "'kubernetes/.+\\\\.ya?ml$'",
        "'kubernetes/.+\\.ya?ml$'",
        "'it\\'s', '^kube'",
    ] {
        let text = format!(
            "{{enabledManagers: ['kubernetes'],\n kubernetes: {{fileMatch: [{pattern}]}}, // all\n}}"
        );
        assert_eq!(told("renovate.json5", &text), ["renovate.json5:2 RenovateLines"], "{pattern}");
    }
    let elsewhere = "{\"kubernetes\": {\"fileMatch\": [\"^apps/\"]}, \"enabledManagers\": [\"kubernetes\"]}";
    assert_eq!(told("renovate.json", elsewhere), [""; 0]);
}

#[test]
fn it_can_be_turned_off() {
    for text in [
        "{\"enabled\": false}",
        "{\"enabledManagers\": [\"github-actions\"]}",
        "{\"flux\": {\"enabled\": false}}",
        "{\"extends\": [\":disableRenovate\"]}",
        "{\"ignoreDeps\": [\"fluxcd/flux2\"]}",
        "{\"ignorePaths\": [\"**/gotk-components.yaml\"]}",
        "{\"ignorePaths\": [\"kubernetes/main/flux-system\"]}",
        "{\"packageRules\": [{\"matchManagers\": [\"flux\"], \"enabled\": false}]}",
        "{\"packageRules\": [{\"matchPackageNames\": [\"fluxcd/flux2\"], \"enabled\": false}]}",
        "{\"packageRules\": [{\"matchFileNames\": [\"**/gotk-components.yaml\"], \"enabled\": false}]}",
    ] {
        assert_eq!(told("renovate.json", text), [""; 0], "{text}");
    }
    for text in [
        "{\"enabledManagers\": [\"flux\", \"helm-values\"]}",
        "{\"ignorePaths\": [\"**/archive/**\"]}",
        "{\"packageRules\": [{\"matchManagers\": [\"flux\"], \"matchUpdateTypes\": [\"major\"], \"enabled\": false}]}",
        "{\"packageRules\": [{\"matchManagers\": [\"flux\"], \"matchPackageNames\": [\"grafana\"], \"enabled\": false}]}",
        "{\"packageRules\": [{\"matchManagers\": [\"helmfile\"], \"enabled\": false}]}",
        "{\"packageRules\": [{\"matchManagers\": [\"flux\"], \"automerge\": true}]}",
    ] {
        assert_eq!(told("renovate.json", text), ["renovate.json:1 Renovate"], "{text}");
    }
}
