//! The FluxInstance: what it says, and its text.

mod patch;

use serde_json::{Map, Value, json};

use super::release::Component;
use crate::yaml::write::scalar;
pub use patch::InstancePatch;

/// The `FluxInstance` of one cluster, as far as a bootstrapped installation needs it.
///
/// Source: controlplaneio-fluxcd/flux-operator `api/v1/fluxinstance_types.go`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The namespace of Flux, which is that of the operator.
    pub namespace: String,
    /// `spec.distribution`.
    pub distribution: Distribution,
    /// `spec.components`.
    pub components: Vec<Component>,
    /// `spec.commonMetadata`: labels and annotations.
    pub common_metadata: [Vec<(String, String)>; 2],
    /// `spec.cluster`.
    pub cluster: Cluster,
    /// `spec.sync`; none where nothing in Git applies the installation.
    pub sync: Option<Sync>,
    /// `spec.kustomize.patches`, in the order in which they are applied.
    pub patches: Vec<InstancePatch>,
}

/// `spec.distribution`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// A range of versions; the newest that the operator knows in it runs.
    pub version: String,
    /// Where the images come from.
    pub registry: String,
    /// Which build of the images a mirror holds.
    pub variant: Option<String>,
    /// The Secret that they are pulled with.
    pub image_pull_secret: Option<String>,
}

/// `spec.cluster`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The DNS domain of the cluster.
    pub domain: String,
    /// Whether the policies of Flux restrict who talks to the controllers.
    pub network_policy: bool,
    /// The service account that tenants' objects act as where they name none; set where tenants are locked down.
    pub multitenant: Option<String>,
    /// Objects may name service accounts to get cloud credentials with.
    pub object_level_workload_identity: bool,
    /// The service accounts that objects act as at cloud providers where they name none.
    pub tenant_identity: Option<TenantIdentity>,
}

/// `spec.cluster.multitenantWorkloadIdentity` with the service accounts that stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantIdentity {
    /// `tenantDefaultServiceAccount`.
    pub default: String,
    /// `tenantDefaultDecryptionServiceAccount`.
    pub decryption: String,
    /// `tenantDefaultKubeConfigServiceAccount`.
    pub kube_config: String,
}

/// `spec.sync`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    /// `GitRepository`, `OCIRepository` or `Bucket`.
    pub kind: String,
    /// Name of the source and the Kustomization, where it is not the namespace's.
    pub name: Option<String>,
    /// Address of the source; of a bucket the endpoint.
    pub url: String,
    /// Git reference name, OCI tag, or name of the bucket.
    pub reference: String,
    /// The folder that the cluster applies.
    pub path: String,
    /// How often the source is looked at.
    pub interval: String,
    /// The Secret that it is read with.
    pub pull_secret: Option<String>,
    /// The cloud provider whose identity it is read with.
    pub provider: Option<String>,
}

/// The annotation that keeps the FluxInstance when its file goes away.
const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";

impl Instance {
    /// Its value.
    pub fn value(&self) -> Value {
        let mut spec = Map::new();
        spec.insert("distribution".to_owned(), fields(&self.distribution()));
        let components: Vec<&str> = self.components.iter().map(|component| component.name()).collect();
        spec.insert("components".to_owned(), json!(components));
        let common: Map<String, Value> =
            self.common().map(|(key, pairs)| (key.to_owned(), map(pairs))).collect();
        if !common.is_empty() {
            spec.insert("commonMetadata".to_owned(), Value::Object(common));
        }
        let cluster: Map<String, Value> =
            self.cluster().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        spec.insert("cluster".to_owned(), Value::Object(cluster));
        if let Some(sync) = &self.sync {
            spec.insert("sync".to_owned(), fields(&sync.fields()));
        }
        if !self.patches.is_empty() {
            let patches: Vec<Value> = self.patches.iter().map(InstancePatch::value).collect();
            spec.insert("kustomize".to_owned(), json!({ "patches": patches }));
        }
        json!({
            "apiVersion": "fluxcd.controlplane.io/v1",
            "kind": "FluxInstance",
            "metadata": {
                "name": "flux", "namespace": self.namespace, "annotations": { PRUNE: "disabled" }
            },
            "spec": spec,
        })
    }

