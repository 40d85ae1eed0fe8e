//! What a kustomization does to the objects it has, step by step.

use super::accumulate::Builder;
use super::failure::Failure;
use super::kustomization::{Entry, Kustomization, PatchEntry, pairs};
use super::object::Object;
use super::patch::{Field, Patch};
use super::path::join;
use super::transform::{self, Affix};
use super::{Action, images};

impl Builder<'_> {
    /// Does all that a kustomization does once its objects are there.
    pub(super) fn transform(
        &mut self,
        folder: &str,
        kustomization: Kustomization,
        objects: &mut Vec<Object>,
    ) -> Result<(), Failure> {
        for entry in &kustomization.merge_patches {
            self.patch(folder, entry, Field::Merge, objects)?;
        }
        for entry in &kustomization.patches {
            self.patch(folder, entry, Field::Patches, objects)?;
        }
        if let Some(entry) = kustomization.namespace {
            self.change(&entry, Action::Namespace(entry.value.clone()), objects, |objects| {
                transform::namespace(objects, &entry.value)
            })?;
        }
        if let Some(entry) = kustomization.prefix {
            self.change(&entry, Action::Prefix(entry.value.clone()), objects, |objects| {
                transform::rename(objects, Affix::Prefix, &entry.value)
            })?;
        }
        if let Some(entry) = kustomization.suffix {
            self.change(&entry, Action::Suffix(entry.value.clone()), objects, |objects| {
                transform::rename(objects, Affix::Suffix, &entry.value)
            })?;
        }
        for entry in &kustomization.labels {
            let action = Action::Labels(entry.value.pairs());
            self.change(entry, action, objects, |objects| transform::labels(objects, &entry.value))?;
        }
        if let Some(entry) = kustomization.annotations {
            let pairs = pairs(&entry.value);
            let action = Action::Annotations(pairs.clone());
            self.change(&entry, action, objects, |objects| transform::annotations(objects, &pairs))?;
        }
        for entry in &kustomization.json_patches {
            self.patch(folder, entry, Field::Json, objects)?;
        }
        let lenient = self.misses_objects;
        for entry in &kustomization.replicas {
            let replica = &entry.value;
            let action = Action::Replicas { name: replica.name.clone(), count: replica.count };
            self.change(entry, action, objects, |objects| transform::replicas(objects, replica, lenient))?;
        }
        for entry in &kustomization.images {
            let step = self.begin(&entry.field, &entry.place, Action::Image(entry.value.clone()));
            let found = images::replace(objects, &entry.value)
                .map_err(|message| Failure::at(entry.place.clone(), message))?;
            for index in found {
                self.steps[step].selected.push(objects[index].id());
                objects[index].steps.push(step);
            }
        }
        Ok(())
    }

    /// One patch, from wherever it is written.
    fn patch(
        &mut self,
        folder: &str,
        entry: &Entry<PatchEntry>,
        field: Field,
        objects: &mut Vec<Object>,
    ) -> Result<(), Failure> {
        let refuse = |message: String| Failure::at(entry.place.clone(), message);
        let patch = self.load(folder, &entry.value, field).map_err(refuse)?;
        let step = self.begin(&entry.field, &entry.place, Action::Patch(patch.clone()));
        let lenient = self.misses_objects;
        let touched = patch.apply(field, objects, step, lenient).map_err(refuse)?;
        self.steps[step].deleted = touched.deleted.iter().map(Object::id).collect();
        self.steps[step].selected = touched.selected;
        self.deleted.extend(touched.deleted.into_iter().map(|mut object| {
            object.steps.push(step);
            object
        }));
        Ok(())
    }

    /// The patch with its text.
    fn load(&self, folder: &str, entry: &PatchEntry, field: Field) -> Result<Patch, String> {
        let mut patch = Patch {
            target: entry.target.clone(),
            text: entry.patch.clone(),
            file: None,
            allow_name_change: entry.options.allow_name_change,
            allow_kind_change: entry.options.allow_kind_change,
        };
        let source = match (entry.patch.trim().is_empty(), entry.path.is_empty()) {
            (true, true) => return Err("there is neither a patch nor the path of one".to_owned()),
            (false, false) => return Err("there is a patch and the path of one".to_owned()),
            // This field holds patches and paths alike.
            (false, true) if field == Field::Merge && patch.body(field).is_err() => &entry.patch,
            (false, true) => return Ok(patch),
            (true, false) => &entry.path,
        };
        let file = join(folder, source).ok_or_else(|| format!("`{source}` leads out of the repository"))?;
        let text = self.text_if_there(&file)?;
        patch.text = text.ok_or_else(|| format!("there is no file `{file}`"))?;
        patch.file = Some(file);
        Ok(patch)
    }

    /// A step that goes over all objects; it selects those that it changes.
    pub(super) fn change<T>(
        &mut self,
        entry: &Entry<T>,
        action: Action,
        objects: &mut [Object],
        change: impl FnOnce(&mut [Object]) -> Result<(), String>,
    ) -> Result<(), Failure> {
        let before: Vec<_> = objects.iter().map(|object| object.value.clone()).collect();
        let step = self.begin(&entry.field, &entry.place, action);
        change(objects).map_err(|message| Failure::at(entry.place.clone(), message))?;
        for (object, before) in objects.iter_mut().zip(before) {
            if object.value != before {
                self.steps[step].selected.push(super::Id::of(&before));
                object.steps.push(step);
            }
        }
        Ok(())
    }
}
