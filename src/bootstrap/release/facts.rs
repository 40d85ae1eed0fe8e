//! The table of releases: a digest of each object, and the tags of the images.
//!
//! A line tells of a release (`release 2.9.4 source-controller=v1.9.4 …`) or of an object at some releases
//! (`source-controller apps/Deployment flux-system/source-controller DIGEST 2.2.3..2.5.1 2.6.1`); what belongs to no
//! component belongs to the `base`.

use std::fmt::Write;
use std::sync::LazyLock;

use super::{Component, Version};
use crate::error::{Error, Kind, Result};
use crate::flux::Id;

static FACTS: LazyLock<Facts> =
    LazyLock::new(|| Facts::parse(include_str!("facts.txt")).expect("the embedded table is well-formed"));

/// What is known of releases.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Oldest first.
    pub(super) releases: Vec<ReleaseFacts>,
    /// The base first, then component after component.
    pub(super) objects: Vec<ObjectFacts>,
}

#[derive(Clone, Debug)]
pub(super) struct ReleaseFacts {
    pub(super) version: Version,
    pub(super) images: Vec<(Component, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct ObjectFacts {
    /// The component that brings it; none where every bootstrap does.
    pub(super) component: Option<Component>,
    /// Its name in the default namespace.
    pub(super) id: Id,
    /// Each digest with the releases that have it, as indices.
    pub(super) digests: Vec<(String, Vec<usize>)>,
}

/// A release of Flux that is known object by object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release(usize);

impl Release {
    /// The release `v2.9.4` or `2.9.4`, if it is known.
    pub fn of(version: &str) -> Option<Self> {
        Self::at(version.parse().ok()?)
    }

    /// The release of this version, if it is known.
    pub fn at(version: Version) -> Option<Self> {
        FACTS.releases.binary_search_by_key(&version, |release| release.version).ok().map(Self)
    }

    /// Every known release, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..FACTS.releases.len()).map(Self)
    }

    /// The oldest known release.
    pub fn oldest() -> Self {
        Self(0)
    }

    /// The newest known release.
    pub fn newest() -> Self {
        Self(FACTS.releases.len() - 1)
    }

    /// Its version.
    pub fn version(self) -> Version {
        self.facts().version
    }

    /// The newest known release of the same minor.
    #[must_use]
    pub fn newest_patch(self) -> Self {
        let flux = self.version().flux();
        Self::all().rfind(|release| release.version().flux() == flux).unwrap_or(self)
    }

    /// The components that the release has, in the order of [`Component::ALL`].
    pub fn components(self) -> Vec<Component> {
        self.facts().images.iter().map(|(component, _)| *component).collect()
    }

    /// The tag of the component's image; `None` where the release has no such component.
    pub fn image_tag(self, component: Component) -> Option<&'static str> {
        let image = self.facts().images.iter().find(|(other, _)| *other == component)?;
        Some(image.1.as_str())
    }

    /// The objects of a bootstrap with these components, named as in the namespace `flux-system`.
    pub fn objects(self, components: &[Component]) -> Vec<Id> {
        let wanted = |facts: &&ObjectFacts| facts.component.is_none_or(|it| components.contains(&it));
        self.object_facts().filter(wanted).map(|facts| facts.id.clone()).collect()
    }

    pub(super) fn object_facts(self) -> impl Iterator<Item = &'static ObjectFacts> {
        FACTS.objects.iter().filter(move |facts| facts.digest(self).is_some())
    }

    /// How many releases lie between the two.
    pub(super) fn distance(self, other: Self) -> usize {
        self.0.abs_diff(other.0)
    }

    fn facts(self) -> &'static ReleaseFacts {
        &FACTS.releases[self.0]
    }
}

impl ObjectFacts {
    /// The facts of the object with this name, in whatever namespace it lies.
    pub(super) fn of(id: &Id) -> Option<&'static Self> {
        let same = |facts: &&Self| {
            (&facts.id.group, &facts.id.kind, &facts.id.name) == (&id.group, &id.kind, &id.name)
        };
        FACTS.objects.iter().find(same)
    }

    /// Its digest at a release, if it is there.
    pub(super) fn digest(&self, release: Release) -> Option<&str> {
        let at = self.digests.iter().find(|(_, releases)| releases.contains(&release.0))?;
        Some(&at.0)
    }

    /// Whether `--network-policy=false` leaves it out.
    pub(super) fn is_policy(&self) -> bool {
        self.id.kind == "NetworkPolicy"
    }

    /// The releases that have it with this digest.
    pub(super) fn releases_with(&self, digest: &str) -> Vec<Release> {
        let same = self.digests.iter().filter(|(other, _)| other == digest);
        same.flat_map(|(_, releases)| releases).map(|at| Release(*at)).collect()
    }
}

impl Facts {
    /// Reads the table.
    pub fn parse(text: &str) -> Result<Self> {
        let mut facts = Self::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            facts
                .add(&words)
                .ok_or_else(|| Error::new(Kind::Input, format!("cannot read the line `{line}`")))?;
        }
        Ok(facts)
    }

    fn add(&mut self, words: &[&str]) -> Option<()> {
        if let ["release", version, images @ ..] = words {
            let image = |word: &&str| {
                let (name, tag) = word.split_once('=')?;
                Some((Component::from_name(name)?, tag.to_owned()))
            };
            let images = images.iter().map(image).collect::<Option<_>>()?;
            self.releases.push(ReleaseFacts { version: version.parse().ok()?, images });
            return Some(());
        }
        let [component, kind, name, digest, releases @ ..] = words else { return None };
        let component = match *component {
            "base" => None,
            name => Some(Component::from_name(name)?),
        };
        let (group, kind) = kind.split_once('/')?;
        let (namespace, name) =
            name.split_once('/').map_or((None, *name), |(space, name)| (Some(space), name));
        let namespace = namespace.map(str::to_owned);
        let id = Id { group: group.to_owned(), kind: kind.to_owned(), namespace, name: name.to_owned() };
        let mut at = Vec::new();
        for range in releases {
            let (first, last) = range.split_once("..").unwrap_or((range, range));
            at.extend(self.index(first)?..=self.index(last)?);
        }
        let digest = (digest.to_string(), at);
        match self.objects.last_mut() {
            Some(last) if last.id == id => last.digests.push(digest),
            _ => self.objects.push(ObjectFacts { component, id, digests: vec![digest] }),
        }
        Some(())
    }

    fn index(&self, version: &str) -> Option<usize> {
        let version: Version = version.parse().ok()?;
        self.releases.iter().position(|release| release.version == version)
    }

    /// The text of the table.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let version = |at: usize| self.releases[at].version.to_string().split_off(1);
        for (at, release) in self.releases.iter().enumerate() {
            let images = release.images.iter().map(|(component, tag)| format!(" {component}={tag}"));
            text.push_str(&format!("release {}{}\n", version(at), images.collect::<String>()));
        }
        for ObjectFacts { component, id, digests } in &self.objects {
            let component = component.map_or("base", Component::name);
            let namespace =
                id.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
            for (digest, releases) in digests {
                let Id { group, kind, name, .. } = id;
                let _ = write!(text, "{component} {group}/{kind} {namespace}{name} {digest}");
                for range in releases.chunk_by(|one, next| one + 1 == *next) {
                    let (first, last) = (version(range[0]), version(range[range.len() - 1]));
                    let range = if range.len() == 1 { first } else { format!("{first}..{last}") };
                    let _ = write!(text, " {range}");
                }
                text.push('\n');
            }
        }
        text
    }
}
