//! Whether JSON patches may run earlier than they did.
//!
//! The operations of `patchesJson6902` run after namespace, prefix, suffix, labels and annotations, those of `patches`
//! before them. Source: kubernetes-sigs/kustomize `api/internal/target/kusttarget_configplugin.go`.

use crate::flux::{Index, scan};
use crate::rules::json_patch;
use crate::yaml::{Node, Stream, parse};

/// What a kustomization does to objects between its `patches` and its JSON patches.
struct Effects<'n> {
    namespace: Option<&'n str>,
    prefix: Option<&'n str>,
    suffix: Option<&'n str>,
    /// Keys of labels; also whether there are any at all.
    labels: Vec<&'n str>,
    annotations: Vec<&'n str>,
    /// Field specifications of its own say where it does that.
    custom: bool,
}

/// Why an entry of `patchesJson6902` of the kustomization `root` at `path` must not run earlier; `None` where it may.
pub(super) fn obstacle(index: &Index<'_>, path: &str, root: &Node, item: &Node) -> Option<String> {
    let effects = Effects::of(root);
    let Some(target) = item.get("target").filter(|target| !target.entries().is_empty()) else {
        return Some("a JSON patch has no target".to_owned());
    };
    if effects.is_empty() {
        return None;
    }
    if effects.custom {
        return Some("its `configurations` may change what a JSON patch sees".to_owned());
    }
    effects.in_target(target).or_else(|| match paths(index, path, item) {
        Some(paths) => effects.in_operations(&paths),
        None => Some("a JSON patch could not be read".to_owned()),
    })
}

impl<'n> Effects<'n> {
    fn of(root: &'n Node) -> Self {
        let text = |field: &str| root.get(field).and_then(Node::as_str).filter(|text| !text.is_empty());
        let keys = |node: Option<&'n Node<'n>>| {
            node.map(Node::entries).unwrap_or_default().iter().filter_map(|entry| entry.key_text())
        };
        let pairs =
            root.get("labels").map(Node::items).unwrap_or_default().iter().map(|one| one.get("pairs"));
        Self {
            namespace: text("namespace"),
            prefix: text("namePrefix"),
            suffix: text("nameSuffix"),
            labels: keys(root.get("commonLabels")).chain(pairs.flat_map(keys)).collect(),
            annotations: keys(root.get("commonAnnotations")).collect(),
            custom: root.get("configurations").is_some(),
        }
    }

    fn is_empty(&self) -> bool {
        self.namespace.or(self.prefix).or(self.suffix).is_none()
            && self.labels.is_empty()
            && self.annotations.is_empty()
    }

    /// Why `target` may pick other objects before these effects.
    fn in_target(&self, target: &Node) -> Option<String> {
        let text = |field: &str| target.get(field).and_then(Node::as_str).filter(|text| !text.is_empty());
        let is_pattern = |text: &str| text.contains(['*', '+', '?', '[', '(', '|', '^', '$', '\\']);
        if let (Some(wanted), Some(given)) = (text("namespace"), self.namespace)
            && (wanted == given || is_pattern(wanted))
        {
            return Some("the target of a JSON patch names the namespace that `namespace` gives".to_owned());
        }
        let renamed = |name: &str| {
            let begins = self.prefix.is_none_or(|prefix| name.starts_with(prefix));
            let ends = self.suffix.is_none_or(|suffix| name.ends_with(suffix));
            is_pattern(name) && name != ".*" || begins && ends
        };
        if self.prefix.or(self.suffix).is_some() && text("name").is_some_and(renamed) {
            return Some(
                "the target of a JSON patch may name an object as it is called by prefix or suffix"
                    .to_owned(),
            );
        }
        let selects = |selector: &str, keys: &[&str]| {
            text(selector).is_some_and(|selector| keys.iter().any(|key| selector.contains(key)))
        };
        if selects("labelSelector", &self.labels) || selects("annotationSelector", &self.annotations) {
            return Some(
                "the target of a JSON patch selects by a label or annotation that is added here".to_owned(),
            );
        }
        None
    }

    /// Why operations at `paths` may give another result before these effects.
    fn in_operations(&self, paths: &[String]) -> Option<String> {
        let is_set = |path: &&String| {
            self.namespace.is_some() && json_patch::may_write_namespace(path)
                || self.prefix.or(self.suffix).is_some() && json_patch::may_write_name(path)
                || !self.labels.is_empty() && json_patch::may_write_labels(path)
                || !self.annotations.is_empty() && json_patch::may_write_annotations(path)
        };
        let touched = paths.iter().find(is_set)?;
        Some(format!("a JSON patch works on `{touched}`, which this kustomization sets after `patches`"))
    }
}

/// The paths at which the operations of `item` work; `None` where they cannot be read.
fn paths(index: &Index<'_>, path: &str, item: &Node) -> Option<Vec<String>> {
    if let Some(text) = item.get("patch").and_then(Node::as_str) {
        return in_stream(&parse(text));
    }
    let file = scan::resolve(scan::folder(path), item.get("path").and_then(Node::as_str)?)?;
    in_stream(&index.files[index.file_index(&file)?].stream)
}

fn in_stream(stream: &Stream<'_>) -> Option<Vec<String>> {
    let [document] = &*stream.documents else { return None };
    let operations = document.node().filter(|root| root.is_sequence())?.items();
    let mut paths = Vec::new();
    for operation in operations {
        paths.push(operation.get("path")?.as_str()?.to_owned());
        paths.extend(operation.get("from").and_then(Node::as_str).map(str::to_owned));
    }
    Some(paths)
}
