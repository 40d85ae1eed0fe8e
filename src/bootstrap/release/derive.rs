//! From stock files to the table of releases: what `examples/derive-release-facts.rs` runs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::canonical::Canonical;
use super::deployment::tag;
use super::evidence::header_version;
pub use super::facts::Facts;
use super::facts::{ObjectFacts, ReleaseFacts};
use super::object::{DEFAULT_NAMESPACE, namespace_of};
use super::{Component, Flag, Flags, Setting, Version};
use crate::error::{Context, Error, Kind, Result};
use crate::flux::Id;
use crate::yaml;

/// A stock `gotk-components.yaml` with all components of its release and no other flag.
pub struct StockFile {
    /// What messages call it.
    pub name: String,
    /// Its text, with the header that tells the version.
    pub text: String,
}

/// Component, then group, kind and name: the order of the table.
type Key = (Option<Component>, String, String, String);

/// The facts in `files`, one for each release.
///
/// Fails where a file cannot be read, tells no version, comes twice, or was not made without flags.
pub fn derive(files: &[StockFile]) -> Result<Facts> {
    let mut releases = BTreeMap::new();
    for file in files {
        let stock = read(file).context(Kind::Input, || format!("cannot take facts from `{}`", file.name))?;
        if let Some((version, _)) = releases.insert(stock.0, stock) {
            return Err(
                Error::new(Kind::Input, format!("{version} is there twice")).hint("give one file a release")
            );
        }
    }
    let mut table: BTreeMap<Key, ObjectFacts> = BTreeMap::new();
    let mut facts = Facts::default();
    for (at, (version, objects)) in releases.into_values().enumerate() {
        let mut images = Vec::new();
        for (component, object) in objects {
            images.extend(object.image.map(|(of, image)| (of, tag(&image).unwrap_or_default().to_owned())));
            let Id { group, kind, name, .. } = object.stock.clone();
            let new = || ObjectFacts { component, id: object.stock, digests: Vec::new() };
            let known = table.entry((component, group, kind, name)).or_insert_with(new);
            match known.digests.iter_mut().find(|(digest, _)| *digest == object.digest) {
                Some((_, releases)) => releases.push(at),
                None => known.digests.push((object.digest, vec![at])),
            }
        }
        images.sort();
        facts.releases.push(ReleaseFacts { version, images });
    }
    facts.objects = table.into_values().collect();
    Ok(facts)
}

type Stock = (Version, Vec<(Option<Component>, Canonical)>);

fn read(file: &StockFile) -> Result<Stock> {
    let header = header_version(&file.text).unwrap_or_default();
    let version: Version = header.parse()?;
    let stream = yaml::parse(&file.text);
    let mut objects = Vec::new();
    for document in &stream.documents {
        let value = document.to_json().map_err(|problem| Error::new(Kind::Input, problem.message))?;
        objects.extend(value);
    }
    if namespace_of(&objects.iter().collect::<Vec<_>>()) != DEFAULT_NAMESPACE {
        return Err(Error::new(Kind::Input, format!("its namespace is not `{DEFAULT_NAMESPACE}`")));
    }
    let mut taken = Vec::new();
    for object in &objects {
        let canonical = Canonical::of(object, DEFAULT_NAMESPACE, header);
        if let Some((component, image)) = &canonical.image
            && *image
                != format!("{}/{component}:{}", Flags::default().registry, tag(image).unwrap_or_default())
        {
            return Err(Error::new(Kind::Input, format!("`{image}` is no stock image")));
        }
        let component = canonical.image.as_ref().map(|(component, _)| *component);
        taken.push((component, is_base(object), canonical));
    }
    let watcher = taken.iter().any(|(component, ..)| *component == Some(Component::SourceWatcher));
    for setting in taken.iter().flat_map(|(_, _, canonical)| &canonical.settings) {
        if !is_default(setting, version, watcher) {
            let Setting { component, flag, value } = setting;
            return Err(Error::new(Kind::Input, format!("{component} was given `{value}` as {flag}")));
        }
    }
    // Within the file the Deployment of a component is the last of its objects.
    let mut belongs = None;
    for (component, base, _) in taken.iter_mut().rev() {
        belongs = component.or(belongs);
        *component = belongs.filter(|_| !*base);
    }
    Ok((version, taken.into_iter().map(|(component, _, canonical)| (component, canonical)).collect()))
}

/// Whether every bootstrap has the object, whatever its components.
fn is_base(object: &Value) -> bool {
    let kinds = ["Namespace", "NetworkPolicy", "ResourceQuota", "ClusterRole", "ClusterRoleBinding"];
    kinds.iter().any(|kind| object["kind"] == *kind)
}

fn is_default(setting: &Setting, version: Version, watcher: bool) -> bool {
    match setting.flag {
        Flag::EventsAddress => !setting.value.is_empty(),
        Flag::ExternalArtifact => setting.value == watcher.to_string(),
        flag => setting.value == flag.default(version),
    }
}
