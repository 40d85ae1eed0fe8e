//! What is checked after the operator took Flux over.

use super::page::{Page, word};
use super::subject::{Roots, Subject};
use crate::phrase::Count;

pub(super) fn write(page: &mut Page, subject: &Subject<'_>) {
    page.heading(3, "6. Verify");
    if let Some(roots) = &subject.roots {
        resumed(page, subject, roots);
    }
    owned(page, subject);
    if let Some(roots) = &subject.roots {
        traced(page, subject, roots);
        same(page, subject, roots);
    }
    reported(page, subject);
}

/// Commands that write the specs of source and Kustomization down, to compare them later.
pub(super) fn specs(subject: &Subject<'_>, roots: &Roots<'_>, when: &str) -> Vec<String> {
    let spec = |object: &str, file: &str| {
        subject.kubectl(&format!(
            "get {} --output jsonpath='{{.spec}}' > \"$backup\"/{file}-{when}.json",
            word(object)
        ))
    };
    vec![spec(&roots.source, "source"), spec(&roots.kustomization, "kustomization")]
}

fn resumed(page: &mut Page, subject: &Subject<'_>, roots: &Roots<'_>) {
    page.commands(&[
        subject.kubectl(&format!(
            "get {} --output jsonpath='{{.spec.suspend}}{{\"\\n\"}}'",
            word(&roots.kustomization)
        )),
        subject.flux(&format!("get kustomizations {}", word(roots.name))),
    ]);
    let revision = if subject.expects("branch is named") {
        let name = subject.ready.draft.instance.sync.as_ref().map(|sync| sync.reference.as_str());
        format!(", at a revision that begins with `{}`", name.unwrap_or_default())
    } else {
        String::new()
    };
    page.check(
        &format!("an empty line, so it is not suspended; and the Kustomization is ready{revision}"),
        "resume it by hand, as below; a Kustomization that is not ready says why, and since both know the same files this is \
         nearly always the Secret that the source is read with",
    );
    page.commands(&[subject.flux(&format!("resume kustomization {}", word(roots.name)))]);
}

fn owned(page: &mut Page, subject: &Subject<'_>) {
    let (kinds, owned) = (subject.kinds(), subject.owned());
    let count = subject.ready.draft.proof.equal;
    let marks = r#"jsonpath='{range .items[*]}{.kind}/{.metadata.name} {.metadata.annotations.kustomize\.toolkit\.fluxcd\.io/prune} {.metadata.annotations.kustomize\.toolkit\.fluxcd\.io/ssa}{"\n"}{end}'"#;
    page.paragraph(&format!(
        "The operator owns {count} objects. All of them have its labels, the two annotations that keep kustomize-controller \
         from applying and from pruning them, and no label of kustomize-controller any more:"
    ));
    page.commands(&[
        format!("kinds={kinds}"),
        format!("owned={owned}"),
        subject.kubectl("get \"$kinds\" --selector \"$owned\" --output name | wc -l"),
        subject.kubectl(&format!(
            "get \"$kinds\" --selector \"$owned\" --output \\\n  {marks} |\n  grep -v ' Disabled Ignore$'"
        )),
        subject
            .kubectl("get \"$kinds\" --selector \"$owned\",kustomize.toolkit.fluxcd.io/name --output name"),
    ]);
    page.check(
        &format!("{count}, and then nothing"),
        "do not finalize: an object without these marks is deleted with its file. The operator sets them again at its next \
         reconciliation, which you can ask for as below. If the number stays smaller, the operator made less than was \
         proven: compare with the list in its status",
    );
    page.commands(&[
        subject.operator("reconcile instance flux"),
        subject.kubectl("get fluxinstance/flux --output jsonpath='{range .status.inventory.entries[*]}{.id}{\"\\n\"}{end}'"),
    ]);
}

fn traced(page: &mut Page, subject: &Subject<'_>, roots: &Roots<'_>) {
    page.commands(&[subject.flux(&format!("trace kustomization {}", word(roots.name)))]);
    page.check(
        "it says `object not managed by Flux`",
        "the Kustomization still has the labels of kustomize-controller: reconcile the FluxInstance once more, as above",
    );
}

fn same(page: &mut Page, subject: &Subject<'_>, roots: &Roots<'_>) {
    let mut lines = specs(subject, roots, "after");
    let diff = |file: &str| format!("diff \"$backup\"/{file}-before.json \"$backup\"/{file}-after.json");
    lines.extend([diff("source"), diff("kustomization")]);
    page.commands(&lines);
    let mut expected = Vec::new();
    if subject.expects("branch is named") {
        expected.push("`ref` of the source, which names the branch as a Git reference");
    }
    if subject.expects("folder is spelled") {
        expected.push("`path` of the Kustomization, which is the same folder");
    }
    let but = if expected.is_empty() {
        "both are the same; durations may be spelled otherwise".to_owned()
    } else {
        format!("nothing differs but {}; durations may be spelled otherwise", expected.join(" and "))
    };
    page.check(
        &but,
        "a field that went missing was set on the cluster and in no file. Without `decryption`, `postBuild` or `ignore` the \
         next reconciliation may fail or prune: suspend the Kustomization, add the field as a patch to the FluxInstance, \
         apply it, and bring that patch into Git",
    );
}

fn reported(page: &mut Page, subject: &Subject<'_>) {
    page.commands(&[
        subject.kubectl(
            "get fluxreport/flux --output \\\n  jsonpath='{.spec.distribution.version} sync={.spec.sync.ready}{\"\\n\"}{range \
             .spec.components[*]}{.name} {.ready}{\"\\n\"}{end}'",
        ),
        "flux --context \"$context\" get all --all-namespaces --status-selector ready=false".to_owned(),
    ]);
    let sync = match &subject.roots {
        Some(roots) if !roots.source.ends_with(&format!("/{}", roots.name)) => {
            "; the report does not find the Kustomization, whose name is not that of its source, so `sync` says nothing here"
        }
        Some(_) => ", and so is the sync",
        None => "",
    };
    page.check(
        &format!(
            "{} of Flux {} are ready{sync}; and nothing is listed as not ready. The report is renewed every five minutes",
            Count(subject.ready.draft.instance.components.len(), "component"),
            subject.ready.draft.instance.distribution.version
        ),
        "what was ready before and is not now is worth a look before the old files go",
    );
}
