//! References to objects whose names have changed, or their namespaces.
//!
//! A port of kubernetes-sigs/kustomize api/filters/nameref/nameref.go, done once when a build is otherwise finished.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::fields::{FieldSpec, Leaf, specs_by_heading};
use super::id::{Id, kind, text};
use super::object::Object;

/// What can be named, with the fields that name it.
struct Reference {
    named: Wanted,
    fields: Vec<FieldSpec>,
}

/// Group, version and kind; empty words are any.
struct Wanted {
    group: String,
    version: String,
    kind: String,
}

static REFERENCES: LazyLock<Vec<Reference>> = LazyLock::new(|| {
    let headings = specs_by_heading(include_str!("data/name_references.txt"));
    let reference = |(heading, fields): (&str, Vec<FieldSpec>)| {
        let words: Vec<&str> = heading.split(' ').map(|word| if word == "*" { "" } else { word }).collect();
        let [group, version, kind] = words[..] else { unreachable!("a heading has three words") };
        let [group, version, kind] = [group, version, kind].map(str::to_owned);
        Reference { named: Wanted { group, version, kind }, fields }
    };
    headings.into_iter().map(reference).collect()
});

impl Wanted {
    fn is(&self, id: &Id) -> bool {
        let is = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        is(&self.group, &id.group) && is(&self.version, &id.version) && is(&self.kind, &id.kind)
    }
}

/// What is known of each object while references to it are written.
struct Known {
    now: Id,
    previous: Vec<Id>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

/// Writes the names and namespaces that objects have now wherever others name them.
pub(super) fn settle(objects: &mut [Object]) -> Result<(), String> {
    if objects.iter().all(|object| object.previous.is_empty()) {
        return Ok(());
    }
    let known: Vec<Known> = objects
        .iter()
        .map(|object| Known {
            now: object.id(),
            previous: object.previous_ids().collect(),
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
        })
        .collect();
    for (index, object) in objects.iter_mut().enumerate() {
        let original = object.original_id();
        let referrer = Referrer::new(&known, index, &object.value);
        for reference in REFERENCES.iter() {
            for field in &reference.fields {
                let by = Wanted {
                    group: field.group.clone(),
                    version: field.version.clone(),
                    kind: field.kind.clone(),
                };
                if by.is(&original) {
                    referrer
                        .update(&mut object.value, &reference.named, &field.path)
                        .map_err(|why| format!("{why}, in {}", known[index].now))?;
                }
            }
        }
    }
    Ok(())
}

/// An object that may name others.
struct Referrer<'k> {
    own: &'k Known,
    /// The objects that it could name.
    reachable: Vec<&'k Known>,
    /// What its role reference names.
    role: Option<Wanted>,
}

impl<'k> Referrer<'k> {
    /// `SubsetThatCouldBeReferencedByResource` in api/resmap/reswrangler.go
    fn new(known: &'k [Known], index: usize, value: &Value) -> Self {
        let own = &known[index];
        let namespaces = account_namespaces(value);
        let is_reachable = |other: &&Known| {
            own.now.is_cluster_scoped()
                || other.now.is_cluster_scoped()
                || other.now.effective_namespace() == own.now.effective_namespace()
                || namespaces.contains(other.now.namespace.as_deref().unwrap_or_default())
        };
        let reachable = known.iter().filter(is_reachable).collect();
        let role = value.get("roleRef").and_then(|role| {
            let word = |key: &str| role.get(key).map(|value| text(value).into_owned());
            Some(Wanted { group: word("apiGroup")?, version: String::new(), kind: word("kind")? })
        });
        Self { own, reachable, role }
    }

    /// Updates the field at `path`, where it names something of the kind that is named.
    fn update(&self, value: &mut Value, named: &Wanted, path: &str) -> Result<(), String> {
        let role = self.role.as_ref().filter(|_| path.ends_with("roleRef/name"));
        let field = FieldSpec { path: path.to_owned(), ..FieldSpec::default() };
        field.each(value, Leaf::Never, &mut |place| match place {
            Value::Null => Ok(()),
            Value::Array(items) => items.iter_mut().try_for_each(|item| match item {
                Value::Null => Ok(()),
                Value::Array(_) => Err("a name or a mapping is expected".to_owned()),
                item => self.name(item, named, role),
            }),
            place => self.name(place, named, role),
        })
    }

