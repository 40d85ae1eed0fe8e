//! What flags leave in the Deployment of a component: each is read out, and what stands for it stays.
//!
//! A place that does not look as bootstrap writes it stays as it is: it is an edit, not a flag.

use serde_json::Value;

use super::canonical::{INSTANCE, VERSION_LABEL, at};
use super::{Component, Flag, Setting};

/// What stands for the value of a flag.
const FLAG: &str = "\u{1}flag";

/// The last argument of two controllers beside source-watcher.
const EXTERNAL_ARTIFACT: &str = "--feature-gates=ExternalArtifact=true";

/// The variable that stands for the namespace of the pod.
const RUNTIME_NAMESPACE: &str = "$(RUNTIME_NAMESPACE)";

/// Reads the flags of a Deployment except its image, and takes them out of it.
pub(super) fn take(
    deployment: &mut Value,
    component: Component,
    namespace: &str,
    version: &str,
) -> Vec<Setting> {
    let mut taken = Taken { component, namespace, settings: Vec::new() };
    if let Some(pod) = at(deployment, &["spec", "template", "spec"]) {
        taken.pull_secret(pod);
        taken.tolerations(pod);
        if let Some(arguments) = container(pod).and_then(|it| it.get_mut("args")?.as_array_mut()) {
            taken.external_artifact(arguments);
            for argument in arguments {
                taken.argument(argument);
            }
        }
    }
    if let Some(labels) = at(deployment, &["spec", "template", "metadata", "labels"]) {
        taken.pod_labels(labels, version);
    }
    taken.settings
}

/// Takes the image out.
pub(super) fn take_image(deployment: &mut Value) -> Option<String> {
    let image = container(at(deployment, &["spec", "template", "spec"])?)?.get_mut("image")?;
    let text = image.as_str()?.to_owned();
    *image = Value::from(FLAG);
    Some(text)
}

/// The registry that an image of the component comes from.
pub(super) fn registry(component: Component, image: &str) -> Option<Setting> {
    let (registry, rest) = image.split_once('@').map_or(image, |(image, _)| image).rsplit_once('/')?;
    let name = rest.split_once(':').map_or(rest, |(name, _)| name);
    (name == component.name()).then(|| Setting {
        component,
        flag: Flag::Registry,
        value: registry.to_owned(),
    })
}

/// The tag of an image, if it has one and nothing behind it.
pub(super) fn tag(image: &str) -> Option<&str> {
    image.rsplit_once('/')?.1.split_once(':').map(|(_, tag)| tag)
}

/// The one container of the pod.
fn container(pod: &mut Value) -> Option<&mut Value> {
    pod.get_mut("containers")?.get_mut(0)
}

struct Taken<'n> {
    component: Component,
    namespace: &'n str,
    settings: Vec<Setting>,
}

