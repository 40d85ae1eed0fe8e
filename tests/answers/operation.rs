//! Refused answers on certificates and alerts.

use super::refused;

#[test]
fn certificates() {
    refused(
        "certificates",
        &[
            ("dns01", "monorepo", &[("issuer", "dns01")]),
            ("no gateway", "monorepo", &[("components", "[cert-manager]"), ("issuer", "gateway-http01")]),
            ("no domain", "monorepo", &[("domain", "\"\""), ("issuer", "gateway-http01")]),
            ("no certificates", "monorepo", &[("components", "[envoy-gateway]"), ("email", "ops@acme.io")]),
            ("private-ca with an e-mail", "monorepo", &[("issuer", "private-ca"), ("email", "ops@acme.io")]),
            ("ACME e-mail on a reserved domain", "monorepo", &[("email", "ops@example.com")]),
            ("the same, below it", "monorepo", &[("email", "ops@mail.example")]),
            ("no address", "monorepo", &[("email", "ops")]),
            ("more than an address", "monorepo", &[("email", "Ops <ops@acme.io>")]),
        ],
    );
}

#[test]
fn alerts() {
    refused(
        "alerts",
        &[
            ("slack without channel", "monorepo", &[("alerts", "{provider: slack}")]),
            ("slack with an empty channel", "monorepo", &[("alerts", "{provider: slack, channel: ''}")]),
            (
                "a channel of several lines",
                "monorepo",
                &[("alerts", "{provider: slack, channel: \"a\\nb\"}")],
            ),
            ("a channel without channels", "monorepo", &[("alerts", "{provider: msteams, channel: ops}")]),
            ("a channel of nowhere", "monorepo", &[("alerts", "{provider: none, channel: ops}")]),
            ("an unknown type", "monorepo", &[("alerts", "{provider: slak}")]),
            ("a list", "monorepo", &[("alerts", "{provider: [slack]}")]),
        ],
    );
}
