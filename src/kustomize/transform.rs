//! What a kustomization does to all objects: namespace, names, labels, annotations, replicas.
//!
//! A port of the transformers in kubernetes-sigs/kustomize api/internal/builtins and api/filters.

use serde_json::Value;

use super::fields::{FieldSpec, Leaf, known, set_entry, set_scalar};
use super::id::{group_version, kind, text};
use super::kustomization::{Labels, Replica};
use super::object::Object;

/// Puts objects into a namespace, and what they say of it with them.
///
/// api/filters/namespace/namespace.go: of the subjects of role bindings only those called `default` are changed here;
/// references to service accounts follow when names are settled.
pub(super) fn namespace(objects: &mut [Object], namespace: &str) -> Result<(), String> {
    for index in 0..objects.len() {
        let object = &mut objects[index];
        object.remember();
        set_namespace(object, namespace).map_err(|why| format!("{why}, in {}", object.id()))?;
        let id = objects[index].id();
        if objects.iter().filter(|other| other.id().is_same(&id)).count() > 1 {
            return Err(format!("in the namespace `{namespace}` there is {id} twice"));
        }
    }
    Ok(())
}

fn set_namespace(object: &mut Object, namespace: &str) -> Result<(), String> {
    let mut set = |place: &mut Value| set_scalar(place, Value::String(namespace.to_owned()));
    if !object.id().is_cluster_scoped() {
        let own = FieldSpec { path: "metadata/namespace".to_owned(), create: true, ..FieldSpec::default() };
        own.each(&mut object.value, Leaf::Scalar, &mut set)?;
    }
    let is_binding = matches!(&*kind(&object.value), "RoleBinding" | "ClusterRoleBinding");
    if let (true, Some(Value::Array(subjects))) = (is_binding, object.value.get_mut("subjects")) {
        for subject in subjects.iter_mut().filter_map(Value::as_object_mut) {
            if subject.get("name").is_some_and(|name| text(name) == "default") {
                set(subject.entry("namespace").or_insert(Value::Null))?;
            }
        }
    }
    let (group, version) = group_version(&object.value);
    let is_core = group.is_empty() && version == "v1";
    for spec in known("namespace").iter().filter(|spec| is_core || spec.path != "metadata/name") {
        spec.each(&mut object.value, Leaf::Scalar, &mut set)?;
    }
    Ok(())
}

/// What a name gets at one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Affix {
    /// At the start.
    Prefix,
    /// At the end.
    Suffix,
}

/// Changes names; references to them follow when names are settled.
///
/// api/internal/builtins/PrefixTransformer.go
pub(super) fn rename(objects: &mut [Object], affix: Affix, part: &str) -> Result<(), String> {
    for object in objects {
        let id = object.original_id();
        if matches!(id.kind.as_str(), "CustomResourceDefinition" | "Namespace")
            || (id.group == "apiregistration.k8s.io" && id.kind == "APIService")
        {
            continue;
        }
        match affix {
            Affix::Prefix => object.prefixes.push(part.to_owned()),
            Affix::Suffix => object.suffixes.push(part.to_owned()),
        }
        object.remember();
        let spec = FieldSpec { path: "metadata/name".to_owned(), ..FieldSpec::default() };
        spec.each(&mut object.value, Leaf::Never, &mut |place| {
            let name = match affix {
                Affix::Prefix => format!("{part}{}", text(place)),
                Affix::Suffix => format!("{}{part}", text(place)),
            };
            set_scalar(place, Value::String(name))
        })?;
    }
    Ok(())
}

/// An item of `labels`.
pub(super) fn labels(objects: &mut [Object], labels: &Labels) -> Result<(), String> {
    let mut specs = labels.fields.clone();
    if labels.include_selectors {
        merge_specs(&mut specs, known("commonLabels"))?;
    } else {
        if labels.include_templates {
            merge_specs(&mut specs, known("templateLabels"))?;
        }
        let own = FieldSpec { path: "metadata/labels".to_owned(), create: true, ..FieldSpec::default() };
        merge_specs(&mut specs, &[own])?;
    }
    write_all(objects, &labels.pairs(), &specs)
}

/// `commonAnnotations`
pub(super) fn annotations(objects: &mut [Object], pairs: &[(String, String)]) -> Result<(), String> {
    write_all(objects, pairs, known("commonAnnotations"))
}

/// Adds the specifications that are not there yet.
///
/// `MergeAll` in api/types/fieldspec.go
fn merge_specs(specs: &mut Vec<FieldSpec>, more: &[FieldSpec]) -> Result<(), String> {
    for spec in more {
        let is = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        let is_there = |own: &&FieldSpec| {
            own.path == spec.path
                && is(&spec.group, &own.group)
                && is(&spec.version, &own.version)
                && is(&spec.kind, &own.kind)
        };
        match specs.iter().find(is_there) {
            Some(own) if own.create != spec.create => {
                return Err(format!("`{}` is created by one entry and not by another", spec.path));
            }
            Some(_) => {}
            None => specs.push(spec.clone()),
        }
    }
    Ok(())
}

fn write_all(objects: &mut [Object], pairs: &[(String, String)], specs: &[FieldSpec]) -> Result<(), String> {
    for object in objects {
        for (key, value) in pairs {
            for spec in specs {
                spec.each(&mut object.value, Leaf::Map, &mut |place| set_entry(place, key, value))
                    .map_err(|why| format!("{why}, in {}", object.id()))?;
            }
        }
    }
    Ok(())
}

/// An item of `replicas`; with `lenient`, the object that it names need not be there.
///
/// api/internal/builtins/ReplicaCountTransformer.go
pub(super) fn replicas(objects: &mut [Object], replica: &Replica, lenient: bool) -> Result<(), String> {
    let mut is_there = lenient;
    for spec in known("replicas") {
        for object in &mut *objects {
            if object.any_id(|id| id.name == replica.name && id.kind == spec.kind) {
                is_there = true;
                spec.each(&mut object.value, Leaf::Scalar, &mut |place| {
                    set_scalar(place, Value::from(replica.count))
                })?;
            }
        }
    }
    if is_there {
        Ok(())
    } else {
        Err(format!("no workload in the build that has replicas is called `{}`", replica.name))
    }
}
