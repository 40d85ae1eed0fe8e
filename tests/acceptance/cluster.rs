//! What a cluster gets: the tree followed from its `FluxInstance`, as the controllers would.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::expression::expand;
use super::tree::{Object, Tree, apply, join};
use super::value::{annotation, at, each_text, is, list, text};

pub(super) const SOURCE: &str = "source.toolkit.fluxcd.io";
pub(super) const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
pub(super) const HELM: &str = "helm.toolkit.fluxcd.io";
pub(super) const OPERATOR: &str = "fluxcd.controlplane.io";
const EXTENSIONS: &str = "source.extensions.fluxcd.io";

/// One cluster with everything that is applied to it.
pub(super) struct Cluster {
    pub(super) name: String,
    pub(super) production: bool,
    pub(super) objects: Vec<Object>,
    /// Where each is in `objects`, by its id.
    index: BTreeMap<String, usize>,
    /// What could not be followed.
    pub(super) problems: Vec<String>,
}

/// Kind, namespace and name.
pub(super) fn id(value: &Value) -> String {
    format!("{}/{}/{}", text(value, "kind"), text(value, "metadata.namespace"), text(value, "metadata.name"))
}

/// The id of what a reference in `from` means, with `kind` where it names none.
pub(super) fn target(from: &Value, reference: &Value, kind: &str) -> String {
    let own = text(from, "metadata.namespace");
    let or = |field: &str, usual: &str| match text(reference, field) {
        "" => usual.to_owned(),
        given => given.to_owned(),
    };
    format!("{}/{}/{}", or("kind", kind), or("namespace", own), text(reference, "name"))
}

impl Cluster {
    /// Follows the cluster of an entry in the answers.
    pub(super) fn follow(tree: &Tree, answer: &Value) -> Self {
        let mut cluster = Self {
            name: text(answer, "name").into(),
            production: answer["production"] == true,
            objects: Vec::new(),
            index: BTreeMap::new(),
            problems: Vec::new(),
        };
        let path = join(tree.fleet(), &format!("clusters/{}", cluster.name));
        match tree.build(&path) {
            Ok(objects) => cluster.take("Kustomization/flux-system/flux-system", objects),
            Err(problem) => cluster.problems.push(problem),
        }
        cluster.synchronize();
        cluster.run(tree);
        cluster
    }

