//! Source and Kustomization of a cluster, as they are today, and where what they say is written.

use crate::bootstrap::port::key;
use crate::bootstrap::read::Installation;
use crate::kustomize::{Action, Object, Written};
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml::{self, Route, decode};

/// Both of them as they are built; as they are written where no kustomization lists them. None where there are none, or
/// where one of them is deleted.
pub(super) fn objects(installation: &Installation) -> Option<[Object; 2]> {
    let root = installation.root.as_ref()?;
    let one = |id, place: &Place, document, value: &serde_json::Value| {
        let is_gone = installation.build.deleted.iter().any(|object| key(&object.id()) == key(id));
        let written = Written { path: place.path.clone(), document, place: place.clone() };
        let built = installation.built(id).cloned();
        built.or_else(|| (!is_gone).then(|| Object::new(value.clone(), written)))
    };
    Some([
        one(&root.source_id, &root.source_place, root.documents[0], &root.values[0])?,
        one(&root.kustomization_id, &root.place, root.documents[1], &root.values[1])?,
    ])
}

/// Where what stands at `keys` of a built object is written: in its document, or in the last patch that changed it.
pub(super) fn written(repo: &Repo, installation: &Installation, object: &Object, keys: &[&str]) -> Place {
    let route: Route = keys.iter().copied().collect();
    let path = &object.written.path;
    let built = keys.iter().try_fold(&object.value, |value, key| value.get(key));
    let in_document = || {
        let file = repo.files.get(path)?;
        let text = decode(&file.bytes).ok()?;
        let stream = yaml::parse(text);
        let node = stream.documents.get(object.written.document)?.node()?.find(&route)?;
        let is_same = node.to_json().ok().as_ref() == built;
        is_same.then(|| Place::new(path, text, node.range.clone()))
    };
    in_document().unwrap_or_else(|| last(installation, object))
}

/// The last patch that changed an object; the object where none did.
pub(super) fn last(installation: &Installation, object: &Object) -> Place {
    let is_patch = |at: &&usize| matches!(installation.build.steps[**at].action, Action::Patch(_));
    let step = object.steps.iter().rev().find(is_patch).map(|at| installation.build.steps[*at].place.clone());
    step.unwrap_or_else(|| object.written.place.clone())
}
