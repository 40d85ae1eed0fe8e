//! What the machine knows about an answer. It is only ever suggested at a prompt, never taken by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::blueprint::Walk;
use crate::repo::git;

/// An answer that somebody may mean.
#[derive(Debug)]
pub(super) struct Suggestion {
    pub(super) text: String,
    /// Where it comes from, to be told with it; empty where it is no more than a default.
    pub(super) source: &'static str,
}

/// What the machine knows about the answer to `key` for what will be written to `root`.
pub(super) fn suggestion(key: &str, root: &Path, walk: &Walk) -> Option<Suggestion> {
    let told = |source| move |text| Suggestion { text, source };
    match key {
        "repository" => {
            let origin = origin(root, walk.answers.pattern != "monorepo").map(told("the remote `origin`"));
            origin.or_else(|| named_like(root).map(told("")))
        }
        "email" => setting(root, "user.email").map(told("Git's `user.email`")),
        "platform" => platform().map(str::to_owned).map(told("the current context of kubectl")),
        _ => None,
    }
}

/// Where the clone at `root` comes from; with `several`, the prefix of the clones side by side in it.
fn origin(root: &Path, several: bool) -> Option<String> {
    let url = |folder: &Path| {
        let tree = git::discover(folder).ok()??;
        let url =
            tree.prefix.is_empty().then(|| tree.git.config_snapshot().string("remote.origin.url"))??;
        Some(url.to_string())
    };
    if !several {
        return url(root);
    }
    let folders = std::fs::read_dir(root).ok()?.filter_map(Result::ok);
    let prefixes = folders.filter_map(|folder| {
        let name = folder.file_name().into_string().ok()?;
        let suffix = ["-fleet", "-infra", "-apps"].into_iter().find(|suffix| name.ends_with(suffix))?;
        let url = url(&folder.path())?;
        let bare = url.strip_suffix(".git").unwrap_or(&url);
        bare.strip_suffix(suffix).map(str::to_owned)
    });
    prefixes.min()
}

/// A repository named like the folder, of the user that Git is set up for.
fn named_like(root: &Path) -> Option<String> {
    let name = root.file_name()?.to_str()?;
    let owner = setting(root, "github.user").unwrap_or_else(|| "example".to_owned());
    Some(format!("https://github.com/{owner}/{name}"))
}

/// A value of Git's configuration as it applies in `root`.
fn setting(root: &Path, key: &str) -> Option<String> {
    let existing = root.ancestors().find(|folder| folder.is_dir())?;
    let found = match git::discover(existing).ok()? {
        Some(tree) => tree.git.config_snapshot().string(key).map(|value| value.to_string()),
        None => gix::config::File::from_globals().ok()?.string(key).map(|value| value.to_string()),
    };
    found.filter(|value| !value.is_empty())
}

/// Whether the configuration of Docker (<https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties>)
/// knows a registry other than Docker's own. Only the names of registries are read.
pub(super) fn logged_in() -> bool {
    let home = || std::env::home_dir().map(|home| home.join(".docker"));
    let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from).or_else(home);
    let text = folder.and_then(|folder| std::fs::read_to_string(folder.join("config.json")).ok());
    let config = text.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let logins = config.as_ref().and_then(|config| config.get("auths")?.as_object());
    logins.is_some_and(|logins| logins.keys().any(|host| !host.contains("docker.io")))
}

/// A kubeconfig (<https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>), as far as it is of use here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Kubeconfig {
    current_context: String,
    contexts: Vec<Named>,
    clusters: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
    #[serde(alias = "context", alias = "cluster")]
    fields: BTreeMap<String, serde_yaml::Value>,
}

/// Where the cluster of the current context runs.
fn platform() -> Option<&'static str> {
    let home = || std::env::home_dir().map(|home| home.join(".kube/config"));
    let named = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
    let file: PathBuf = match named {
        Some(value) => std::env::split_paths(&value).next()?,
        None => home()?,
    };
    let config: Kubeconfig = serde_yaml::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    config.platform()
}

impl Kubeconfig {
    /// From the names that the tools of the platforms give to contexts, and from those of the API servers.
    fn platform(&self) -> Option<&'static str> {
        let text = |list: &[Named], name: &str, field: &str| {
            let named = list.iter().find(|named| named.name == name)?;
            named.fields.get(field)?.as_str().map(str::to_owned)
        };
        let context = self.current_context.as_str();
        let cluster = text(&self.contexts, context, "cluster").unwrap_or_default();
        let server = text(&self.clusters, &cluster, "server").unwrap_or_default();
        let address = server.split_once("://").map_or(server.as_str(), |(_, rest)| rest);
        let host = address.split(['/', ':']).next().unwrap_or_default();
        let ends = |ends: &[&str]| ends.iter().any(|end| host.ends_with(end));
        Some(if cluster.starts_with("kind-") {
            "kind-only"
        } else if ends(&[".eks.amazonaws.com"]) || cluster.starts_with("arn:aws:eks:") {
            "aws"
        } else if ends(&[".azmk8s.io"]) {
            "azure"
        } else if cluster.starts_with("gke_") || ends(&[".gke.goog"]) {
            "gcp"
        } else if ends(&[".openshiftapps.com"]) {
            "openshift"
        } else {
            return None;
        })
    }
}
