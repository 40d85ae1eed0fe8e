//! What else in the repository is tied to an installation: by path, by name, or as its namespace.

use std::ops::Range;

use super::scope::{Object, Scope, at, list};
use crate::flux::kustomize::Owner;
use crate::flux::scan::resolve;
use crate::flux::{Id, Kustomization};
use crate::place::Place;
use crate::yaml::Node;

/// A path that a kustomization builds from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The path as it is written.
    pub place: Place,
    /// What it means once there is nothing at the path.
    pub message: String,
    /// The folder of the kustomization; for one of Flux that of its file.
    pub from: String,
    /// The file or folder that it names, below the root.
    pub to: String,
    /// It is `spec.path` of a Flux Kustomization.
    pub is_flux: bool,
    /// There is nothing at the path, so that it may start from another root than this repository's.
    pub is_guess: bool,
}

/// An object that is a namespace of Flux.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceObject {
    /// Its name in its file.
    pub place: Place,
    /// What it means that it is there.
    pub message: String,
    /// Its index in [`crate::flux::Index::resources`], where it is an object.
    pub resource: Option<usize>,
    /// The namespace.
    pub name: String,
    /// It is kept when it leaves Git.
    pub is_kept: bool,
}

/// An object that names another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Where.
    pub place: Place,
    /// Index of the object that names another, in [`crate::flux::Index::resources`].
    pub resource: usize,
    /// Kind of the object that is named.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace, where that is written here or is that of the object.
    pub namespace: Option<String>,
    /// By a `dependsOn`; otherwise by a `sourceRef`.
    pub is_dependency: bool,
}

/// How many objects name another. They keep working as long as its name and namespace stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// By `sourceRef`.
    pub sources: usize,
    /// By `dependsOn`.
    pub dependencies: usize,
    /// The first of them.
    pub first: Option<Place>,
}

/// Lists of paths in a kustomization.
const LISTS: [&str; 9] = [
    "resources",
    "bases",
    "crds",
    "components",
    "configurations",
    "transformers",
    "validators",
    "generators",
    "patchesStrategicMerge",
];
/// Lists of mappings with a `path` or with `files`.
const MAPPINGS: [&str; 5] =
    ["patches", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator"];

impl Reference {
    /// Whether it names `folder` or something in it, and is not of that folder itself. A path of Flux that leads nowhere
    /// names every folder that ends like it.
    pub fn leads_into(&self, folder: &str) -> bool {
        let ends_like_it = || {
            let start = folder.strip_suffix(self.to.as_str());
            self.is_guess && !self.to.is_empty() && start.is_some_and(|start| start.ends_with('/'))
        };
        let leads = is_within(&self.to, folder) || ends_like_it();
        leads && (self.is_flux || !is_within(&self.from, folder))
    }
}

/// Whether `path` is `folder` or lies below it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn references(scope: &Scope<'_>) -> Vec<Reference> {
    let kustomizations = scope.index.kustomizations.iter();
    kustomizations.flat_map(|kustomization| of_kustomization(scope, kustomization)).collect()
}

fn of_kustomization(scope: &Scope<'_>, kustomization: &Kustomization) -> Vec<Reference> {
    let index = scope.index;
    let file = kustomization.file;
    let from = crate::flux::scan::folder(index.files[file].path).to_owned();
    let reference = |to: String, range: Range<usize>, is_flux: bool| {
        let is_guess = is_flux && index.files_below(&format!("{to}/")).next().is_none();
        let message = if is_flux {
            format!(
                "a Flux Kustomization applies `{to}` by itself and deletes what it applied there when that is gone"
            )
        } else {
            format!("a kustomization builds from `{to}` and fails once there is nothing")
        };
        Reference { place: index.place(file, range), message, from: from.clone(), to, is_flux, is_guess }
    };
    match &kustomization.owner {
        Owner::Patch => Vec::new(),
        Owner::Flux(resource) => {
            let path = at(index.node(&index.resources[*resource]), &["spec", "path"]);
            let path = path.filter(|_| !kustomization.has_unknown);
            path.map(|path| reference(kustomization.folder.clone(), path.range.clone(), true))
                .into_iter()
                .collect()
        }
        Owner::Kustomize { .. } => {
            let root = index.files[file].stream.documents[kustomization.document].node();
            let paths = root.map(paths).unwrap_or_default();
            let resolved = paths.into_iter().filter_map(|node| {
                let written = node.as_str().filter(|written| !written.contains('\n'))?;
                let path = written.rsplit_once('=').map_or(written, |(_, path)| path);
                Some(reference(resolve(&from, path)?, node.range.clone(), false))
            });
            resolved.collect()
        }
    }
}

