//! Renovate, whose `flux` manager makes gotk files anew for each release of Flux.
//!
//! Sources: renovatebot/renovate `lib/modules/manager/flux/{index,artifacts,common}.ts` and
//! `docs/usage/configuration-options.md`. The manager is on unless it is turned off, and follows every
//! `gotk-components.yaml`; Dependabot has nothing like it.

mod matching;

use std::ops::Range;

use super::json5::as_yaml;
use super::scope::{at, list};
use super::writers::{Writer, WriterKind};
use crate::flux::Index;
use crate::flux::scan::{file_name, folder};
use crate::place::Place;
use crate::repo::Repo;
use crate::yaml::{Document, Node, parse};
use matching::{matches_glob, matches_pattern};

/// Where Renovate looks for the configuration of a repository.
///
/// Source: renovatebot/renovate `lib/config/app-strings.ts`.
const MAIN: [&str; 9] = [
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
];

/// Managers of images in any YAML file, which have no files until they are told.
const IMAGES: [&str; 4] = ["kubernetes", "docker-compose", "helm-values", "ansible"];
const PATTERNS: [&str; 2] = ["managerFilePatterns", "fileMatch"];

/// A configuration, or a preset that lies beside one.
struct Config<'a> {
    path: &'a str,
    text: &'a str,
    /// The same as YAML.
    bare: String,
    is_main: bool,
}

/// Whether the file at `path` is a configuration of Renovate, or a preset of this repository.
pub(super) fn is_configuration(path: &str) -> bool {
    let is_preset = || {
        let parent = folder(path).rsplit('/').next().unwrap_or_default();
        matches!(parent, "renovate" | ".renovate") && (path.ends_with(".json") || path.ends_with(".json5"))
    };
    MAIN.contains(&path) || path == "package.json" || is_preset()
}

/// What Renovate does to the gotk files.
pub(super) fn read(repo: &Repo, index: &Index<'_>) -> Vec<Writer> {
    let texts = index.texts.iter().map(|file| (file.path, file.text));
    let files = index.files.iter().filter(|file| file.host.is_none()).map(|file| (file.path, &*file.text));
    let configs: Vec<Config<'_>> = texts
        .chain(files)
        .filter(|(path, text)| {
            is_configuration(path) && (*path != "package.json" || text.contains("\"renovate\""))
        })
        .map(|(path, text)| Config { path, text, bare: as_yaml(text), is_main: is_main(path) })
        .collect();
    let documents: Vec<_> = configs.iter().map(|config| parse(&config.bare).into_owned()).collect();
    let read: Vec<(&Config<'_>, &Node<'_>)> = configs
        .iter()
        .zip(&documents)
        .filter_map(|(config, stream)| {
            let root = stream.documents.first().and_then(Document::node)?;
            let root = if config.path == "package.json" { root.get("renovate")? } else { root };
            Some((config, root))
        })
        .collect();
    let gotk = gotk_files(repo);
    let mut writers = Vec::new();
    if read.iter().all(|(_, root)| !is_off(root, &gotk)) {
        writers.extend(flux_manager(&read));
    }
    for (config, root) in read {
        line_managers(config, root, &gotk, &mut writers);
    }
    writers
}

fn is_main(path: &str) -> bool {
    MAIN.contains(&path) || path == "package.json"
}

/// The gotk files of the repository; where it has none, one that stands for them.
fn gotk_files(repo: &Repo) -> Vec<&str> {
    let is_gotk = |path: &&String| matches!(file_name(path), "gotk-components.yaml" | "gotk-components.yml");
    let files: Vec<&str> = repo.files.keys().filter(is_gotk).map(String::as_str).collect();
    if files.is_empty() { vec!["flux-system/gotk-components.yaml"] } else { files }
}

/// The writer that the `flux` manager is, at its own setting where there is one.
fn flux_manager(read: &[(&Config<'_>, &Node<'_>)]) -> Option<Writer> {
    let own = read.iter().find_map(|(config, root)| Some((*config, root.entry("flux")?)));
    let main = read.iter().find(|(config, _)| config.is_main)?.0;
    let (config, range) = match own {
        Some((config, entry)) => (config, entry.start..entry.key.range.end),
        None => (main, 0..0),
    };
    let by_default = if own.is_some() { "" } else { ", which is on by default," };
    let message = format!(
        "Renovate's `flux` manager{by_default} makes `gotk-components.yaml` anew for each release of Flux: close its pull \
         requests before the file goes, they bring it back"
    );
    Some(writer(config, range, message, WriterKind::Renovate))
}