    fn name(&self, place: &mut Value, named: &Wanted, role: Option<&Wanted>) -> Result<(), String> {
        let Value::Object(map) = place else {
            let old = text(place).into_owned();
            let reachable = self.reachable.iter().copied();
            if let Some(found) = self.find(&old, reachable, named, role, false)? {
                *place = Value::String(found.now.name.clone());
            }
            return Ok(());
        };
        let name = map.get("name").ok_or("there is a reference without a name")?;
        let old = text(name).into_owned();
        let reachable: Vec<&Known> = match map.get("namespace").map(text) {
            Some(namespace) => self.in_namespace(&namespace),
            None => self.reachable.clone(),
        };
        let Some(found) = self.find(&old, reachable.into_iter(), named, role, true)? else { return Ok(()) };
        map.insert("name".to_owned(), Value::String(found.now.name.clone()));
        if let Some(namespace) = &found.now.namespace {
            map.insert("namespace".to_owned(), Value::String(namespace.clone()));
        }
        Ok(())
    }

    /// The objects that were in a namespace at first; where none were, those that are in it now.
    fn in_namespace(&self, namespace: &str) -> Vec<&'k Known> {
        let is_in = |id: &Id| !id.is_cluster_scoped() && id.effective_namespace() == namespace;
        let in_it = |id: fn(&Known) -> &Id| -> Vec<&'k Known> {
            self.reachable.iter().copied().filter(|known| is_in(id(known))).collect()
        };
        let before = in_it(|known| known.previous.first().unwrap_or(&known.now));
        if before.is_empty() { in_it(|known| &known.now) } else { before }
    }

    /// `selectReferral` in api/filters/nameref/nameref.go
    fn find<'c>(
        &self,
        old: &str,
        candidates: impl Iterator<Item = &'c Known>,
        named: &Wanted,
        role: Option<&Wanted>,
        with_namespace: bool,
    ) -> Result<Option<&'c Known>, String> {
        let mut found: Vec<&Known> = candidates
            .filter(|known| known.previous.iter().any(|id| id.name == old))
            .filter(|known| known.previous.iter().any(|id| named.is(id)))
            .filter(|known| role.is_none_or(|role| known.previous.iter().any(|id| role.is(id))))
            .filter(|known| self.is_near(known))
            .collect();
        if found.len() != 1 {
            found.retain(|known| self.has_same_affixes(known, true));
        }
        if found.len() > 1 {
            found.retain(|known| self.has_same_affixes(known, false));
        }
        let Some(first) = found.first() else { return Ok(None) };
        let is_same = |other: &&Known| {
            other.now.name == first.now.name
                && (!with_namespace || other.now.namespace == first.now.namespace)
        };
        if found.iter().all(is_same) {
            return Ok(Some(*first));
        }
        Err(format!("`{old}` may be any of several objects"))
    }

    fn is_near(&self, other: &Known) -> bool {
        self.own.now.is_cluster_scoped()
            || other.now.is_cluster_scoped()
            || other.now.kind == "ServiceAccount"
            || other.now.effective_namespace() == self.own.now.effective_namespace()
    }

    /// `PrefixesSuffixesEquals` in api/resource/resource.go
    fn has_same_affixes(&self, other: &Known, or_none: bool) -> bool {
        let is = |own: &[String], other: &[String]| {
            let shortest = own.len().min(other.len());
            match (own.is_empty() || other.is_empty(), or_none) {
                (true, true) => true,
                (true, false) => own.len() == other.len(),
                (false, _) => own[own.len() - shortest..] == other[other.len() - shortest..],
            }
        };
        is(&self.own.prefixes, &other.prefixes) && is(&self.own.suffixes, &other.suffixes)
    }
}

/// Namespaces of the service accounts that a role binding is for.
fn account_namespaces(value: &Value) -> HashSet<String> {
    let subjects = value.get("subjects").and_then(Value::as_array);
    let subjects = subjects.filter(|_| kind(value) == "RoleBinding");
    let accounts = subjects.into_iter().flatten().filter(|subject| kind(subject) == "ServiceAccount");
    accounts.filter_map(|subject| subject.get("namespace")).map(|value| text(value).into_owned()).collect()
}
