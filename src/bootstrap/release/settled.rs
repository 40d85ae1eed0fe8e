//! From what each Deployment shows to the flags that bootstrap was given.

use super::{Component, Flag, Flags, Setting, Spelling, Version};

/// The value of each flag that a stock bootstrap would have given to every Deployment.
pub(super) struct Settled {
    values: Vec<(Flag, String)>,
    namespace: String,
}

impl Settled {
    /// Most Deployments decide; where as many have one value as another, the default does if it is among them.
    pub(super) fn of(
        settings: &[&Setting],
        version: Version,
        namespace: &str,
        components: &[Component],
    ) -> Self {
        let vote = |flag: Flag| {
            let default = flag.default(version);
            let most = most(settings, flag);
            let more = |value: &String| votes(settings, flag, value) > votes(settings, flag, &default);
            (flag, most.filter(more).unwrap_or(default))
        };
        let values = Flag::VOTED.into_iter().map(vote).collect();
        let mut settled = Self { values, namespace: namespace.to_owned() };
        let events = settled.events_address(components.contains(&Component::NotificationController));
        let watched = components.contains(&Component::SourceWatcher);
        settled.values.push((Flag::EventsAddress, events));
        settled.values.push((Flag::ExternalArtifact, watched.to_string()));
        settled
    }

    /// What a Deployment should have.
    pub(super) fn value(&self, flag: Flag) -> String {
        let value = self.values.iter().find(|(other, _)| *other == flag);
        value.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Whether the Deployment has what it should have.
    pub(super) fn agrees(&self, setting: &Setting) -> bool {
        let value = self.value(setting.flag);
        match setting.flag {
            // How the address is worded and where it leads to are flags of their own.
            Flag::EventsAddress => setting.value.is_empty() == value.is_empty(),
            _ => setting.value == value,
        }
    }

    pub(super) fn flags(&self, network_policy: bool) -> Flags {
        let words =
            |text: String| text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Flags {
            namespace: self.namespace.clone(),
            registry: self.value(Flag::Registry),
            image_pull_secret: Some(self.value(Flag::ImagePullSecret)).filter(|secret| !secret.is_empty()),
            watch_all_namespaces: self.is(Flag::WatchAllNamespaces),
            network_policy,
            log_level: self.value(Flag::LogLevel),
            cluster_domain: self.value(Flag::ClusterDomain),
            toleration_keys: words(self.value(Flag::TolerationKeys)),
        }
    }

    pub(super) fn spelling(&self) -> Spelling {
        Spelling {
            runtime_namespace: self.is(Flag::RuntimeNamespace),
            pod_labels: self.is(Flag::PodLabels),
            own_storage_address: self.is(Flag::StorageAddress),
        }
    }

    fn is(&self, flag: Flag) -> bool {
        self.value(flag) == "true"
    }

    fn events_address(&self, notified: bool) -> String {
        if !notified {
            return String::new();
        }
        let runtime = self.is(Flag::RuntimeNamespace);
        let namespace = if runtime { "$(RUNTIME_NAMESPACE)" } else { &self.namespace };
        format!("http://notification-controller.{namespace}.svc.{}./", self.value(Flag::ClusterDomain))
    }
}

fn votes(settings: &[&Setting], flag: Flag, value: &str) -> usize {
    settings.iter().filter(|setting| setting.flag == flag && setting.value == value).count()
}

/// The value that comes most often; of several such the first.
fn most(settings: &[&Setting], flag: Flag) -> Option<String> {
    let values = settings.iter().filter(|setting| setting.flag == flag).map(|setting| &setting.value);
    values.rev().max_by_key(|value| votes(settings, flag, value)).cloned()
}
