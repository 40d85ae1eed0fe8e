//! Components as templates see them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Model;
use crate::blueprint::catalogue::{Component, PodSecurity};

/// What components can provide.
const CAPABILITIES: [&str; 6] = ["certificates", "gateway", "metrics", "monitoring", "secrets", "policy"];

impl Model<'_> {
    pub(super) fn capabilities(&self) -> Value {
        let all = CAPABILITIES.map(|capability| (capability.to_owned(), Value::Bool(self.has(capability))));
        Value::Object(all.into_iter().collect())
    }

    pub(super) fn component(&self, component: &Component) -> Value {
        let chart = &component.chart;
        let before = self.components.iter().filter(|other| component.comes_after(other));
        let after = before.map(|other| json!({"id": other.id, "namespace": other.namespace}));
        let drift =
            component.drift_ignore.iter().map(|drift| json!({"kind": drift.kind, "paths": drift.paths}));
        json!({
            "id": component.id,
            "capability": component.capability,
            "summary": component.summary,
            "namespace": component.namespace,
            "pod_security": component.pod_security.label(),
            "source": {
                "kind": chart.kind,
                "oci": chart.kind == "OCIRepository",
                "url": chart.url,
                "chart": chart.name,
                "version": chart.version,
                "range": chart.range,
                "signed": !chart.subject.is_empty(),
                "issuer": chart.issuer,
                "subject": chart.subject,
                "unsigned": chart.unsigned,
            },
            "after": after.collect::<Vec<_>>(),
            "timeout": component.timeout,
            "crds": component.crds,
            "drift_ignore": drift.collect::<Vec<_>>(),
            "facts": component.facts,
        })
    }

    /// The namespaces that components are installed into; the weakest level of those in one counts.
    pub(super) fn infra_namespaces(&self) -> Vec<Value> {
        let mut levels: BTreeMap<&str, PodSecurity> = BTreeMap::new();
        for component in &self.components {
            let level = levels.entry(&component.namespace).or_insert(component.pod_security);
            *level = (*level).max(component.pod_security);
        }
        let of = |namespace: &str| -> Vec<&str> {
            let inside = self.components.iter().filter(|component| component.namespace == namespace);
            inside.map(|component| component.id.as_str()).collect()
        };
        let namespace = |(name, level): (&&str, &PodSecurity)| json!({"name": name, "pod_security": level.label(), "components": of(name)});
        levels.iter().map(namespace).collect()
    }

    /// Rights on custom resources of components that tenants get.
    pub(super) fn tenant_roles(&self) -> Vec<Value> {
        let roles = self.components.iter().flat_map(|component| {
            component.roles.iter().map(
                move |role| json!({"id": component.id, "groups": role.groups, "resources": role.resources}),
            )
        });
        roles.collect()
    }
}
