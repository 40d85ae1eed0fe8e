//! `patchesStrategicMerge` and `patchesJson6902`, which are both `patches` today.
//!
//! Merge patches ran first of all, JSON patches after everything else, so they go to either end of the list.
//! Sources: fluxcd/kustomize-controller `CHANGELOG.md` 1.0.0-rc.1; fluxcd/helm-controller v0.31.0
//! `internal/runner/post_renderer_kustomize.go`; kubernetes-sigs/kustomize
//! `api/internal/target/kusttarget_configplugin.go`.

use std::ops::Range;

use super::carry;
use super::json_patch_order::Settings;
use super::object::Object;
use super::step::{Conversion, DeadField, Steps};
use crate::change;
use crate::flux::FluxVersion;
use crate::flux::resource::group_version;
use crate::yaml::{Entry, Node, NodeKind, Operation, Route, Value, edits, parse};

const MERGE: &str = "patchesStrategicMerge";
const JSON: &str = "patchesJson6902";
const PATCHES: &str = "patches";

/// A mapping with patches, and what messages call its fields.
struct Host<'o, 'a> {
    object: &'o Object<'a>,
    node: &'a Node<'a>,
    route: Route,
    merge: &'static str,
    json: &'static str,
    since: FluxVersion,
    /// What else its build does.
    settings: Settings<'a>,
}

pub(super) fn of_kustomization(object: &Object<'_>, steps: &mut Steps) {
    let Some(node) = object.get("spec") else { return };
    // What is looked for next costs more than all else about an object that has neither.
    if ["patchesStrategicMerge", "patchesJson6902"].iter().all(|field| node.entry(field).is_none()) {
        return;
    }
    let host = Host {
        object,
        node,
        route: object.at("spec"),
        merge: "spec.patchesStrategicMerge",
        json: "spec.patchesJson6902",
        since: FluxVersion::new(2, 0),
        settings: Settings::of(object),
    };
    host.steps(steps, !object.is_whole());
}

pub(super) fn of_post_renderers(object: &Object<'_>, steps: &mut Steps) {
    let renderers = object.get("spec.postRenderers").map(Node::items).unwrap_or_default();
    for (index, node) in renderers.iter().enumerate() {
        let Some(node) = node.get("kustomize") else { continue };
        let host = Host {
            object,
            node,
            route: object.at("spec.postRenderers").index(index).key("kustomize"),
            merge: "spec.postRenderers[].kustomize.patchesStrategicMerge",
            json: "spec.postRenderers[].kustomize.patchesJson6902",
            since: FluxVersion::new(2, 3),
            settings: Settings::default(),
        };
        // A patch replaces the whole list of post-renderers, so each of them is all there.
        host.steps(steps, false);
    }
}

