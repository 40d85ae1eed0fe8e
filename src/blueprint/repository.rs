//! The address of the repository, in the one form that Flux reads with a deploy key: `ssh://user@host/path`.

use super::raw::{Problem, Raw};

/// What the question `repository` takes.
pub(super) const ACCEPTED: &str =
    "`https://HOST/PATH`, `ssh://git@HOST[:PORT]/PATH`, `git@HOST:PATH`, or `OWNER/NAME` on GitHub";

/// A Git repository that Flux reads over SSH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The SSH user, nearly always `git`.
    pub user: String,
    /// Host name in lower case.
    pub host: String,
    /// Port of the SSH server, where it is not 22.
    pub port: Option<u16>,
    /// Path on the host without a slash at either end.
    pub path: String,
}

impl Repository {
    /// The address as a `FluxInstance` takes it.
    pub fn url(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("ssh://{}@{}{port}/{}", self.user, self.host, self.path)
    }

    /// The last part of the path, without `.git`.
    pub fn name(&self) -> &str {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        last.strip_suffix(".git").unwrap_or(last)
    }

    /// Reads an answer, and says how it was rewritten where it was.
    pub(super) fn read(raw: &Raw) -> Result<(Self, Option<String>), Problem> {
        let text = raw.expect_text("repository", ACCEPTED)?;
        let repository = parse(text).map_err(|problem| {
            raw.problem("repository", format!("is `{}`, {problem}", printable(text)), ACCEPTED)
        })?;
        let url = repository.url();
        let note = (url != text)
            .then(|| format!("`repository`: {text} becomes {url}, since Flux reads it with a deploy key"));
        Ok((repository, note))
    }
}

/// The text without what may be a credential: whatever stands before an `@`, but for a plain SSH user, and after a
/// `?` or `#`.
fn printable(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let scheme = if text.contains("://") { format!("{scheme}://") } else { scheme.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, rest)) if user != "git" => format!("{scheme}***@{rest}"),
        _ => format!("{scheme}{rest}"),
    }
}

fn parse(text: &str) -> Result<Repository, &'static str> {
    if text.contains(['?', '#']) {
        return Err("which has a query or a fragment");
    }
    let Some((scheme, rest)) = text.split_once("://") else { return scp(text) };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => https(rest),
        "ssh" => ssh(rest),
        "http" | "git" => Err("which is not encrypted"),
        _ => Err("whose scheme is neither `https` nor `ssh`"),
    }
}

fn https(rest: &str) -> Result<Repository, &'static str> {
    if rest.contains('@') {
        return Err("which holds a credential: credentials live in Secrets, never in a URL");
    }
    let (host, path) = rest.split_once('/').ok_or("which has no path")?;
    if host.eq_ignore_ascii_case("dev.azure.com") {
        return Err("whose SSH form is `ssh://git@ssh.dev.azure.com/v3/ORGANIZATION/PROJECT/REPOSITORY`");
    }
    if host.contains(':') {
        return Err("whose port says nothing about the port for SSH: give the `ssh://` form");
    }
    build("git", host, None, path)
}

fn ssh(rest: &str) -> Result<Repository, &'static str> {
    let (authority, path) = rest.split_once('/').ok_or("which has no path")?;
    let (user, address) = authority.rsplit_once('@').unwrap_or(("git", authority));
    let (host, port) = match address.split_once(':') {
        None => (address, None),
        Some((host, port)) => match port.parse() {
            Ok(port) if port > 0 => (host, Some(port).filter(|port| *port != 22)),
            _ => return Err("whose port is no number from 1 to 65535"),
        },
    };
    build(user, host, port, path)
}

/// The form of `scp` and `git clone`, or owner and name on GitHub.
fn scp(text: &str) -> Result<Repository, &'static str> {
    match text.split_once(':') {
        Some((authority, path)) => {
            let (user, host) = authority.rsplit_once('@').unwrap_or(("git", authority));
            build(user, host, None, path.trim_start_matches('/'))
        }
        None if text.matches('/').count() == 1 && !text.contains('@') => {
            build("git", "github.com", None, text)
        }
        None => Err("which is no address of a repository"),
    }
}

fn build(user: &str, host: &str, port: Option<u16>, path: &str) -> Result<Repository, &'static str> {
    if user.contains(':') || path.contains('@') {
        return Err("which holds a credential: credentials live in Secrets, never in a URL");
    }
    let word = |text: &str, more: &[char]| {
        let holds = |character: char| character.is_ascii_alphanumeric() || more.contains(&character);
        !text.is_empty() && text.chars().all(holds)
    };
    if !word(user, &['-', '_', '.']) {
        return Err("whose user is no plain name");
    }
    let label = |label: &str| word(label, &['-']) && !label.starts_with('-') && !label.ends_with('-');
    if !host.split('.').all(label) {
        return Err("whose host is no host name");
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    let segment = |part: &str| {
        word(part, &['-', '_', '.', '~', '+'])
            && !matches!(part, "." | ".." | ".git")
            && !part.starts_with('-')
    };
    if !path.split('/').all(segment) {
        return Err("whose path holds more than letters, digits and `-._~+` between slashes");
    }
    let host = host.to_ascii_lowercase();
    if matches!(host.as_str(), "github.com" | "gitlab.com") {
        if user != "git" {
            return Err("whose user is not `git`, the only one that this host knows");
        }
        if !path.contains('/') {
            return Err("whose path lacks an owner or a name");
        }
    }
    Ok(Repository { user: user.into(), host, port, path: path.into() })
}
