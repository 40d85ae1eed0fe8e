//! The second phase: the files of `flux bootstrap` go.

use std::collections::BTreeSet;

use super::dangers;
use super::page::{Page, word};
use super::subject::Subject;
use crate::bootstrap::hazard::When;

pub(super) fn write(page: &mut Page, subject: &Subject<'_>) {
    let installation = &subject.ready.installation;
    page.heading(3, "7. Finalize");
    page.paragraph(
        "Only after every check above was as it should be, and best a day later. The command takes your word for that with \
         `--verified`, and writes nothing for other clusters.",
    );
    dangers::list(page, subject, When::Finalize, "First:");
    page.commands(&[format!("flux-forge migrate bootstrap --finalize --verified {}", word(subject.name))]);
    page.paragraph("What to look for in the second pull request:");
    let mut items: Vec<String> = gone(subject)
        .into_iter()
        .map(|path| format!("`{path}` is deleted: the operator makes these objects now"))
        .collect();
    items.push(
        "Files of patches that nothing uses any more are deleted: the FluxInstance says what they said"
            .to_owned(),
    );
    let added: Vec<String> = std::iter::once(&subject.ready.prepared.instance)
        .chain(&subject.ready.prepared.install)
        .map(|path| format!("`{path}`"))
        .collect();
    items.push(format!(
        "The kustomization that listed them lists {} instead, so that from now on Git keeps the operator and Flux",
        added.join(" and ")
    ));
    items.push(format!("Nothing outside of `{}` changes but what lists it", installation.folder));
    page.items(&items);
    page.paragraph("Merge it, and let the cluster apply it:");
    let mut lines = Vec::new();
    if let Some(roots) = &subject.roots {
        lines.push(subject.flux(&format!("reconcile kustomization {} --with-source", word(roots.name))));
        lines.push(subject.kubectl(&format!(
            "get events --field-selector involvedObject.kind=Kustomization,involvedObject.name={} --output \\\n  \
             jsonpath='{{range .items[*]}}{{.message}}{{\"\\n\"}}{{end}}' | grep ' deleted$'",
            word(roots.name)
        )));
    } else {
        lines.push(subject.kubectl(&format!("apply --filename {}", word(&subject.ready.prepared.instance))));
    }
    lines.push(subject.kubectl("get deployments"));
    lines.push(subject.kubectl("wait fluxinstance/flux --for=condition=Ready --timeout=5m"));
    if subject.ready.prepared.install.is_some() {
        lines.push(subject.kubectl("wait resourceset/flux-operator --for=condition=Ready --timeout=10m"));
        lines.push(subject.helm("list"));
    }
    page.commands(&lines);
    let zero = if subject.roots.is_some() {
        "the second command prints nothing: kustomize-controller lists what left Git as `skipped`, since it belongs to the operator; \
         the controllers run and were not restarted"
    } else {
        "the controllers run and were not restarted"
    };
    page.check(
        zero,
        "an object that Flux needs is made again by the operator, at once with `flux-operator reconcile instance flux`, and \
         custom resources that went with their definition come back from Git; revert the second pull request if anything \
         else is missing",
    );
    if subject.ready.prepared.install.is_some() {
        page.paragraph(&format!(
            "The ResourceSet is applied from Git with this step and not by hand before: from here on the operator upgrades \
             itself, and Flux within {}. It adopts the Helm release `flux-operator` of step 3, which `helm list` shows with \
             a higher revision.",
            subject.ready.draft.instance.distribution.version
        ));
    } else {
        page.paragraph(
            "Nothing upgrades the operator by itself here, since this Flux cannot install its chart: upgrade it with `helm \
             upgrade`, until helm-controller of Flux 2.3 or newer is there.",
        );
    }
    dangers::list(page, subject, When::After, "Afterwards:");
}

/// The files with the objects that the operator makes now.
fn gone<'a>(subject: &'a Subject<'_>) -> BTreeSet<&'a str> {
    let installation = &subject.ready.installation;
    let roots =
        installation.root.iter().flat_map(|root| [root.source_place.path.as_str(), root.file.as_str()]);
    std::iter::once(installation.file.as_str()).chain(roots).collect()
}
