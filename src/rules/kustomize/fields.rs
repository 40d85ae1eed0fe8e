//! The deprecated fields of a kustomization, and how each of them is written today.
//!
//! Source: kubernetes-sigs/kustomize `api/types/kustomization.go`, `kustomize/commands/edit/fix/convert.go`.

use std::ops::Range;

use super::order;
use super::rewrite::{Rewrite, field};
use crate::flux::SourceFile;
use crate::rules::{Context, data};
use crate::yaml::{Node, NodeKind, Operation, Position, Refusal, Route, Step, Value, parse};

/// A deprecated field that was met.
pub(super) struct Met {
    pub(super) range: Range<usize>,
    /// What it is called, and what takes its place.
    pub(super) what: String,
    /// Why it stays.
    pub(super) stays: Option<String>,
}

/// A kustomization on its way to the newer fields.
pub(super) struct Fields<'a> {
    context: &'a Context<'a>,
    file: &'a SourceFile<'a>,
    root: &'a Node<'a>,
    pub(super) rewrite: Rewrite,
    pub(super) met: Vec<Met>,
}

impl<'a> Fields<'a> {
    /// Finds and rewrites every deprecated field of the kustomization `root` in `file`.
    pub(super) fn rewritten(context: &'a Context<'a>, file: &'a SourceFile<'a>, root: &'a Node<'a>) -> Self {
        let mut fields = Self { context, file, root, rewrite: Rewrite::new(&file.text), met: Vec::new() };
        fields.list("bases", "resources", "`bases` is deprecated: `resources` takes its entries");
        fields.image_tags();
        fields.env_files();
        fields.common_labels();
        fields.merge_patches();
        fields.json_patches();
        fields.report_only();
        fields
    }

    fn report(&mut self, key: &Route, what: impl Into<String>, done: Result<(), Refusal>) {
        let stays = done.err().map(|refusal| refusal.to_string());
        let above = key.split_last().and_then(|(above, _)| self.root.find(&above));
        let name = match key.steps().last() {
            Some(Step::Key(name)) => name.as_str(),
            _ => "",
        };
        let entry = above.and_then(|above| above.entry(name));
        let range = entry.map_or(0..0, |entry| entry.key.range.clone());
        self.met.push(Met { range, what: what.into(), stays });
    }

    /// A list whose items join another one at its end.
    fn list(&mut self, old: &str, new: &str, what: &str) {
        if self.root.get(old).is_none_or(|list| list.items().is_empty()) {
            return;
        }
        let done = self.rewrite.attempt(|rewrite| rewrite.merge(old, new, false));
        self.report(&field(old), what, done);
    }

    fn image_tags(&mut self) {
        if self.root.get("imageTags").is_none() {
            return;
        }
        let rename = Operation::Rename { at: field("imageTags"), key: "images".into() };
        let done = if self.root.get("images").is_some() {
            Err(Refusal::Unsupported("`images` is there too, and kustomize takes both for one key".into()))
        } else {
            self.rewrite.attempt(|rewrite| rewrite.stage(vec![rename]))
        };
        self.report(&field("imageTags"), "`imageTags` is deprecated: it is called `images`", done);
    }

    fn env_files(&mut self) {
        for generator in ["configMapGenerator", "secretGenerator"] {
            for (place, item) in
                self.root.get(generator).map(Node::items).unwrap_or_default().iter().enumerate()
            {
                let Some(env) = item.get("env") else { continue };
                let at = field(generator).index(place);
                let done = match env.as_str() {
                    Some(path) => {
                        self.rewrite.attempt(|rewrite| env_file(rewrite, &at, path, item.get("envs")))
                    }
                    None => Err(Refusal::Unsupported("it is no text".into())),
                };
                let what = format!("`env` of `{generator}` is deprecated: `envs` is a list of such files");
                self.report(&at.key("env"), what, done);
            }
        }
    }

