//! Refused answers on registry, signatures, credentials and promotion.

use super::refused;

const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

#[test]
fn credentials() {
    let other = format!("git.else.where ssh-ed25519 {KEY}");
    let own = ("repository", "ssh://git@git.lab:2222/acme/platform");
    refused(
        "credentials",
        &[
            ("unknown method", "monorepo", &[("auth", "ssh")]),
            (
                "deploy-key on an https URL with a port",
                "monorepo",
                &[("repository", "https://git.lab:8443/acme/platform"), ("auth", "deploy-key")],
            ),
            ("the default there", "multi-repo", &[("repository", "https://git.lab:8443/acme/platform")]),
            ("a token over SSH with a port", "monorepo", &[own, ("auth", "token")]),
            (
                "github-app on GitLab",
                "monorepo",
                &[("repository", "https://gitlab.com/acme/platform"), ("auth", "github-app")],
            ),
            ("unknown SSH host without known_hosts", "monorepo", &[own]),
            ("known_hosts empty", "monorepo", &[own, ("known_hosts", "\"\"")]),
            ("known_hosts of nonsense", "monorepo", &[own, ("known_hosts", "git.lab is fine")]),
            ("known_hosts of another host", "monorepo", &[own, ("known_hosts", &other)]),
            (
                "known_hosts without SSH",
                "monorepo",
                &[("auth", "token"), ("known_hosts", "git.lab ssh-ed25519 AAAA")],
            ),
        ],
    );
}

#[test]
fn registries() {
    refused(
        "registries",
        &[
            ("a scheme", "gitless", &[("registry", "oci://ghcr.io/acme")]),
            ("upper-case registry path", "gitless", &[("registry", "ghcr.io/Acme/Platform")]),
            ("no path", "gitless", &[("registry", "ghcr.io")]),
            ("nothing", "gitless", &[("registry", "")]),
            ("two slashes", "gitless", &[("registry", "ghcr.io//acme")]),
            ("a port that is none", "gitless", &[("registry", "localhost:x/acme")]),
            ("a list", "gitless", &[("registry", "[ghcr.io/acme]")]),
            ("a credential", "gitless", &[("registry", "https://bot:hunter2@ghcr.io/acme")]),
        ],
    );
}

#[test]
fn signing() {
    let own = ("repository", "https://git.lab/acme/platform");
    refused(
        "signing",
        &[
            ("keyless without an identity that others know", "gitless", &[own, ("signing", "keyless")]),
            (
                "a host without pipelines that can sign",
                "gitless",
                &[("repository", "https://gitlab.com/acme/x")],
            ),
            (
                "the same with a key pair",
                "gitless",
                &[("repository", "https://bitbucket.org/acme/x"), ("signing", "key-pair")],
            ),
            ("a method of its own", "gitless", &[("signing", "none")]),
            (
                "a port of SSH",
                "gitless",
                &[("repository", "ssh://git@git.lab:2222/acme/platform"), ("registry", "registry.lab/acme")],
            ),
        ],
    );
}

#[test]
fn promotion() {
    let one = ("clusters", "a=dev, b=dev");
    refused(
        "promotion",
        &[
            ("one environment only", "monorepo", &[one, ("promotion", "git-tags")]),
            (
                "tags without production",
                "monorepo",
                &[("clusters", "a=dev, b=qa"), ("promotion", "git-tags")],
            ),
            ("an unknown way", "monorepo", &[("promotion", "branches")]),
        ],
    );
}
