use regex::Regex;
use serde_json::Value;

use super::Check;
use super::charts::is_chart;
use super::cluster::{Cluster, SOURCE, id};
use super::proved;
use super::subject::Subject;
use super::value::{annotation, list, text};

/// Artifacts of manifests are verified; production takes releases only.
pub(super) const VERIFIED: Check = Check { name: "verified manifests", find };

const ISSUER: &str = "https://token.actions.githubusercontent.com";

fn find(subject: &Subject) -> Vec<String> {
    subject.each_cluster(|cluster| {
        let mut complaints = Vec::new();
        let all: Vec<_> =
            cluster.all(SOURCE, "OCIRepository").filter(|object| !is_chart(&object.value)).collect();
        if all.is_empty() && subject.pattern() == "gitless" {
            complaints.push("no artifact of manifests".into());
        }
        for object in all {
            let problems = match text(&subject.answers, "signing") {
                "keyless" => keyless(subject, cluster, &object.value),
                _ => by_key(cluster, &object.value),
            };
            complaints.extend(problems.iter().map(|problem| format!("{}: {problem}", id(&object.value))));
        }
        complaints
    })
}

fn by_key(cluster: &Cluster, source: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let (namespace, secret) =
        (text(source, "metadata.namespace"), text(source, "spec.verify.secretRef.name"));
    if text(source, "spec.verify.provider") != "cosign" || secret.is_empty() {
        problems.push("not verified by a key".into());
    }
    let copy = cluster.find(&format!("Secret/{namespace}/{secret}"));
    let copied = copy.is_some_and(|copy| {
        annotation(&copy.value, "fluxcd.controlplane.io/copyFrom") == format!("flux-system/{secret}")
    });
    if namespace != "flux-system" && !copied {
        problems.push(format!("nothing brings {secret} to {namespace}"));
    }
    problems
}

fn keyless(subject: &Subject, cluster: &Cluster, source: &Value) -> Vec<String> {
    let [identity] = list(source, "spec.verify.matchOIDCIdentity") else {
        return vec!["not verified by one identity".into()];
    };
    let (issuer, pattern) = (text(identity, "issuer"), text(identity, "subject"));
    let mut problems: Vec<_> = [issuer, pattern].into_iter().filter_map(complain).collect();
    let matches = |pattern: &str, text: &str| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
    if !matches(issuer, ISSUER) {
        problems.push(format!("the issuer {issuer}"));
    }
    let url = text(source, "spec.url");
    let (repository, component) = origin(subject, url);
    let workflows = format!("{repository}/.github/workflows");
    let prefix = component.as_ref().map(|component| format!("{component}/")).unwrap_or_default();
    let release = |tag: &str| format!("{workflows}/release.yaml@refs/tags/{tag}");
    let main = format!("{workflows}/publish.yaml@refs/heads/main");
    let good = if cluster.production { release(&format!("{prefix}v1.20.3")) } else { main.clone() };
    if !matches(pattern, &good) {
        problems.push(format!("{pattern} does not take {good}"));
    }
    let other = if cluster.production { main } else { release(&format!("{prefix}v1.20.3")) };
    let mut bad = vec![
        other,
        release(&format!("{prefix}latest")),
        release(&format!("{prefix}v1.2")),
        release(&format!("{prefix}v1.2.3-rc.1")),
        release("other/v1.2.3"),
        good.replacen("https://", "https://evil.example/https://", 1),
        good.replacen("github.com", "githubxcom", 1),
        good.replacen(".github", "xgithub", 1),
        good.replacen(".yaml", "xyaml", 1),
        good.replacen(&repository, &format!("{repository}-evil"), 1),
        format!("{good}-evil"),
    ];
    if let Some(component) = component.filter(|_| cluster.production) {
        bad.push(good.replacen(&format!("tags/{component}/"), "tags/", 1));
    }
    let taken = bad.iter().filter(|bad| matches(pattern, bad));
    problems.extend(taken.map(|bad| format!("{pattern} takes {bad}")));
    problems
}

/// The repository that publishes an artifact, and the folder below `components/` that the artifact is.
fn origin(subject: &Subject, url: &str) -> (String, Option<String>) {
    let web = text(&subject.answers, "repository").trim_end_matches(".git");
    let (above, prefix) = web.rsplit_once('/').unwrap_or_default();
    let names = subject.tree.repositories.iter();
    let name = names.clone().find(|name| url.contains(&format!("/{name}"))).or(names.clone().next());
    let name = name.map_or(prefix, String::as_str);
    let component = url.rsplit_once(&format!("/{name}/")).map(|(_, component)| component.to_owned());
    (format!("{above}/{name}"), component)
}

/// What is wrong with a regular expression over an identity.
pub(super) fn complain(pattern: &str) -> Option<String> {
    let mut characters = pattern.chars();
    let (mut bare, mut in_class) = (false, false);
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            '.' if !in_class => bare = true,
            _ => {}
        }
    }
    if !pattern.starts_with("^https://") || !pattern.ends_with('$') {
        Some(format!("{pattern} is not anchored"))
    } else if bare {
        Some(format!("{pattern} has a dot that stands for any character"))
    } else if Regex::new(pattern).is_err() {
        Some(format!("{pattern} is no regular expression"))
    } else {
        None
    }
}

#[test]
fn oci_manifests_are_verified_with_escaped_anchored_subjects() {
    let instance = "platform-fleet/clusters/production/flux-system/flux-instance.yaml";
    let infra = "platform-fleet/tenants/infra.yaml";
    let info = "platform-fleet/clusters/production/flux-system/runtime-info.yaml";
    proved(
        &VERIFIED,
        &[
            ("gitless/default", instance, "path: /spec/verify", "path: /spec/verified"),
            ("gitless/default", instance, r"\d+$", r"\d+"),
            ("gitless/default", instance, r"github\.com", "github.com"),
            (
                "gitless/default",
                instance,
                r"release\.yaml@refs/tags/v\d+\.\d+\.\d+$",
                r"release\.yaml@refs/.*$",
            ),
            ("gitless/default", infra, "matchOIDCIdentity", "matchIdentity"),
            ("gitless/default", info, r"tags/", r"heads/"),
            ("gitless/default", infra, "print inputs.component `/`", "print `[a-z]+` `/`"),
            ("gitless/key-pair", infra, "copyFrom: flux-system/cosign-pub", "copyFrom: other/cosign-pub"),
        ],
    );
}