    /// Objects of a kind of an API group; the core group is the empty text.
    pub(super) fn all<'c>(&'c self, group: &'c str, kind: &'c str) -> impl Iterator<Item = &'c Object> {
        self.objects.iter().filter(move |object| is(&object.value, group, kind))
    }

    pub(super) fn find(&self, id: &str) -> Option<&Object> {
        self.index.get(id).map(|index| &self.objects[*index])
    }

    fn take(&mut self, by: &str, objects: Vec<Object>) {
        for object in objects {
            self.index.entry(id(&object.value)).or_insert(self.objects.len());
            self.objects.push(Object { by: by.to_owned(), ..object });
        }
    }

    /// Adds the source that the operator creates for a `FluxInstance`, with its patches.
    fn synchronize(&mut self) {
        let Some(instance) = self.all(OPERATOR, "FluxInstance").next().cloned() else {
            return self.problems.push(format!("{}: no FluxInstance", self.name));
        };
        let sync = &instance.value["spec"]["sync"];
        let reference = match text(sync, "kind") {
            "OCIRepository" => json!({"tag": sync["ref"]}),
            _ => json!({"name": sync["ref"]}),
        };
        let mut spec = json!({"url": sync["url"], "ref": reference, "interval": sync["interval"]});
        if let Some(secret) = at(sync, "pullSecret") {
            spec["secretRef"] = json!({"name": secret});
        }
        let metadata = json!({"name": "flux-system", "namespace": "flux-system"});
        let value = json!({"apiVersion": format!("{SOURCE}/v1"), "kind": sync["kind"], "metadata": metadata, "spec": spec});
        let mut source = vec![Object { value, ..instance.clone() }];
        // Other patches change Flux's own Deployments and the like.
        let own = |patch: &&Value| text(patch, "target.kind") == text(sync, "kind");
        for patch in list(&instance.value, "spec.kustomize.patches").iter().filter(own) {
            let content = super::tree::parse("patch", text(patch, "patch"));
            let content = content.map(|mut documents| documents.remove(0));
            let applied = content.and_then(|content| apply(&patch["target"], &content, &mut source));
            self.problems.extend(applied.err());
        }
        self.take(&id(&instance.value), source);
    }

    /// Carries out what was not yet, until nothing more comes of it.
    fn run(&mut self, tree: &Tree) {
        let mut done = 0;
        let mut waiting: Vec<Object> = Vec::new();
        loop {
            waiting.extend(self.objects[done..].iter().filter(|object| is_active(&object.value)).cloned());
            done = self.objects.len();
            let mut stuck = Vec::new();
            for object in std::mem::take(&mut waiting) {
                match self.carry_out(tree, &object.value) {
                    Ok(objects) => self.take(&id(&object.value), objects),
                    Err(problem) => stuck.push((object, problem)),
                }
            }
            if self.objects.len() == done {
                self.problems.extend(
                    stuck
                        .into_iter()
                        .map(|(object, problem)| format!("{}: {}: {problem}", self.name, id(&object.value))),
                );
                return;
            }
            waiting = stuck.into_iter().map(|(object, _)| object).collect();
        }
    }

    fn carry_out(&self, tree: &Tree, value: &Value) -> Result<Vec<Object>, String> {
        if is(value, OPERATOR, "ResourceSet") {
            let file = self.find(&id(value)).map_or_else(String::new, |object| object.file.clone());
            let objects = expand(value)?;
            return Ok(objects
                .into_iter()
                .map(|value| Object { value, file: file.clone(), by: String::new() })
                .collect());
        }
        let folder = self.folder(tree, value)?;
        let mut objects = tree.build(&join(&folder, text(value, "spec.path")))?;
        if let Some(build) = at(value, "spec.postBuild") {
            let names = self.names(value, build)?;
            for object in &mut objects {
                substitute(&mut object.value, &names)?;
            }
        }
        Ok(objects)
    }

    /// The folder that the source of a Kustomization fetches.
    fn folder(&self, tree: &Tree, value: &Value) -> Result<String, String> {
        let wanted = target(value, &value["spec"]["sourceRef"], "");
        if let Some(name) = wanted.strip_prefix("ExternalArtifact/") {
            let (namespace, name) = name.split_once('/').unwrap_or_default();
            let makes = |generator: &&Object| {
                text(&generator.value, "metadata.namespace") == namespace
                    && list(&generator.value, "spec.artifacts")
                        .iter()
                        .any(|artifact| text(artifact, "name") == name)
            };
            let generator = self.all(EXTENSIONS, "ArtifactGenerator").find(makes);
            return generator
                .map(|_| tree.fleet().to_owned())
                .ok_or_else(|| format!("nothing makes {wanted}"));
        }
        let source = self.find(&wanted).ok_or_else(|| format!("there is no {wanted}"))?;
        let url = text(&source.value, "spec.url");
        located(tree, url).ok_or_else(|| format!("{url} is no repository of this tree"))
    }

    /// What the variables of a Kustomization stand for.
    fn names(&self, value: &Value, build: &Value) -> Result<BTreeMap<String, String>, String> {
        let mut names = BTreeMap::new();
        for reference in list(build, "substituteFrom") {
            let wanted = target(value, reference, "");
            let mut found = self.find(&wanted).ok_or_else(|| format!("there is no {wanted}"))?;
            let copied = annotation(&found.value, "fluxcd.controlplane.io/copyFrom");
            if let Some((namespace, name)) = copied.split_once('/') {
                let original = format!("{}/{namespace}/{name}", text(&found.value, "kind"));
                found = self.find(&original).ok_or_else(|| format!("there is no {original}"))?;
            }
            add(&mut names, &found.value["data"]);
        }
        add(&mut names, &build["substitute"]);
        Ok(names)
    }
}

fn add(names: &mut BTreeMap<String, String>, data: &Value) {
    for (name, value) in data.as_object().into_iter().flatten() {
        names.insert(name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
}

fn is_active(value: &Value) -> bool {
    is(value, KUSTOMIZE, "Kustomization") || is(value, OPERATOR, "ResourceSet")
}

/// The folder of this tree that a source with `url` fetches.
fn located(tree: &Tree, url: &str) -> Option<String> {
    if tree.fleet().is_empty() {
        return Some(String::new());
    }
    let repository = |name: &&String| url.trim_end_matches(".git").ends_with(&format!("/{name}"));
    if let Some(name) = tree.repositories.iter().find(repository) {
        return Some(name.clone());
    }
    // One artifact for each folder below components/.
    let (above, component) = url.strip_prefix("oci://")?.rsplit_once('/')?;
    let name = tree.repositories.iter().find(|name| above.ends_with(&format!("/{name}")))?;
    Some(format!("{name}/components/{component}"))
}

/// Fills in `${NAME}`; a value that is quoted by a variable loses the quotes, as it does when YAML is read again.
fn substitute(value: &mut Value, names: &BTreeMap<String, String>) -> Result<(), String> {
    if annotation(value, "kustomize.toolkit.fluxcd.io/substitute") == "disabled" {
        return Ok(());
    }
    each_text(value, &mut |text| {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("no end: {text}"))?;
            filled.push_str(before);
            if let Some(before) = filled.strip_suffix('$') {
                filled = format!("{before}${{{name}}}");
            } else {
                filled.push_str(names.get(name).ok_or_else(|| format!("nothing gives ${{{name}}}"))?);
            }
            rest = after;
        }
        filled.push_str(rest);
        let inner = filled.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Ok(inner.filter(|_| text.starts_with("${")).unwrap_or(&filled).into())
    })
}
