//! Answers about the outside world: the domain, the contact of certificates, keys of Git hosts, the registry.

use super::raw::{Problem, Raw};

/// What the question `domain` takes.
pub(super) const DOMAIN: &str = "a domain like `example.net` in lower case, or nothing";
/// What the question `email` takes.
pub(super) const EMAIL: &str = "an address like `ops@acme.org`, or nothing";
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
pub(super) fn domain(raw: &Raw) -> Result<(String, Option<String>), Problem> {
    let text = raw.expect_any_text("domain", DOMAIN)?;
    let problem = if text.is_empty() {
        return Ok((String::new(), None));
    } else if text.contains("://") {
        "which has a scheme"
    } else if text.contains('*') {
        "which has a wildcard"
    } else if text.contains([':', '/', '@']) {
        "which is more than a domain"
    } else if text.parse::<std::net::Ipv4Addr>().is_ok() {
        "which is an address"
    } else if !text.split('.').all(is_label) || text.len() > 200 {
        "which is not made of labels in lower case"
    } else if !text.contains('.') {
        "which has one label only"
    } else {
        let note = is_reserved(text).then(|| {
            format!("`domain`: {text} is reserved for examples, so nothing on the Internet will find the clusters")
        });
        return Ok((text.to_owned(), note));
    };
    Err(raw.problem("domain", format!("is `{text}`, {problem}"), DOMAIN))
}

fn is_label(label: &str) -> bool {
    let holds = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(holds) && !label.starts_with('-') && !label.ends_with('-')
}

/// A contact for certificates.
pub(super) fn email(raw: &Raw) -> Result<String, Problem> {
    let text = raw.expect_any_text("email", EMAIL)?;
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

/// Lines of a `known_hosts` file (`sshd(8)`, "SSH_KNOWN_HOSTS FILE FORMAT").
pub(super) fn known_hosts(raw: &Raw) -> Result<String, Problem> {
    let text = raw.expect_any_text("known_hosts", KNOWN_HOSTS)?;
    let word = |word: &str| word.chars().all(|character| character.is_ascii_graphic());
    let line = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let keyed = matches!(words[..], [_, kind, key, ..] if is_key_type(kind) && is_base64(key));
        keyed && words.iter().all(|part| word(part))
    };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.iter().position(|given| !given.starts_with('#') && !line(given)) {
        None => Ok(lines.iter().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect()),
        Some(bad) => {
            let message = format!("has a line {} that is not a host, a key type and a key", bad + 1);
            Err(raw.problem("known_hosts", message, KNOWN_HOSTS))
        }
    }
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
    let part = |part: &str| {
        let holds = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        part.bytes().all(holds) && ends(part.as_bytes().first()) && ends(part.as_bytes().last())
    };
    let problem = if text.contains("://") {
        "which has a scheme"
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        "which has upper-case letters"
    } else {
        match text.split_once('/') {
            None => "which has no path",
            Some((host, path)) => {
                let (name, port) = host.split_once(':').unwrap_or((host, "443"));
                let is_host = name.split('.').all(is_label) && port.parse::<u16>().is_ok_and(|port| port > 0);
                if is_host && path.split('/').all(part) {
                    return Ok(text.to_owned());
                }
                "which is no address of a registry"
            }
        }
    };
    Err(raw.problem("registry", format!("is `{text}`, {problem}"), REGISTRY))
}
