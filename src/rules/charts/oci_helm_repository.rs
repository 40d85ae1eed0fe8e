#![doc = include_str!("oci_helm_repository.md")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::around::{Around, is_used_otherwise, receiver, refuse};
use super::chart::Pair;
use super::document;
use super::repository::{self, Found};
use crate::change::{Action, Change};
use crate::finding::{Confidence, Finding, Fix, Safety, Severity};
use crate::flux::resource::group_version;
use crate::flux::running::lowest;
use crate::flux::schema::{self, Whole};
use crate::flux::{Id, Resource, Role};
use crate::rules::data::groups::{HELM, SOURCE};
use crate::rules::data::{self, FluxVersion};
use crate::rules::{Check, Context, FixAvailability, Group, Meta, Rule};
use crate::yaml::{self, Node, Operation, Position, Value};

pub(in crate::rules) const RULE: Rule = Rule {
    meta: Meta {
        id: "oci-helm-repository",
        group: Group::Charts,
        summary: "A release takes its chart from a HelmRepository of type `oci`",
        severity: Severity::Warning,
        confidence: Confidence::High,
        fix: FixAvailability::Sometimes,
        since: "0.1.0",
        explanation: include_str!("oci_helm_repository.md"),
    },
    check: Check::Repository(check),
};

/// The first Flux whose HelmRelease has `chartRef`.
///
/// Source: fluxcd/helm-controller `CHANGELOG.md` 1.0.0.
const WITH_CHART_REF: FluxVersion = FluxVersion::new(2, 3);

/// A release with a chart from a HelmRepository of type `oci`.
struct Release<'a> {
    resource: &'a Resource,
    /// Bytes of the name of the HelmRepository.
    range: Range<usize>,
    /// Index of the HelmRepository, where it is clear which it is.
    repository: Option<usize>,
    /// The fix, or why there is none.
    fix: Result<Arc<Fix>, String>,
}

fn check<'a>(context: &Context<'a>) -> Vec<Finding> {
    let around = Around::new(context.index);
    let resources = context.index.resources.par_iter().enumerate();
    let releases: Vec<Release<'a>> =
        resources.filter_map(|(at, resource)| release(context, &around, at, resource)).collect();
    let mut left: BTreeMap<usize, usize> = BTreeMap::new();
    for repository in releases.iter().filter_map(|release| release.repository) {
        *left.entry(repository).or_default() += 1;
    }
    let told = |release: &Release<'a>| {
        let message = match (&release.fix, release.repository) {
            (Ok(_), Some(repository)) => {
                let left = left.entry(repository).or_default();
                *left -= 1;
                moved(context, repository, *left == 0)
            }
            (Ok(_), None) => MOVED.to_owned(),
            (Err(why), _) => format!("keeps its chart from a HelmRepository of type `oci`: {why}"),
        };
        finding(context, release, message)
    };
    releases.iter().map(told).collect()
}

/// What becomes of a release.
const MOVED: &str = "takes its chart from an OCIRepository of its own, with one Helm upgrade of the release";

/// The same, with what is left to do with its HelmRepository.
fn moved(context: &Context<'_>, repository: usize, is_last: bool) -> String {
    let id = &context.index.resources[repository].id;
    if let Some(receiver) = receiver(context, repository) {
        return format!("{MOVED}; {receiver} tells {id} about new charts, and has to name the OCIRepository");
    }
    if is_last && !is_used_otherwise(context, repository) {
        return format!("{MOVED}; nothing else here uses {id}, which is left to you to remove");
    }
    MOVED.to_owned()
}

fn finding(context: &Context<'_>, release: &Release<'_>, message: String) -> Finding {
    Finding {
        subject: release.resource.id.to_string(),
        fix: release.fix.as_ref().ok().cloned(),
        ..RULE.meta.finding(message, context.index.place(release.resource.file, release.range.clone()))
    }
}

fn release<'a>(
    context: &Context<'a>,
    around: &Around<'a>,
    at: usize,
    resource: &'a Resource,
) -> Option<Release<'a>> {
    let index = context.index;
    let is_release = resource.id.kind == "HelmRelease" && resource.id.group == HELM;
    if !is_release || resource.role == Role::Patch || !(context.may_change)(index.file(resource).path) {
        return None;
    }
    let spec = index.node(resource).get("spec")?;
    let reference = spec.get("chart")?.get("spec")?.get("sourceRef")?;
    if reference.get("kind").and_then(Node::as_str) != Some("HelmRepository") {
        return None;
    }
    let name = reference.get("name")?;
    let namespace = reference.get("namespace").and_then(Node::as_str);
    let wanted = (name.as_str()?, namespace.or(resource.id.namespace.as_deref()));
    let found = repository::find(index, context.clusters, at, wanted);
    let (repository, fix) = match found {
        Found::Other => return None,
        Found::Unclear(why) => (None, Err(why)),
        Found::Oci(repository, source) => {
            let pair = Pair {
                index,
                release: &resource.id,
                spec,
                repository: &index.resources[repository].id,
                source,
            };
            (Some(repository), fix(context, around, at, repository, &pair))
        }
    };
    Some(Release { resource, range: name.range.clone(), repository, fix })
}

