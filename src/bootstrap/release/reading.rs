//! What objects that a repository holds are, against the stock ones of a release.

use std::fmt;

use serde_json::Value;

use super::canonical::Canonical;
use super::facts::ObjectFacts;
use super::object::{DEFAULT_NAMESPACE, moved, namespace_of};
use super::settled::Settled;
use super::{Component, Flag, Flags, Release, Setting, Spelling, Version, evidence};
use crate::flux::Id;
use crate::phrase::Literal;

/// What a `gotk-components.yaml` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The components of which there is an object, in the order in which they come.
    pub components: Vec<Component>,
    /// The flags that bootstrap was given.
    pub flags: Flags,
    /// How its generator words things. Where it is not [`Spelling::of`] the release, another `flux` wrote it.
    pub spelling: Spelling,
    /// What is not as a bootstrap with these components and flags would have it: content first, then images and
    /// flags, then what is missing.
    pub deviations: Vec<Deviation>,
    /// Of each flag on which Deployments disagree, what each of them has.
    pub per_deployment: Vec<Setting>,
}

/// One thing that bootstrap would have written differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The object.
    pub id: Id,
    /// What it is.
    pub kind: DeviationKind,
}

/// How an object deviates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviationKind {
    /// Its content is not that of the release, flags left aside.
    Edited {
        /// The nearest release in which it is as it is here, if there is one.
        same_as: Option<Version>,
    },
    /// A bootstrap with these components has it.
    Missing,
    /// No release has it.
    Foreign,
    /// Other releases have it, this one does not.
    OfAnother {
        /// The nearest that does.
        release: Version,
    },
    /// It was there already.
    Repeated,
    /// It runs another image than the release, the registry left aside.
    Image {
        /// Whose image it is.
        component: Component,
        /// The image that is there.
        found: String,
        /// The image of the release.
        expected: String,
    },
    /// A flag is not what it is at the other Deployments, or not what the components ask for.
    Uneven {
        /// What differs.
        flag: Flag,
        /// At whose Deployment.
        component: Component,
        /// The value there.
        found: String,
        /// The value that it should have.
        usual: String,
    },
}

impl Reading {
    /// Whether a bootstrap of the release would have written the same.
    pub fn is_stock(&self) -> bool {
        self.deviations.is_empty()
    }
}

impl fmt::Display for Deviation {
    /// The object and what it is, without a final period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.id;
        match &self.kind {
            DeviationKind::Edited { same_as: None } => write!(f, "{id} was edited"),
            DeviationKind::Edited { same_as: Some(version) } => write!(f, "{id} is as in {version}"),
            DeviationKind::Missing => write!(f, "{id} is missing"),
            DeviationKind::Foreign => write!(f, "{id} is in no release of Flux"),
            DeviationKind::OfAnother { release } => {
                write!(f, "{id} is not in this release, but in {release}")
            }
            DeviationKind::Repeated => write!(f, "{id} is there twice"),
            DeviationKind::Image { found, expected, .. } => {
                write!(f, "{id} runs {} instead of {}", Literal(found), Literal(expected))
            }
            DeviationKind::Uneven { flag, found, usual, .. } => {
                let value = |text: &str| match text {
                    "" => "nothing".to_owned(),
                    text => Literal(text).to_string(),
                };
                write!(f, "{id} has {} as {} instead of {}", value(found), Literal(flag), value(usual))
            }
        }
    }
}

/// Reads the objects of a `gotk-components.yaml` as those of `release`.
pub fn read(release: &Release, objects: &[&Value]) -> Reading {
    let namespace = namespace_of(objects);
    let label = evidence::label_of(objects, release.version());
    let mut reader = Reader { release: *release, namespace, label, seen: Vec::new(), deviations: Vec::new() };
    let canonicals: Vec<Canonical> = objects.iter().filter_map(|object| reader.judge(object)).collect();
    reader.finish(&canonicals)
}

struct Reader {
    release: Release,
    namespace: String,
    /// The version as labels write it.
    label: String,
    seen: Vec<&'static ObjectFacts>,
    deviations: Vec<Deviation>,
}

