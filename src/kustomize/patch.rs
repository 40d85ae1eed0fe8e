//! Patches: what they are, and what they do to the objects of a build.

use serde_json::Value;

use super::id::Id;
use super::json_patch::Operations;
use super::merge::merge;
use super::object::{Object, manifests, set_metadata, settle_texts};
use super::selector::Selector;
use crate::yaml;

/// A patch as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// What it is for; without one, a strategic merge patch is for the object that it names.
    pub target: Option<Selector>,
    /// Its text, YAML or JSON: the content of the file, or what the scalar in the kustomization stands for.
    pub text: String,
    /// The file that it is in, below the root, where it is in one.
    pub file: Option<String>,
    /// It may change the name of an object.
    pub allow_name_change: bool,
    /// It may change the kind of an object.
    pub allow_kind_change: bool,
}

/// What a patch did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Touched {
    /// The ids that the objects it selected had before.
    pub selected: Vec<Id>,
    /// The objects that it deleted, as they were before.
    pub deleted: Vec<Object>,
}

/// What a patch says.
pub(super) enum Body {
    /// Objects with what is to be merged into others.
    Merge(Vec<Value>),
    /// Operations on whatever is selected.
    Json(Operations),
}

/// Where a patch in a kustomization stands decides about details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// `patches`
    Patches,
    /// `patchesStrategicMerge`
    Merge,
    /// `patchesJson6902`
    Json,
}

/// Applies `patch`, an item of `patches`, as kustomize v5.8 does; each object that it selects remembers `step`.
///
/// kubernetes-sigs/kustomize api/internal/builtins/PatchTransformer.go and api/resmap/reswrangler.go `ApplySmPatch`.
///
/// # Errors
/// It cannot be read, has no target where it needs one, names an object that is not there, or cannot be applied. What it
/// has done by then is not undone.
pub fn apply(patch: &Patch, objects: &mut Vec<Object>, step: usize) -> Result<Touched, String> {
    patch.apply(Field::Patches, objects, step, false)
}

impl Patch {
    /// Applies it; with `lenient`, an object that it names need not be there.
    pub(super) fn apply(
        &self,
        field: Field,
        objects: &mut Vec<Object>,
        step: usize,
        lenient: bool,
    ) -> Result<Touched, String> {
        let mut run = Run { patch: self, objects, step, touched: Touched::default() };
        match self.body(field)? {
            Body::Merge(patches) => run.merge_all(field, patches, lenient)?,
            Body::Json(operations) => run.operate(field, &operations)?,
        }
        Ok(run.touched)
    }

    /// Reads it as what kustomize takes it for.
    pub(super) fn body(&self, field: Field) -> Result<Body, String> {
        let merge = || -> Result<Vec<Value>, String> {
            let manifests = manifests(self.pure()).map_err(|problem| problem.message)?;
            Ok(manifests.into_iter().map(|manifest| manifest.value).collect())
        };
        match field {
            Field::Merge => merge().map(Body::Merge),
            Field::Json => {
                let operations = self.operations()?;
                if operations.is_empty() {
                    return Err("the patch has no operations".to_owned());
                }
                Ok(Body::Json(operations))
            }
            Field::Patches => match (merge(), self.operations()) {
                (Ok(patches), _) => Ok(Body::Merge(patches)),
                (Err(_), Ok(operations)) => Ok(Body::Json(operations)),
                (Err(merge), Err(json)) => Err(format!(
                    "this is neither a strategic merge patch ({merge}) nor a JSON patch ({json})"
                )),
            },
        }
    }

    /// Its text as kustomize reads it: without space around it, unless it is in a file.
    fn pure(&self) -> &str {
        if self.file.is_some() { &self.text } else { self.text.trim() }
    }

    fn operations(&self) -> Result<Operations, String> {
        let text = self.pure();
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if text.starts_with('[') {
            let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
            return Operations::read(value);
        }
        let stream = yaml::parse(text);
        let value = stream.documents.first().map_or(Ok(None), yaml::Document::to_json);
        Operations::read(value.map_err(|problem| problem.message)?.unwrap_or_default())
    }
}

struct Run<'r> {
    patch: &'r Patch,
    objects: &'r mut Vec<Object>,
    step: usize,
    touched: Touched,
}

