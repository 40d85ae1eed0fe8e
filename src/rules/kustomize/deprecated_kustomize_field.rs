#![doc = include_str!("deprecated_kustomize_field.md")]

use std::sync::Arc;

use super::fields::{Fields, Met};
use crate::change::{Action, Change};
use crate::finding::{Confidence, Finding, Fix, Safety, Severity};
use crate::flux::{SourceFile, scan};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};
use crate::yaml::Node;

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "deprecated-kustomize-field",
        group: Group::Kustomize,
        summary: "A kustomization uses a field that kustomize has a newer form for (asked for by `--modernize`)",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("deprecated_kustomize_field.md"),
    },
    check: Check::File(check),
};

fn check(context: &Context<'_>, file: &SourceFile<'_>) -> Vec<Finding> {
    if !context.options.modernize
        || file.host.is_some()
        || !scan::is_kustomization(file.path)
        || !(context.may_change)(file.path)
    {
        return Vec::new();
    }
    let [document] = &*file.stream.documents else { return Vec::new() };
    let Some(root) = document.node().filter(|root| is_kustomize(root)) else { return Vec::new() };
    let Some(at) = context.index.file_index(file.path) else { return Vec::new() };
    let fields = Fields::rewritten(context, file, root);
    let fix = fields.rewrite.edits(&file.text).map(|edits| {
        let reason = "kustomize's newer fields take the place of deprecated ones".to_owned();
        let change = Change { path: file.path.to_owned(), action: Action::Modify(edits), reason };
        Arc::new(Fix { title: "Use the newer fields".into(), safety: Safety::Safe, changes: vec![change] })
    });
    fields.met.into_iter().map(|met| finding(context, at, met, fix.as_ref())).collect()
}

fn finding(context: &Context<'_>, file: usize, met: Met, fix: Option<&Arc<Fix>>) -> Finding {
    let (message, fix) = match met.stays {
        None => (met.what, fix.cloned()),
        Some(why) => (format!("{}; it stays as it is: {why}", met.what), None),
    };
    Finding { fix, ..RULE.meta.finding(message, context.index.place(file, met.range)) }
}

/// A Flux Kustomization may lie in a file of this name too.
fn is_kustomize(root: &Node) -> bool {
    let version = root.get("apiVersion").and_then(Node::as_str);
    root.is_mapping() && version.is_none_or(|version| version.starts_with("kustomize.config.k8s.io/"))
}
