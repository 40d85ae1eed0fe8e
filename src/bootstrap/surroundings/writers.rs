//! What writes gotk files again after they were removed, and what cannot do without them.

use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use super::charts::{self, chart_of};
use super::commands::{Act, Line, lines};
use super::scope::Scope;
use super::terraform::is_terraform;
use super::wanted::wanted;
use super::{Surroundings, renovate};
use crate::flux::scan::{file_name, is_kustomization, resolve};
use crate::place::Place;

/// Something that writes gotk files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The command, or the setting.
    pub place: Place,
    /// What it does, and what has to be done about it.
    pub message: String,
    /// What it is.
    pub kind: WriterKind,
    /// The file that it writes, where that is written out; below the root, or below the folder that it runs in.
    pub target: Option<String>,
    /// The file that it is in proposes or pushes what it wrote.
    pub is_proposed: bool,
}

/// How gotk files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriterKind {
    /// `flux bootstrap`.
    Bootstrap,
    /// `flux install --export`.
    Export,
    /// Another command that names a gotk file.
    Command,
    /// A workflow that sets Flux up by `fluxcd/flux2/action` and opens a pull request, by a command that is not seen.
    Action,
    /// Renovate, by its `flux` manager.
    Renovate,
    /// Renovate, by a manager that changes single lines: what runs is no longer what a release has.
    RenovateLines,
}

/// A command that reads a gotk file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The command.
    pub place: Place,
    /// What becomes of it.
    pub message: String,
    /// The file, as it is written.
    pub file: String,
}

/// What proposes or pushes a change.
static PROPOSES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"create-pull-request|gh pr create|glab mr create|hub pull-request|az repos pr create|git-auto-commit-action|EndBug/add-and-commit|\bgit\b[^\n]*\spush\b";
    Regex::new(pattern).expect("the pattern is valid")
});
/// The Flux CLI for something else than writing gotk files.
static OTHER_USE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\bflux\s+(?:push|pull|build|diff|tag|create|get|check|reconcile|envsubst|list|install|resume|suspend|migrate)\b|flux-local|\bgotk\b";
    Regex::new(pattern).expect("the pattern is valid")
});

/// A text that may hold commands.
struct Script<'a> {
    path: &'a str,
    text: &'a str,
    /// Its comments may start with `//`.
    slashes: bool,
    /// It is a manifest: names of files in it are no commands.
    is_manifest: bool,
}

/// Adds writers, mentions, and charts that commands install.
pub(super) fn read(scope: &Scope<'_>, found: &mut Surroundings) {
    for script in scripts(scope) {
        let is_proposed = PROPOSES.is_match(script.text);
        let before = found.writers.len();
        for line in lines(script.text, script.slashes) {
            if let Some(act) = line.act() {
                add(&script, &line, act, is_proposed, found);
            }
        }
        if found.writers.len() == before && is_proposed {
            found.writers.extend(action(&script));
        }
    }
}

fn scripts<'a>(scope: &Scope<'a>) -> Vec<Script<'a>> {
    let index = scope.index;
    let texts = index.texts.iter().filter(|file| wanted(file.path) && !renovate::is_configuration(file.path));
    let texts = texts.map(|file| {
        let name = file.path.to_ascii_lowercase();
        let slashes = is_terraform(file.path) || name.contains("jenkinsfile") || name.ends_with(".groovy");
        Script { path: file.path, text: file.text, slashes, is_manifest: false }
    });
    // A page for people may be written in YAML as well.
    let is_read =
        |path: &str| !path.ends_with(".json") && !file_name(path).to_ascii_lowercase().starts_with("readme");
    let manifests = scope.files().filter(|(_, file)| is_read(file.path));
    let manifests = manifests.map(|(at, file)| {
        let is_manifest = !index.resources_of(at).is_empty() || is_kustomization(file.path);
        Script { path: file.path, text: &file.text, slashes: false, is_manifest }
    });
    let may_matter = |script: &Script<'_>| {
        ["flux", "FLUX", "gotk"]
            .iter()
            .any(|word| memmem::find(script.text.as_bytes(), word.as_bytes()).is_some())
    };
    texts.chain(manifests).filter(may_matter).collect()
}

fn add(script: &Script<'_>, line: &Line, act: Act, is_proposed: bool, found: &mut Surroundings) {
    let place = Place::new(script.path, script.text, line.range.clone());
    let end = if is_proposed { ", and its file proposes or pushes the result" } else { "" };
    let mut writer = |kind: WriterKind, target: Option<String>, message: String| {
        let target = target.map(|target| resolve("", &target).unwrap_or(target));
        found.writers.push(Writer { place: place.clone(), message, kind, target, is_proposed });
    };
    match act {
        Act::Bootstrap => {
            let message = format!(
                "`flux bootstrap` writes the gotk files into Git again and applies them to the cluster{end}: remove it, or \
                 install the operator there instead"
            );
            writer(WriterKind::Bootstrap, None, message);
        }
        Act::Export(target) => {
            let file = target.as_ref().map_or("manifests of Flux".to_owned(), |target| format!("`{target}`"));
            let message = format!(
                "`flux install --export` writes {file}{end}: remove it before the files go, a FluxInstance follows \
                 releases by itself"
            );
            writer(WriterKind::Export, target, message);
        }
        Act::Writes(_) | Act::Reads(_) if script.is_manifest => {}
        Act::Writes(target) => {
            let file = target.as_ref().map_or("a gotk file".to_owned(), |target| format!("`{target}`"));
            let message = format!("this step writes {file}{end}: remove it before the file goes");
            writer(WriterKind::Command, target, message);
        }
        Act::Reads(file) => {
            let message = format!("this command reads `{file}` and fails once the file is gone");
            found.mentions.push(Mention { place, message, file });
        }
        Act::Helm { chart, release, namespace } => {
            if let Some(chart) = chart_of(&chart) {
                charts::add_command(found, place, chart, release, namespace);
            }
        }
    }
}

/// The step that sets Flux up in a workflow that proposes changes, and uses Flux for nothing else that is seen.
fn action(script: &Script<'_>) -> Option<Writer> {
    let step = "fluxcd/flux2/action";
    let bare: Vec<Line> = lines(script.text, false);
    let line = bare.iter().find(|line| line.text.contains(step))?;
    if script.is_manifest || OTHER_USE.is_match(script.text) {
        return None;
    }
    Some(Writer {
        place: Place::new(script.path, script.text, line.range.clone()),
        message: "this workflow sets up the Flux CLI and opens a pull request: see whether it is one that updates the gotk \
                  files"
            .to_owned(),
        kind: WriterKind::Action,
        target: None,
        is_proposed: true,
    })
}
