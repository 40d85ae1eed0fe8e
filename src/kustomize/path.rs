//! Paths in kustomizations: joined below the root, or leading to somewhere else altogether.

/// `path` as it is meant in `folder`, below the root; `None` where it leads out of that.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A file in a folder.
pub(super) fn file_in(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether `folder` is `other` or above it.
pub(super) fn contains(folder: &str, other: &str) -> bool {
    folder.is_empty()
        || other.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether kustomize would fetch it.
///
/// kubernetes-sigs/kustomize api/internal/git/repospec.go
pub(super) fn is_remote(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let schemes = ["git::", "gh:", "ssh://", "https://", "http://", "file://", "github.com/", "github.com:"];
    let is_account = |(user, host): (&str, &str)| !user.contains('/') && host.contains([':', '/']);
    schemes.iter().any(|scheme| lower.starts_with(scheme)) || lower.split_once('@').is_some_and(is_account)
}
