//! The address of the repository, in the form in which Flux reads it: SSH with a deploy key, else HTTPS.

use super::raw::{Problem, Raw, proposal};

/// What the question `repository` takes.
pub(super) const ACCEPTED: &str =
    "`https://HOST/PATH`, `ssh://git@HOST[:PORT]/PATH`, `git@HOST:PATH`, or `OWNER/NAME` on GitHub";

/// Where Azure DevOps serves Git over HTTPS, and over SSH.
const AZURE: (&str, &str) = ("dev.azure.com", "ssh.dev.azure.com");

/// A Git repository, or the prefix of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// How it was given.
    pub scheme: Scheme,
    /// The SSH user, nearly always `git`.
    pub user: String,
    /// Host name in lower case.
    pub host: String,
    /// Port of the scheme it was given with, where it is not the usual one.
    pub port: Option<u16>,
    /// Path on the host without a slash at either end.
    pub path: String,
}

/// How Flux speaks with the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Scheme {
    Https,
    Ssh,
}

/// Who runs the host, where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Host {
    Github,
    Gitlab,
    Bitbucket,
    AzureDevOps,
    Gitea,
    Other,
}

impl Host {
    /// The word in templates.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Bitbucket => "bitbucket",
            Self::AzureDevOps => "azuredevops",
            Self::Gitea => "gitea",
            Self::Other => "other",
        }
    }

    /// Its own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::Gitlab => "GitLab",
            Self::Bitbucket => "Bitbucket",
            Self::AzureDevOps => "Azure DevOps",
            Self::Gitea => "Codeberg",
            Self::Other => "this host",
        }
    }
}

impl Repository {
    /// Who runs the host; its key is then known to everyone.
    pub fn provider(&self) -> Host {
        match self.host.as_str() {
            "github.com" => Host::Github,
            "gitlab.com" => Host::Gitlab,
            "bitbucket.org" => Host::Bitbucket,
            "codeberg.org" => Host::Gitea,
            host if host == AZURE.0 || host == AZURE.1 => Host::AzureDevOps,
            _ => Host::Other,
        }
    }

    /// The last part of the path, without `.git`.
    pub fn name(&self) -> &str {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        last.strip_suffix(".git").unwrap_or(last)
    }

    /// The path before its last part: a user, an organization, or groups; empty where there is none. On Azure DevOps it is
    /// the organization with the project.
    pub fn owner(&self) -> &str {
        let owner = self.path.rsplit_once('/').map_or("", |(owner, _)| owner);
        if self.provider() != Host::AzureDevOps {
            return owner;
        }
        let owner = owner.strip_prefix("v3/").unwrap_or(owner);
        owner.strip_suffix("/_git").unwrap_or(owner)
    }

    /// The address with `suffix` behind its name, in the form of `scheme`.
    ///
    /// # Errors
    /// The port that was given says nothing about the port of the other scheme.
    pub fn url(&self, scheme: Scheme, suffix: &str) -> Result<String, String> {
        let same = self.scheme == scheme;
        if !same && self.port.is_some() {
            let form = if scheme == Scheme::Ssh { "ssh" } else { "https" };
            return Err(format!("whose port is not that of the `{form}://` form, which is needed"));
        }
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.suffixed(suffix);
        Ok(match (scheme, self.provider()) {
            (Scheme::Ssh, Host::AzureDevOps) if !same => {
                let path = path.replacen("/_git/", "/", 1);
                format!("ssh://git@{}/v3/{path}", AZURE.1)
            }
            (Scheme::Https, Host::AzureDevOps) if !same => {
                format!("https://{}/{}", AZURE.0, azure_web(&path))
            }
            (Scheme::Ssh, _) => format!("ssh://{}@{}{port}/{path}", self.user, self.host),
            (Scheme::Https, _) => format!("https://{}{port}/{path}", self.host),
        })
    }

    /// The same repository as it is given in the form of `scheme`, and its address.
    ///
    /// # Errors
    /// The port that was given says nothing about the port of the other scheme.
    pub(super) fn in_form(&self, scheme: Scheme) -> Result<(Self, String), String> {
        let url = self.url(scheme, "")?;
        let same = parse(&url).expect("an address that was made of a repository names it");
        Ok((same, url))
    }

