//! What writes gotk files again.

use super::{at, seen};

/// Place, kind, target and whether it is proposed, of all writers.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let found = seen(files);
    let told = found.writers.iter().map(|writer| {
        let target = writer.target.as_deref().unwrap_or("?");
        let proposed = if writer.is_proposed { " proposed" } else { "" };
        format!("{} {:?} {target}{proposed}", at(&writer.place), writer.kind)
    });
    told.collect()
}

const UPDATE: &str = "name: update-flux

on:
  workflow_dispatch:
  schedule:
    - cron: \"0 * * * *\"

jobs:
  components:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Setup Flux CLI
        uses: fluxcd/flux2/action@main
      - name: Run flux install --export > ./gotk-components.yaml
        id: update
        run: |
          # flux install --export > ./old/gotk-components.yaml
          flux install \\
            --components-extra=image-reflector-controller \\
            --export > ./clusters/production/flux-system/gotk-components.yaml

          VERSION=\"$(flux -v)\"
          echo \"flux_version=$VERSION\" >> $GITHUB_OUTPUT
      - name: Create Pull Request
        uses: peter-evans/create-pull-request@v7
";

#[test]
fn the_documented_update_workflow_is_found() {
    let files = [(".github/workflows/update-flux.yaml", UPDATE)];
    assert_eq!(
        told(&files),
        [
            ".github/workflows/update-flux.yaml:19 Export clusters/production/flux-system/gotk-components.yaml proposed"
        ]
    );
    let writer = &seen(&files).writers[0];
    assert_eq!(writer.place.range(), "19:11-21:78");
    assert_eq!(
        writer.message,
        "`flux install --export` writes `clusters/production/flux-system/gotk-components.yaml`, and its file proposes or \
         pushes the result: remove it before the files go, a FluxInstance follows releases by itself"
    );
}

#[test]
fn scripts_and_build_files_are_found() {
    let make = "FLUX ?= flux\n\nupdate: ## flux bootstrap github\n\t@echo \"run flux bootstrap github\"\n\t$(FLUX) install \
                --export > clusters/$(ENV)/flux-system/gotk-components.yaml\n\nbootstrap:\n\tflux bootstrap git \
                --url=ssh://git@example.com/fleet --path=clusters/lab\n";
    let jenkins = "pipeline {\n  stages {\n    // sh 'flux bootstrap github'\n    sh 'flux bootstrap gitlab --owner=acme'\n  \
                   }\n}\n";
    let task = "version: '3'\ntasks:\n  update:\n    desc: flux bootstrap github\n    cmds:\n      - curl -sL \
                https://example.com/install.yaml -o ./clusters/lab/flux-system/gotk-components.yaml\n      - git add \
                clusters/lab/flux-system/gotk-sync.yaml\n";
    let ansible = "- hosts: all\n  tasks:\n    - name: flux bootstrap github\n      ansible.builtin.command: flux bootstrap \
                   github --owner acme\n";
    let terraform = "resource \"null_resource\" \"flux\" {\n  provisioner \"local-exec\" {\n    command = \"flux bootstrap \
                     github --owner=acme\"\n  }\n}\n";
    let gitlab = "update-flux:\n  script:\n    - flux install --export | tee clusters/lab/flux-system/gotk-components.yaml\n    \
                  - git push origin HEAD\n";
    assert_eq!(
        told(&[
            ("Makefile", make),
            ("Jenkinsfile", jenkins),
            ("Taskfile.yml", task),
            ("ansible/flux.yaml", ansible),
            ("infra/flux.tf", terraform),
            (".gitlab-ci.yml", gitlab),
        ]),
        [
            ".gitlab-ci.yml:3 Export clusters/lab/flux-system/gotk-components.yaml proposed",
            "Jenkinsfile:4 Bootstrap ?",
            "Makefile:5 Export ?",
            "Makefile:8 Bootstrap ?",
            "Taskfile.yml:6 Command clusters/lab/flux-system/gotk-components.yaml",
            "Taskfile.yml:7 Command clusters/lab/flux-system/gotk-sync.yaml",
            "ansible/flux.yaml:4 Bootstrap ?",
            "infra/flux.tf:3 Bootstrap ?",
        ]
    );
}

