//! ImageUpdateAutomation v1alpha1, whose Git fields all stand below `spec.git` today.
//!
//! Source: fluxcd/image-automation-controller v0.9.0 `docs/spec/v1alpha2/imageupdateautomations.md`, "Migrating from
//! v1alpha1".

use super::commit_template::{self, Converted};
use super::object::Object;
use super::step::{Conversion, DeadField, Steps};
use crate::flux::FluxVersion;
use crate::yaml::{Node, Operation, Value};

const BY_HAND: &str = "`spec.checkout`, `spec.commit` and `spec.push` became `spec.sourceRef` and `spec.git`: write what \
                       is meant there";

pub(super) fn steps(object: &Object<'_>, steps: &mut Steps) {
    let Some(range) =
        ["spec.checkout", "spec.commit", "spec.push"].iter().find_map(|path| object.key_range(path))
    else {
        return;
    };
    let Some(source) = source(object) else {
        steps.human(range, BY_HAND);
        return;
    };
    let (checkout, commit, push) =
        (object.at("spec.checkout"), object.at("spec.commit"), object.at("spec.push"));
    let has_push = object.get("spec.push").is_some();
    // What is required today is moved in any case.
    let source = vec![
        Operation::Rename { at: checkout.clone(), key: "sourceRef".to_owned() },
        Operation::Replace { at: checkout, value: source },
    ];
    let convert = match git(object) {
        Some(git) => {
            let mut operations = source.clone();
            operations.push(Operation::Rename { at: commit.clone(), key: "git".to_owned() });
            operations.push(Operation::Replace { at: commit.clone(), value: git });
            operations.extend(has_push.then(|| Operation::Remove { at: push.clone() }));
            Conversion::Exact(operations)
        }
        None => Conversion::Human(BY_HAND.to_owned()),
    };
    let mut drop = source;
    drop.extend(object.get("spec.commit").map(|_| Operation::Remove { at: commit }));
    drop.extend(has_push.then_some(Operation::Remove { at: push }));
    let field = DeadField { path: "spec.checkout", since: FluxVersion::new(0, 13), convert, drop };
    steps.dead(object, range, field);
}

/// What `spec.sourceRef` is; `None` where that is not clear, and in a patch.
fn source(object: &Object<'_>) -> Option<Value> {
    let checkout = object.get("spec.checkout")?;
    only_keys(checkout, &["gitRepositoryRef", "branch"])?;
    let reference = checkout.get("gitRepositoryRef")?;
    only_keys(reference, &["name"])?;
    let is_free = object.get("spec.sourceRef").is_none() && object.get("spec.git").is_none();
    let name = Value::of(reference.get("name")?).filter(|_| object.is_whole() && is_free)?;
    Some(mapping([("kind", "GitRepository".into()), ("name", name)]))
}

/// What `spec.git` is; `None` where that is not clear.
fn git(object: &Object<'_>) -> Option<Value> {
    let commit = object.get("spec.commit")?;
    only_keys(commit, &["authorName", "authorEmail", "messageTemplate", "signingKey"])?;
    let field = |key: &str| commit.get(key).map(Value::of);
    let mut author = Vec::new();
    for (key, old) in [("name", "authorName"), ("email", "authorEmail")] {
        if let Some(value) = field(old) {
            author.push((key, value?));
        }
    }
    let mut new = vec![("author", mapping(author))];
    if let Some(template) = field("messageTemplate") {
        new.push(("messageTemplate", converted(template?)?));
    }
    if let Some(key) = field("signingKey") {
        new.push(("signingKey", key?));
    }
    let mut git = Vec::new();
    if let Some(branch) = object.get("spec.checkout.branch") {
        git.push(("checkout", mapping([("ref", mapping([("branch", Value::of(branch)?)]))])));
    }
    git.push(("commit", mapping(new)));
    if let Some(push) = object.get("spec.push") {
        git.push(("push", Value::of(push)?));
    }
    Some(mapping(git))
}

fn converted(template: Value) -> Option<Value> {
    let Value::String(text) = &template else { return None };
    match commit_template::convert(text) {
        Converted::Same => Some(template),
        Converted::Changed { edits, .. } => crate::change::apply(text, &edits).ok().map(Value::String),
        Converted::Unclear { .. } => None,
    }
}

fn only_keys(node: &Node, known: &[&str]) -> Option<()> {
    let is_known = |key: Option<&str>| key.is_some_and(|key| known.contains(&key));
    node.entries().iter().all(|entry| is_known(entry.key_text())).then_some(())
}

fn mapping<'k>(entries: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    Value::Mapping(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