impl Run<'_> {
    fn merge_all(&mut self, field: Field, patches: Vec<Value>, lenient: bool) -> Result<(), String> {
        if let Some(target) = &self.patch.target {
            return match <[Value; 1]>::try_from(patches) {
                Ok([patch]) => self.merge_targeted(target, &patch),
                Err(none) if none.is_empty() => Ok(()),
                Err(_) => Err("a patch with a target may hold one document only".to_owned()),
            };
        }
        for patch in &patches {
            let id = Id::of(patch);
            let found = self.positions(|object| object.any_id(|own| own.is_same(&id)));
            match found[..] {
                [index] => self.merge_at(index, patch, field == Field::Merge)?,
                [] if lenient => {}
                [] => return Err(format!("the build has no {id}, which the patch is for")),
                _ => return Err(format!("the build has several objects for the patch of {id}")),
            }
            self.sweep(field == Field::Merge)?;
        }
        Ok(())
    }

    fn merge_targeted(&mut self, target: &Selector, patch: &Value) -> Result<(), String> {
        let matcher = target.matcher()?;
        for index in self.positions(|object| matcher.matches(object)) {
            self.merge_at(index, patch, true)?;
        }
        self.sweep(true)
    }

    fn positions(&self, is: impl Fn(&Object) -> bool) -> Vec<usize> {
        let objects = self.objects.iter().enumerate();
        objects.filter(|(_, object)| !object.value.is_null() && is(object)).map(|(index, _)| index).collect()
    }

    /// Merges into one object; a deleted one is left as null. With `general`, the patch takes the version of the object.
    fn merge_at(&mut self, index: usize, patch: &Value, general: bool) -> Result<(), String> {
        let object = &mut self.objects[index];
        let before = object.clone();
        let mut id = object.id();
        self.touched.selected.push(id.clone());
        object.steps.push(self.step);
        if self.patch.allow_name_change || self.patch.allow_kind_change {
            object.remember();
        }
        let mut patch = patch.clone();
        if general {
            settle_texts(&mut patch, "labels");
            settle_texts(&mut patch, "annotations");
            let own = Id::of(&patch);
            set_metadata(&mut patch, "name", Some(&own.name));
            set_metadata(&mut patch, "namespace", own.namespace.as_deref());
            if let Value::Object(map) = &mut patch {
                map.insert("apiVersion".to_owned(), Value::String(id.api_version()));
            }
        }
        object.drop_blanks();
        let Some(mut merged) = merge(&object.value, &patch)? else {
            object.value = Value::Null;
            self.touched.deleted.push(before);
            return Ok(());
        };
        if merged.as_object().is_some_and(serde_json::Map::is_empty) {
            object.value = Value::Null;
            self.touched.deleted.push(before);
            return Ok(());
        }
        if let (false, Value::Object(map)) = (self.patch.allow_kind_change, &mut merged) {
            map.insert("kind".to_owned(), Value::String(std::mem::take(&mut id.kind)));
        }
        if !self.patch.allow_name_change {
            set_metadata(&mut merged, "name", Some(&id.name));
        }
        set_metadata(&mut merged, "namespace", id.namespace.as_deref());
        object.value = merged;
        Ok(())
    }

    /// Drops what was deleted; no two objects may have come to have the same id.
    fn sweep(&mut self, check: bool) -> Result<(), String> {
        self.objects.retain(|object| !object.value.is_null());
        if check && (self.patch.allow_name_change || self.patch.allow_kind_change) {
            refuse_twins(self.objects)?;
        }
        Ok(())
    }

    fn operate(&mut self, field: Field, operations: &Operations) -> Result<(), String> {
        if operations.is_empty() {
            return Ok(());
        }
        let target = self.patch.target.as_ref().ok_or("a JSON patch needs a target")?;
        if field == Field::Json && target.name.is_empty() {
            return Err("the target of a patch in `patchesJson6902` needs a name".to_owned());
        }
        let matcher = target.matcher()?;
        for index in self.positions(|object| matcher.matches(object)) {
            let object = &mut self.objects[index];
            let id = object.id();
            object.steps.push(self.step);
            if field == Field::Patches {
                object.remember();
            }
            operations.apply(&mut object.value).map_err(|why| format!("{why}, in {id}"))?;
            if !object.value.is_object() {
                return Err(format!("the patch leaves no object of {id}"));
            }
            object.keep_blanks();
            self.touched.selected.push(id);
        }
        Ok(())
    }
}

/// Fails where two objects have the same id.
pub(super) fn refuse_twins(objects: &[Object]) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    for id in objects.iter().map(Object::id) {
        let namespace = id.effective_namespace().to_owned();
        if !seen.insert((id.group.clone(), id.version.clone(), id.kind.clone(), namespace, id.name.clone())) {
            return Err(format!("the build has {id} twice"));
        }
    }
    Ok(())
}
