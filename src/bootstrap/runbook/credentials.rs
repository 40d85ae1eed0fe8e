//! What Flux reads its repository with, once `flux bootstrap` writes to it no more.

use super::page::Page;
use super::subject::Subject;
use crate::bootstrap::release::Component;

/// What becomes of keys and tokens.
///
/// Source: fluxcd/flux2 `pkg/bootstrap/bootstrap_provider.go`, `deployKeyName`, and `internal/flags/safe_relative_path.go`;
/// controlplaneio-fluxcd/flux-operator `docs/guides/operator/operator-migration.md`.
pub(super) fn write(page: &mut Page, subjects: &[Subject<'_>]) {
    let with_secret: Vec<(&Subject<'_>, &str)> = subjects
        .iter()
        .filter_map(|subject| {
            Some((subject, subject.ready.draft.instance.sync.as_ref()?.pull_secret.as_deref()?))
        })
        .collect();
    if with_secret.is_empty() {
        return;
    }
    page.heading(2, "Credentials");
    page.paragraph(
        "The Secret that `flux bootstrap` made goes on being used, so there is nothing to do for the handover. The operator \
         never writes to the repository, so afterwards a key that only reads is enough, unless image automation pushes with \
         the same Secret. Make a new one at the forge, put it into the Secret under the same name, see that the source is \
         ready, and remove the old one.",
    );
    page.table(
        &["Cluster", "Secret", "Keys", "The old key at the forge"],
        with_secret.iter().map(|(subject, secret)| row(subject, secret)),
    );
    page.items(&[
        "The title of a deploy key made by `flux bootstrap` is namespace, branch, Secret and path, joined with dashes. Tokens \
         and keys made by hand have the name that you gave them"
            .to_owned(),
        "For SSH: `flux-operator create secret ssh`; for a token: `flux-operator create secret basic-auth --password-stdin`; \
         for a GitHub App: `flux-operator create secret githubapp`. Each says what it takes with `--help`"
            .to_owned(),
    ]);
}

fn row(subject: &Subject<'_>, secret: &str) -> Vec<String> {
    let instance = &subject.ready.draft.instance;
    let (url, reference, path) =
        instance.sync.as_ref().map_or(("", "", ""), |sync| (&*sync.url, &*sync.reference, &*sync.path));
    let is_ssh = url.starts_with("ssh://");
    let keys = if is_ssh {
        "`identity`, `identity.pub`, `known_hosts`"
    } else if instance.sync.as_ref().is_some_and(|sync| sync.provider.as_deref() == Some("github")) {
        "`githubAppID`, `githubAppInstallationID`, `githubAppPrivateKey`"
    } else {
        "`username` and `password`, or `bearerToken`"
    };
    let pushes = instance.components.contains(&Component::ImageAutomationController);
    let branch = reference.strip_prefix("refs/heads/").unwrap_or(reference);
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let old = match (is_ssh, pushes) {
        (_, true) => "keep its right to write as long as image automation uses it".to_owned(),
        (true, false) => format!("`{}-{branch}-{secret}-./{path}`", instance.namespace),
        (false, false) => "the token or App that the Secret holds".to_owned(),
    };
    vec![subject.name.to_owned(), format!("`{}/{secret}`", instance.namespace), keys.to_owned(), old]
}
