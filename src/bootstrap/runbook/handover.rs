//! The first phase on a cluster: freeze, back up, install the operator, look, apply.

use super::checks;
use super::dangers;
use super::page::{Page, word};
use super::subject::Subject;
use crate::bootstrap::hazard::When;
use crate::bootstrap::install;
use crate::phrase::Count;

/// How long the operator may take, in words of `kubectl`: twice what it gives itself by default.
///
/// Source: controlplaneio-fluxcd/flux-operator `api/v1/fluxinstance_types.go`, five minutes.
const PATIENCE: &str = "10m";

pub(super) fn write(page: &mut Page, subject: &Subject<'_>) {
    begin(page, subject);
    back_up(page, subject);
    install(page, subject);
    look(page, subject);
    apply(page, subject);
    checks::write(page, subject);
}

fn begin(page: &mut Page, subject: &Subject<'_>) {
    page.paragraph(
        "All commands of this section use these two variables and run from the root of this repository, on its main branch \
         with the first pull request merged.",
    );
    page.commands(&[
        "context='…' # of this cluster, one of those that `kubectl config get-contexts` lists".to_owned(),
        format!("backup=\"$HOME\"/{}", word(&format!("flux-backup-{}", subject.name.replace('/', "-")))),
    ]);
    page.heading(3, "1. Freeze, and see that all is well");
    page.paragraph(
        "From here until all is verified nothing else is merged that this cluster applies, and nobody upgrades Flux.",
    );
    let mut lines = Vec::new();
    if let Some(roots) = &subject.roots {
        let name = word(roots.name);
        lines.push(subject.flux(&format!("reconcile kustomization {name} --with-source")));
        lines.push(subject.flux(&format!("get kustomizations {name}")));
    }
    lines.push(
        "flux --context \"$context\" get all --all-namespaces --status-selector ready=false".to_owned(),
    );
    lines.push("kubectl --context \"$context\" get fluxinstances --all-namespaces".to_owned());
    page.commands(&lines);
    let revision = if subject.roots.is_some() {
        "the revision is the commit on the main branch that has the first pull request; "
    } else {
        ""
    };
    page.check(
        &format!(
            "{revision}nothing is listed as not ready; and the cluster does not know the kind FluxInstance, or has none"
        ),
        "mend what is not ready first, since the operator waits for the same objects and would fail with them; a \
         FluxInstance that is there already belongs to another installation, and this page does not apply",
    );
    moved(page, subject);
}

fn moved(page: &mut Page, subject: &Subject<'_>) {
    let moved = &subject.ready.prepared.moved;
    let Some(first) = moved.first() else { return };
    page.paragraph(&format!(
        "{} moved out of `{}`, since the second pull request empties it. Flux must have applied what moved \
         from where it is now:",
        Count(moved.len(), "file"),
        subject.ready.installation.folder
    ));
    page.items(&moved.iter().map(|one| format!("`{}`, now `{}`", one.from, one.to)).collect::<Vec<_>>());
    let below = first.from.strip_prefix(&subject.ready.installation.folder).unwrap_or_default();
    let folder = first.to.strip_suffix(below).unwrap_or(&first.to);
    let is_listed = |change: &crate::change::Change| change.path == format!("{folder}/kustomization.yaml");
    let lists = subject.ready.prepared.changes.iter().any(is_listed);
    let how = if lists {
        format!("-k {}", word(folder))
    } else {
        format!("--recursive --filename {}", word(folder))
    };
    page.commands(&[format!("kubectl --context \"$context\" get {how}")]);
    page.check(
        "each object of these files is listed, as old as it was",
        "the cluster has not applied the first pull request yet, or a kustomization above leaves the new folder out: \
         nothing is lost, but do not go on",
    );
}

fn back_up(page: &mut Page, subject: &Subject<'_>) {
    page.heading(3, "2. Back up");
    page.paragraph(
        "The backup holds credentials in plain text: it stays out of Git and goes when all is done. The Secrets of this \
         namespace are in no file of this repository, and whoever deletes the namespace loses them.",
    );
    let to = |what: &str, file: &str| subject.kubectl(&format!("get {what} > \"$backup\"/{file}"));
    let mut lines = vec![
        "mkdir -p \"$backup\" && chmod 700 \"$backup\"".to_owned(),
        to("secrets --output yaml", "secrets.yaml"),
    ];
    lines.push(to(
        &format!("{} --selector app.kubernetes.io/part-of=flux --output yaml", base_kinds()),
        "flux.yaml",
    ));
    if let Some(roots) = &subject.roots {
        lines.push(to(&format!("{} {} --output yaml", roots.source, roots.kustomization), "sync.yaml"));
        lines.extend(checks::specs(subject, roots, "before"));
    }
    page.commands(&lines);
    let secrets = secrets(subject);
    if !secrets.is_empty() {
        page.commands(&[subject.kubectl(&format!("get secrets {}", secrets.join(" ")))]);
        page.check(
            "these Secrets are there: the FluxInstance goes on using them by name",
            "Flux reads its source with a Secret of another name than this repository says: find out which before you go on",
        );
    }
}

/// The kinds of which Flux has labelled objects.
fn base_kinds() -> &'static str {
    "customresourcedefinitions,clusterroles,clusterrolebindings,serviceaccounts,services,deployments,networkpolicies,\
     resourcequotas"
}

