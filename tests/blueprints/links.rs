//! Links in the Markdown of generated repositories lead somewhere.

use std::sync::LazyLock;

use flux_forge::blueprint::{Rendered, RenderedRepository};
use regex::Regex;

use super::all_examples;

/// The target of a link or picture.
static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\(([^()\s]+)\)").unwrap());

/// Links of a repository that lead nowhere.
fn broken(rendered: &Rendered, repository: &RenderedRepository) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, file) in rendered.files.iter().filter(|(path, _)| path.ends_with(".md")) {
        let Some(inside) = repository.inside(path) else { continue };
        let text = std::str::from_utf8(&file.content).unwrap();
        for link in LINK.captures_iter(text).map(|found| found[1].to_owned()) {
            if !leads_somewhere(rendered, repository, inside, text, &link) {
                broken.push(format!("{path}: {link}"));
            }
        }
    }
    broken
}

fn leads_somewhere(
    rendered: &Rendered,
    repository: &RenderedRepository,
    inside: &str,
    text: &str,
    link: &str,
) -> bool {
    if link.starts_with("https://") {
        return !link.contains("{{") && !link.contains("//example");
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if !anchor.is_empty() && path.is_empty() {
        return headings(text).any(|heading| heading == anchor);
    }
    let folder = inside.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let target = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let target = repository.outside(&target);
    let below = format!("{target}/");
    rendered.files.keys().any(|file| *file == target || file.starts_with(&below))
}

/// What anchors of headings are called (GitHub's rule: lower case, blanks become hyphens, other signs go).
fn headings(text: &str) -> impl Iterator<Item = String> + '_ {
    let titles =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    titles.map(|title| {
        let kept = title.to_lowercase().replace(' ', "-");
        kept.chars().filter(|character| character.is_alphanumeric() || "-_".contains(*character)).collect()
    })
}

#[test]
fn links_in_readmes_resolve_within_their_repository() {
    for (name, rendered) in all_examples() {
        for repository in &rendered.repositories {
            assert_eq!(broken(&rendered, repository), [""; 0], "{name}");
            let readme = repository.outside("README.md");
            assert!(rendered.files.contains_key(&readme), "{name}: no {readme}");
        }
    }
}

#[test]
fn a_broken_link_is_seen() {
    let mut rendered = all_examples().remove("multi-repo/default").unwrap();
    let repository = rendered.repositories[0].clone();
    let readme = rendered.files.get_mut("platform-fleet/README.md").unwrap();
    readme.content.extend(
        b"[a](clusters/nowhere/x.yaml) [b](#nothing) [c](../platform-infra/README.md) [d](tenants/apps)\n",
    );
    assert_eq!(broken(&rendered, &repository).len(), 3, "{:?}", broken(&rendered, &repository));
}
