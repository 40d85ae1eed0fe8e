//! Stock installations are told from edited ones.

mod edited;
mod facts;
mod told;

use flux_forge::bootstrap::release::{Component, Reading, Release, Spelling, read};
use serde_json::Value;

use super::stock::{self, Stock};
use crate::harness::shared;

/// The objects as those of a release.
fn reading(version: &str, objects: &[Value]) -> Reading {
    let release = Release::of(version).expect("the release is known");
    read(&release, &objects.iter().collect::<Vec<_>>())
}

/// What the reading says of deviations, one a line.
fn deviations(reading: &Reading) -> Vec<String> {
    reading.deviations.iter().map(ToString::to_string).collect()
}

/// Installations with every flag, one and all.
fn installations() -> Vec<Stock> {
    let all = |version| {
        let release = Release::of(version).unwrap();
        Stock::of(version).components(&release.components())
    };
    let mut stocks = Vec::new();
    for version in ["2.3.0", "2.9.4"] {
        let of = |change: fn(&mut flux_forge::bootstrap::release::Flags)| all(version).flags(change);
        stocks.extend([
            all(version),
            Stock::of(version),
            Stock::of(version).components(&Component::ALL[..2]),
            of(|flags| flags.namespace = String::from("gotk")),
            of(|flags| flags.registry = String::from("localhost:5000/mirror/fluxcd")),
            of(|flags| flags.image_pull_secret = Some("regcred".to_owned())),
            of(|flags| flags.watch_all_namespaces = false),
            of(|flags| flags.network_policy = false),
            of(|flags| flags.log_level = String::from("debug")),
            of(|flags| flags.cluster_domain = String::from("k8s.example.org")),
            of(|flags| flags.toleration_keys = vec!["dedicated".to_owned(), "example.com/flux".to_owned()]),
            of(|flags| {
                flags.namespace = String::from("manager");
                flags.registry = String::from("registry.example.com");
                flags.image_pull_secret = Some("manager".to_owned());
                flags.log_level = String::from("error");
                flags.toleration_keys = vec!["manager".to_owned()];
            })
            .components(&Component::ALL[..3]),
        ]);
    }
    stocks
}

#[test]
fn every_flag_is_read_back() {
    for stock in installations() {
        let version = if stock.text().contains("# Flux Version: v2.3.0") { "2.3.0" } else { "2.9.4" };
        let reading = reading(version, &stock.objects());
        assert_eq!(deviations(&reading), [""; 0], "{stock:?}");
        assert_eq!((&reading.flags, &reading.components), (&stock.flags, &stock.components));
        assert_eq!(reading.spelling, Spelling::of(version.parse().unwrap()));
        assert_eq!(reading.per_deployment, []);
    }
}

#[test]
fn installations_of_tests_are_what_bootstrap_writes() {
    let Some(manifests) = stock::manifests() else { return };
    for stock in installations() {
        let text = stock.text();
        let version = if text.contains("# Flux Version: v2.3.0") { "2.3.0" } else { "2.9.4" };
        let made = stock::made(&manifests, version, &stock.arguments());
        assert!(text == made, "{stock:?}: {}", similar::TextDiff::from_lines(&text, &made).unified_diff());
    }
}

#[test]
fn real_files_are_stock() {
    let Some(corpus) = shared("corpus") else { return };
    let clusters = corpus.join("PingCAP-QE__ee-ops__3efc2186/clusters");
    for (cluster, version, registry) in [
        ("gcp", "2.8.8", "ghcr.io/fluxcd"),
        ("tencentcloud", "2.9.2", "ghcr.nju.edu.cn/fluxcd"),
        ("prod2", "2.2.3", "ghcr.io/fluxcd"),
    ] {
        let path = clusters.join(cluster).join("flux-system/gotk-components.yaml");
        let reading = reading(version, &stock::objects(&std::fs::read_to_string(path).unwrap()));
        assert_eq!(deviations(&reading), [""; 0], "{cluster}");
        assert_eq!((reading.flags.registry.as_str(), reading.components.len()), (registry, 4));
    }
}
