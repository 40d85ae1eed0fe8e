//! Short names for folders.

/// Folders that say what they hold and not for which cluster.
pub(super) const COMMON: [&str; 4] = ["flux-system", "flux", "config", "bootstrap"];

/// The name of a cluster whose folder is the root.
const ROOT: &str = "default";

/// A name for each of `folders`: the last part of the path that is not the same in all, with as many of the parts
/// before it as it takes to be the only one.
pub fn of(folders: &[&str]) -> Vec<String> {
    let mut paths: Vec<Vec<&str>> = folders.iter().map(|folder| folder.split('/').collect()).collect();
    for path in &mut paths {
        while path.len() > 1 && path.last().is_some_and(|last| COMMON.contains(last)) {
            path.pop();
        }
    }
    let is_shared = |paths: &[Vec<&str>]| {
        let last = paths[0].last();
        paths.len() > 1 && paths.iter().all(|path| path.len() > 1 && path.last() == last)
    };
    let mut short = paths.clone();
    while !short.is_empty() && is_shared(&short) {
        for path in &mut short {
            path.pop();
        }
    }
    (0..short.len()).map(|at| name(&short, at, folders[at])).collect()
}

fn name(paths: &[Vec<&str>], at: usize, folder: &str) -> String {
    let path = &paths[at];
    let others = || paths.iter().enumerate().filter(|(other, _)| *other != at);
    let is_unique = |take: &usize| others().all(|(_, other)| !other.ends_with(&path[path.len() - take..]));
    let name = match (1..=path.len()).find(is_unique) {
        Some(take) => path[path.len() - take..].join("/"),
        None => folder.to_owned(),
    };
    if name.is_empty() { ROOT.to_owned() } else { name }
}
