//! What a migration leaves as it is in the files that it changes: comments, anchors, line endings, and every other file.

use std::collections::BTreeSet;

use flux_forge::repo::Repo;
use flux_forge::yaml::{Node, NodeKind, parse};

use crate::harness::{World, comments};

/// The files that differ, after a look at what must not.
pub(super) fn changed(name: &str, world: &World, before: &Repo, after: &Repo) -> BTreeSet<String> {
    assert_eq!(before.files.keys().collect::<Vec<_>>(), after.files.keys().collect::<Vec<_>>(), "{name}");
    let mut changed = BTreeSet::new();
    for (path, file) in &before.files {
        let now = &after.files[path];
        assert_eq!(file.executable, now.executable, "{name}: {path}");
        if file.bytes != now.bytes {
            let (old, new) = (str::from_utf8(&file.bytes).unwrap(), str::from_utf8(&now.bytes).unwrap());
            same_form(&format!("{name}: {path}"), old, new);
            changed.insert(path.clone());
        }
    }
    let status =
        world.git_run(&["-c", "core.quotePath=false", "status", "--porcelain", "--untracked-files=all"]);
    let known: BTreeSet<String> =
        status.lines().map(|line| line.strip_prefix(" M ").expect("only changes").to_owned()).collect();
    assert_eq!(known, changed, "{name}: Git sees the same changes");
    changed
}

fn same_form(at: &str, old: &str, new: &str) {
    let lone = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
    assert!(lone(old) > 0 || lone(new) == 0, "{at}: a line ends otherwise");
    assert!(old.contains("\r\n") || !new.contains("\r\n"), "{at}: a line ends otherwise");
    assert_eq!(old.ends_with('\n'), new.ends_with('\n'), "{at}");
    assert_eq!(old.starts_with('\u{feff}'), new.starts_with('\u{feff}'), "{at}");
    assert_eq!(anchors(old), anchors(new), "{at}");
    let mut left = comments(new).into_iter().peekable();
    for comment in comments(old) {
        if left.next_if(|now| without_version(now) == without_version(&comment)).is_none() {
            let text = comment.trim_start_matches('#').trim();
            assert!(new.contains(text), "{at}: the comment is lost: {comment}");
        }
    }
    assert_eq!(left.next(), None, "{at}: a comment that was not there");
}

/// The comment; what names a schema, without the version in its address.
fn without_version(comment: &str) -> String {
    if !comment.contains("$schema=") {
        return comment.to_owned();
    }
    let is_version = |part: &&str| {
        part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let parts = comment.split(['_', '-', '.', '/']);
    parts.filter(|part| !is_version(part)).collect::<Vec<_>>().join("/")
}

/// Every anchor and alias, in order.
fn anchors(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    parse(text)
        .documents
        .iter()
        .filter_map(|document| document.node())
        .for_each(|root| collect(root, &mut found));
    found
}

fn collect(node: &Node, found: &mut Vec<String>) {
    found.extend(node.anchor().iter().map(|name| format!("&{name}")));
    match &node.kind {
        NodeKind::Alias { name } => found.push(format!("*{name}")),
        NodeKind::Scalar { .. } => {}
        NodeKind::Mapping { entries, .. } => entries.iter().for_each(|entry| {
            collect(&entry.key, found);
            collect(&entry.value, found);
        }),
        NodeKind::Sequence { items, .. } => items.iter().for_each(|item| collect(item, found)),
    }
}
