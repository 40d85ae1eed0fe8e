//! Rules of Kyverno's `ClusterPolicy` and `Policy`.

use super::{IMAGE, IMAGES, Notes, OPERATOR, Why};
use crate::bootstrap::surroundings::scope::{is_like, list, texts};
use crate::yaml::Node;

/// How a rule stands to the namespace of Flux.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It does not look at it.
    Outside,
    /// It looks at all namespaces.
    Everywhere,
    /// It names it.
    Named,
}

/// What a rule does to objects.
const ACTIONS: [&str; 4] = ["validate", "mutate", "generate", "verifyImages"];

pub(super) fn read(notes: &mut Notes<'_, '_>) {
    let is_elsewhere = notes.object.resource.id.kind == "Policy"
        && notes.object.namespace().is_some_and(|namespace| !notes.scope.runs_in(namespace));
    if is_elsewhere {
        return;
    }
    for rule in list(notes.object.at(&["spec", "rules"])) {
        read_rule(notes, rule);
    }
}

fn read_rule<'a>(notes: &mut Notes<'_, 'a>, rule: &'a Node<'a>) {
    let filters = filters(rule.get("match"));
    let (reach, named) = reach(notes, rule, &filters);
    // Whoever may do something is written in what is left out, too.
    for part in ["match", "exclude", "preconditions"].iter().filter_map(|key| rule.get(key)) {
        notes.words(part, false);
        accounts(notes, part);
    }
    if reach == Reach::Outside {
        return;
    }
    if let Some(node) = named {
        notes.add(Why::Namespace, node.range.clone());
    }
    let kinds: Vec<&str> =
        filters.iter().flat_map(|filter| list(filter.get("kinds"))).filter_map(Node::as_str).collect();
    let of_workloads = kinds.iter().any(|kind| is_workload(kind));
    for action in ACTIONS.iter().filter_map(|key| rule.get(key)) {
        notes.words(action, of_workloads);
    }
    if of_workloads {
        signatures(notes, rule);
        allowed(notes, rule);
    }
}

/// The `resources` of a `match` or `exclude`, of which any has to hold.
fn filters<'n>(node: Option<&'n Node<'n>>) -> Vec<&'n Node<'n>> {
    let Some(node) = node else { return Vec::new() };
    let groups = ["any", "all"].iter().filter_map(|key| node.get(key)).flat_map(Node::items);
    groups.chain([node]).filter_map(|filter| filter.get("resources")).collect()
}

/// How a rule stands to Flux, and where it names its namespace.
fn reach<'a>(
    notes: &Notes<'_, 'a>,
    rule: &'a Node<'a>,
    filters: &[&'a Node<'a>],
) -> (Reach, Option<&'a Node<'a>>) {
    let is_flux = |node: &&Node<'_>| {
        let pattern = node.as_str().unwrap_or_default();
        notes.scope.namespaces.iter().any(|namespace| is_like(pattern, namespace))
    };
    let excluded =
        self::filters(rule.get("exclude")).into_iter().flat_map(|filter| list(filter.get("namespaces")));
    if excluded.into_iter().any(|node| is_flux(&node)) {
        return (Reach::Outside, None);
    }
    let mut reach = Reach::Outside;
    for filter in filters {
        let namespaces = list(filter.get("namespaces"));
        match namespaces.iter().find(|node| is_flux(node)) {
            Some(node) if node.as_str() != Some("*") => return (Reach::Named, Some(node)),
            Some(_) => reach = Reach::Everywhere,
            None if namespaces.is_empty() => reach = Reach::Everywhere,
            None => {}
        }
    }
    (reach, None)
}

/// Subjects that are service accounts of Flux.
fn accounts<'a>(notes: &mut Notes<'_, 'a>, node: &'a Node<'a>) {
    for entry in node.entries() {
        if entry.key_text() == Some("subjects") {
            for subject in entry.value.items() {
                let text = |key: &str| subject.get(key).and_then(Node::as_str);
                let is_account = text("kind") == Some("ServiceAccount");
                if is_account && text("namespace").is_some_and(|namespace| notes.scope.runs_in(namespace)) {
                    notes.add(Why::Accounts, subject.range.clone());
                }
            }
        }
        accounts(notes, &entry.value);
    }
    for item in node.items() {
        accounts(notes, item);
    }
}

/// Kinds are written as `Kind`, `version/Kind` or `group/version/Kind`, with `/subresource` behind, and with wildcards.
fn is_workload(kind: &str) -> bool {
    let mut parts = kind.split(['/', '.']);
    parts.any(|part| matches!(part, "Pod" | "Deployment" | "ReplicaSet" | "*" | "Deploy*"))
}

fn signatures<'a>(notes: &mut Notes<'_, 'a>, rule: &'a Node<'a>) {
    for entry in list(rule.get("verifyImages")) {
        // `image` was the field before Kyverno 1.5.
        let patterns = list(entry.get("imageReferences")).into_iter().chain(entry.get("image"));
        let of_flux = |node: &&Node<'_>| {
            node.as_str().is_some_and(|pattern| pattern.contains(IMAGES) || is_like(pattern, IMAGE))
        };
        if let Some(node) = patterns.into_iter().find(of_flux) {
            notes.add(Why::Signatures, node.range.clone());
        }
    }
}

/// Patterns of images that name Flux's and leave the operator out.
fn allowed<'a>(notes: &mut Notes<'_, 'a>, rule: &'a Node<'a>) {
    let Some(validate) = rule.get("validate") else { return };
    let mut hit = None;
    texts(validate, &mut Vec::new(), &mut |keys, text, range| {
        let allows = |image: &str| text.split('|').any(|pattern| is_like(pattern.trim(), image));
        let is_message = keys.last() == Some(&"message");
        if !is_message && hit.is_none() && text.contains(IMAGES) && !allows(OPERATOR) {
            hit = Some(range);
        }
    });
    if let Some(range) = hit {
        notes.add(Why::Images, range);
    }
}
