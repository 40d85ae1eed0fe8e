//! The way back, before and after the files of `flux bootstrap` went.

use super::page::{Page, word};
use super::subject::Subject;

pub(super) fn write(page: &mut Page, subject: &Subject<'_>) {
    page.heading(3, "Going back before the second pull request");
    page.paragraph(
        "The files of `flux bootstrap` are still in Git. A FluxInstance that is not reconciled takes nothing along when it \
         is deleted; the order matters.",
    );
    page.commands(&[
        subject.operator("suspend instance flux"),
        subject.kubectl(
            "get fluxinstance/flux --output \\\n  \
             jsonpath='{.metadata.annotations.fluxcd\\.controlplane\\.io/reconcile}{\"\\n\"}'",
        ),
    ]);
    page.check("`disabled`", "stop here: deleting the FluxInstance now would uninstall Flux");
    let kinds = subject.kinds();
    let owned = subject.owned();
    let mut lines = vec![
        subject.kubectl("delete fluxinstance/flux"),
        subject.helm("uninstall flux-operator"),
        format!("kinds={kinds}"),
        format!("owned={owned}"),
        subject.kubectl(
            "annotate \"$kinds\" --selector \"$owned\" \\\n  kustomize.toolkit.fluxcd.io/ssa- \
             kustomize.toolkit.fluxcd.io/prune-",
        ),
        subject.kubectl("label \"$kinds\" --selector \"$owned\" app.kubernetes.io/managed-by-"),
    ];
    if let Some(roots) = &subject.roots {
        lines.extend(roots.reference_patch().map(|patch| {
            subject.kubectl(&format!(
                "patch {} --type merge --patch '{}'",
                word(&roots.source),
                patch.replace('\'', r"'\''")
            ))
        }));
        lines.push(subject.flux(&format!("resume kustomization {}", word(roots.name))));
        lines.push(subject.flux(&format!("reconcile kustomization {} --with-source", word(roots.name))));
    }
    page.commands(&lines);
    page.paragraph(
        "The annotations have to go since kustomize-controller ignores the objects as long as they are there. A reference \
         by name has to go from the source since it would count more than the branch.",
    );
    if let Some(roots) = &subject.roots {
        page.commands(&[subject.flux(&format!("trace kustomization {}", word(roots.name)))]);
        page.check(
            "`Managed by Flux`: the files in Git rule again",
            "run `flux bootstrap` with the arguments of the first time and `--force`, which takes the objects back whoever \
             manages them. Where Terraform ran it, import the resource again and apply",
        );
    } else {
        page.paragraph(&format!(
            "Nothing in Git applies this installation: apply `{}` as before.",
            subject.ready.installation.file
        ));
    }
    page.heading(3, "Going back after the second pull request");
    page.paragraph(
        "Revert the commit of the second pull request and let the cluster apply that. It changes nothing on the cluster yet: \
         the FluxInstance stays, for it is annotated so, and kustomize-controller ignores what the operator owns.",
    );
    if subject.ready.prepared.install.is_some() {
        page.paragraph("Then take what upgrades the operator away without uninstalling it:");
        page.commands(&[
            subject.operator("suspend resourceset flux-operator"),
            subject.kubectl("delete resourceset/flux-operator"),
            subject.flux("suspend helmrelease flux-operator"),
            subject.kubectl("delete helmrelease/flux-operator"),
        ]);
    }
    page.paragraph("Go on as before the second pull request.");
}