#[test]
fn what_only_speaks_of_gotk_files_writes_none() {
    let e2e = "on: pull_request\njobs:\n  kubernetes:\n    steps:\n      - uses: fluxcd/flux2/action@main\n      - name: \
               Install Flux in Kubernetes Kind\n        run: flux install\n      - run: flux install --export | kubectl apply \
               -f -\n      - run: flux install --export > /dev/null\n";
    let lint = "ignore: |\n  gotk-components.yaml\n";
    let read = "name: e2e\nsteps:\n  - run: kubectl apply -f clusters/lab/flux-system/gotk-components.yaml\n  - run: echo \
                done\n";
    let kustomization = "resources:\n  - gotk-components.yaml\n  - gotk-sync.yaml\n";
    let docs = "# How to\n\nRun `flux bootstrap github`.\n";
    let files = [
        (".github/workflows/e2e.yaml", e2e),
        (".yamllint.yaml", lint),
        (".github/workflows/read.yaml", read),
        ("clusters/lab/flux-system/kustomization.yaml", kustomization),
        ("README.md", docs),
        (
            "README.yaml",
            "usage: |-\n  * Run `kubectl apply -f gotk-components.yaml` and `flux bootstrap github`\n",
        ),
    ];
    assert_eq!(told(&files), [""; 0]);
    let found = seen(&files);
    let mentions: Vec<String> =
        found.mentions.iter().map(|mention| format!("{} {}", at(&mention.place), mention.file)).collect();
    assert_eq!(mentions, [".github/workflows/read.yaml:3 clusters/lab/flux-system/gotk-components.yaml"]);
}

#[test]
fn what_a_script_shows_is_not_what_it_does() {
    let script = "#!/bin/sh\nif ! flux check; then\n  cat <<INFO\nInstall it first:\n  flux bootstrap github --owner=acme\nINFO\n  \
                  exit 1\nfi\ncat <<EOF > run.sh\nflux bootstrap github --owner=acme\nEOF\nGITHUB_TOKEN=$(op read \
                  \"op://x/y\") flux bootstrap github --owner=acme\ndocker run ghcr.io/fluxcd/flux-cli:v2.3.0 install --export > \
                  gotk-components.yaml\n";
    assert_eq!(
        told(&[("bootstrap.sh", script)]),
        [
            "bootstrap.sh:10 Bootstrap ?",
            "bootstrap.sh:12 Bootstrap ?",
            "bootstrap.sh:13 Command gotk-components.yaml"
        ]
    );
}

#[test]
fn the_update_action_of_the_distribution_is_found() {
    let text = "steps:\n  - name: Update manifests\n    uses: controlplaneio-fluxcd/distribution/actions/update@main\n    with:\n      \
                path: clusters/production/flux-system\n  - uses: peter-evans/create-pull-request@v6\n";
    let push = "steps:\n  - uses: controlplaneio-fluxcd/distribution/actions/push@main\n  - run: git push\n";
    assert_eq!(
        told(&[(".github/workflows/update.yaml", text), (".github/workflows/push.yaml", push)]),
        [".github/workflows/update.yaml:3 Command ? proposed"]
    );
}

#[test]
fn a_workflow_may_update_by_a_script_that_is_not_seen() {
    let hidden = "steps:\n  - uses: fluxcd/flux2/action@v2.3.0\n  - run: ./ci/update\n  - uses: \
                  peter-evans/create-pull-request@v7\n";
    let pushes = "steps:\n  - uses: fluxcd/flux2/action@main\n  - run: flux push artifact oci://ghcr.io/acme/fleet\n  - run: \
                  gh pr create\n";
    let alone = "steps:\n  - uses: fluxcd/flux2/action@main\n  - run: ./ci/check\n";
    assert_eq!(
        told(&[
            (".github/workflows/hidden.yaml", hidden),
            (".github/workflows/pushes.yaml", pushes),
            (".github/workflows/alone.yaml", alone),
        ]),
        [".github/workflows/hidden.yaml:2 Action ? proposed"]
    );
}
