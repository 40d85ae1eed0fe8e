//! A fixture: a stock installation, what was done to it, and what becomes of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use flux_forge::bootstrap::release::Component;
use serde::Deserialize;

use crate::bootstrap::stock::Stock;
use crate::harness::World;

/// The folder of Flux where a fixture names no other.
const FOLDER: &str = "clusters/lab/flux-system";

/// The kustomization that `flux bootstrap` writes.
const KUSTOMIZATION: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - \
                             gotk-components.yaml\n  - gotk-sync.yaml\n";

/// Settings of Git that make it the same everywhere.
const CONFIG: &str = "\tautocrlf = false\n\tcompression = 0\n\thooksPath = .git/hooks\n\texcludesFile = \
                      /dev/null\n[user]\n\tname = Ada\n\temail = ada@example.com\n[commit]\n\tgpgsign = false\n";

/// One entry of a file in `cases/bootstrap/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Fixture {
    /// What it shows, in one sentence.
    pub(crate) shows: String,
    /// The lines of the facts that it is for: the beginning of `SECTION FIRST CELL`.
    #[serde(default)]
    pub(crate) rows: Vec<String>,
    /// What an outside judge has to say: `equal`; or `refused: LIMIT`, where nothing may be written; or `unjudged: WHY`,
    /// where something is written that the judge cannot see both sides of.
    pub(crate) verdict: String,
    /// The base: `2.9.4` or `2.3.0`.
    #[serde(default)]
    release: Option<String>,
    /// Components, where they are not the default four.
    #[serde(default)]
    components: Option<Vec<String>>,
    /// Options of `flux bootstrap`, without the dashes.
    #[serde(default)]
    flags: BTreeMap<String, String>,
    /// The folder of Flux.
    #[serde(default)]
    folder: Option<String>,
    /// What stands in the kustomization below `resources`.
    #[serde(default)]
    kustomization: String,
    /// Items of `patches` in the kustomization.
    #[serde(default)]
    patches: String,
    /// Fields of the GitRepository, below `spec`.
    #[serde(default)]
    source: String,
    /// Fields of the Kustomization, below `spec`.
    #[serde(default)]
    root: String,
    /// Texts in gotk-sync.yaml and what takes their place.
    #[serde(default)]
    sync_edits: Vec<[String; 2]>,
    /// Texts in gotk-components.yaml and what takes their place, the first time that they come.
    #[serde(default)]
    edits: Vec<[String; 2]>,
    /// Files to add or replace, by their path; `@` stands for the folder of Flux, null takes a file away.
    #[serde(default)]
    files: BTreeMap<String, Option<String>>,
    /// More installations of the same release: folders, with their namespaces and paths.
    #[serde(default)]
    others: BTreeMap<String, Other>,
    /// Options of the judge.
    #[serde(default)]
    pub(crate) judge: Vec<String>,
}

/// A second installation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    #[serde(default)]
    namespace: Option<String>,
    path: String,
}

/// What an outside judge has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Equal,
    Refused(String),
    Unjudged,
}

/// The fixtures of a group by their names.
pub(crate) fn group(name: &str) -> BTreeMap<String, Fixture> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/bootstrap/{name}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all groups.
pub(crate) fn groups() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/bootstrap");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".yaml").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

impl Fixture {
    /// What the judge has to say.
    pub(crate) fn verdict(&self) -> Verdict {
        match self.verdict.split_once(": ") {
            None if self.verdict == "equal" => Verdict::Equal,
            Some(("refused", limit)) => Verdict::Refused(limit.to_owned()),
            Some(("unjudged", _)) => Verdict::Unjudged,
            _ => panic!("`{}` is no verdict", self.verdict),
        }
    }

    /// The folder of Flux.
    pub(crate) fn folder(&self) -> &str {
        self.folder.as_deref().unwrap_or(FOLDER)
    }

    fn flag(&self, name: &str) -> Option<&str> {
        self.flags.get(name).map(String::as_str)
    }

    fn namespace(&self) -> &str {
        self.flag("namespace").unwrap_or("flux-system")
    }

