//! What a transition sees: one Flux object, or the part of one that a patch is.

use std::ops::Range;

use super::surroundings::Surroundings;
use crate::flux::schema::{self, Whole};
use crate::flux::{FluxVersion, Id, Index};
use crate::rules::Options;
use crate::rules::data::Row;
use crate::yaml::{Document, Node, Route, Scalar};

/// A Flux object on its way to another version.
pub(super) struct Object<'a> {
    /// Its mapping.
    pub(super) node: &'a Node<'a>,
    /// Where that stands in its document.
    pub(super) route: &'a Route,
    /// The document, for its comments.
    pub(super) document: &'a Document<'a>,
    /// The text that all ranges are of.
    pub(super) text: &'a str,
    /// What it is called.
    pub(super) id: &'a Id,
    /// The version that it is at, e.g. `v1beta2`.
    pub(super) from: &'a str,
    /// The version that it goes to; where it stays, the row of its own.
    pub(super) to: &'static Row,
    /// Whether it is an object or a patch, of which nothing is required.
    pub(super) whole: Whole,
    /// The lowest Flux that applies it, where that is known.
    pub(super) running: Option<FluxVersion>,
    /// What the user asks for.
    pub(super) options: &'a Options,
    /// All other objects.
    pub(super) index: &'a Index<'a>,
    /// What else stands around it.
    pub(super) around: &'a Surroundings<'a>,
}

impl<'a> Object<'a> {
    /// The node at `path`, keys joined by dots (`spec.chart.spec`).
    pub(super) fn get(&self, path: &str) -> Option<&'a Node<'a>> {
        path.split('.').try_fold(self.node, |node, key| node.get(key))
    }

    /// The text at `path`, where Kubernetes reads a string there.
    pub(super) fn text_at(&self, path: &str) -> Option<&'a str> {
        self.get(path)?.as_str()
    }

    /// The route of `path` in the document, for operations.
    pub(super) fn at(&self, path: &str) -> Route {
        path.split('.').fold(self.route.clone(), |route, key| route.key(key))
    }

    /// The bytes of the key at `path`, the place of a finding about a field.
    pub(super) fn key_range(&self, path: &str) -> Option<Range<usize>> {
        let (above, key) = path.rsplit_once('.').map_or((None, path), |(above, key)| (Some(above), key));
        let mapping = above.map_or(Some(self.node), |above| self.get(above))?;
        Some(mapping.entry(key)?.key.range.clone())
    }

    /// The mapping at `path`, where all of its entries are written there: none comes from a merge key.
    pub(super) fn mapping(&self, path: &str) -> Option<&'a Node<'a>> {
        self.get(path).filter(|node| node.is_mapping() && node.entry("<<").is_none())
    }

    /// Whether `path` has a value; null is none.
    pub(super) fn has(&self, path: &str) -> bool {
        self.get(path).is_some_and(|node| !matches!(node.scalar(), Some(Scalar::Null)))
    }

    /// The Flux that it is written for: the target, or the one that runs where that is older.
    pub(super) fn flux(&self) -> FluxVersion {
        let target = self.options.target.flux();
        let limit = self.running.filter(|_| !self.options.force_target);
        limit.map_or(target, |running| running.min(target))
    }

    /// The version that an object goes to which this one names or holds: no further than this one's Flux serves.
    pub(super) fn successor(&self, group: &str, version: &str, kind: &str) -> Option<&'static Row> {
        self.options.successor(group, version, kind, self.running)
    }

    /// Whether it is a whole object, of which required fields can be asked.
    pub(super) fn is_whole(&self) -> bool {
        self.whole == Whole::Object
    }

    /// Whether the Flux that it is written for, and the one that runs where that is known, are `since` or newer.
    pub(super) fn reaches(&self, since: FluxVersion) -> bool {
        self.options.target.flux() >= since && self.running.is_none_or(|running| running >= since)
    }

    /// Whether the version that it goes to still has the field at `route` below it.
    pub(super) fn keeps(&self, route: &Route) -> bool {
        let facts = schema::facts(&self.to.group, &self.to.version, &self.to.kind);
        facts.is_some_and(|facts| facts.field(route).is_some())
    }

    /// Whether its version changes.
    pub(super) fn moves(&self) -> bool {
        (&*self.to.group, &*self.to.version) != (&*self.id.group, self.from)
    }
}