    /// Its file.
    pub fn text(&self) -> String {
        let mut lines = vec![
            "# Flux, as `flux bootstrap` installed it: the operator takes it over and keeps it.".to_owned(),
            "apiVersion: fluxcd.controlplane.io/v1".to_owned(),
            "kind: FluxInstance".to_owned(),
            "metadata:".to_owned(),
            "  name: flux".to_owned(),
            format!("  namespace: {}", scalar(&self.namespace)),
            "  annotations:".to_owned(),
            "    # Losing this file must not uninstall Flux.".to_owned(),
            format!("    {PRUNE}: disabled"),
            "spec:".to_owned(),
            "  distribution:".to_owned(),
        ];
        let pair = |(key, value): &(&str, String)| format!("    {key}: {}", scalar(value));
        lines.extend(self.distribution().iter().map(pair));
        lines.push("  components:".to_owned());
        lines.extend(self.components.iter().map(|component| format!("    - {}", component.name())));
        for (at, (key, pairs)) in self.common().enumerate() {
            lines.extend((at == 0).then(|| "  commonMetadata:".to_owned()));
            lines.push(format!("    {key}:"));
            let pair =
                |(key, value): &(String, String)| format!("      {}: {}", scalar(key), quoted_scalar(value));
            lines.extend(pairs.iter().map(pair));
        }
        lines.push("  cluster:".to_owned());
        let setting = |(key, value): (&str, Value)| match value {
            Value::String(text) => format!("    {key}: {}", scalar(&text)),
            other => format!("    {key}: {other}"),
        };
        lines.extend(self.cluster().into_iter().map(setting));
        if let Some(sync) = &self.sync {
            lines.push("  sync:".to_owned());
            lines.extend(sync.fields().iter().map(pair));
        }
        if !self.patches.is_empty() {
            lines.extend(["  kustomize:".to_owned(), "    patches:".to_owned()]);
            lines.extend(self.patches.iter().flat_map(InstancePatch::lines));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn distribution(&self) -> Vec<(&'static str, String)> {
        let Distribution { version, registry, variant, image_pull_secret } = &self.distribution;
        let optional = [("variant", variant), ("imagePullSecret", image_pull_secret)];
        let given = optional.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)));
        [("version", version.clone()), ("registry", registry.clone())].into_iter().chain(given).collect()
    }

    fn common(&self) -> impl Iterator<Item = (&'static str, &Vec<(String, String)>)> {
        let pairs = ["labels", "annotations"].into_iter().zip(&self.common_metadata);
        pairs.filter(|(_, pairs)| !pairs.is_empty())
    }

    fn cluster(&self) -> Vec<(&'static str, Value)> {
        let Cluster { domain, network_policy, multitenant, object_level_workload_identity, tenant_identity } =
            &self.cluster;
        let mut fields = vec![
            ("type", json!("kubernetes")),
            ("domain", json!(domain)),
            ("networkPolicy", json!(network_policy)),
            ("multitenant", json!(multitenant.is_some())),
        ];
        let account = multitenant.as_ref().or(tenant_identity.as_ref().map(|identity| &identity.default));
        fields.extend(account.map(|account| ("tenantDefaultServiceAccount", json!(account))));
        if *object_level_workload_identity {
            fields.push(("objectLevelWorkloadIdentity", json!(true)));
        }
        if let Some(identity) = tenant_identity {
            fields.extend([
                ("multitenantWorkloadIdentity", json!(true)),
                ("tenantDefaultDecryptionServiceAccount", json!(identity.decryption)),
                ("tenantDefaultKubeConfigServiceAccount", json!(identity.kube_config)),
            ]);
        }
        fields
    }
}

impl Sync {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let Self { kind, name, url, reference, path, interval, pull_secret, provider } = self;
        let fields = [
            ("kind", Some(kind)),
            ("name", name.as_ref()),
            ("url", Some(url)),
            ("ref", Some(reference)),
            ("path", Some(path)),
            ("interval", Some(interval)),
            ("pullSecret", pull_secret.as_ref()),
            ("provider", provider.as_ref()),
        ];
        fields.into_iter().filter_map(|(key, value)| Some((key, value?.clone()))).collect()
    }
}

/// Values of labels and annotations are text, whatever they look like.
fn quoted_scalar(text: &str) -> String {
    if text.is_empty() { "\"\"".to_owned() } else { scalar(text) }
}

fn fields(pairs: &[(&str, String)]) -> Value {
    Value::Object(pairs.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect())
}

fn map(pairs: &[(String, String)]) -> Value {
    Value::Object(pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect())
}
