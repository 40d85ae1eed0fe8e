//! Builds a folder as kustomize does, and tells which step touched which object.
//!
//! ```text
//! repository + folder ─ read ─▶ Kustomization ─ accumulate ─▶ objects ─ steps ─▶ Build
//! patch + objects ─ apply ─▶ objects
//! ```
//!
//! The model is kustomize v5.8: what it does is done here, down to its oddities, since a result counts only if it is the
//! same. What is not evaluated (generators, Helm charts, replacements, variables, plugins) is a step of its own,
//! [`Action::Unsupported`], and the build goes on without it; what lies outside of the repository is listed.
//!
//! The files in `data/` are facts taken from kustomize's sources, each with the file it is from.

mod accumulate;
mod associative;
mod conditions;
mod dialect;
mod failure;
mod fields;
mod id;
mod images;
mod json_patch;
mod kustomization;
mod merge;
mod names;
mod object;
mod overlay;
mod patch;
mod path;
mod pattern;
mod read;
mod schema;
mod selector;
mod steps;
mod transform;

use crate::place::Place;
use crate::repo::Repo;

pub use failure::Failure;
pub use id::Id;
pub use images::Image;
pub use object::{Object, Written};
pub use overlay::build_with;
pub use patch::{Patch, Touched, apply};
pub use selector::Selector;

/// What a folder builds to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Build {
    /// The objects, in the order in which kustomize comes to them; it sorts them before it prints them.
    pub objects: Vec<Object>,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// The objects that patches deleted, as they were before; their last step is the one that deleted them.
    pub deleted: Vec<Object>,
    /// What the build takes from outside of the repository, so that its objects are missing here.
    pub remotes: Vec<Remote>,
}

/// Something that a kustomization does to objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The file that asks for it, below the root.
    pub path: String,
    /// The entry that asks for it: the item of `patches`, the value of `namespace`.
    pub place: Place,
    /// The entry in words: `patches[2]`, `namespace`.
    pub field: String,
    /// What it does.
    pub action: Action,
    /// The objects that it selected, by the ids that they had before: for a patch all those that it is for, for an image
    /// those that use it, for anything else those that it changed.
    pub selected: Vec<Id>,
    /// The objects that it deleted.
    pub deleted: Vec<Id>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Applies a patch.
    Patch(Patch),
    /// Replaces an image.
    Image(Image),
    /// Puts objects into a namespace.
    Namespace(String),
    /// Puts text in front of names.
    Prefix(String),
    /// Puts text behind names.
    Suffix(String),
    /// Adds labels.
    Labels(Vec<(String, String)>),
    /// Adds annotations.
    Annotations(Vec<(String, String)>),
    /// Sets the number of replicas of the workload of a name.
    Replicas {
        /// The name.
        name: String,
        /// The number.
        count: i64,
    },
    /// Something that is not evaluated: the name of the field.
    Unsupported(String),
}

/// Something that a build takes from outside of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The entry that names it.
    pub place: Place,
    /// Where it lies.
    pub url: String,
}

/// Builds `folder`, a path below the root, as `kustomize build --load-restrictor LoadRestrictionsNone` would.
///
/// # Errors
/// A kustomization or a file that it needs is not there or cannot be read, or a step cannot be done.
pub fn build(repo: &Repo, folder: &str) -> Result<Build, Failure> {
    let folder = path::join("", folder).unwrap_or_else(|| folder.to_owned());
    let mut builder = accumulate::Builder::new(repo);
    let Some((path, text)) = builder.find_kustomization(&folder)? else {
        return Err(Failure { place: None, message: format!("the folder `{folder}` has no kustomization") });
    };
    let kustomization = read::read(&path, &text, false)?;
    let objects = builder.build(&folder, kustomization, Vec::new())?;
    finish(builder, objects)
}

/// What kustomize does once, when everything else is done.
fn finish(builder: accumulate::Builder<'_>, mut objects: Vec<Object>) -> Result<Build, Failure> {
    names::settle(&mut objects).map_err(|message| Failure { place: None, message })?;
    objects.retain(|object| {
        // An object for other tools only: api/konfig `IgnoredByKustomizeAnnotation`.
        let mut annotations = object.metadata("annotations");
        let mark = annotations.find(|(key, _)| *key == "config.kubernetes.io/local-config");
        mark.is_none_or(|(_, value)| value == "false")
    });
    for object in &mut objects {
        let refuse = |message| Failure::at(object.written.place.clone(), message);
        object::validate(&object.value).map_err(refuse)?;
        object.settle_annotations();
    }
    let accumulate::Builder { steps, remotes, deleted, .. } = builder;
    Ok(Build { objects, steps, deleted, remotes })
}
