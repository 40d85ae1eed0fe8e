//! JSON patches ran after everything else of a build, and run before it as `patches`: where that shows.
//!
//! Source: kubernetes-sigs/kustomize `api/internal/target/kusttarget_configplugin.go`: patches, namespace, prefix,
//! suffix, labels, annotations, JSON patches.

use regex::Regex;

use super::object::Object;
use crate::flux::kustomize::Owner;
use crate::rules::json_patch;
use crate::yaml::Node;

/// What a build sets between patches and JSON patches.
#[derive(Default)]
pub(super) struct Settings<'a> {
    namespaces: Vec<&'a str>,
    /// Prefixes and suffixes of names.
    affixes: Vec<&'a str>,
    /// Keys of labels and annotations.
    marks: Vec<&'a str>,
}

impl<'a> Settings<'a> {
    /// Of the Flux Kustomization `object`, and of the kustomization file in its folder where that is in this repository.
    pub(super) fn of(object: &Object<'a>) -> Self {
        let mut settings = Self::default();
        if let Some(spec) = object.get("spec") {
            settings.read(spec, "targetNamespace");
        }
        if let Some(root) = built(object) {
            settings.read(root, "namespace");
        }
        settings
    }

    fn read(&mut self, node: &'a Node<'a>, namespace: &str) {
        let text = |key: &str| node.get(key).and_then(Node::as_str);
        self.namespaces.extend(text(namespace));
        self.affixes.extend(text("namePrefix"));
        self.affixes.extend(text("nameSuffix"));
        let maps = [node.get("commonLabels"), node.get("commonAnnotations")];
        let labels = node.get("labels").map(Node::items).unwrap_or_default();
        let maps = maps.into_iter().chain(labels.iter().map(|label| label.get("pairs")));
        self.marks.extend(maps.flatten().flat_map(Node::entries).filter_map(|entry| entry.key_text()));
    }

    /// Why the JSON patch `item` would not do the same as one of `patches`.
    pub(super) fn blocks(&self, item: &Node) -> Option<String> {
        let target = |key: &str| item.get("target").and_then(|target| target.get(key)).and_then(Node::as_str);
        let Some(name) = target("name").filter(|name| !name.is_empty()) else {
            return Some(
                "has a target without a name, which made the build fail: say what it selects".to_owned(),
            );
        };
        let namespace =
            target("namespace").filter(|wanted| self.namespaces.iter().any(|set| selects(wanted, set)));
        if let Some(namespace) = namespace {
            return Some(format!(
                "selects by the namespace `{namespace}`, which is set only after `patches`: select by the namespace in \
                 the source, or by none"
            ));
        }
        if self
            .affixes
            .iter()
            .any(|affix| name.starts_with(affix) || name.ends_with(affix) || is_pattern(name))
        {
            return Some(format!(
                "selects by the name `{name}`, and names get a prefix or suffix only after `patches`: select by the \
                 name in the source"
            ));
        }
        for selector in ["labelSelector", "annotationSelector"] {
            if let Some(mark) =
                target(selector).and_then(|text| self.marks.iter().find(|mark| text.contains(**mark)))
            {
                return Some(format!(
                    "selects by `{mark}`, which is set only after `patches`: select by something else"
                ));
            }
        }
        let operations = item.get("patch").map(Node::items).unwrap_or_default();
        let path = operations
            .iter()
            .filter_map(|operation| operation.get("path")?.as_str())
            .find(|path| self.is_set(path))?;
        Some(format!(
            "writes `{path}`, which the build may set after `patches`: see which of the two shall hold"
        ))
    }

    /// Whether the build may set what `path` points to. A name and a namespace may also be set by a kustomization that is
    /// not in this repository.
    fn is_set(&self, path: &str) -> bool {
        if matches!(path, "/metadata/name" | "/metadata/namespace") {
            return true;
        }
        let key =
            ["/metadata/labels", "/metadata/annotations"].iter().find_map(|above| path.strip_prefix(above));
        match key.map(|key| json_patch::unescaped(key.trim_start_matches('/'))) {
            Some(key) if key.is_empty() => !self.marks.is_empty(),
            Some(key) => self.marks.contains(&&*key),
            None => {
                let marks = json_patch::may_write_labels(path) || json_patch::may_write_annotations(path);
                !self.namespaces.is_empty() && json_patch::may_write_namespace(path)
                    || !self.affixes.is_empty() && json_patch::may_write_name(path)
                    || !self.marks.is_empty() && marks
            }
        }
    }
}

/// The kustomization file that a Flux Kustomization builds.
fn built<'a>(object: &Object<'a>) -> Option<&'a Node<'a>> {
    let index = object.index;
    let is_own = |at: usize| std::ptr::eq(index.node(&index.resources[at]), object.node);
    let flux = index
        .kustomizations
        .iter()
        .find(|one| matches!(one.owner, Owner::Flux(at) if is_own(at)))
        .filter(|one| !one.has_unknown)?;
    let file = index
        .kustomizations
        .iter()
        .find(|one| matches!(one.owner, Owner::Kustomize { .. }) && one.folder == flux.folder)?;
    index.files[file.file].stream.documents.get(file.document)?.node()
}

fn selects(wanted: &str, namespace: &str) -> bool {
    Regex::new(&format!("^(?:{wanted})$")).is_ok_and(|pattern| pattern.is_match(namespace))
        || wanted == namespace
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '+', '?', '[', '(', '|', '^', '$', '\\'])
}