/// Every node of a kustomization that is a path.
fn paths<'n>(root: &'n Node<'n>) -> Vec<&'n Node<'n>> {
    let mut paths: Vec<&Node<'_>> = LISTS.iter().flat_map(|field| list(root.get(field))).collect();
    for item in MAPPINGS.iter().filter_map(|field| root.get(field)).flat_map(Node::items) {
        paths.extend(item.get("path"));
        paths.extend(["files", "envs", "env"].iter().flat_map(|field| list(item.get(field))));
    }
    paths
}

pub(super) fn namespaces(scope: &Scope<'_>) -> Vec<NamespaceObject> {
    let objects = scope.of_kind("", "Namespace").filter(|object| scope.runs_in(&object.resource.id.name));
    let found = objects.map(|object| {
        let name = object.resource.id.name.clone();
        let prune = object.text(&["metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune"]);
        let is_kept = prune.is_some_and(|prune| prune.eq_ignore_ascii_case("disabled"));
        let end = if is_kept {
            "it is kept when it leaves Git, but two write its labels"
        } else {
            "whatever applies it with pruning deletes the namespace, and Flux in it, when it leaves Git"
        };
        let message = format!("namespace `{name}` has an owner besides the installation: {end}");
        NamespaceObject { place: scope.place(object), message, resource: Some(object.index), name, is_kept }
    });
    found.collect()
}

pub(super) fn uses(scope: &Scope<'_>) -> Vec<Use> {
    let mut uses = Vec::new();
    for object in scope.objects() {
        if let Some(spec) = object.at(&["spec"]) {
            source_references(scope, object, spec, &mut uses);
        }
        if object.is("kustomize.toolkit.fluxcd.io", "Kustomization") {
            for node in list(object.at(&["spec", "dependsOn"])) {
                uses.extend(named(scope, object, node, Some("Kustomization")));
            }
        }
    }
    uses
}

/// Every `sourceRef` in `node`: of Flux's kinds, and of others that take sources of Flux.
fn source_references(scope: &Scope<'_>, object: Object<'_>, node: &Node<'_>, uses: &mut Vec<Use>) {
    for entry in node.entries() {
        match entry.key_text() {
            Some("sourceRef") => uses.extend(named(scope, object, &entry.value, None)),
            // A template is an object of its own, and values are another chart's matter.
            Some("resources" | "values") => {}
            _ => source_references(scope, object, &entry.value, uses),
        }
    }
    for item in node.items() {
        source_references(scope, object, item, uses);
    }
}

fn named(scope: &Scope<'_>, object: Object<'_>, node: &Node<'_>, kind: Option<&str>) -> Option<Use> {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    Some(Use {
        place: scope.at(object, node.range.clone()),
        resource: object.index,
        kind: kind.or_else(|| text("kind"))?.to_owned(),
        name: text("name")?.to_owned(),
        namespace: text("namespace").or_else(|| object.namespace()).map(str::to_owned),
        is_dependency: kind.is_some(),
    })
}

pub(super) fn users(uses: &[Use], root: &Id) -> Users {
    let mut count = Users::default();
    for one in uses.iter().filter(|one| (&one.kind, &one.name) == (&root.kind, &root.name)) {
        if one.namespace.is_some() && root.namespace.is_some() && one.namespace != root.namespace {
            continue;
        }
        count.sources += usize::from(!one.is_dependency);
        count.dependencies += usize::from(one.is_dependency);
        let is_first = count.first.as_ref().is_none_or(|first| one.place < *first);
        if is_first {
            count.first = Some(one.place.clone());
        }
    }
    count
}
