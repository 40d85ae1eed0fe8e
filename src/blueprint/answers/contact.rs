//! Answers about the outside world: the domain, the contact of certificates, keys of Git hosts, the registry.

use super::Note;
use super::raw::{Problem, Raw, proposal};
use super::repository::{Repository, printable};

/// What the question `domain` takes.
pub(super) const DOMAIN: &str = "a domain like `acme.org` in lower case, or `none`";
/// What the question `email` takes.
pub(super) const EMAIL: &str = "an address like `ops@acme.org`, or `none`";
/// What the question `known_hosts` takes.
pub(super) const KNOWN_HOSTS: &str = "lines of an OpenSSH `known_hosts` file: host, key type, key";
/// What the question `registry` takes.
pub(super) const REGISTRY: &str = "a host and a path in lower case, like `ghcr.io/acme`";

/// Domains that nobody can own (RFC 2606 and RFC 6761).
fn is_reserved(domain: &str) -> bool {
    let ends = ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"];
    ends.iter().any(|end| domain == *end || domain.ends_with(&format!(".{end}")))
}

/// A domain of at least two labels; with it a remark on one that nobody can own.
pub(super) fn domain(raw: &Raw) -> Result<(String, Option<Note>), Problem> {
    let text = raw.expect_text_or_none("domain", DOMAIN)?;
    if text.is_empty() {
        return Ok((String::new(), None));
    }
    if let Some(problem) = not_a_domain(text) {
        let lower = text.to_ascii_lowercase();
        let bare = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let bare = bare.split(['/', ':']).next().unwrap_or_default();
        let bare = bare.strip_prefix("*.").unwrap_or(bare);
        let proposal = proposal(bare, not_a_domain(bare).is_none());
        let message = format!("is `{}`, which {problem}{proposal}", printable(text));
        return Err(raw.problem("domain", message, DOMAIN));
    }
    let note = is_reserved(text).then(|| Note {
        key: "domain",
        text: format!(
            "`domain`: {text} is reserved for examples, so nothing on the Internet finds the clusters"
        ),
        warns: true,
    });
    Ok((text.to_owned(), note))
}

fn not_a_domain(text: &str) -> Option<&'static str> {
    Some(if text.contains("://") {
        "has a scheme"
    } else if text.contains('*') {
        "has a wildcard"
    } else if text.parse::<std::net::IpAddr>().is_ok() {
        "is an IP address"
    } else if text.contains([':', '/', '@']) {
        "is more than a domain"
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        "has upper-case letters"
    } else if !text.split('.').all(is_label) || text.len() > 200 {
        "is not made of DNS labels"
    } else if !text.contains('.') {
        "has one label only"
    } else {
        return None;
    })
}

fn is_label(label: &str) -> bool {
    let holds = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(holds)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A contact for certificates.
pub(super) fn email(raw: &Raw) -> Result<String, Problem> {
    let text = raw.expect_text_or_none("email", EMAIL)?;
    if text.is_empty() {
        return Ok(String::new());
    }
    let local = |text: &str| {
        let holds = |character: char| character.is_ascii_alphanumeric() || "._%+-".contains(character);
        (1..=64).contains(&text.len()) && text.chars().all(holds)
    };
    let problem = match text.split_once('@') {
        Some((user, domain)) if local(user) && domain.contains('.') && domain.split('.').all(is_label) => {
            if !is_reserved(domain) {
                return Ok(text.to_owned());
            }
            "whose domain is reserved for examples: the certificate authority refuses it"
        }
        _ => "which is no address",
    };
    Err(raw.problem("email", format!("is `{text}`, {problem}"), EMAIL))
}

/// Lines of a `known_hosts` file (sshd(8), "`SSH_KNOWN_HOSTS` FILE FORMAT") with a key of the host of `repository`.
pub(super) fn known_hosts(raw: &Raw, repository: &Repository) -> Result<String, Problem> {
    let text = raw.expect_text_or_none("known_hosts", KNOWN_HOSTS)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    let message = if lines.is_empty() {
        return Ok(String::new());
    } else if let Some(bad) = lines.iter().find(|line| !is_known_host(line)) {
        format!("has the line `{bad}`, which is not a host, a key type and a key")
    } else if lines.iter().all(|line| !may_name(line, &repository.host)) {
        format!("names other hosts, but not `{}`", repository.host)
    } else {
        return Ok(lines.iter().map(|line| format!("{line}\n")).collect());
    };
    Err(raw.problem("known_hosts", message, KNOWN_HOSTS))
}

fn is_known_host(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    // It is shown in a README, where these would mean something.
    let plain = |word: &&str| {
        word.chars().all(|character| character.is_ascii_graphic() && !"`$\\<>'\"".contains(character))
    };
    matches!(words[..], [_, kind, key, ..] if is_key_type(kind) && is_base64(key)) && words.iter().all(plain)
}

/// Whether the first word of `line` names `host`. Hashed names and patterns are not looked into.
fn may_name(line: &str, host: &str) -> bool {
    let names = line.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    names.contains(['|', '*', '?', '@']) || names.contains(host)
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| word.starts_with(start))
}

fn is_base64(word: &str) -> bool {
    let holds = |character: char| character.is_ascii_alphanumeric() || "+/=".contains(character);
    word.len() >= 16 && word.chars().all(holds)
}

/// Host and path of an OCI registry (OCI distribution specification, "Pulling manifests": lower case).
pub(super) fn registry(raw: &Raw) -> Result<String, Problem> {
    let text = raw.expect_text("registry", REGISTRY)?;
    let Some(problem) = not_a_registry(text) else { return Ok(text.to_owned()) };
    let lower = text.to_ascii_lowercase();
    let bare = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest).trim_end_matches('/');
    let bare = bare.rsplit_once('@').map_or(bare, |(_, rest)| rest);
    let proposal = proposal(bare, not_a_registry(bare).is_none());
    Err(raw.problem("registry", format!("is `{}`, which {problem}{proposal}", printable(text)), REGISTRY))
}

fn not_a_registry(text: &str) -> Option<&'static str> {
    if text.contains('@') {
        return Some("holds a credential or a digest");
    }
    if text.contains("://") {
        return Some("has a scheme");
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("has upper-case letters");
    }
    let Some((host, path)) = text.split_once('/') else { return Some("has no path") };
    let is_part = |part: &str| {
        let holds = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        part.bytes().all(holds) && ends(part.as_bytes().first()) && ends(part.as_bytes().last())
    };
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_host = name.split('.').all(is_label) && port.parse::<u16>().is_ok_and(|port| port > 0);
    if is_host && path.split('/').all(is_part) { None } else { Some("is no address of a registry") }
}