/// Managers that change single lines of gotk files.
fn line_managers(config: &Config<'_>, root: &Node<'_>, gotk: &[&str], writers: &mut Vec<Writer>) {
    let is_ignored = |node: &Node<'_>| node.as_str().is_some_and(|name| name.starts_with("ghcr.io/fluxcd/"));
    let managers = if list(root.get("ignoreDeps")).into_iter().any(is_ignored) { &[][..] } else { &IMAGES };
    for &manager in managers {
        let Some(settings) = root.get(manager).filter(|settings| !is_false(settings.get("enabled"))) else {
            continue;
        };
        let Some(pattern) =
            pattern_for(settings, |pattern| gotk.iter().any(|path| matches_pattern(pattern, path)))
        else {
            continue;
        };
        let message = format!(
            "Renovate's `{manager}` manager changes images in gotk files one by one, so that they are no longer those of a \
             release"
        );
        writers.push(writer(config, pattern.range.clone(), message, WriterKind::RenovateLines));
    }
    for manager in ["customManagers", "regexManagers"].iter().flat_map(|key| list(root.get(key))) {
        if let Some(pattern) = pattern_for(manager, |pattern| pattern.contains("gotk")) {
            let message =
                "a custom manager of Renovate changes gotk files: remove it before they go".to_owned();
            writers.push(writer(config, pattern.range.clone(), message, WriterKind::RenovateLines));
        }
    }
}

fn pattern_for<'n>(settings: &'n Node<'n>, is_it: impl Fn(&str) -> bool) -> Option<&'n Node<'n>> {
    let patterns = PATTERNS.iter().flat_map(|key| list(settings.get(key)));
    patterns.into_iter().find(|pattern| pattern.as_str().is_some_and(&is_it))
}

/// Whether a configuration keeps the `flux` manager from all gotk files.
fn is_off(root: &Node<'_>, gotk: &[&str]) -> bool {
    let names = |node: Option<&Node<'_>>, wanted: &[&str]| {
        list(node).into_iter().filter_map(|node| node.as_str()).any(|text| wanted.contains(&text))
    };
    let managers = root.get("enabledManagers").filter(|managers| !managers.items().is_empty());
    let ignored = |path: &str| {
        let patterns = list(root.get("ignorePaths"));
        patterns
            .into_iter()
            .filter_map(|node| node.as_str())
            .any(|pattern| path.contains(pattern) || matches_glob(pattern, path))
    };
    let of_flux = |rule: &&Node<'_>| {
        let packages = ["matchPackageNames", "matchDepNames"].iter().flat_map(|key| list(rule.get(key)));
        let packages: Vec<&str> = packages.filter_map(Node::as_str).collect();
        let files: Vec<&str> = ["matchFileNames", "matchPaths"]
            .iter()
            .flat_map(|key| list(rule.get(key)))
            .filter_map(Node::as_str)
            .collect();
        let by_manager = names(rule.get("matchManagers"), &["flux"]) || rule.get("matchManagers").is_none();
        let any_rule = rule.get("matchManagers").is_some() || !packages.is_empty() || !files.is_empty();
        let by_package = packages.is_empty() || packages.contains(&"fluxcd/flux2");
        let by_file =
            files.is_empty() || files.iter().any(|file| gotk.iter().all(|path| matches_glob(file, path)));
        // What narrows it to some updates leaves the others on.
        let is_narrow = ["matchUpdateTypes", "matchCurrentVersion", "matchDatasources", "matchBaseBranches"]
            .iter()
            .any(|key| rule.get(key).is_some());
        any_rule && !is_narrow && by_manager && by_package && by_file && is_false(rule.get("enabled"))
    };
    is_false(root.get("enabled"))
        || is_false(at(root, &["flux", "enabled"]))
        || managers.is_some_and(|managers| !names(Some(managers), &["flux"]))
        || gotk.iter().all(|path| ignored(path))
        || names(root.get("ignoreDeps"), &["fluxcd/flux2"])
        || names(root.get("extends"), &[":disableRenovate"])
        || list(root.get("packageRules")).iter().any(of_flux)
}

fn is_false(node: Option<&Node<'_>>) -> bool {
    node.and_then(Node::scalar) == Some(crate::yaml::Scalar::Bool(false))
}

fn writer(config: &Config<'_>, range: Range<usize>, message: String, kind: WriterKind) -> Writer {
    let place = Place::new(config.path, config.text, range);
    Writer { place, message, kind, target: None, is_proposed: true }
}