    fn stock(&self, namespace: &str) -> Stock {
        let release = match self.release.as_deref() {
            None | Some("2.9.4") => "2.9.4",
            Some("2.3.0") => "2.3.0",
            Some(other) => panic!("there is no base {other}"),
        };
        let named = |names: &[String]| -> Vec<Component> {
            names.iter().map(|name| Component::from_name(name).expect("a component")).collect()
        };
        let components = self.components.as_deref().map_or(Component::DEFAULT.to_vec(), named);
        Stock::of(release).components(&components).flags(|flags| {
            namespace.clone_into(&mut flags.namespace);
            for (name, value) in &self.flags {
                let value = value.clone();
                match name.as_str() {
                    "registry" => flags.registry = value,
                    "image-pull-secret" => flags.image_pull_secret = Some(value),
                    "watch-all-namespaces" => flags.watch_all_namespaces = value == "true",
                    "network-policy" => flags.network_policy = value == "true",
                    "log-level" => flags.log_level = value,
                    "cluster-domain" => flags.cluster_domain = value,
                    "toleration-keys" => {
                        flags.toleration_keys = value.split(',').map(str::to_owned).collect();
                    }
                    "namespace" | "branch" | "path" | "interval" | "secret-name" | "url" => {}
                    other => panic!("no flag --{other} shows in these files"),
                }
            }
        })
    }

    fn components(&self, namespace: &str) -> String {
        let mut text = self.stock(namespace).text();
        for [from, to] in &self.edits {
            assert!(text.contains(from.as_str()), "gotk-components.yaml has no `{from}`");
            text = text.replacen(from.as_str(), to, 1);
        }
        text
    }

    fn sync(&self, namespace: &str, folder: &str) -> String {
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let path = self.flag("path").unwrap_or(above);
        let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        let mut text = format!(
            "# This manifest was generated by flux. DO NOT EDIT.\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: \
             GitRepository\nmetadata:\n  name: {namespace}\n  namespace: {namespace}\nspec:\n  interval: \
             {interval}\n  ref:\n    branch: {branch}\n  secretRef:\n    name: {secret}\n  url: \
             {url}\n{source}---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: \
             {namespace}\n  namespace: {namespace}\nspec:\n  interval: 10m0s\n  path: ./{path}\n  prune: true\n  \
             sourceRef:\n    kind: GitRepository\n    name: {namespace}\n{root}",
            interval = self.flag("interval").unwrap_or("1m0s"),
            branch = self.flag("branch").unwrap_or("main"),
            secret = self.flag("secret-name").unwrap_or(namespace),
            url = self.flag("url").unwrap_or("ssh://git@example.com/org/fleet"),
            source = indented(&self.source, "  "),
            root = indented(&self.root, "  "),
        );
        for [from, to] in &self.sync_edits {
            assert!(text.contains(from.as_str()), "gotk-sync.yaml has no `{from}`");
            text = text.replace(from.as_str(), to);
        }
        text
    }

    /// The repository.
    pub(crate) fn world(&self) -> World {
        let world = World::new();
        let folder = self.folder();
        self.write(&world, folder, self.namespace(), None);
        for (other, installation) in &self.others {
            let namespace = installation.namespace.as_deref().unwrap_or("flux-system");
            self.write(&world, other, namespace, Some(&installation.path));
        }
        for (path, text) in &self.files {
            let path = path.replace('@', folder);
            match text {
                Some(text) => world.put(&path, text),
                None => fs::remove_file(world.path(&path)).unwrap(),
            }
        }
        // As the harness does it, in as few processes as possible: there are many fixtures.
        world.git_run(&["init", "-q", "-b", "main"]);
        let config = world.read(".git/config");
        world.put(".git/config", config + CONFIG);
        world.git_run(&["add", "-A"]);
        world.git_run(&["commit", "-qm", "start"]);
        world
    }

    fn write(&self, world: &World, folder: &str, namespace: &str, path: Option<&str>) {
        world.put(&format!("{folder}/gotk-components.yaml"), self.components(namespace));
        let sync = match path {
            None => self.sync(namespace, folder),
            Some(path) => {
                let plain = Self {
                    source: String::new(),
                    root: String::new(),
                    sync_edits: Vec::new(),
                    ..self.clone()
                };
                plain.sync(namespace, &format!("{path}/-"))
            }
        };
        world.put(&format!("{folder}/gotk-sync.yaml"), sync);
        let mut kustomization = KUSTOMIZATION.to_owned();
        if path.is_none() {
            kustomization.push_str(&self.kustomization);
            if !self.patches.is_empty() {
                kustomization.push_str("patches:\n");
                kustomization.push_str(&indented(&self.patches, "  "));
            }
        }
        world.put(&format!("{folder}/kustomization.yaml"), kustomization);
    }
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{by}{line}\n") }).collect()
}
