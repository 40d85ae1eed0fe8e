//! Where notifications go.

use serde_json::{Value, json};

use super::Model;
use crate::blueprint::answers::Address;

impl Model<'_> {
    pub(super) fn alerts(&self) -> Value {
        let Some(provider) = self.answers.alerts else {
            return json!({
                "enabled": false, "type": "", "address": "", "channel": "", "secret": "", "status": false, "comment": "",
            });
        };
        json!({
            "enabled": true,
            "type": provider.type_,
            "address": self.alerts_address(&self.suffix("fleet")),
            "channel": self.answers.channel,
            "secret": if self.alert_keys().is_empty() { "" } else { "alerts" },
            "status": provider.is_status(),
            "comment": provider.note,
        })
    }

    /// The address that stands in the open, for what lives in the repository with `suffix`.
    pub(super) fn alerts_address(&self, suffix: &str) -> String {
        match self.answers.alerts.map(|provider| provider.address) {
            Some(Address::Fixed(address)) => address.to_owned(),
            Some(Address::Repository) => self.answers.repository.web(suffix),
            Some(Address::Alertmanager) => self.alertmanager().unwrap_or_default(),
            Some(Address::Hidden) | None => String::new(),
        }
    }

    /// The Alertmanager of the cluster: the chart names its Service after the release.
    fn alertmanager(&self) -> Option<String> {
        let monitoring = self.components.iter().find(|component| component.capability == "monitoring")?;
        let (id, namespace) = (&monitoring.id, &monitoring.namespace);
        Some(format!("http://{id}-alertmanager.{namespace}:9093/api/v2/alerts/"))
    }

    /// Keys of the Secret of the Provider, each with what it holds.
    pub(super) fn alert_keys(&self) -> &'static [(&'static str, &'static str)] {
        match self.answers.alerts {
            Some(provider) if provider.address == Address::Alertmanager && self.has("monitoring") => &[],
            Some(provider) => provider.keys,
            None => &[],
        }
    }
}