impl Taken<'_> {
    fn found(&mut self, flag: Flag, value: &(impl ToString + ?Sized)) {
        self.settings.push(Setting { component: self.component, flag, value: value.to_string() });
    }

    fn pull_secret(&mut self, pod: &mut Value) {
        let Some(map) = pod.as_object_mut() else { return };
        let secret = match map.get("imagePullSecrets").map(Value::as_array) {
            None => Some(String::new()),
            Some(Some(secrets)) if secrets.len() == 1 => only_text(&secrets[0], &[], "name"),
            Some(_) => None,
        };
        let Some(secret) = secret else { return };
        map.shift_remove("imagePullSecrets");
        self.found(Flag::ImagePullSecret, &secret);
    }

    fn tolerations(&mut self, pod: &mut Value) {
        let Some(map) = pod.as_object_mut() else { return };
        let operator = ("operator", "Exists");
        let keys: Option<Vec<String>> = match map.get("tolerations").map(Value::as_array) {
            None => Some(Vec::new()),
            Some(Some(items)) if !items.is_empty() => {
                items.iter().map(|item| only_text(item, &[operator], "key")).collect()
            }
            Some(_) => None,
        };
        let Some(keys) = keys else { return };
        map.shift_remove("tolerations");
        self.found(Flag::TolerationKeys, &keys.join(","));
    }

    fn external_artifact(&mut self, arguments: &mut Vec<Value>) {
        if !matches!(self.component, Component::KustomizeController | Component::HelmController) {
            return;
        }
        let set = arguments.last().is_some_and(|argument| *argument == EXTERNAL_ARTIFACT);
        if set {
            arguments.pop();
        }
        self.found(Flag::ExternalArtifact, &set);
    }

    fn argument(&mut self, argument: &mut Value) {
        let Some((name, value)) = argument.as_str().and_then(|text| text.split_once('=')) else { return };
        let (name, value) = (name.to_owned(), value.to_owned());
        let known = match name.as_str() {
            "--watch-all-namespaces" if matches!(value.as_str(), "true" | "false") => {
                self.found(Flag::WatchAllNamespaces, &value);
                true
            }
            "--log-level" if matches!(value.as_str(), "debug" | "info" | "error") => {
                self.found(Flag::LogLevel, &value);
                true
            }
            "--events-addr" => self.events_address(&value),
            "--storage-adv-addr" => self.storage_address(&value),
            _ => false,
        };
        if known {
            *argument = Value::from(format!("{name}={FLAG}"));
        }
    }

    fn events_address(&mut self, value: &str) -> bool {
        if !value.is_empty() {
            let address = value.strip_prefix("http://").and_then(|rest| rest.strip_suffix("./"));
            let Some((service, namespace, domain)) = address.and_then(service) else { return false };
            let runtime = namespace == RUNTIME_NAMESPACE;
            if service != Component::NotificationController.name() || !runtime && namespace != self.namespace
            {
                return false;
            }
            self.found(Flag::RuntimeNamespace, &runtime);
            self.found(Flag::ClusterDomain, domain);
        }
        self.found(Flag::EventsAddress, value);
        true
    }

    fn storage_address(&mut self, value: &str) -> bool {
        let Some((server, RUNTIME_NAMESPACE, domain)) = value.strip_suffix('.').and_then(service) else {
            return false;
        };
        let own = server == self.component.name();
        let watcher = self.component == Component::SourceWatcher;
        let misspelt = watcher && server == Component::SourceController.name();
        if !own && !misspelt {
            return false;
        }
        if watcher {
            self.found(Flag::StorageAddress, &own);
        }
        self.found(Flag::ClusterDomain, domain);
        true
    }

    fn pod_labels(&mut self, labels: &mut Value, version: &str) {
        let Some(map) = labels.as_object_mut() else { return };
        let (instance, release) = (map.get(INSTANCE), map.get(VERSION_LABEL));
        let stock = match (instance, release) {
            (None, None) => false,
            (Some(instance), Some(release)) if *instance == self.namespace && *release == version => true,
            _ => return,
        };
        map.shift_remove(INSTANCE);
        map.shift_remove(VERSION_LABEL);
        self.found(Flag::PodLabels, &stock);
    }
}

/// The text at `key` of a mapping that has `others` besides, and nothing else.
fn only_text(value: &Value, others: &[(&str, &str)], key: &str) -> Option<String> {
    let map = value.as_object().filter(|map| map.len() == others.len() + 1)?;
    let same = others.iter().all(|(key, text)| map.get(*key).is_some_and(|value| value == text));
    map.get(key)?.as_str().filter(|text| same && !text.is_empty() && !text.contains(',')).map(str::to_owned)
}

/// Name, namespace and domain of `name.namespace.svc.domain`.
fn service(address: &str) -> Option<(&str, &str, &str)> {
    let (host, domain) = address.split_once(".svc.")?;
    let (name, namespace) = host.split_once('.')?;
    (!domain.is_empty() && !domain.contains(['/', ':'])).then_some((name, namespace, domain))
}
