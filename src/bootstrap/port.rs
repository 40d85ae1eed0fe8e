//! From the patches of kustomizations to those of a FluxInstance.
//!
//! The operator patches its objects before it gives most of them a namespace and their labels, so what selects by these
//! would find nothing, silently, or fail. Every ported patch selects by kind and name.
//!
//! Source: controlplaneio-fluxcd/flux-operator `internal/builder/build.go` and `templates.go`.

mod operations;
mod roles;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::account::{Outcome, Row};
use super::fields::Fields;
use super::instance::InstancePatch;
use super::limit::Limit;
use crate::kustomize::{Id, Patch, Step};
use crate::phrase::List;
use crate::yaml;
use operations::Operations;
use roles::Roles;

/// What patches are ported for.
pub struct Ports<'a> {
    /// Objects of Flux, but for source and Kustomization of the cluster.
    pub core: &'a BTreeSet<Key>,
    /// Source and Kustomization of the cluster.
    pub roots: &'a BTreeSet<Key>,
    /// What fields of the FluxInstance say.
    pub fields: &'a Fields,
    /// The role for Flux's own kinds, as the release has it and as the operator makes it.
    pub roles: [Value; 2],
    /// How many arguments each controller has before anything is patched.
    pub arguments: BTreeMap<String, usize>,
    /// Flags that are put in front of others go to the end.
    pub moves_flags: bool,
}

/// An object, its version left out.
pub type Key = (String, String, String);

/// Group, kind and name of `id`: in one installation that is enough.
pub fn key(id: &Id) -> Key {
    (id.group.clone(), id.kind.clone(), id.name.clone())
}

/// Patches of the FluxInstance, and what became of those of the kustomizations.
#[derive(Debug, Default)]
pub struct Ported {
    /// In the order in which they were applied.
    pub patches: Vec<InstancePatch>,
    /// A row for each patch.
    pub rows: Vec<Row>,
}

/// Ports the patches among `steps`, each with the comments that stand above it. Those that only change what is not
/// Flux's get no row.
pub fn port<'s>(
    ports: &Ports<'_>,
    steps: impl Iterator<Item = (&'s Step, &'s Patch, Vec<String>)>,
) -> Ported {
    let mut ported = Ported::default();
    let mut roles = Roles::new(&ports.roles);
    for (step, patch, comments) in steps {
        let selected: Vec<&Id> = step.selected.iter().filter(|id| ports.core.contains(&key(id))).collect();
        let roots = step.selected.iter().any(|id| ports.roots.contains(&key(id)));
        let subject = format!("`{}`: {}", step.field, selection(&step.selected));
        let mut row = |outcome| ported.rows.push(Row::new(subject.clone(), step.place.clone(), outcome));
        if step.selected.is_empty() {
            row(Outcome::Dropped("it finds nothing today".into()));
        }
        if roots {
            row(Outcome::Field("what it sets on source and Kustomization is told field by field".into()));
        }
        if selected.is_empty() {
            continue;
        }
        if patch.allow_name_change || patch.allow_kind_change {
            let why = "a patch of a FluxInstance cannot change a name or kind: delete the one object and write the other to a file of its own";
            row(Outcome::Human(Limit::UnportablePatch, why.into()));
            continue;
        }
        let one = One { ports, patch, selected: &selected, with_roots: roots };
        for outcome in one.port(comments, &mut roles, &mut ported.patches) {
            ported.rows.push(Row::new(subject.clone(), step.place.clone(), outcome));
        }
    }
    ported
}

/// What a step selects, in a few words.
fn selection(ids: &[Id]) -> String {
    let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for id in ids {
        by_kind.entry(&id.kind).or_default().push(&id.name);
    }
    let all: Vec<String> = by_kind
        .iter()
        .map(|(kind, names)| match names[..] {
            [name] => format!("{kind} {name}"),
            _ => format!("{} {kind}s", names.len()),
        })
        .collect();
    if all.is_empty() { "finds nothing".to_owned() } else { format!("changes {}", List(&all, "and")) }
}

/// One patch that is ported.
struct One<'a> {
    ports: &'a Ports<'a>,
    patch: &'a Patch,
    selected: &'a [&'a Id],
    with_roots: bool,
}

