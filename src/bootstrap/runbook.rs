//! The runbook: a page for people who hand Flux over on the clusters of one repository, with the commands for each.
//!
//! Source: controlplaneio-fluxcd/flux-operator v0.58.1 `internal/controller/fluxinstance_{controller,uninstaller}.go`,
//! `internal/controller/common.go`, `cmd/cli/*.go`; fluxcd/flux2 v2.9.4 `cmd/flux/*.go`; fluxcd/pkg ssa v0.77.0;
//! fluxcd/kustomize-controller v1.10.1 `internal/controller/kustomization_controller.go`.

mod checks;
mod credentials;
mod dangers;
mod finalize;
mod handover;
mod page;
mod refused;
mod rollback;
mod subject;

use super::clusters::{Cluster, State};
use super::install::CHART_VERSION;
use super::release::Release;
use page::Page;
use subject::Subject;

/// Where the page goes, below the root of the repository.
pub const PATH: &str = "docs/flux-operator-migration.md";

/// The page for these clusters.
pub fn runbook(clusters: &[&Cluster]) -> String {
    let subjects: Vec<Subject<'_>> = clusters.iter().filter_map(|cluster| Subject::of(cluster)).collect();
    let mut page = Page::default();
    head(&mut page, clusters, &subjects);
    tools(&mut page);
    dangers::terraform(&mut page, &subjects);
    dangers::before(&mut page, &subjects);
    for subject in &subjects {
        page.heading(2, &format!("Cluster {}", subject.name));
        handover::write(&mut page, subject);
        finalize::write(&mut page, subject);
        rollback::write(&mut page, subject);
    }
    refused::write(&mut page, clusters);
    never(&mut page);
    credentials::write(&mut page, &subjects);
    page.finish()
}

fn head(page: &mut Page, clusters: &[&Cluster], subjects: &[Subject<'_>]) {
    page.heading(1, "From `flux bootstrap` to the Flux Operator");
    page.paragraph(
        "`flux-forge migrate bootstrap` wrote this page for this repository. On each cluster it hands Flux over from the \
         files that `flux bootstrap` committed to a FluxInstance, which the Flux Operator keeps. What Flux deploys stays as \
         it is; each controller restarts once.",
    );
    page.paragraph(
        "flux-forge reads and writes files, and speaks to no cluster and no forge: every command below is for a person to \
         run, and every change of this repository goes through a pull request like any other.",
    );
    page.paragraph(
        "That each FluxInstance makes the same objects was proven from the files in this repository; what the steps do to a \
         cluster, going back included, was read from the code of Flux, the operator and kubectl and was not observed on a \
         cluster. Begin with the cluster that matters least.",
    );
    page.table(
        &["Cluster", "Flux", "Files of `flux bootstrap`", "FluxInstance"],
        clusters.iter().map(|cluster| {
            let (version, instance) = match &cluster.state {
                State::Ready(ready) => {
                    (ready.installation.version().to_string(), format!("`{}`", ready.prepared.instance))
                }
                State::Refused(..) => (String::new(), "not yet, see *Clusters that have to wait*".to_owned()),
            };
            vec![cluster.name.clone(), version, format!("`{}`", cluster.site.folder), instance]
        }),
    );
    page.heading(2, "The order");
    let moves = subjects.iter().any(|subject| !subject.ready.prepared.moved.is_empty());
    let applied = if moves {
        "What it adds lies in no build, and what it moves stays applied, so no cluster changes."
    } else {
        "What it adds lies in no build, so no cluster changes."
    };
    page.numbered(&[
        format!(
            "**Prepare**: merge the first pull request, with what `flux-forge migrate bootstrap` wrote. {applied}"
        ),
        "**Hand over**: go through the section of one cluster. The operator takes Flux over while the files of `flux \
         bootstrap` are still in Git."
            .to_owned(),
        "**Finalize**: merge the second pull request, which deletes these files, for this cluster only.".to_owned(),
        "Go on with the next cluster. Until the last one is done, leave alone what several clusters share.".to_owned(),
    ]);
    page.paragraph(
        "The two pull requests are never merged as one: a cluster that sees the files disappear before the operator owns \
         their objects deletes its own Flux, with all custom resources.",
    );
}

fn tools(page: &mut Page) {
    page.heading(2, "What it takes");
    page.items(&[
        "The rights of a cluster administrator: the operator brings CustomResourceDefinitions and cluster roles".to_owned(),
        "`kubectl`, and `helm` 3.8 or newer, which installs charts from OCI registries".to_owned(),
        "`flux` of the same minor release as the cluster: a newer one may ask for API versions that it does not serve"
            .to_owned(),
        format!(
            "`flux-operator` {CHART_VERSION} or newer, for the dry run: \
             <https://github.com/controlplaneio-fluxcd/flux-operator/releases>"
        ),
        "A way to `ghcr.io`: for the cluster to the image of the operator, for you to its chart and its manifests".to_owned(),
        format!(
            "Flux {} to {}: these are the releases whose objects are known one by one",
            Release::oldest().version(),
            Release::newest().version()
        ),
    ]);
    page.commands(&[
        "kubectl version --client".to_owned(),
        "helm version --short".to_owned(),
        "flux version --client".to_owned(),
        "flux-operator --version".to_owned(),
    ]);
}

fn never(page: &mut Page) {
    page.heading(2, "What never to do");
    page.items(&[
        "Never delete the FluxInstance while the operator reconciles it: that uninstalls Flux with all its \
         CustomResourceDefinitions, and so deletes every GitRepository, Kustomization and HelmRelease. *Going back* says how"
            .to_owned(),
        "Never run `flux uninstall` or `flux-operator uninstall`: both do the same".to_owned(),
        "Never delete files of `flux bootstrap` by hand, and never merge the second pull request for a cluster that was not \
         checked"
            .to_owned(),
        "Never run `flux bootstrap` on a cluster that was handed over: it writes the files again and takes fields back"
            .to_owned(),
        "Never change `spec.sync.name` of a FluxInstance, nor combine the handover with an upgrade, a size, another cluster \
         type or multi-tenancy: do that in a pull request of its own, afterwards"
            .to_owned(),
        "Never hand over several clusters at once: what is wrong with the first is wrong with the others too".to_owned(),
    ]);
}
