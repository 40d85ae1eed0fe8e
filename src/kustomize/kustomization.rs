//! What a kustomization asks for, with the place of each piece.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fields::FieldSpec;
use super::images::Image;
use super::selector::Selector;
use crate::place::Place;

/// A piece of a kustomization.
#[derive(Clone, Debug)]
pub(super) struct Entry<T> {
    pub(super) value: T,
    /// As [`super::Step::field`].
    pub(super) field: String,
    pub(super) place: Place,
}

/// What a kustomization asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Kustomization {
    pub(super) is_component: bool,
    pub(super) resources: Vec<Entry<String>>,
    pub(super) components: Vec<Entry<String>>,
    pub(super) merge_patches: Vec<Entry<PatchEntry>>,
    pub(super) patches: Vec<Entry<PatchEntry>>,
    pub(super) json_patches: Vec<Entry<PatchEntry>>,
    pub(super) namespace: Option<Entry<String>>,
    pub(super) prefix: Option<Entry<String>>,
    pub(super) suffix: Option<Entry<String>>,
    pub(super) labels: Vec<Entry<Labels>>,
    pub(super) annotations: Option<Entry<Pairs>>,
    pub(super) replicas: Vec<Entry<Replica>>,
    pub(super) images: Vec<Entry<Image>>,
    /// Fields that are not evaluated.
    pub(super) unsupported: Vec<Entry<String>>,
}

/// Keys with their values.
pub(super) type Pairs = BTreeMap<String, Option<String>>;

/// An item of `patches`, or one of the older fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PatchEntry {
    pub(super) path: String,
    pub(super) patch: String,
    pub(super) target: Option<Selector>,
    pub(super) options: PatchOptions,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct PatchOptions {
    pub(super) allow_name_change: bool,
    pub(super) allow_kind_change: bool,
}

/// An item of `labels`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Labels {
    pub(super) pairs: Pairs,
    pub(super) include_selectors: bool,
    pub(super) include_templates: bool,
    pub(super) fields: Vec<FieldSpec>,
}

impl Labels {
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        pairs(&self.pairs)
    }
}

/// Keys with their values; one that is null is empty.
pub(super) fn pairs(pairs: &Pairs) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| (key.clone(), value.clone().unwrap_or_default())).collect()
}

/// An item of `replicas`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Replica {
    pub(super) name: String,
    pub(super) count: i64,
}