impl<'a> Host<'_, 'a> {
    /// `partial` tells that the lists are put onto those of an object elsewhere.
    fn steps(&self, steps: &mut Steps, partial: bool) {
        let (merge, json) = (self.old(MERGE, self.merge, steps), self.old(JSON, self.json, steps));
        let (first, second) = (
            merge.map(|entry| self.merge_patches(entry)).transpose(),
            json.map(|entry| self.json_patches(entry, merge.is_some())).transpose(),
        );
        let mut operations = match (&first, &second) {
            (Ok(first), Ok(second)) => self.operations(first.as_deref(), second.as_ref()),
            _ => Ok(Vec::new()),
        };
        let fields = [(merge, self.merge, first.err()), (json, self.json, second.err())];
        for (entry, path, why) in fields {
            let Some(entry) = entry else { continue };
            let convert = match (&mut operations, why) {
                _ if partial => Conversion::Human(format!(
                    "`{path}` in a patch cannot become part of `patches`, since a patch replaces the whole list: write \
                     the list that is meant"
                )),
                (_, Some(why)) => Conversion::Human(why),
                (Err(why), None) => Conversion::Human(why.clone()),
                // What is done for both lists is done once.
                (Ok(operations), None) => Conversion::Exact(std::mem::take(operations)),
            };
            let drop = vec![Operation::Remove { at: self.route.key(entry.key_text().unwrap_or_default()) }];
            let field = DeadField { path, since: self.since, convert, drop };
            steps.dead(self.object, entry.key.range.clone(), field);
        }
    }

    /// The entry of an old list; one without items goes at once.
    fn old(&self, key: &str, path: &str, steps: &mut Steps) -> Option<&'a Entry<'a>> {
        let entry = self.node.entry(key).filter(|_| !self.is_kept(key))?;
        if is_empty(&entry.value) {
            let operation = Operation::Remove { at: self.route.key(key) };
            steps.change(
                entry.key.range.clone(),
                format!("`{path}` is empty and is removed"),
                vec![operation],
            );
            return None;
        }
        Some(entry)
    }

    /// Whether the version that the object goes to still has the list.
    fn is_kept(&self, key: &str) -> bool {
        let steps = self.route.steps()[self.object.route.steps().len()..].iter().cloned();
        self.object.keeps(&Route::from(steps.collect::<Vec<_>>()).key(key))
    }

    /// The new items for merge patches: their texts, without a target, which would mean every object.
    fn merge_patches(&self, entry: &'a Entry<'a>) -> Result<Vec<Value>, String> {
        let path = self.merge;
        let items = entry.value.items();
        if items.is_empty() || !items.iter().all(Node::is_mapping) {
            return Err(format!(
                "`{path}` holds something that is no part of an object: write it as `patches`"
            ));
        }
        let in_place = self.node.get(PATCHES).is_none();
        let regions = self.regions(entry, in_place);
        let texts =
            items.iter().zip(regions).map(|(item, region)| carry::text(self.object, item, region, path));
        let item = |text: String| Value::Mapping(vec![("patch".to_owned(), self.moved(text).into())]);
        texts.map(|text| text.map(item)).collect()
    }

    /// The text of a merge patch that names a Flux object by the version which that goes to.
    fn moved(&self, text: String) -> String {
        let stream = parse(&text);
        let root = stream.documents.first().and_then(|document| document.node());
        let version = root.and_then(|root| {
            let written = root.get("apiVersion")?;
            let (group, version) = written.as_str()?.rsplit_once('/')?;
            let row = self.object.successor(group, version, root.get("kind")?.as_str()?)?;
            let operation = Operation::Replace {
                at: Route::root().key("apiVersion"),
                value: group_version(&row.group, &row.version).into(),
            };
            edits(&text, &stream, &[(0, operation)]).ok()
        });
        version.and_then(|edits| change::apply(&text, &edits).ok()).unwrap_or(text)
    }

    /// The new items for JSON patches: the same with a text for a patch.
    fn json_patches(&self, entry: &'a Entry<'a>, after_merge: bool) -> Result<Json, String> {
        let path = self.json;
        let items = entry.value.items();
        let is_read = |item: &Node| item.get("patch").is_some_and(Node::is_sequence);
        if items.is_empty() || !items.iter().all(is_read) {
            return Err(format!(
                "`{path}` holds something that is no list of operations: write it as `patches`"
            ));
        }
        if let Some(why) = items.iter().find_map(|item| self.settings.blocks(item)) {
            return Err(format!("`{path}` {why}"));
        }
        if self.node.get(PATCHES).is_none() && !after_merge {
            let here = self.route.key(JSON);
            let operations = items.iter().enumerate().map(|(index, item)| {
                let text = item.entry("patch").ok_or_else(String::new)?;
                let region = carry::behind_key(self.object, item, text);
                let value = carry::text(self.object, &text.value, region, path)?.into();
                Ok(Operation::Recast { at: here.index(index).key("patch"), value })
            });
            return operations.collect::<Result<_, String>>().map(Json::InPlace);
        }
        let regions = self.regions(entry, false);
        items
            .iter()
            .zip(regions)
            .map(|(item, region)| self.json_patch(item, region))
            .collect::<Result<_, _>>()
            .map(Json::Items)
    }

    fn json_patch(&self, item: &Node, region: Range<usize>) -> Result<Value, String> {
        let unclear = || {
            format!("`{}` has a target with an anchor, an alias or a tag: write it as `patches`", self.json)
        };
        let entries = item.entries().iter().map(|entry| {
            let key = entry.key.as_str().ok_or_else(unclear)?;
            let value = if key == "patch" {
                carry::text(self.object, &entry.value, region.clone(), self.json)?.into()
            } else {
                Value::of(&entry.value).ok_or_else(unclear)?
            };
            Ok((key.to_owned(), value))
        });
        entries.collect::<Result<_, String>>().map(Value::Mapping)
    }

    /// For each item of a list the bytes whose comments go with it.
    fn regions(&self, list: &Entry<'_>, in_place: bool) -> Vec<Range<usize>> {
        let whole = carry::behind_key(self.object, self.node, list);
        let flow = matches!(list.value.kind, NodeKind::Sequence { flow: true, .. });
        let mut start = whole.start;
        let items = list.value.items();
        let ends = items.iter().enumerate().map(|(index, item)| match index + 1 == items.len() {
            true if in_place => whole.end,
            true => list.value.range.end,
            false if flow => item.range.end,
            false => carry::line_end(self.object.text, item.range.end),
        });
        ends.map(|end| std::mem::replace(&mut start, end)..end).collect()
    }

    /// What is done for both lists together.
    fn operations(&self, first: Option<&[Value]>, second: Option<&Json>) -> Result<Vec<Operation>, String> {
        let at = |key: &str| self.route.key(key);
        let rename = |key: &str| Operation::Rename { at: at(key), key: PATCHES.to_owned() };
        let front = first.unwrap_or_default();
        let back = match second {
            Some(Json::InPlace(operations)) => {
                return Ok([rename(JSON)].into_iter().chain(operations.iter().cloned()).collect());
            }
            Some(Json::Items(items)) => items.as_slice(),
            None => &[],
        };
        let all = || Value::Sequence([front, back].concat());
        let take_json = second.map(|_| Operation::Take { at: at(JSON) });
        let take_merge = first.map(|_| Operation::Take { at: at(MERGE) });
        let Some(patches) = self.node.get(PATCHES) else {
            let recast = Operation::Recast { at: at(MERGE), value: all() };
            return Ok([rename(MERGE), recast].into_iter().chain(take_json).collect());
        };
        let mut operations: Vec<Operation> = if is_empty(patches) {
            vec![Operation::Replace { at: at(PATCHES), value: all() }]
        } else if patches.is_sequence() {
            let to = at(PATCHES);
            let prepend = |value: &Value| Operation::Prepend { to: to.clone(), value: value.clone() };
            let append = |value: &Value| Operation::Append { to: to.clone(), value: value.clone() };
            front.iter().map(prepend).chain(back.iter().map(append)).collect()
        } else {
            return Err("`patches` is there and no list: write all patches as one list".to_owned());
        };
        operations.extend(take_merge.into_iter().chain(take_json));
        Ok(operations)
    }
}

/// The new form of JSON patches.
enum Json {
    /// New items.
    Items(Vec<Value>),
    /// The items where they stand.
    InPlace(Vec<Operation>),
}

fn is_empty(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Sequence { items, .. } => items.is_empty(),
        NodeKind::Scalar { text, .. } => matches!(&**text, "" | "null" | "~"),
        _ => false,
    }
}