    fn common_labels(&mut self) {
        let Some(labels) = self.root.get("commonLabels").filter(|labels| !labels.entries().is_empty()) else {
            return;
        };
        let pairs = self
            .root
            .get("labels")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|one| one.get("pairs"));
        let keys: Vec<_> = pairs.flat_map(Node::entries).filter_map(|entry| entry.key_text()).collect();
        let twice =
            labels.entries().iter().filter_map(|entry| entry.key_text()).find(|key| keys.contains(key));
        let done = match twice {
            Some(key) => {
                Err(Refusal::Unsupported(format!("`labels` sets `{key}` too, so decide which of them holds")))
            }
            None => self.rewrite.attempt(common_labels),
        };
        let what = "`commonLabels` is deprecated: `labels` with `includeSelectors: true` does the same";
        self.report(&field("commonLabels"), what, done);
    }

    fn merge_patches(&mut self) {
        let name = "patchesStrategicMerge";
        let Some(list) = self.root.get(name).filter(|list| !list.items().is_empty()) else { return };
        let wraps = list.items().iter().enumerate().map(|(place, item)| match &item.kind {
            NodeKind::Scalar { text, .. } => {
                let key = if is_patch(text) { "patch" } else { "path" };
                Ok(Operation::Wrap { at: field(name).index(place), key: key.to_owned() })
            }
            _ => Err(Refusal::Unsupported("an entry is no text".into())),
        });
        let wraps: Result<Vec<_>, _> = wraps.collect();
        let done = self.may_become_patches(list).and(wraps).and_then(|wraps| {
            self.rewrite.attempt(|rewrite| {
                rewrite.stage(wraps)?;
                rewrite.merge(name, "patches", true)
            })
        });
        self.report(
            &field(name),
            "`patchesStrategicMerge` is deprecated: `patches` takes merge patches too",
            done,
        );
    }

    fn json_patches(&mut self) {
        let name = "patchesJson6902";
        let Some(list) = self.root.get(name).filter(|list| !list.items().is_empty()) else { return };
        let obstacle = |item| order::obstacle(self.context.index, self.file.path, self.root, item);
        let done = match list.items().iter().find_map(obstacle) {
            Some(why) => Err(Refusal::Unsupported(format!("{why}, and `patches` run before that"))),
            None => self
                .may_become_patches(list)
                .and_then(|()| self.rewrite.attempt(|rewrite| rewrite.merge(name, "patches", false))),
        };
        self.report(&field(name), "`patchesJson6902` is deprecated: `patches` takes JSON patches too", done);
    }

    /// Whether `list` can move beside what `patches` holds.
    fn may_become_patches(&self, list: &Node) -> Result<(), Refusal> {
        let patches = self.root.get("patches").map(Node::items).unwrap_or_default();
        if patches.iter().any(|patch| !patch.is_mapping()) {
            return Err(Refusal::Unsupported("`patches` holds entries of an even older form".into()));
        }
        let text = &self.file.text[list.range.clone()];
        let is_flux = text.contains("fluxcd.io") || data::rows().iter().any(|row| text.contains(&row.kind));
        if is_flux && (text.contains("beta") || text.contains("alpha")) {
            return Err(Refusal::Unsupported(
                "it names an old version of a Flux object, which must move first; then run this again".into(),
            ));
        }
        Ok(())
    }

    fn report_only(&mut self) {
        let by_hand = "each use of a variable must be rewritten by hand";
        let vars = ("vars", "`vars` is deprecated: `replacements` do the same", by_hand);
        let chart = "`helmChartInflationGenerator` is deprecated: `helmCharts` does the same";
        let charts = ("helmChartInflationGenerator", chart, "Flux builds neither, a HelmRelease would do");
        for (name, what, why) in [vars, charts] {
            if self.root.get(name).is_some_and(|list| !list.items().is_empty()) {
                self.report(&field(name), what, Err(Refusal::Unsupported(why.to_owned())));
            }
        }
    }
}

/// Whether an entry of `patchesStrategicMerge` is a patch and no path: kustomize too reads it as an object first.
fn is_patch(text: &str) -> bool {
    parse(text).documents.iter().any(|document| document.node().is_some_and(Node::is_mapping))
}

fn env_file(rewrite: &mut Rewrite, at: &Route, path: &str, envs: Option<&Node>) -> Result<(), Refusal> {
    let (old, new) = (at.key("env"), at.key("envs"));
    if envs.is_some_and(|envs| !envs.items().is_empty()) {
        let append = Operation::Append { to: new, value: path.into() };
        return rewrite.stage(vec![append, Operation::Remove { at: old }]);
    }
    if envs.is_some() {
        rewrite.stage(vec![Operation::Remove { at: new }])?;
    }
    let list = Value::Sequence(vec![path.into()]);
    rewrite.stage(vec![
        Operation::Rename { at: old.clone(), key: "envs".into() },
        Operation::Replace { at: old, value: list },
    ])
}

fn common_labels(rewrite: &mut Rewrite) -> Result<(), Refusal> {
    let item = Value::Mapping(vec![("includeSelectors".into(), true.into())]);
    let place = if rewrite.has_items("labels") {
        let place = rewrite.look(|root| root.get("labels").map_or(0, |labels| labels.items().len()));
        rewrite.stage(vec![Operation::Append { to: field("labels"), value: item }])?;
        place.unwrap_or_default()
    } else {
        if rewrite.look(|root| root.get("labels").is_some()) == Some(true) {
            rewrite.stage(vec![Operation::Remove { at: field("labels") }])?;
        }
        rewrite.stage(vec![Operation::Insert {
            into: Route::root(),
            position: Position::After("commonLabels".into()),
            key: "labels".into(),
            value: Value::Sequence(vec![item]),
        }])?;
        0
    };
    rewrite.stage(vec![Operation::Move {
        from: field("commonLabels"),
        into: field("labels").index(place),
        position: Position::Last,
        key: "pairs".into(),
    }])
}
