//! From the source and the Kustomization of a cluster to `spec.sync` and the patches that say the rest.

mod kustomization;
mod part;
mod reference;
mod spelling;

use serde_json::{Map, Value, json};

use super::account::{Outcome, Row};
use super::instance::{InstancePatch, Sync};
use super::limit::Limit;
use crate::flux::FluxVersion;
use crate::place::Place;
use part::Part;
pub(in crate::bootstrap) use spelling::folder as folder_of;
pub(in crate::bootstrap) use spelling::with_scheme;
pub use spelling::{same_duration, same_path};

/// The objects that make a cluster follow its repository, as they are built today.
pub struct Roots<'a> {
    /// The GitRepository, OCIRepository or Bucket.
    pub source: Root<'a>,
    /// The Kustomization.
    pub kustomization: Root<'a>,
    /// Something relies on the branch that the source names.
    pub keeps_branch: bool,
    /// Labels and annotations that `spec.commonMetadata` gives to everything.
    pub common: &'a [Vec<(String, String)>; 2],
    /// Tenants are locked down, so the operator gives the Kustomization a service account.
    pub multitenant: bool,
}

/// One of them.
pub struct Root<'a> {
    /// As it is built.
    pub value: &'a Value,
    /// Where what stands at a path of keys is written.
    pub place: &'a dyn Fn(&[&str]) -> Place,
}

/// What a FluxInstance says of them.
#[derive(Debug)]
pub struct Mapped {
    /// `spec.sync`.
    pub sync: Sync,
    /// Patches for what that cannot say.
    pub patches: Vec<InstancePatch>,
    /// What becomes of each of their fields.
    pub rows: Vec<Row>,
}

/// Providers that `spec.sync.provider` takes for each kind of source, but for those that need no word.
///
/// Source: controlplaneio-fluxcd/flux-operator `api/v1/fluxinstance_types.go`, the rules on `Sync`.
const PROVIDERS: [(&str, &[&str]); 3] = [
    ("GitRepository", &["generic", "aws", "azure", "github"]),
    ("OCIRepository", &["generic", "aws", "azure", "gcp"]),
    ("Bucket", &["generic", "aws", "azure", "gcp"]),
];

/// The Flux with which a GitRepository can be read with the identity of AWS.
const GIT_ON_AWS: FluxVersion = FluxVersion::new(2, 9);

impl Root<'_> {
    fn text(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().try_fold(self.value, |value, key| value.get(key))?.as_str()
    }

    fn kind(&self) -> &str {
        self.text(&["kind"]).unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.text(&["metadata", "name"]).unwrap_or_default()
    }

    fn spec(&self) -> Map<String, Value> {
        self.value.get("spec").and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

/// What a FluxInstance in `namespace` says of `roots`, where `flux` runs.
pub fn map(roots: &Roots<'_>, namespace: &str, flux: FluxVersion) -> Mapped {
    let mut source = Part::new(&roots.source, roots.common);
    let mut kustomization = Part::new(&roots.kustomization, roots.common);
    for part in [&mut source, &mut kustomization] {
        part.row(&["apiVersion"], Outcome::Field("the version that the operator writes for its Flux".into()));
    }
    let kind = roots.source.kind().to_owned();
    let reference = reference::map(&mut source, roots.keeps_branch);
    let url = self::url(&mut source);
    let provider = self::provider(&mut source, &kind, flux);
    let interval = interval(&mut source);
    let pull_secret = roots.source.text(&["spec", "secretRef", "name"]).map(str::to_owned);
    if pull_secret.is_some() {
        source.row(&["spec", "secretRef"], Outcome::Field("spec.sync.pullSecret".into()));
    }
    git_implementation(&mut source);
    let reference_field = if kind == "Bucket" { "bucketName" } else { "ref" };
    let url_field = if kind == "Bucket" { "endpoint" } else { "url" };
    let mut known = vec![reference_field, url_field, "interval", "secretRef", "gitImplementation"];
    known.extend(provider.as_ref().map(|_| "provider"));
    source.rest(&known);

    let path = kustomization::path(&mut kustomization);
    kustomization::fields(&mut kustomization, roots.multitenant);
    let name = name(&roots.source, &mut kustomization, namespace);
    let sync = Sync { kind, name, url, reference, path, interval, pull_secret, provider };
    let (mut patches, mut rows) = (Vec::new(), Vec::new());
    source.patch(&mut patches, &mut rows);
    kustomization.patch(&mut patches, &mut rows);
    Mapped { sync, patches, rows }
}

fn url(source: &mut Part<'_>) -> String {
    let key = if source.root.kind() == "Bucket" { "endpoint" } else { "url" };
    let written = source.root.text(&["spec", key]).unwrap_or_default().to_owned();
    let is_git = source.root.kind() == "GitRepository";
    let url = if is_git { with_scheme(&written) } else { written.clone() };
    let field = if url == written {
        "spec.sync.url".to_owned()
    } else {
        format!("spec.sync.url, as `{url}`: a GitRepository takes no other form")
    };
    source.row(&["spec", key], Outcome::Field(field));
    url
}

/// A provider that `spec.sync` takes; of any other a patch is made.
fn provider(source: &mut Part<'_>, kind: &str, flux: FluxVersion) -> Option<String> {
    let provider = source.root.text(&["spec", "provider"])?.to_owned();
    let known =
        PROVIDERS.iter().find(|(of, _)| *of == kind).is_some_and(|(_, all)| all.contains(&&*provider));
    let is_early = kind == "GitRepository" && provider == "aws" && flux < GIT_ON_AWS;
    if !known || is_early {
        return None;
    }
    source.field("provider", "provider");
    Some(provider)
}

fn interval(source: &mut Part<'_>) -> String {
    let written = source.root.text(&["spec", "interval"]).unwrap_or("1m0s").to_owned();
    source.field("interval", "interval");
    written
}

/// The choice between two libraries for Git went away with Flux 2.0.
///
/// Source: fluxcd/source-controller `CHANGELOG.md`, 0.32.0.
fn git_implementation(source: &mut Part<'_>) {
    match source.root.text(&["spec", "gitImplementation"]) {
        None => {}
        Some("go-git") => source.row(
            &["spec", "gitImplementation"],
            Outcome::Dropped("this implementation is the only one since Flux 2.0".into()),
        ),
        Some(_) => source.row(
            &["spec", "gitImplementation"],
            Outcome::Human(
                Limit::GitImplementation,
                "this implementation is gone since Flux 2.0: check that the server is reached without it, then remove \
                 the field"
                    .into(),
            ),
        ),
    }
}

/// One name serves both objects. Where they differ, it is the source's, and a patch renames the Kustomization.
fn name(source: &Root<'_>, kustomization: &mut Part<'_>, namespace: &str) -> Option<String> {
    let (source, own) = (source.name().to_owned(), kustomization.root.name().to_owned());
    if own != source {
        kustomization.operation("replace", "/metadata/name", Some(&json!(own)));
        let why = "one name serves both: a patch gives the Kustomization its own, and the report of the operator does \
                   not find it by that";
        kustomization.row(&["metadata", "name"], Outcome::Patch(why.into()));
    }
    (source != namespace).then_some(source)
}
