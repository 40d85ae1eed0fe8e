//! Which Flux minor has which version of which kind: the reader of `api-versions.yaml`.
//!
//! "Older" and "newer" follow the order of the table, which is the order in which Flux went through the versions of
//! a kind. Kubernetes' own priority would put `v2beta1` after `v1` whatever happened first.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::error::{Error, Kind, Result};
use crate::flux::FluxVersion;
use crate::phrase::List;

/// A kind at one version, and the Flux minors that have it.
#[derive(Clone, Debug)]
pub struct Row {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// API version without its group.
    pub version: String,
    /// First Flux minor that serves it; `None` for the kinds of other products and of flux-operator.
    pub introduced: Option<FluxVersion>,
    /// First Flux minor whose CRD flags it; `None` where none did.
    pub deprecated: Option<FluxVersion>,
    /// First Flux minor without it; `None` where it is still served.
    pub removed: Option<FluxVersion>,
    /// How sure the minors are.
    pub certainty: Certainty,
    /// A kind of flux-operator, served with any Flux.
    pub operator: bool,
    /// The group that took the kind over.
    pub renamed: Option<String>,
    /// Why an object at this version stays as it is, where nothing succeeds it.
    pub held: Option<String>,
    /// Where the row comes from: repository, file and tags.
    pub source: String,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Read in the source.
    #[default]
    Certain,
    /// Announced or implied by the source.
    Likely,
}

/// The Flux minor that API versions are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target(FluxVersion);

impl Target {
    /// Every target, oldest first.
    pub const ALL: [Self; 4] = [
        Self(FluxVersion::new(2, 7)),
        Self(FluxVersion::new(2, 8)),
        Self(FluxVersion::new(2, 9)),
        Self(FluxVersion::new(2, 10)),
    ];

    /// The minor itself.
    pub const fn flux(self) -> FluxVersion {
        self.0
    }
}

impl Default for Target {
    /// 2.9, the newest in which every kind has exactly one version.
    fn default() -> Self {
        Self(FluxVersion::new(2, 9))
    }
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let flux = text.parse()?;
        Self::ALL
            .into_iter()
            .find(|target| target.0 == flux)
            .ok_or_else(|| Error::new(Kind::Usage, format!("accepted: {}", List(&Self::ALL, "or"))))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Row {
    /// Whether `flux` serves it.
    pub fn is_served(&self, flux: FluxVersion) -> bool {
        let begun = self.introduced.map_or(self.operator, |introduced| introduced <= flux);
        begun && self.removed.is_none_or(|removed| flux < removed)
    }

    /// Whether the CRD of `flux` flags it as deprecated.
    pub fn is_deprecated(&self, flux: FluxVersion) -> bool {
        self.is_served(flux) && self.deprecated.is_some_and(|deprecated| deprecated <= flux)
    }
}

impl fmt::Display for Row {
    /// As messages name it: Kustomization `kustomize.toolkit.fluxcd.io/v1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}/{}`", self.kind, self.group, self.version)
    }
}

/// Date of the Flux data, as year-month-day.
pub fn data_date() -> &'static str {
    &TABLE.date
}

/// Every row, sorted by group and kind; the versions of a kind from oldest to newest.
pub fn rows() -> &'static [Row] {
    &TABLE.rows
}

/// The row of a kind at a version.
pub fn row(group: &str, version: &str, kind: &str) -> Option<&'static Row> {
    of(group, kind).find(|row| row.version == version)
}

/// The versions of a kind that `flux` serves, oldest first.
pub fn served(group: &str, kind: &str, flux: FluxVersion) -> impl DoubleEndedIterator<Item = &'static Row> {
    of(group, kind).filter(move |row| row.is_served(flux))
}

/// The newest version of a kind that `flux` serves; it is the storage version.
pub fn newest(group: &str, kind: &str, flux: FluxVersion) -> Option<&'static Row> {
    served(group, kind, flux).next_back()
}

/// Whether Flux, its operator or what it grew from ever had a kind in `group`.
pub fn is_flux_group(group: &str) -> bool {
    TABLE.rows.iter().any(|row| row.group == group)
}

/// The row that an object at `version` is to be moved to for `target`. `None` where it is there already or at
/// something newer, where nothing succeeds it ([`Row::held`]), and where the version is not known.
pub fn successor(group: &str, version: &str, kind: &str, target: Target) -> Option<&'static Row> {
    let row = row(group, version, kind)?;
    if row.held.is_some() {
        return None;
    }
    if let Some(renamed) = &row.renamed {
        return newest(renamed, kind, target.flux());
    }
    let newest = newest(group, kind, target.flux())?;
    let newer = of(group, kind).skip_while(|row| row.version != version).skip(1);
    newer.into_iter().find(|row| row.version == newest.version)
}

/// The newest version of the successor's kind that is newer than `version` and that both `target` and the running
/// `flux` serve.
pub fn successor_within(
    group: &str,
    version: &str,
    kind: &str,
    target: Target,
    flux: FluxVersion,
) -> Option<&'static Row> {
    let wanted = successor(group, version, kind, target)?;
    if wanted.is_served(flux) {
        return Some(wanted);
    }
    let served_by_both = |row: &&Row| row.is_served(flux) && row.is_served(target.flux());
    let newer = of(&wanted.group, kind).skip_while(|row| row.group == group && row.version != version);
    newer.filter(|row| row.group != group || row.version != version).filter(served_by_both).last()
}

fn of(group: &str, kind: &str) -> impl DoubleEndedIterator<Item = &'static Row> {
    let from = TABLE.rows.partition_point(|row| (&*row.group, &*row.kind) < (group, kind));
    let to = TABLE.rows.partition_point(|row| (&*row.group, &*row.kind) <= (group, kind));
    TABLE.rows[from..to].iter()
}

struct Table {
    date: String,
    rows: Vec<Row>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let file: File = serde_yaml::from_str(include_str!("api-versions.yaml"))
        .expect("a test reads the embedded table of API versions");
    Table { date: file.date, rows: file.kinds.iter().flat_map(KindEntry::rows).collect() }
});

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    date: String,
    kinds: Vec<KindEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    group: String,
    kind: String,
    crd: String,
    #[serde(default)]
    operator: bool,
    versions: Vec<VersionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionEntry {
    version: String,
    introduced: Option<FluxVersion>,
    deprecated: Option<FluxVersion>,
    removed: Option<FluxVersion>,
    #[serde(default)]
    certainty: Certainty,
    renamed: Option<String>,
    held: Option<String>,
    tags: Option<String>,
    source: Option<String>,
}

impl KindEntry {
    fn rows(&self) -> impl Iterator<Item = Row> {
        self.versions.iter().map(|entry| Row {
            group: self.group.clone(),
            kind: self.kind.clone(),
            version: entry.version.clone(),
            introduced: entry.introduced,
            deprecated: entry.deprecated,
            removed: entry.removed,
            certainty: entry.certainty,
            operator: self.operator,
            renamed: entry.renamed.clone(),
            held: entry.held.clone(),
            source: match (&entry.source, &entry.tags) {
                (Some(source), _) => source.clone(),
                (None, Some(tags)) => format!("{} {tags}", self.crd),
                (None, None) => String::new(),
            },
        })
    }
}