fn secrets(subject: &Subject<'_>) -> Vec<String> {
    let instance = &subject.ready.draft.instance;
    let sync = instance.sync.as_ref().and_then(|sync| sync.pull_secret.as_deref());
    let mut names: Vec<String> =
        sync.into_iter().chain(instance.distribution.image_pull_secret.as_deref()).map(word).collect();
    names.dedup();
    names
}

fn install(page: &mut Page, subject: &Subject<'_>) {
    page.heading(3, "3. Install the operator");
    page.paragraph(
        "This alone changes nothing in Flux: the operator waits for a FluxInstance in its own namespace.",
    );
    let mut lines = install::command(&subject.namespace());
    if let Some(last) = lines.last_mut() {
        last.push_str(" \\");
    }
    lines.push("  --kube-context \"$context\" --wait".to_owned());
    lines.push(subject.kubectl("rollout status deployment/flux-operator --timeout 2m"));
    page.commands(&lines);
    page.check(
        "the rollout is complete",
        "the image cannot be pulled, or a policy of the cluster refuses the pod: `helm uninstall` takes it away without a \
         trace in Flux",
    );
}

fn look(page: &mut Page, subject: &Subject<'_>) {
    let installation = &subject.ready.installation;
    let file = word(&subject.ready.prepared.instance);
    page.heading(3, "4. Look at what would change");
    page.commands(&[
        subject.kubectl(&format!("apply --dry-run=server --filename {file}")),
        format!("flux-operator build instance --filename {file} |"),
        "  kubectl --context \"$context\" diff --server-side --force-conflicts --field-manager=flux-operator --filename -"
            .to_owned(),
    ]);
    page.paragraph(
        "`--force-conflicts` is what the operator does too; without it the comparison stops at the first field that is about \
         to change hands. Exit code 1 means that there are differences, and there are. These are expected, by the number of \
         places in files of this repository:",
    );
    let expected = subject.ready.draft.proof.expected.iter();
    page.items(&expected.map(|(reason, count)| format!("{count} × {reason}")).collect::<Vec<_>>());
    let (runs, newest) = (installation.version(), installation.release.newest_patch().version());
    if runs < newest {
        page.paragraph(&format!(
            "Flux {runs} runs, and the FluxInstance asks for the newest {}, which is {newest} with this operator: the \
             handover brings that upgrade, and with it other images and whatever else the releases between changed. To see \
             the two apart, upgrade with `flux bootstrap --version={newest}` first and prepare anew.",
            subject.ready.draft.instance.distribution.version
        ));
    }
    page.paragraph(
        "The tool takes the newest manifests that were published, the operator those that it was released with, so the dry \
         run may show a patch release that the cluster does not get yet. It does not show the digests that the operator \
         adds to images of registries that it knows, nor fields that the operator takes away: the API server drops these \
         only once the operator is their owner.",
    );
    page.commands(&[subject.kubectl(
        "get deployments --selector app.kubernetes.io/part-of=flux --output \
         jsonpath='{range .items[*]}{.metadata.name}: {.metadata.managedFields[*].manager}{\"\\n\"}{end}'",
    )]);
    page.check(
        "the API server takes the FluxInstance; all differences are of the kinds above; and only `kustomize-controller`, `flux`, names that begin with `kubectl` \
         and `kube-controller-manager` manage fields of the Deployments",
        "another difference was made on the cluster and is in no file: the operator takes it back, so put it into Git first \
         and prepare anew. What `kubectl` changed is lost too. A manager of another name (`terraform`, `helm-controller`, \
         `argocd`) keeps its fields and works against the operator: take that tool away first",
    );
    dangers::list(page, subject, When::Apply, "Before the next step:");
}

fn apply(page: &mut Page, subject: &Subject<'_>) {
    let file = word(&subject.ready.prepared.instance);
    page.heading(3, "5. Hand over");
    let mut lines = Vec::new();
    if let Some(roots) = &subject.roots {
        page.paragraph(
            "The Kustomization of the cluster is suspended for this moment, for two reasons: kustomize-controller cannot \
             apply the old files to an object between the two requests with which the operator takes it over, and no merge \
             arrives while you look. The FluxInstance does not say `suspend`, so the operator resumes it by itself.",
        );
        lines.push(subject.flux(&format!("suspend kustomization {}", word(roots.name))));
    }
    lines.push(subject.kubectl(&format!("apply --filename {file}")));
    lines
        .push(subject.kubectl(&format!("wait fluxinstance/flux --for=condition=Ready --timeout={PATIENCE}")));
    page.commands(&lines);
    let mut failures = vec![
        "the message of the FluxInstance says why: `build failed` changed nothing on the cluster, and *Going back* leaves it \
         as it was; `dry-run failed` or `apply failed` names the object that the API server or a policy refused, and the \
         operator tries again once that is mended"
            .to_owned(),
    ];
    if subject.roots.is_some() {
        failures.push(
            "a timeout that names the Kustomization means that it is not ready, or is suspended still: resume it as below"
                .to_owned(),
        );
    }
    page.check("`condition met`", &failures.join("; "));
    page.commands(&[subject.kubectl(
        "get fluxinstance/flux --output jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}{\"\\n\"}'",
    )]);
}
