//! Teams, their namespaces, and where they may fetch from.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Model;
use crate::blueprint::answers::Team;
use crate::blueprint::catalogue::Component;

/// The namespace of the sample app where there are no teams.
const SAMPLE_NAMESPACE: &str = "podinfo";

impl Model<'_> {
    pub(super) fn team(&self, team: &Team) -> Value {
        let units = team.namespaces.iter().map(|namespace| self.unit(team, namespace));
        json!({
            "name": team.name,
            "units": units.collect::<Vec<_>>(),
            "repository": self.repository(self.team_suffix(team)),
        })
    }

    /// Every namespace of every team.
    pub(super) fn units(&self) -> Vec<Value> {
        let of = |team: &Team| team.namespaces.iter().map(|name| self.unit(team, name)).collect::<Vec<_>>();
        self.answers.teams.iter().flat_map(of).collect()
    }

    fn unit(&self, team: &Team, namespace: &str) -> Value {
        let suffix = self.team_suffix(team);
        json!({
            "namespace": namespace,
            "team": team.name,
            "repository": self.repository(&suffix),
            "host": self.host(namespace),
            "service_account": if self.is_monorepo() { format!("tenant-{}", team.name) } else { String::new() },
            "alerts_address": self.alerts_address(&suffix),
            "code_owner": self.code_owner(&team.name),
        })
    }

    /// The namespace of the sample app where nobody else has one.
    pub(super) fn own_units(&self) -> Vec<Value> {
        if !self.answers.teams.is_empty() {
            return Vec::new();
        }
        vec![json!({
            "namespace": SAMPLE_NAMESPACE,
            "team": "",
            "repository": self.repository(self.suffix("apps")),
            "host": self.host(SAMPLE_NAMESPACE),
            "service_account": "",
            "alerts_address": self.alerts_address(&self.suffix("apps")),
            "code_owner": self.code_owner("platform"),
        })]
    }

    fn team_suffix(&self, team: &Team) -> String {
        match self.answers.pattern.as_str() {
            "multi-repo" => format!("-{}", team.name),
            _ => self.suffix("apps"),
        }
    }

    pub(super) fn app_namespaces(&self) -> Vec<String> {
        let namespaces: Vec<String> =
            self.answers.teams.iter().flat_map(|team| team.namespaces.clone()).collect();
        if namespaces.is_empty() { vec![SAMPLE_NAMESPACE.to_owned()] } else { namespaces }
    }

    /// Where sources may fetch from: what was generated, and nothing else. Each prefix ends with a slash, so that
    /// `acme` does not let `acme-evil` in; a location is compared with a slash behind it.
    pub(super) fn allowlist(&self) -> Value {
        let charts = |components: &[&Component]| -> BTreeSet<String> {
            components.iter().map(|component| slashed(&component.chart.url)).collect()
        };
        let mut infra = charts(&self.components);
        let sample: Vec<&Component> = self.catalogue.sample().into_iter().collect();
        let mut tenants = charts(&sample);
        if self.is_gitless() {
            infra.insert(slashed(&self.artifact("infra")));
            tenants.insert(slashed(&self.artifact("apps")));
        } else if !self.is_monorepo() {
            let urls =
                self.answers.teams.iter().map(|team| self.repository(self.team_suffix(team))["url"].clone());
            tenants.extend(urls.filter_map(|url| url.as_str().map(slashed)));
        }
        json!({"infra": infra, "tenants": tenants})
    }
}

fn slashed(url: &str) -> String {
    if url.ends_with('/') { url.to_owned() } else { format!("{url}/") }
}