impl One<'_> {
    fn port(
        &self,
        comments: Vec<String>,
        roles: &mut Roles,
        patches: &mut Vec<InstancePatch>,
    ) -> Vec<Outcome> {
        let stream = yaml::parse(&self.patch.text);
        let values: Result<Vec<Option<Value>>, _> =
            stream.documents.iter().map(yaml::Document::to_json).collect();
        let Ok(values) = values else {
            return vec![Outcome::Human(
                Limit::UnportablePatch,
                "its text cannot be read: correct it first".into(),
            )];
        };
        if let [Some(Value::Array(operations))] = &values[..] {
            return self.operations(operations, comments, roles, patches);
        }
        let before = patches.len();
        let mut why = BTreeSet::new();
        for (document, value) in stream.documents.iter().zip(&values) {
            let Some(value) = value else { continue };
            let text = format!("{}\n", self.patch.text[document.range.clone()].trim_end());
            if self.patch.target.is_some() {
                let whole = format!("{}\n", self.patch.text.trim_end());
                why.extend(self.targeted(&whole, patches));
                break;
            }
            let id = Id::of(value);
            if self.ports.core.contains(&key(&id)) {
                patches.push(merge_patch(&id.kind, Some(id.name), None, text));
                why.insert("with a target, which the operator needs");
            }
        }
        if self.is_on_role() {
            let texts: Vec<&str> = patches[before..].iter().map(|patch| patch.text.as_str()).collect();
            roles.merge(self.patch, &texts);
        }
        explain(&mut patches[before..], comments);
        vec![Outcome::Patch(reasons(&why))]
    }

    /// The same text for each kind that it selects.
    fn targeted(&self, text: &str, patches: &mut Vec<InstancePatch>) -> BTreeSet<&'static str> {
        let (targets, why) = self.targets();
        for (kind, name, labels) in targets {
            patches.push(merge_patch(&kind, name, labels, text.to_owned()));
        }
        why
    }

    fn operations(
        &self,
        operations: &[Value],
        comments: Vec<String>,
        roles: &mut Roles,
        patches: &mut Vec<InstancePatch>,
    ) -> Vec<Outcome> {
        let mut kept = Operations::new(self.ports, self.selected);
        for operation in operations {
            if self.is_on_role() && roles::is_on_rules(operation) {
                kept.told(roles.tell(operation));
            } else {
                kept.take(operation);
            }
        }
        let mut outcomes = kept.outcomes;
        if kept.list.is_empty() && kept.metadata.is_empty() {
            return outcomes;
        }
        let (targets, mut why) = self.targets();
        let as_written = kept.list == operations;
        let before = patches.len();
        let merge = json!({ "apiVersion": "v1", "kind": "all", "metadata": { "name": "all" } });
        for (kind, name, labels) in targets {
            if !kept.metadata.is_empty() {
                let mut patch = merge.clone();
                if let Some(metadata) = patch["metadata"].as_object_mut() {
                    metadata.extend(kept.metadata.clone());
                }
                patches.push(InstancePatch { name: name.clone(), ..InstancePatch::of_merge(&kind, &patch) });
            }
            if !kept.list.is_empty() {
                let mut patch = InstancePatch::of_operations(&kind, name, &kept.list);
                patch.label_selector = labels;
                if as_written {
                    patch.text = format!("{}\n", self.patch.text.trim_end());
                }
                patches.push(patch);
            }
        }
        explain(&mut patches[before..], comments);
        why.extend(kept.why);
        outcomes.push(Outcome::Patch(reasons(&why)));
        outcomes
    }

    fn is_on_role(&self) -> bool {
        self.selected.iter().all(|id| id.kind == "ClusterRole" && id.name.starts_with("crd-controller"))
    }

    /// Kinds, names and labels that select the same objects before they have a namespace.
    fn targets(&self) -> (Vec<Target>, BTreeSet<&'static str>) {
        let mut why = BTreeSet::new();
        let target = self.patch.target.clone().unwrap_or_default();
        if !target.namespace.is_empty() {
            why.insert("without a namespace, which controllers get later");
        }
        if !target.version.is_empty() || !target.group.is_empty() {
            why.insert("without group and version, which a new Flux may change");
        }
        let by_marks = target.label_selector.is_some() || target.annotation_selector.is_some();
        // The operator finds a role by the name, too, that it has before its namespace is put behind it.
        let has_more_names = target.kind.contains("ClusterRole") && !target.name.is_empty();
        if !target.kind.is_empty() && !by_marks && !self.with_roots && !has_more_names {
            let name = Some(target.name).filter(|name| !name.is_empty());
            return (vec![(target.kind, name, None)], why);
        }
        if by_marks {
            why.insert("by kind and name instead of labels, which most objects get later");
        }
        let found = targets(self.selected, self.ports.core);
        (found.into_iter().map(|(kind, name)| (kind, name, None)).collect(), why)
    }
}

/// Kinds and names that select these objects among `core`; no name where they are all of their kind.
pub(super) fn targets(selected: &[&Id], core: &BTreeSet<Key>) -> Vec<(String, Option<String>)> {
    let mut by_kind: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for id in selected {
        by_kind.entry(&id.kind).or_default().insert(&id.name);
    }
    let is_all = |kind: &str, names: &BTreeSet<&str>| {
        names.len() == core.iter().filter(|(_, of, _)| of == kind).count()
    };
    let (whole, some): (Vec<_>, Vec<_>) = by_kind.into_iter().partition(|(kind, names)| is_all(kind, names));
    let whole: BTreeSet<&str> = whole.into_iter().map(|(kind, _)| kind).collect();
    let whole = (!whole.is_empty()).then(|| (one_of(&whole), None));
    let some = some.into_iter().map(|(kind, names)| (kind.to_owned(), Some(one_of(&names))));
    whole.into_iter().chain(some).collect()
}

/// Kind, name and label selector.
type Target = (String, Option<String>, Option<String>);

/// A pattern for these names.
fn one_of(names: &BTreeSet<&str>) -> String {
    let names: Vec<String> = names.iter().map(|name| name.replace('.', "\\.")).collect();
    match &names[..] {
        [name] => name.clone(),
        _ => format!("({})", names.join("|")),
    }
}

fn merge_patch(kind: &str, name: Option<String>, labels: Option<String>, text: String) -> InstancePatch {
    InstancePatch { comments: Vec::new(), kind: kind.to_owned(), name, label_selector: labels, text }
}

fn explain(patches: &mut [InstancePatch], comments: Vec<String>) {
    if let Some(first) = patches.first_mut() {
        first.comments = comments;
    }
}

fn reasons(why: &BTreeSet<&'static str>) -> String {
    let all: Vec<&str> = why.iter().copied().collect();
    if all.is_empty() { "as it is".to_owned() } else { all.join("; ") }
}
