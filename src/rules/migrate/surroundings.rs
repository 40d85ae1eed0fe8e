//! What a transition looks at besides its object: the Flux that runs, the keys of Secrets, the arguments of the
//! controllers.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::limits::Limits;
use crate::flux::{Index, Resource, SourceFile};
use crate::rules::Context;
use crate::yaml::{Document, Node, NodeKind};

/// What stands around the objects of a repository.
pub(super) struct Surroundings<'a> {
    index: &'a Index<'a>,
    limits: Limits<'a>,
    secrets: OnceLock<BTreeMap<&'a str, Vec<Secret<'a>>>>,
    arguments: Vec<Argument>,
}

/// An argument or feature gate of a controller that some Flux stopped reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Feature gate `DetectDrift` of helm-controller.
    DetectDrift,
    /// Feature gate `CorrectDrift` of helm-controller.
    CorrectDrift,
    /// Feature gate `ObjectLevelWorkloadIdentity` of every controller.
    ObjectLevelWorkloadIdentity,
    /// `--aws-autologin-for-ecr` of image-reflector-controller.
    AwsAutologin,
    /// `--azure-autologin-for-acr` of image-reflector-controller.
    AzureAutologin,
    /// `--gcp-autologin-for-gcr` of image-reflector-controller.
    GcpAutologin,
}

/// Where a [`Setting`] is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// What it sets.
    pub(super) setting: Setting,
    /// Index of the file in [`Index::files`].
    pub(super) file: usize,
    /// Bytes of it there.
    pub(super) range: Range<usize>,
}

/// The keys of one Secret; its values are never looked at.
struct Secret<'a> {
    namespace: Option<&'a str>,
    keys: Vec<&'a str>,
}

/// Fields that hold the data of a Secret, and of a SealedSecret below its `spec`.
const DATA: [&str; 3] = ["data", "stringData", "encryptedData"];

impl<'a> Surroundings<'a> {
    /// The surroundings of the objects in the index.
    pub(super) fn new(context: &Context<'a>) -> Self {
        let limits = Limits::new(context);
        // Not on demand: threads that search together must not wait for each other inside of a lock.
        let arguments = arguments(context.index);
        Self { index: context.index, limits, secrets: OnceLock::new(), arguments }
    }

    /// How far each object can go.
    pub(super) const fn limits(&self) -> &Limits<'a> {
        &self.limits
    }

    /// The keys of the Secret `name`, of all that may be it where the namespace is not written; `None` where there is
    /// none in the files.
    pub(super) fn secret_keys(&self, namespace: Option<&str>, name: &str) -> Option<BTreeSet<&'a str>> {
        let secrets = self.secrets.get_or_init(|| secrets(self.index));
        let may_be = |secret: &&Secret<'_>| match (secret.namespace, namespace) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let mut found = secrets.get(name)?.iter().filter(may_be).peekable();
        found.peek()?;
        Some(found.flat_map(|secret| secret.keys.iter().copied()).collect())
    }

    /// Every setting of a controller that is made in the files.
    pub(super) fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// Whether `setting` is made anywhere in the files.
    pub(super) fn sets(&self, setting: Setting) -> bool {
        self.arguments().iter().any(|argument| argument.setting == setting)
    }
}

impl Setting {
    const ALL: [Self; 6] = [
        Self::DetectDrift,
        Self::CorrectDrift,
        Self::ObjectLevelWorkloadIdentity,
        Self::AwsAutologin,
        Self::AzureAutologin,
        Self::GcpAutologin,
    ];

    /// How it is written.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::DetectDrift => "DetectDrift=true",
            Self::CorrectDrift => "CorrectDrift=true",
            Self::ObjectLevelWorkloadIdentity => "ObjectLevelWorkloadIdentity=true",
            Self::AwsAutologin => "--aws-autologin-for-ecr",
            Self::AzureAutologin => "--azure-autologin-for-acr",
            Self::GcpAutologin => "--gcp-autologin-for-gcr",
        }
    }
}

fn secrets<'a>(index: &'a Index<'a>) -> BTreeMap<&'a str, Vec<Secret<'a>>> {
    let mut found: BTreeMap<&str, Vec<Secret<'_>>> = BTreeMap::new();
    for resource in index.resources.iter().filter(|resource| is_secret(resource)) {
        let node = index.node(resource);
        let root = if resource.id.kind == "SealedSecret" { node.get("spec") } else { Some(node) };
        let data = DATA.iter().filter_map(|field| root?.get(field));
        let keys = data.flat_map(Node::entries).filter_map(|entry| entry.key_text()).collect();
        let secret = Secret { namespace: resource.id.namespace.as_deref(), keys };
        found.entry(&resource.id.name).or_default().push(secret);
    }
    found
}

fn is_secret(resource: &Resource) -> bool {
    matches!((&*resource.id.group, &*resource.id.kind), ("", "Secret") | ("bitnami.com", "SealedSecret"))
}

fn arguments(index: &Index<'_>) -> Vec<Argument> {
    let finders = Setting::ALL.map(|setting| (setting, Finder::new(setting.text())));
    let files = index.files.par_iter().enumerate().filter(|(_, file)| file.host.is_none());
    files.flat_map_iter(|(at, file)| of_file(at, file, &finders)).collect()
}

fn of_file(at: usize, file: &SourceFile<'_>, finders: &[(Setting, Finder<'_>)]) -> Vec<Argument> {
    let mut found = Vec::new();
    for (setting, finder) in finders {
        if finder.find(file.text.as_bytes()).is_none() {
            continue;
        }
        for root in file.stream.documents.iter().filter_map(Document::node) {
            collect(root, &file.text, *setting, &mut |range| {
                found.push(Argument { setting: *setting, file: at, range });
            });
        }
    }
    found
}

/// Every place below `node` where a scalar holds `setting`; comments are no scalars, but a patch inside a string may
/// have some.
fn collect(node: &Node, text: &str, setting: Setting, found: &mut impl FnMut(Range<usize>)) {
    match &node.kind {
        NodeKind::Scalar { text: value, .. } if value.contains(setting.text()) => {
            let written = &text[node.range.clone()];
            for (at, _) in written.match_indices(setting.text()) {
                let before = written[..at].rsplit('\n').next().unwrap_or_default();
                let after = written[at + setting.text().len()..].chars().next();
                let is_word = after.is_none_or(|after| !after.is_ascii_alphanumeric() && after != '-');
                if is_word && !before.contains('#') && !written[at..].starts_with("=false") {
                    let start = node.range.start + at;
                    found(start..start + setting.text().len());
                }
            }
        }
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
        NodeKind::Mapping { entries, .. } => {
            for entry in entries {
                collect(&entry.value, text, setting, found);
            }
        }
        NodeKind::Sequence { items, .. } => {
            for item in items {
                collect(item, text, setting, found);
            }
        }
    }
}
