//! The Flux objects of a tree, each judged at the version that it is at.

use std::collections::BTreeMap;

use flux_forge::flux::{Index, Resource, Role};
use flux_forge::repo::Repo;
use flux_forge::rules::data::{self, Target};

use super::judges::Judges;

/// Where an object stands: file, document and route, so that it is found again after the migration.
pub(super) type Key = (String, usize, String);

/// A whole object.
pub(super) struct Object {
    pub(super) name: String,
    pub(super) version: String,
    /// Both judges take it.
    pub(super) is_valid: bool,
    /// The newest release has a newer version.
    pub(super) is_old: bool,
}

/// The whole objects of Flux in every file, by place.
pub(super) fn whole(index: &Index<'_>, judges: &mut Judges<'_>) -> BTreeMap<Key, Object> {
    let mut found = BTreeMap::new();
    for resource in index.resources.iter().filter(|resource| is_whole(index, resource)) {
        let id = &resource.id;
        let Some(is_valid) = judges.accept(index, resource) else { continue };
        let object = Object {
            name: id.to_string(),
            version: resource.version.clone(),
            is_valid,
            is_old: is_old(resource),
        };
        found.insert(key(index, resource), object);
    }
    found
}

/// How many patches, and objects written inside of others, are at an old version.
pub(super) fn old_parts(repo: &Repo) -> usize {
    let index = Index::new(repo);
    let parts = index.resources.iter().filter(|resource| !is_whole(&index, resource));
    parts.filter(|resource| is_old(resource)).count()
}

pub(super) fn key(index: &Index<'_>, resource: &Resource) -> Key {
    (index.file(resource).path.to_owned(), resource.document, resource.route.to_string())
}

pub(super) fn is_whole(index: &Index<'_>, resource: &Resource) -> bool {
    resource.role == Role::Object && index.file(resource).host.is_none()
}

fn is_old(resource: &Resource) -> bool {
    data::successor(&resource.id.group, &resource.version, &resource.id.kind, Target::default()).is_some()
}