impl Reader {
    /// Takes the object apart if it is one of the release, be it edited.
    fn judge(&mut self, object: &Value) -> Option<Canonical> {
        let canonical = Canonical::of(object, &self.namespace, &self.label);
        let kind = match ObjectFacts::of(&canonical.stock) {
            None => DeviationKind::Foreign,
            Some(facts) => match facts.digest(self.release) {
                None => DeviationKind::OfAnother { release: self.release_with(facts) },
                Some(_) if self.seen.iter().any(|seen| std::ptr::eq(*seen, facts)) => DeviationKind::Repeated,
                Some(digest) => {
                    self.seen.push(facts);
                    if digest != canonical.digest {
                        let same_as = self.same_as(object, &canonical, facts);
                        self.deviations.push(canonical.deviation(DeviationKind::Edited { same_as }));
                    }
                    return Some(canonical);
                }
            },
        };
        self.deviations.push(canonical.deviation(kind));
        None
    }

    /// The release whose object this is: the one that it names if that is so, else the nearest.
    fn same_as(&self, object: &Value, canonical: &Canonical, facts: &ObjectFacts) -> Option<Version> {
        let label = evidence::label(object).unwrap_or_default();
        let named = Canonical::of(object, &self.namespace, label).digest;
        let mut releases = facts.releases_with(&named);
        if let Some(release) = Release::of(label).filter(|release| releases.contains(release)) {
            return Some(release.version()).filter(|version| *version != self.release.version());
        }
        releases.extend(facts.releases_with(&canonical.digest));
        self.nearest(releases.into_iter())
    }

    /// The nearest release that has the object.
    fn release_with(&self, facts: &ObjectFacts) -> Version {
        let releases = Release::all().filter(|release| facts.digest(*release).is_some());
        self.nearest(releases).unwrap_or_else(|| self.release.version())
    }

    /// Of several releases the one with the fewest others between it and the one that is read.
    fn nearest(&self, releases: impl Iterator<Item = Release>) -> Option<Version> {
        Some(releases.min_by_key(|release| release.distance(self.release))?.version())
    }

    fn finish(mut self, canonicals: &[Canonical]) -> Reading {
        let mut components = Vec::new();
        for component in self.seen.iter().filter_map(|facts| facts.component) {
            if !components.contains(&component) {
                components.push(component);
            }
        }
        let settings: Vec<&Setting> = canonicals.iter().flat_map(|canonical| &canonical.settings).collect();
        let settled = Settled::of(&settings, self.release.version(), &self.namespace, &components);
        let network_policy = self.seen.iter().any(|facts| facts.is_policy());
        let flags = settled.flags(network_policy);
        for canonical in canonicals {
            self.deviations.extend(self.image(canonical, &flags.registry));
            for setting in canonical.settings.iter().filter(|setting| !settled.agrees(setting)) {
                let Setting { component, flag, value: found } = setting.clone();
                let usual = settled.value(flag);
                self.deviations.push(canonical.deviation(DeviationKind::Uneven {
                    flag,
                    component,
                    found,
                    usual,
                }));
            }
        }
        let disagreed = |flag| settings.iter().any(|other| other.flag == flag && !settled.agrees(other));
        let per_deployment = settings
            .iter()
            .filter(|setting| disagreed(setting.flag))
            .map(|setting| (*setting).clone())
            .collect();
        let missing = self.missing(&components, network_policy);
        self.deviations.extend(missing);
        Reading {
            components,
            flags,
            spelling: settled.spelling(),
            deviations: self.deviations,
            per_deployment,
        }
    }

    fn image(&self, canonical: &Canonical, registry: &str) -> Option<Deviation> {
        let (component, found) = canonical.image.clone()?;
        let expected = self.release.image_tag(component)?;
        let stock = canonical.settings.iter().filter(|setting| setting.flag == Flag::Registry);
        let stock = stock.map(|setting| format!("{}/{component}:{expected}", setting.value));
        if stock.into_iter().any(|stock| stock == found) {
            return None;
        }
        let expected = format!("{registry}/{component}:{expected}");
        Some(canonical.deviation(DeviationKind::Image { component, found, expected }))
    }

    fn missing(&self, components: &[Component], network_policy: bool) -> Vec<Deviation> {
        let wanted = |facts: &&ObjectFacts| {
            facts.component.is_none_or(|it| components.contains(&it))
                && (network_policy || !facts.is_policy())
        };
        let missing = |facts: &&ObjectFacts| !self.seen.iter().any(|seen| std::ptr::eq(*seen, *facts));
        let facts = self.release.object_facts().filter(wanted).filter(missing);
        let id = |facts: &ObjectFacts| moved(&facts.id, DEFAULT_NAMESPACE, &self.namespace);
        facts.map(|facts| Deviation { id: id(facts), kind: DeviationKind::Missing }).collect()
    }
}

impl Canonical {
    fn deviation(&self, kind: DeviationKind) -> Deviation {
        Deviation { id: self.id.clone(), kind }
    }
}
