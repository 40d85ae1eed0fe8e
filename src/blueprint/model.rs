//! What templates see: the answers, and everything that is computed from them instead of asked.

use serde_json::{Value, json};

use super::answers::Answers;
use super::clusters::Cluster;

/// The data of all templates of a blueprint with `facts`.
///
/// | Name | Holds |
/// |---|---|
/// | `repository` | `url`, `name`, `host`, `port` (0 where it is the usual one) |
/// | `platform` | `cluster_type`, `size` |
/// | `clusters` | in order: `name`, `environment`, `production` |
/// | `cluster_names` | the same, names only |
/// | `first_cluster` | name of the first |
/// | `environments` | in the order of promotion: `name`, `production` |
/// | `trials` | names of the environments before production |
/// | `production` | whether there is a production cluster |
/// | `facts` | those of the manifest |
pub(super) fn data(answers: &Answers, facts: &Value) -> Value {
    let repository = &answers.repository;
    let clusters = answers.clusters.iter().map(|cluster| {
        json!({
            "name": cluster.name,
            "environment": cluster.environment,
            "production": cluster.production,
        })
    });
    let environments = environments(&answers.clusters);
    let trials = environments.iter().filter(|environment| !environment.production);
    json!({
        "repository": {
            "url": repository.url(),
            "name": repository.name(),
            "host": repository.host,
            "port": repository.port.unwrap_or_default(),
        },
        "platform": {
            "cluster_type": answers.platform.cluster_type(),
            "size": answers.platform.cluster_size(),
        },
        "clusters": clusters.collect::<Vec<_>>(),
        "cluster_names": answers.clusters.iter().map(|cluster| &cluster.name).collect::<Vec<_>>(),
        "first_cluster": answers.clusters.first().map(|cluster| &cluster.name),
        "trials": trials.map(|environment| &environment.environment).collect::<Vec<_>>(),
        "environments": environments
            .iter()
            .map(|environment| json!({
                "name": environment.environment,
                "production": environment.production,
            }))
            .collect::<Vec<_>>(),
        "production": answers.clusters.iter().any(|cluster| cluster.production),
        "facts": facts,
    })
}

/// The first cluster of each environment.
fn environments(clusters: &[Cluster]) -> Vec<&Cluster> {
    let mut environments: Vec<&Cluster> = Vec::new();
    for cluster in clusters {
        if environments.iter().all(|known| known.environment != cluster.environment) {
            environments.push(cluster);
        }
    }
    environments
}