    /// The page that people open, with `suffix` behind its name.
    pub fn web(&self, suffix: &str) -> String {
        let path = self.suffixed(suffix);
        let path = path.strip_suffix(".git").unwrap_or(&path);
        match (self.provider(), self.scheme, self.port) {
            (Host::AzureDevOps, Scheme::Ssh, _) => format!("https://{}/{}", AZURE.0, azure_web(path)),
            (_, Scheme::Https, Some(port)) => format!("https://{}:{port}/{path}", self.host),
            _ => format!("https://{}/{path}", self.host),
        }
    }

    /// The path with `suffix` behind the name, before `.git`.
    fn suffixed(&self, suffix: &str) -> String {
        match self.path.strip_suffix(".git") {
            Some(path) => format!("{path}{suffix}.git"),
            None => format!("{}{suffix}", self.path),
        }
    }

    /// Reads an answer.
    pub(super) fn read(raw: &Raw) -> Result<Self, Problem> {
        let text = raw.expect_text("repository", ACCEPTED)?;
        parse(text).map_err(|problem| {
            let shown = printable(text);
            let bare = shown.replace("***@", "");
            let proposal = proposal(&bare, bare != shown && parse(&bare).is_ok());
            raw.problem("repository", format!("is `{shown}`, {problem}{proposal}"), ACCEPTED)
        })
    }
}

/// `v3/ORGANIZATION/PROJECT/REPOSITORY` as the path of the web page.
fn azure_web(path: &str) -> String {
    let path = path.strip_prefix("v3/").unwrap_or(path);
    match path.rsplit_once('/') {
        Some((project, name)) => format!("{project}/_git/{name}"),
        None => path.to_owned(),
    }
}

/// The text without what may be a credential: whatever stands before an `@`, but for a plain SSH user, and after a
/// `?` or `#`.
pub(super) fn printable(text: &str) -> String {
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
    let (address, path) = rest.split_once('/').ok_or("which has no path")?;
    let (host, port) = split_port(address, 443)?;
    build(Scheme::Https, "git", host, port, path)
}

fn ssh(rest: &str) -> Result<Repository, &'static str> {
    let (authority, path) = rest.split_once('/').ok_or("which has no path")?;
    let (user, address) = authority.rsplit_once('@').unwrap_or(("git", authority));
    let (host, port) = split_port(address, 22)?;
    build(Scheme::Ssh, user, host, port, path)
}

/// Host and port; `None` where it is the `usual` one.
fn split_port(address: &str, usual: u16) -> Result<(&str, Option<u16>), &'static str> {
    let Some((host, port)) = address.split_once(':') else { return Ok((address, None)) };
    match port.parse() {
        Ok(port) if port > 0 => Ok((host, Some(port).filter(|port| *port != usual))),
        _ => Err("whose port is no number from 1 to 65535"),
    }
}

/// The form of `scp` and `git clone`, or owner and name on GitHub.
fn scp(text: &str) -> Result<Repository, &'static str> {
    match text.split_once(':') {
        Some((authority, path)) => {
            let (user, host) = authority.rsplit_once('@').unwrap_or(("git", authority));
            build(Scheme::Ssh, user, host, None, path.trim_start_matches('/'))
        }
        None if text.matches('/').count() == 1 && !text.contains('@') => {
            build(Scheme::Https, "git", "github.com", None, text)
        }
        None => Err("which is no address of a repository"),
    }
}

fn build(
    scheme: Scheme,
    user: &str,
    host: &str,
    port: Option<u16>,
    path: &str,
) -> Result<Repository, &'static str> {
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
    let repository =
        Repository { scheme, user: user.into(), host: host.to_ascii_lowercase(), port, path: path.into() };
    match repository.provider() {
        Host::Other => {}
        Host::AzureDevOps if !azure(&repository) => {
            return Err("which is neither `https://dev.azure.com/ORGANIZATION/PROJECT/_git/REPOSITORY` nor \
                 `ssh://git@ssh.dev.azure.com/v3/ORGANIZATION/PROJECT/REPOSITORY`");
        }
        _ if user != "git" => return Err("whose user is not `git`, the only one that this host knows"),
        _ if !path.contains('/') => return Err("whose path lacks an owner or a name"),
        _ => {}
    }
    Ok(repository)
}

fn azure(repository: &Repository) -> bool {
    let parts: Vec<&str> = repository.path.split('/').collect();
    match repository.scheme {
        Scheme::Https => repository.host == AZURE.0 && matches!(parts[..], [_, _, "_git", _]),
        Scheme::Ssh => repository.host == AZURE.1 && matches!(parts[..], ["v3", _, _, _]),
    }
}