/// The change of the release at `at`, or why there is none.
fn fix(
    context: &Context<'_>,
    around: &Around<'_>,
    at: usize,
    repository: usize,
    pair: &Pair<'_>,
) -> Result<Arc<Fix>, String> {
    let index = context.index;
    let resource = &index.resources[at];
    let version = oci_version(context, at)?;
    refuse(context, around, at, repository)?;
    let spec = pair.spec()?;
    let document = vec![
        ("apiVersion".to_owned(), group_version(SOURCE, version).into()),
        ("kind".to_owned(), "OCIRepository".into()),
        ("metadata".to_owned(), metadata(&resource.id)),
        ("spec".to_owned(), spec),
    ];
    validate(&document, version)?;
    let route = resource.route.key("spec");
    let reference = Value::Mapping(vec![
        ("kind".to_owned(), "OCIRepository".into()),
        ("name".to_owned(), resource.id.name.clone().into()),
    ]);
    let operations = [
        Operation::Insert {
            into: route.clone(),
            position: beside_chart(pair.spec),
            key: "chartRef".to_owned(),
            value: reference,
        },
        Operation::Remove { at: route.key("chart") },
    ];
    let file = index.file(resource);
    let edits = document::edits(file, resource.document, &operations, &document)?;
    let change = Change {
        path: file.path.to_owned(),
        action: Action::Modify(edits),
        reason: "Charts come from OCIRepositories".to_owned(),
    };
    let title = "Take the chart from an OCIRepository".to_owned();
    Ok(Arc::new(Fix { title, safety: Safety::Safe, changes: vec![change] }))
}

/// Where `chartRef` goes, told by an entry that stays.
fn beside_chart(spec: &Node<'_>) -> Position {
    let keys: Vec<&str> = spec.entries().iter().filter_map(|entry| entry.key_text()).collect();
    let at = keys.iter().position(|key| *key == "chart");
    match at.and_then(|at| at.checked_sub(1)).and_then(|before| keys.get(before)) {
        Some(before) => Position::After((*before).to_owned()),
        None => Position::First,
    }
}

/// The version of OCIRepository that the Flux which runs serves, or the target where it is not known.
fn oci_version(context: &Context<'_>, at: usize) -> Result<&'static str, String> {
    let cluster = lowest(context.clusters, at);
    if let Some((cluster, flux)) = cluster.and_then(|cluster| Some((cluster, cluster.flux?)))
        && flux < WITH_CHART_REF
    {
        return Err(format!(
            "cluster `{}` runs Flux {flux}, and `chartRef` needs Flux {WITH_CHART_REF}",
            cluster.name
        ));
    }
    if context.index.resources[at].version != "v2" {
        return Err(
            "it is not at `helm.toolkit.fluxcd.io/v2`; move it there first, with migrate apis".to_owned()
        );
    }
    let flux = cluster.and_then(|cluster| cluster.flux).unwrap_or(context.options.target.flux());
    let newest = data::newest(SOURCE, "OCIRepository", flux.min(context.options.target.flux()));
    newest.map(|row| &*row.version).ok_or_else(|| format!("Flux {flux} has no OCIRepository"))
}

fn metadata(id: &Id) -> Value {
    let mut entries = vec![("name".to_owned(), id.name.clone().into())];
    if let Some(namespace) = &id.namespace {
        entries.push(("namespace".to_owned(), namespace.clone().into()));
    }
    Value::Mapping(entries)
}

/// The new object has to be one that its version takes.
fn validate(document: &[(String, Value)], version: &str) -> Result<(), String> {
    let text: String = document
        .iter()
        .map(|(key, value)| yaml::write::entry(key, value, yaml::write::Style::Block, 0, "\n") + "\n")
        .collect();
    let stream = yaml::parse(&text);
    let node = stream.documents.first().and_then(|document| document.node());
    let facts = schema::facts(SOURCE, version, "OCIRepository");
    let (Some(node), Some(facts)) = (node, facts) else {
        return Err("the OCIRepository would not be readable".to_owned());
    };
    match schema::validate(facts, node, Whole::Object).first() {
        Some(violation) => Err(format!("the OCIRepository would not be valid: {violation}")),
        None => Ok(()),
    }
}
