//! Which release a `gotk-components.yaml` says it is: its labels, its header, its images.

use std::fmt;

use serde_json::Value;

use super::canonical::VERSION_LABEL;
use super::{Component, Release, Version, deployment};
use crate::phrase::{Count, List, Literal};

/// Where a version is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The label `app.kubernetes.io/version` of the Namespace and of definitions of custom resources.
    Label,
    /// The line `# Flux Version:` at the head of the file.
    Header,
    /// The tags of the images.
    Images,
}

/// One thing that tells a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it is told.
    pub source: Source,
    /// The releases that it can mean. Images may fit several; what is no version of a release, and images that are of no
    /// known release, leave none.
    pub versions: Vec<Version>,
    /// What stands there, without a final period.
    pub text: String,
}

/// All that tells a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What counts more comes first: labels, then the header, then images.
    pub evidence: Vec<Evidence>,
}

/// Why nothing is known of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is older than the oldest release that is known.
    Older(Version),
    /// It is newer than the newest release that is known.
    Newer(Version),
    /// It was released, but its manifests are not at hand.
    NotAtHand(Version),
    /// No such release is known between those that are.
    Unheard(Version),
}

/// Released, and skipped by those whose manifests the table is derived from.
const NOT_AT_HAND: [Version; 1] = [Version::new(2, 8, 4)];

impl Told {
    /// The version that counts.
    pub fn version(&self) -> Option<Version> {
        self.evidence.iter().find_map(|evidence| evidence.versions.iter().max().copied())
    }

    /// What contradicts [`Self::version`].
    pub fn contradictions(&self) -> Vec<&Evidence> {
        let Some(version) = self.version() else { return Vec::new() };
        self.evidence.iter().filter(|evidence| !evidence.versions.contains(&version)).collect()
    }
}

impl Absence {
    /// Why [`Release::at`] has nothing; `None` where it has.
    pub fn of(version: Version) -> Option<Self> {
        if Release::at(version).is_some() {
            None
        } else if NOT_AT_HAND.contains(&version) {
            Some(Self::NotAtHand(version))
        } else if version < Release::oldest().version() {
            Some(Self::Older(version))
        } else if version > Release::newest().version() {
            Some(Self::Newer(version))
        } else {
            Some(Self::Unheard(version))
        }
    }
}

impl fmt::Display for Absence {
    /// A sentence without a final period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (oldest, newest) = (Release::oldest().version(), Release::newest().version());
        match self {
            Self::Older(version) => {
                write!(f, "{version} is older than {oldest}, the oldest release that is known")
            }
            Self::Newer(version) => {
                write!(f, "{version} is newer than {newest}, the newest release that is known")
            }
            Self::NotAtHand(version) => write!(f, "{version} was released, but its manifests are not known"),
            Self::Unheard(version) => write!(f, "{version} is no release that is known"),
        }
    }
}

/// Everything in a file that tells a version: `header` is its text or the beginning of it.
pub fn tell(header: &str, objects: &[&Value]) -> Told {
    let mut evidence = labels(objects);
    evidence.extend(header_version(header).map(|version| Evidence {
        source: Source::Header,
        versions: version.parse().into_iter().collect(),
        text: format!("the header says {}", Literal(version)),
    }));
    let so_far = Told { evidence };
    let images = images(objects, so_far.version());
    let mut evidence = so_far.evidence;
    evidence.extend(images);
    Told { evidence }
}

/// What the header of a file calls its version, e.g. `v2.9.4`.
pub(super) fn header_version(text: &str) -> Option<&str> {
    // `flux install --export` wrote the second word in lower case once.
    header_line(text, "flux version")
}

/// What the header of a file says its components are.
pub fn header_components(text: &str) -> Option<Vec<&str>> {
    Some(header_line(text, "components")?.split(',').map(str::trim).collect())
}

fn header_line<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let comments = text
        .lines()
        .map(str::trim)
        .take_while(|line| line.is_empty() || *line == "---" || line.starts_with('#'));
    let mut pairs = comments.filter_map(|line| line.strip_prefix('#')?.split_once(':'));
    pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The version that an object is labelled with.
pub(super) fn label(object: &Value) -> Option<&str> {
    object["metadata"]["labels"][VERSION_LABEL].as_str()
}

/// How most objects write `version` in their label: with a `v`, unless bootstrap was told otherwise.
pub(super) fn label_of(objects: &[&Value], version: Version) -> String {
    let long = version.to_string();
    let short = &long[1..];
    let count = |text: &str| objects.iter().filter(|object| label(object) == Some(text)).count();
    if count(short) > count(&long) { short.to_owned() } else { long }
}

fn labels(objects: &[&Value]) -> Vec<Evidence> {
    let mut counts: Vec<(&str, usize, bool)> = Vec::new();
    for object in objects {
        let namespace = object["kind"] == "Namespace";
        if !namespace && object["kind"] != "CustomResourceDefinition" {
            continue;
        }
        let Some(label) = label(object) else { continue };
        match counts.iter_mut().find(|(other, ..)| *other == label) {
            Some((_, count, of_namespace)) => {
                *count += 1;
                *of_namespace |= namespace;
            }
            None => counts.push((label, 1, namespace)),
        }
    }
    counts.sort_by_key(|(_, count, namespace)| std::cmp::Reverse((*namespace, *count)));
    let evidence = |(label, count, _): &(&str, usize, bool)| Evidence {
        source: Source::Label,
        versions: label.parse().into_iter().collect(),
        text: format!(
            "{} labelled {}",
            Count(*count, "object"),
            Literal(format!("{VERSION_LABEL}: {label}"))
        ),
    };
    counts.iter().map(evidence).collect()
}

fn images(objects: &[&Value], version: Option<Version>) -> Option<Evidence> {
    let deployments = objects.iter().filter(|object| object["kind"] == "Deployment");
    let image = |object: &&Value| {
        let component = Component::from_name(object["metadata"]["name"].as_str()?)?;
        let image = object["spec"]["template"]["spec"]["containers"][0]["image"].as_str()?;
        Some((component, deployment::tag(image)?.to_owned()))
    };
    let tags: Vec<(Component, String)> = deployments.copied().filter_map(|object| image(&object)).collect();
    if tags.is_empty() {
        return None;
    }
    let has = |release: &Release, (component, tag): &(Component, String)| {
        release.image_tag(*component).is_some_and(|stock| stock == tag)
    };
    let fits = |release: &Release| tags.iter().all(|image| has(release, image));
    let versions: Vec<Version> = Release::all().filter(fits).map(Release::version).collect();
    let release = version.and_then(Release::at);
    let others = tags.iter().filter(|image| release.is_none_or(|release| !has(&release, image)));
    let others: Vec<_> = others.map(|(component, tag)| Literal(format!("{component}:{tag}"))).collect();
    let text = match (release, versions.as_slice()) {
        // Which images that version had is not known.
        (None, []) if version.is_some() => return None,
        (Some(release), []) => {
            format!(
                "the images are of no known release; not of {}: {}",
                release.version(),
                List(&others, "and")
            )
        }
        (None, []) => format!("the images are of no known release: {}", List(&others, "and")),
        (_, versions) => format!("the images are those of {}", List(versions, "or")),
    };
    Some(Evidence { source: Source::Images, versions, text })
}
